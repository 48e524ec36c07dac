#!/usr/bin/python3
"""Sends every message of a folder through inlayd over the milter protocol,
as foreign mail and as campaign mail without a tag, and compares bytes: what
comes out is what went in, or it is refused for a documented reason.

usage: tests/mta/corpus.py FOLDER...       BUILD=build/asan for that build
"""

import collections
import email
import email.policy
import pathlib
import re
import sys

from inlay import Inlay
from lab import Lab
from mailing import write_catalog
from milter_client import ACCEPT, Milter, as_sent, join, split

# What the manual says a message without tags may be refused for.
DOCUMENTED = {"554 5.6.0 Ambiguous message structure": "ambiguous",
              "554 5.6.0 A part with a tag cannot be decoded": "undecodable",
              "550 5.6.0 Campaign mail needs one Message-ID": "message-id",
              "552 5.3.4": "size"}

TAG = re.compile(rb"\{\{|\{%|%7b%7b|%7b%25|&#123;|&lcub;", re.I)


def texts(part):
    """A part's bytes, and its text in UTF-8 where that can be had."""
    raw = part.get_payload(decode=True) or b""
    yield raw
    charset = part.get_content_charset()
    if charset:
        yield raw.decode(charset, "replace").encode("utf-8", "replace")


def has_tag(data):
    """Whether any decoded part or header looks like a template."""
    if TAG.search(data):
        return True
    try:
        mail = email.message_from_bytes(data, policy=email.policy.default)
        return any(TAG.search(text) for part in mail.walk()
                   if not part.is_multipart() for text in texts(part))
    except (ValueError, LookupError, AttributeError, TypeError,
            AssertionError):
        return False


def as_campaign(data, number):
    """The message with what campaign mail must have."""
    data = without_campaign(data)
    head = b"X-Inlay-Campaign: spring\r\n"
    fields, _ = split(data)
    if not any(name.strip().lower() == b"message-id" for name, _ in fields):
        head += b"Message-ID: <corpus%d@shop.example>\r\n" % number
    return head + data


def without_campaign(data):
    """What should be delivered: the same but for that one header."""
    fields, body = split(data)
    return join([field for field in fields
                 if field[0].strip().lower() != b"x-inlay-campaign"], body)


class Corpus:
    def __init__(self, inlay):
        self.inlay = inlay
        self.seen = collections.Counter()
        self.failures = []

    def fail(self, path, how, what):
        self.failures.append("%s as %s: %s" % (path, how, what))

    def foreign(self, path, data):
        with Milter(self.inlay.socket, daemon="OTHER") as milter:
            reply, message = milter.send(data)
        if reply.letter != ACCEPT or message.changes:
            self.fail(path, "foreign mail", repr(reply))
        elif message.bytes() != join(*split(data)):
            self.fail(path, "foreign mail", "altered")
        else:
            self.seen["foreign, untouched"] += 1

    def campaign(self, path, data, number, chunk):
        sent = as_campaign(data, number)
        with Milter(self.inlay.socket) as milter:
            reply, message = milter.send(
                sent, "<guest%d@customer.example>" % number, chunk=chunk)
        if reply.letter != ACCEPT:
            for text, word in DOCUMENTED.items():
                if reply.text.startswith(text):
                    self.seen["campaign, refused: " + word] += 1
                    return
            self.fail(path, "campaign mail", repr(reply))
        elif message.bytes() != without_campaign(sent):
            self.fail(path, "campaign mail", "altered")
        elif message.replaced is not None:
            self.fail(path, "campaign mail", "body replaced by itself")
        else:
            self.seen["campaign, identical"] += 1

    def check(self, path, number):
        data = as_sent(path.read_bytes())
        self.foreign(path, data)
        if has_tag(data):
            self.seen["campaign, left out: it is a template"] += 1
            return
        self.campaign(path, data, number, 65535)
        # The same cut into the smallest pieces that take a second or less.
        self.campaign(path, data, number, max(1, len(data) // 2000))


def messages(folders):
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.is_file() and path.suffix not in (".tsv", ".md"):
                yield path


def run(lab, folders):
    inlay = lab.owns(Inlay(lab.dir / "inlay", keys=(), start=False))
    catalog = write_catalog(lab.dir / "catalog")
    inlay.command("schema", "load", catalog / "schema.yaml")
    inlay.command("campaign", "load", catalog / "campaign.yaml")
    inlay.start()
    corpus = Corpus(inlay)
    for number, path in enumerate(messages(folders)):
        try:
            corpus.check(path, number)
        except OSError as error:
            corpus.fail(path, "either", error)
            if not inlay.process.running():
                corpus.fail(path, "either", "inlayd died\n" + inlay.text())
                break
    return corpus


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with Lab() as lab:
        corpus = run(lab, sys.argv[1:])
    for word, count in sorted(corpus.seen.items()):
        print("%6d %s" % (count, word))
    for failure in corpus.failures:
        print("FAIL " + failure)
    passed = sum(corpus.seen.values())
    print("%d passed, %d failed" % (passed, len(corpus.failures)))
    return 1 if corpus.failures or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
