"""What parsers of others make of a message, and how two messages differ."""
import email
import email.policy
import email.utils
import functools
import json
import re

import html5lib

ALLOWED = {"http", "https", "mailto", "tel", "sms", "cid", "webcal"}

URLS = set("href src action background cite formaction poster data longdesc "
           "srcset imagesrcset ping dynsrc lowsrc codebase classid usemap "
           "action-xhr to from by value".split())

# Where several URLs stand in one attribute.
LISTS = {"srcset", "imagesrcset", "ping"}

STYLES = {"style", "fill", "stroke"}

CONDITIONAL = re.compile(r"<!--\[if[^>]*\]>(.*?)<!\[endif\]-->", re.S)


def scheme(url):
    """As the URL standard reads it: controls at the ends, and tabs and line
    ends wherever they stand, are not there."""
    url = re.sub(r"[\t\r\n]", "", url.strip("".join(map(chr, range(33)))))
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", url)
    return found.group(1).lower() if found else None


def strings_out(text, quotes):
    """The text without what its strings hold."""
    return re.sub("|".join(r"%s(?:\\.|[^%s\\])*%s" % ((q,) * 3)
                           for q in quotes), "''", text, flags=re.S)


def css_escapes(text):
    """What the escapes of a URL in a style stand for."""
    return re.sub(r"\\([0-9a-fA-F]{1,6})\s?",
                  lambda m: chr(int(m.group(1), 16) % 0x110000), text)


def style_shape(text):
    """The signs that build a style, and the schemes of its URLs."""
    text = re.sub(r"/\*.*?\*/", "/**/", text, flags=re.S)
    urls = re.findall(r"url\(\s*([^)]*?)\s*\)", text)
    text = re.sub(r"url\([^)]*\)", "url()", text)
    text = re.sub(r"\\[0-9a-fA-F]{1,6}\s?|\\.", "x", text)
    signs = "".join(re.findall(r"[;:{}()@*/]", strings_out(text, "\"'")))
    return signs, [scheme(css_escapes(url.strip("\"'"))) for url in urls]


class Reading:
    """Everything of an HTML text that no value may change."""

    def __init__(self, html):
        self.items = []
        self.schemes = []
        document = html5lib.parse(html, treebuilder="etree")
        for node in document.iter():
            if not isinstance(node.tag, str):
                self.items.append("a comment")
                continue
            self.element(node)

    def element(self, node):
        name = node.tag.split("}")[-1]
        self.items.append((node.tag, tuple(sorted(node.attrib))))
        for attribute, text in node.attrib.items():
            plain = attribute.split("}")[-1].split(":")[-1]
            if plain in LISTS:
                self.schemes += [(plain, scheme(url)) for url in
                                 re.split(r",*\s+,*", text)]
            elif plain in URLS and (name, plain) != ("input", "value"):
                self.schemes.append((plain, scheme(text)))
            if plain in STYLES:
                self.style(plain, text)
            elif plain.startswith("on") or plain.startswith("["):
                self.items.append((plain, strings_out(
                    text.replace("null", "''"), "\"'")))
        if name == "style":
            self.style(name, node.text or "")
        elif name == "script":
            self.script(node.text or "")

    def style(self, name, text):
        signs, schemes = style_shape(text)
        self.items.append((name, signs))
        self.schemes += [(name, one) for one in schemes]

    def script(self, text):
        """JSON that is as deep, of whatever the value was."""
        try:
            json.loads(text)
            self.items.append("JSON")
        except ValueError:
            self.items.append("no JSON")


def as_outlook(html):
    return CONDITIONAL.sub(r"\1", html)


@functools.lru_cache(maxsize=2)
def reading_of(html):
    """Of what was meant, which is asked for again and again."""
    return Reading(html)


def differences(meant, made):
    """In words; none when the value changed nothing."""
    found = []
    for view in (str, as_outlook):
        want, have = reading_of(view(meant)), Reading(view(made))
        allowed = ALLOWED | {one for _, one in want.schemes} | {None}
        found += ["scheme %s in %s" % (one, where)
                  for where, one in have.schemes if one not in allowed]
        found += ["%r became %r" % pair
                  for pair in zip(want.items, have.items)
                  if pair[0] != pair[1]][:1]
        if len(want.items) != len(have.items):
            found.append("%d items became %d" % (len(want.items),
                                                 len(have.items)))
    return found


# ---- mail ----

def read(data):
    return email.message_from_bytes(data, policy=email.policy.compat32)


def parts_of(data):
    """The decoded texts of a message."""
    return [part.get_payload(decode=True).decode(
        part.get_content_charset("utf-8"), "replace")
        for part in read(data).walk() if not part.is_multipart()]


ADDRESSES = {"from", "to", "cc", "bcc", "reply-to", "sender"}


def field_shape(name, value):
    """What of a header no value may change."""
    value = str(value)
    if name == "list-id":
        return re.findall(r"<([^>]*)>", value)
    if name in ADDRESSES:
        return len(email.utils.getaddresses([value]))
    if name.startswith("list-") or name == "archived-at":
        return [one for one in map(scheme, re.findall(r"<([^>]*)>", value))
                if one not in ALLOWED | {None}]
    if name in ("content-type", "content-disposition"):
        keys = [key.lower() for key, _ in email.message_from_string(
            "%s: %s\n\n" % (name, value)).get_params([], header=name)]
        # A text that is no longer ASCII says so.
        return sorted({re.sub(r"\*\d*\*?$", "", key) for key in keys} -
                      {"charset"})
    return None


def shape(message):
    """Names of headers, parts and their parameters, the number of lines that
    a calendar or card has."""
    found = []
    for part in message.walk():
        names = {"content-transfer-encoding", "mime-version"}
        found.append(part.get_content_type())
        found += sorted(
            (name.lower(), str(field_shape(name.lower(), value)))
            for name, value in part.items() if name.lower() not in names)
        if part.get_content_type() in ("text/calendar", "text/vcard"):
            found.append(len(part.get_payload(decode=True).splitlines()))
        if part.get_content_type() in ("text/html", "text/watch-html"):
            found += Reading(part.get_payload(decode=True).decode(
                "utf-8", "replace")).items
    return found


def mail_differences(meant, made):
    want, have = shape(read(meant)), shape(read(made))
    found = ["%r became %r" % pair for pair in zip(want, have)
             if pair[0] != pair[1]]
    if len(want) != len(have):
        found.append("%d fields and parts became %d" % (len(want), len(have)))
    if re.search(rb"(?<!\r)\n|\r(?!\n)", made):
        found.append("a bare line end")
    return found
