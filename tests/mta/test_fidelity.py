"""What leaves verifies, unsubscribes and reaches every kind of address: the
second promise to a postmaster, seen on real Postfix."""

import email.header
import json
import pathlib
import re
import unittest

import postfix
from lab import Lab
from mailing import CAMPAIGN, crlf, message, write_catalog
from milter_client import split
from scene import OnPostfix, Scene

ANNA = "anna@customer.example"
ZOE = "zoe@customer.example"
SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared" / "mail"

LEAVE = """\
headers:
  To: '{{ profile.first_name | default: "Dear, reader" }} <{{ recipient.address }}>'
  List-Id: 'The Shop <news.shop.example>'
  Feedback-ID: 'spring:shop:mail:shopexample'
unsubscribe:
  url: 'https://shop.example/leave/{{ recipient.token }}'
  mailto: 'leave@shop.example'
  post: true
"""

# What a template may bring along and nobody shall believe.
FORGED = """\
List-Unsubscribe: <https://evil.example/1>
list-unsubscribe: <https://evil.example/2>
List-Unsubscribe-Post: List-Unsubscribe=Evil
List-Id: <evil.example>
LIST-ID: <evil2.example>
Feedback-ID: evil
Feedback-ID: evil:evil:evil:evilevil
"""


def plain(ident, text, head=""):
    return crlf("From: The Shop <news@shop.example>\nMessage-ID: <%s@x>\n"
                "X-Inlay-Campaign: spring\nSubject: %s\n%s\n%s"
                % (ident, ident, head, text))


# Bodies that mail servers and canonicalisations trip over.
KINDS = {
    "alternative": message("alternative"),
    "plain": plain("plain", "Dear {{ profile.first_name }},\n\n\nbye \n\n\n"),
    "no-end": plain("no-end", "Dear {{ profile.first_name }}"),
    "eight-bit": plain(
        "eight-bit", "Grüße {{ profile.first_name }} \t \n.\n..\n",
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n"),
    "long-line": plain("long-line", "{{ profile.first_name }} " + "x" * 3000
                       + "\n"),
    "subject": plain("subject", "nothing here\n",
                     "X-Many:  two  blanks \nReply-To: "
                     "{{ profile.first_name }} <{{ recipient.address }}>\n"),
    "empty": plain("empty", "", "X-Name: {{ profile.first_name }}\n"),
}


def sample(count):
    """Other people's newsletters, some of them, with a tag in a header."""
    paths = sorted((SHARED / "marketing").glob("*.eml"))
    for path in paths[::max(1, len(paths) // count)]:
        data = crlf(path.read_bytes().decode("latin-1")).decode().encode(
            "latin-1")
        if re.search(rb"\{\{|\{%|%7b%7b|%7b%25", data, re.I):
            continue
        fields, body = split(data)
        kept = [(name, value) for name, value in fields
                if name.lower() not in (b"from", b"x-inlay-campaign",
                                        b"message-id", b"dkim-signature")]
        head = crlf("From: The Shop <news@shop.example>\n"
                    "Message-ID: <%s@x>\nX-Inlay-Campaign: spring\n"
                    "X-Name: {{ profile.first_name }}\n"
                    % re.sub(r"[^a-z0-9]", "", path.name))
        yield path.name, head + b"".join(
            name + b":" + value.replace(b"\n", b"\r\n").replace(
                b"\r\r", b"\r") + b"\r\n" for name, value in kept
        ) + b"\r\n" + body


class Canonicalisations(unittest.TestCase):
    def copies_verify(self, header, body):
        with Lab() as lab:
            scene = Scene(lab, conf="canonicalization = %s/%s\n"
                          "signature-ttl = 7d\n" % (header, body))
            scene.load(write_catalog(lab.dir / "catalog"))
            scene.inlay.start()
            mails = {**KINDS, **dict(sample(12))}
            for name, data in mails.items():
                code, text = scene.postfix.send(data, [ANNA, ZOE])
                self.assertEqual(code, 250, "%s: %s" % (name, text))
            copies = scene.sink.wait(2 * len(mails), 20)
            self.assertEqual(len(copies), 2 * len(mails),
                             scene.postfix.lines("status=(?!sent)"))
            for copy in copies:
                self.assertEqual(scene.verify(copy.data), (2, 2, 2),
                                 copy.header("Message-ID"))
                for value in copy.header("DKIM-Signature"):
                    self.assertIn(b"c=%s/%s" % (header.encode(),
                                                body.encode()), value)
                    self.assertRegex(value, rb"\bx=\d+")

    @unittest.skipIf(postfix.missing(), postfix.missing())
    def test_both_algorithms_verify_in_every_canonicalisation(self):
        for header in ("relaxed", "simple"):
            for body in ("relaxed", "simple"):
                with self.subTest("%s/%s" % (header, body)):
                    self.copies_verify(header, body)


class BulkSender(OnPostfix):
    @classmethod
    def setUpClass(cls):
        secrets = []
        cls.keys = Lab().__enter__()
        cls.addClassCleanup(cls.keys.__exit__)
        for name in ("new", "old"):
            file = cls.keys.dir / name
            file.touch(mode=0o600)
            file.write_text(name * 8)
            secrets.append("token-key = %s %s\n" % (name, file))
        cls.old = secrets[1]
        cls.conf = "".join(secrets) + "token-ttl = 30d\n"
        super().setUpClass()
        campaign = cls.lab.dir / "leave.yaml"
        campaign.write_text(CAMPAIGN + LEAVE)
        cls.inlay.command("campaign", "load", campaign)
        cls.inlay.close()
        cls.inlay.start()

    def copy(self, ident, to, **how):
        self.assertEqual(self.postfix.send(
            message(ident, extra=FORGED), [to])[0], 250)
        return self.sink.wait(1)[0]

    def test_forged_headers_go_and_the_campaigns_own_are_signed(self):
        copy = self.copy("bulk", ANNA)
        self.assertNotIn(b"evil", copy.data)
        self.assertEqual(copy.header("To"), [b" Anna <%s>" % ANNA.encode()])
        self.assertEqual(copy.header("List-Unsubscribe-Post"),
                         [b" List-Unsubscribe=One-Click"])
        self.assertEqual(copy.header("List-Id"),
                         [b" The Shop <news.shop.example>"])
        self.assertEqual(copy.header("Feedback-ID"),
                         [b" spring:shop:mail:shopexample"])
        self.assertEqual(len(copy.header("List-Unsubscribe")), 1)
        self.assertEqual(self.scene.verify(copy.data), (2, 2, 2))
        for value in copy.header("DKIM-Signature"):
            signed = re.sub(rb"\s", b"", re.search(rb"\bh=([^;]*);",
                                                   value)[1]).lower()
            names = signed.split(b":")
            self.assertLessEqual(
                {b"list-unsubscribe", b"list-unsubscribe-post", b"list-id",
                 b"feedback-id", b"to"}, set(names))
            for name in (b"from", b"subject", b"content-type"):
                self.assertEqual(names.count(name), 2, name)

    def token(self, copy):
        value = re.sub(rb"\s", b"", copy.header("List-Unsubscribe")[0])
        return re.search(rb"<https://shop\.example/leave/([^>]*)>",
                         value)[1].decode()

    def test_the_token_of_a_copy_tells_whose_it_is_until_it_expires(self):
        token = self.token(self.copy("token", ZOE))
        claim = json.loads(self.inlay.command("token", "verify", token))
        self.assertEqual((claim["address"], claim["campaign"]),
                         (ZOE, "spring"))
        self.inlay.command("token", "verify", token, "--at", "2099-01-01",
                           status=65)
        self.inlay.command("token", "verify", token[:-1], status=65)
        self.inlay.command("token", "verify", "x" + token, status=65)

    def test_a_rotated_key_still_verifies_what_it_made(self):
        both = self.inlay.conf.read_text()
        file = self.lab.dir / "mail.eml"
        file.write_bytes(plain("t", "{{ recipient.token }}\n"))
        try:
            self.inlay.conf.write_text(re.sub("token-key = new.*\n", "",
                                              both))
            old = self.inlay.command("preview", file, "--to", ANNA,
                                     "--text").decode().strip()
        finally:
            self.inlay.conf.write_text(both)
        new = self.inlay.command("preview", file, "--to", ANNA,
                                 "--text").decode().strip()
        self.assertEqual((old[:4], new[:4]), ("old.", "new."))
        for token in (old, new):
            self.assertIn(ANNA.encode(),
                          self.inlay.command("token", "verify", token))

    def test_names_beyond_ascii_are_encoded_in_to(self):
        value = self.copy("names", ZOE).header("To")[0].decode("ascii")
        self.assertEqual(
            str(email.header.make_header(email.header.decode_header(value))),
            "Zoë Żółć <%s>" % ZOE)

    def test_names_of_attachments_may_hold_tags(self):
        tag = "{{ profile.first_name }}.pdf"
        self.assertEqual(self.postfix.send(plain(
            "named", "--b\n\nDear {{ profile.first_name }}\n--b\n"
            "Content-Type: application/pdf; name=\"%s\"\n"
            "Content-Disposition: attachment;\n filename*=utf-8''%s\n\n"
            "x {{ profile.first_name }}\n--b--\n"
            % (tag, tag.replace(" ", "%20")),
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n"
        ), [ZOE])[0], 250)
        copy = self.sink.wait(1)[0]
        text, pdf = copy.message.iter_parts()
        self.assertEqual(text.get_content(), "Dear Zoë Żółć")
        self.assertEqual(pdf.get_filename(), "Zoë Żółć.pdf")
        self.assertEqual(pdf.get_param("name"), "Zoë Żółć.pdf")
        self.assertIn(b"\r\n\r\nx {{ profile.first_name }}\r\n--b--",
                      copy.data)
        self.assertEqual(self.scene.verify(copy.data), (2, 2, 2))

    def send_utf8(self, ident, to):
        with self.postfix.connect() as client:
            client.command_encoding = "utf-8"
            client.ehlo()
            client.mail("news@shop.example", ["SMTPUTF8", "BODY=8BITMIME"])
            code, text = client.rcpt(to)
            self.assertEqual(code, 250, text)
            code, text = client.data(message(ident))
            self.assertEqual(code, 250, text)
        return self.sink.wait(1)[0]

    def test_smtputf8_recipients_and_idn_domains_get_their_copies(self):
        for number, (to, header) in enumerate((
                ("пётр@customer.example", "пётр@customer.example"),
                ("пётр@почта.example", "пётр@xn--80a1acny.example"),
                ("anna@bücher.example", "anna@xn--bcher-kva.example"),
                ("anna@xn--bcher-kva.example",
                 "anna@xn--bcher-kva.example"))):
            with self.subTest(to):
                self.sink.take(0)
                copy = self.send_utf8("utf8%d" % number, to)
                self.assertIn(header, copy.header("To")[0].decode())
                text = copy.message.get_body(("plain",)).get_content()
                self.assertIn(header, text)
                self.assertNotIn("{{", text)
                self.assertEqual(self.scene.verify(copy.data), (2, 2, 2))
