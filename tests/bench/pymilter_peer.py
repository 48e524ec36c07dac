"""What many write first: a milter in Python that fills in a name and signs
with dkimpy. A yardstick for tests/bench/mta.py; needs python3-milter.

usage: pymilter_peer.py SOCKET KEYFILE
"""

import email
import email.policy
import pathlib
import sys

import dkim
import Milter

KEY = pathlib.Path(sys.argv[2]).read_bytes()
MERGE = (("{{ profile.first_name | default: 'you' }}", "you"),
         ('{{ profile.first_name | default: "you" }}', "you"),
         ('{{ profile.first_name | default: "reader" }}', "reader"))


class Peer(Milter.Base):
    def envfrom(self, sender, *options):
        self.head = []
        self.pieces = []
        return Milter.CONTINUE

    def header(self, name, value):
        self.head.append("%s: %s\n" % (name, value))
        return Milter.CONTINUE

    def body(self, chunk):
        self.pieces.append(chunk)
        return Milter.CONTINUE

    def eom(self):
        raw = ("".join(self.head) + "\n").encode() + b"".join(self.pieces)
        mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
        for part in mail.walk():
            if part.get_content_maintype() == "text":
                text = part.get_content()
                for tag, value in MERGE:
                    text = text.replace(tag, value)
                part.set_content(text, subtype=part.get_content_subtype())
        data = mail.as_bytes()
        signature = dkim.sign(data, b"rsa", b"shop.example", KEY,
                              canonicalize=(b"relaxed", b"relaxed"))
        self.addheader("DKIM-Signature", signature.decode().partition(
            ":")[2].strip().replace("\r\n", "\n"), 0)
        self.replacebody(data.partition(b"\r\n\r\n")[2])
        return Milter.CONTINUE


if __name__ == "__main__":
    Milter.factory = Peer
    Milter.set_flags(Milter.CHGBODY | Milter.CHGHDRS | Milter.ADDHDRS)
    Milter.runmilter("peer", sys.argv[1], 240)
