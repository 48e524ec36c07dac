"""What a rule with require= wants proven: by a seal, by a DKIM signature with
keys from a file or from the DNS; and what a replay can add to it."""

import base64
import hashlib
import hmac
import os
import subprocess
import threading
import time
import unittest

import dkim

from dkim_check import Records, dkimpy, make_key, public_record
from mailing import message
from milter_client import ACCEPT, split
from nameserver import SERVFAIL, SILENT, Nameserver
from test_milter import ANNA, OnMilter

SECRET = b"0123456789abcdef0123456789abcdef"
COVERED = [b"From", b"To", b"Subject", b"Message-ID", b"X-Inlay-Campaign",
           b"MIME-Version", b"Content-Type", b"List-Unsubscribe",
           b"List-Unsubscribe-Post"]


def seal(data, when, secret=SECRET, name="k1", names=COVERED):
    """X-Inlay-Seal as another program would make it, from the manual."""
    fields, body = split(data)
    values = {field.lower(): b":" + b" ".join(value.split())
              for field, value in reversed(fields)}
    listed = b":".join(names)
    parts = [b"inlay-seal-2", b"%d" % when, listed]
    parts += [values.get(field.lower(), b"") for field in names]
    parts.append(body.rstrip(b"\r\n"))
    mac = hmac.new(secret, b"".join(
        len(part).to_bytes(8, "little") + part for part in parts),
        hashlib.sha256)
    return b"X-Inlay-Seal: v=2; k=%s; t=%d; h=%s;\r\n\tb=%s\r\n" % (
        name.encode(), when, listed, base64.b64encode(mac.digest())) + data


class Authenticity(OnMilter):
    @classmethod
    def prepare(cls):
        folder = cls.lab.dir
        cls.template_key = make_key(folder / "template.pem", "ed25519")
        records = Records({"t._domainkey.shop.example":
                           public_record(cls.template_key)})
        (folder / "public").write_text("".join(
            "%s %s\n" % item for item in records.items()))
        (folder / "secret").touch(mode=0o600)
        (folder / "secret").write_bytes(SECRET + b"\n")
        cls.records = records
        cls.conf = ("allow = daemon=DKIM require=dkim\n"
                    "allow = daemon=DOMAIN require=dkim:shop.example\n"
                    "allow = daemon=SEAL require=seal\n"
                    "verify-keys = %s\nseal-key = k1 %s\n"
                    % (folder / "public", folder / "secret"))

    def signed(self, data, selector=b"t", **how):
        key = base64.b64encode(subprocess.run(
            ["openssl", "pkey", "-in", str(self.template_key), "-outform",
             "DER"], capture_output=True, check=True).stdout[-32:])
        how = {"include_headers": COVERED, **how}
        return dkim.sign(data, selector, b"shop.example", key,
                         signature_algorithm=b"ed25519-sha256", **how) + data

    def test_a_signed_template_is_personalised(self):
        for daemon in ("DKIM", "DOMAIN"):
            mail = self.accepted(self.signed(message(daemon)), daemon=daemon)
            self.assertIn(b"News for Anna", mail.bytes())

    def test_the_template_signature_does_not_leave(self):
        mail = self.accepted(self.signed(message("own")), daemon="DKIM")
        self.assertNotIn(b"s=t;", mail.bytes())
        self.assertEqual(dkimpy(mail.bytes(), self.inlay.records), (2, 2))

    def test_an_unsigned_or_altered_template_is_refused(self):
        bare = message("bare")
        self.assertRefused(550, "no DKIM signature", bare, daemon="DKIM")
        good = self.signed(bare)
        for a, b in ((b"News", b"Gnus"), (b"spring", b"summer"),
                     (b"--=_outer--", b"--=_outer--\r\nmore")):
            self.assertIn(a, good)
            self.assertRefused(550, "5.7.1", good.replace(a, b),
                               daemon="DKIM")

    def test_sha_1_proves_nothing(self):
        key = make_key(self.lab.dir / "sha1.pem", "rsa")
        self.records["s1._domainkey.shop.example"] = public_record(key)
        (self.lab.dir / "public").write_text("".join(
            "%s %s\n" % item for item in self.records.items()
            if isinstance(item[1], str)))
        data = message("sha1")
        for algorithm, code in ((b"rsa-sha256", 250), (b"rsa-sha1", 550)):
            signed = dkim.sign(
                data, b"s1", b"shop.example", key.read_bytes(),
                signature_algorithm=algorithm,
                include_headers=COVERED) + data
            reply, _ = self.send(signed, daemon="DKIM")
            self.assertEqual(reply.code, code, reply)

    def test_what_no_key_can_prove_is_refused_for_good(self):
        """Not deferred, to be refused after days."""
        data = self.signed(message("broken"))
        for a, b in ((b"v=1", b"v=2"), (b" t=", b" x=2; t="),
                     (b"a=ed25519-sha256", b"a=ed25519-sha1"),
                     (b"q=dns/txt", b"q=file/txt")):
            with self.subTest(b):
                self.assertIn(a, data)
                self.assertRefused(550, "5.7.1", data.replace(a, b, 1),
                                   daemon="DKIM")

    def test_a_signature_over_half_a_body_does_not_count(self):
        half = self.signed(message("half"), length=True)
        self.assertRefused(550, "5.7.1", half + b"appended\r\n",
                           daemon="DKIM")

    def test_a_sealed_template_is_personalised(self):
        mail = self.accepted(seal(message("seal"), int(time.time())),
                             daemon="SEAL")
        self.assertIn(b"News for Anna", mail.bytes())

    def test_what_inlay_seal_prints_is_personalised(self):
        file = self.lab.dir / "sealed.eml"
        file.write_bytes(message("command"))
        sealed = self.inlay.command("seal", file)
        self.assertTrue(sealed.endswith(message("command")))
        self.assertIn(b"News for Anna",
                      self.accepted(sealed, daemon="SEAL").bytes())

    def test_no_seal_a_false_one_or_an_old_one_is_refused(self):
        now = int(time.time())
        data = message("false")
        for sent, text in (
                (data, "no X-Inlay-Seal"),
                (seal(data, now, b"another secret"), "does not fit"),
                (seal(data, now).replace(b"spring", b"summer"),
                 "does not fit"),
                (seal(data, now - 8 * 86400), "too old"),
                (seal(data, now + 3600), "too old or of the future"),
                (seal(data, now, name="k9"), "unknown key")):
            with self.subTest(text):
                self.assertRefused(550, text, sent, daemon="SEAL")

    def proven(self, ident):
        """The same message under both kinds of proof: (data, daemon)."""
        data = message(ident)
        return ((seal(data, int(time.time())), "SEAL"),
                (self.signed(data), "DKIM"))

    def test_a_replay_with_an_added_field_is_refused(self):
        for field in ("Reply-To: thief@evil.example",
                      "Sender: thief@evil.example",
                      "Cc: thief@evil.example", "Bcc: thief@evil.example",
                      "List-Post: <mailto:thief@evil.example>",
                      "List-Unsubscribe: <https://evil.example/>",
                      "Content-Disposition: attachment; filename=a.exe",
                      "Disposition-Notification-To: thief@evil.example",
                      "Resent-From: thief@evil.example",
                      "X-Leak: {{ profile.first_name }}",
                      "X-Leak: =?utf-8?b?%s?=" % base64.b64encode(
                          b"{{ profile.first_name }}").decode(),
                      "Subject: another", "X-Inlay-Campaign: another"):
            for data, daemon in self.proven("replay"):
                with self.subTest(field, daemon=daemon):
                    self.assertRefused(550, "5.7.1",
                                       field.encode() + b"\r\n" + data,
                                       daemon=daemon)

    def test_what_mail_servers_add_does_no_harm(self):
        for data, daemon in self.proven("trace"):
            self.accepted(b"Received: from a by b; now\r\n"
                          b"X-Spam-Score: 0\r\n" + data, daemon=daemon)

    def test_a_signature_must_cover_campaign_and_tags(self):
        for name in (b"X-Inlay-Campaign", b"Subject", b"Message-ID",
                     b"Content-Type", b"List-Unsubscribe"):
            with self.subTest(name):
                rest = [field for field in COVERED if field != name]
                self.assertRefused(
                    550, "does not cover " + name.decode(),
                    self.signed(message("less"), include_headers=rest),
                    daemon="DKIM")
                self.assertRefused(
                    550, "does not cover " + name.decode(),
                    seal(message("less"), int(time.time()), names=rest),
                    daemon="SEAL")

    def test_a_line_that_is_no_header_hides_nothing(self):
        for data, daemon in self.proven("stray"):
            reply, mail = self.send(data.replace(
                b"\r\nMIME-Version", b"\r\nno header: at all\r\n"
                b"X-Leak: {{ profile.first_name }}\r\nMIME-Version"),
                daemon=daemon)
            self.assertGreaterEqual(reply.code, 500, reply)
            self.assertNotIn(b"Anna", mail.bytes())


@unittest.skipUnless(os.getuid() == 0, "needs port 53 and a mount namespace")
class KeysInTheDns(Authenticity):
    """The same with public keys from the DNS, and what the DNS can do."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.dns = cls.lab.owns(Nameserver(cls.records))
        cls.records["gone._domainkey.shop.example"] = "v=DKIM1; p="
        cls.records["lame._domainkey.shop.example"] = SERVFAIL
        cls.conf = "".join(line for line in cls.conf.splitlines(True)
                           if not line.startswith("verify-keys"))
        cls.wrapper = cls.dns.wrapper(cls.lab.dir)

    def test_a_key_that_is_not_there_is_refused_and_one_unasked_deferred(self):
        for selector, code in ((b"none", 550), (b"gone", 550), (b"lame", 451)):
            with self.subTest(selector):
                self.assertRefused(code, "", self.signed(
                    message("key"), selector=selector), daemon="DKIM")

    def test_at_most_five_signatures_are_looked_up(self):
        data = self.signed(message("many"))
        for number in range(8):
            data = self.signed(data, selector=b"none%d" % number)
        del self.dns.asked[:]
        self.assertRefused(550, "", data, daemon="DKIM")
        self.assertEqual(len(self.dns.asked), 5, self.dns.asked)

    def test_a_silent_dns_costs_a_message_little_and_the_next_ones_nothing(
            self):
        data = message("silent")
        for number in range(5):
            name = "silent%d._domainkey.shop.example" % number
            self.records[name] = SILENT
            data = self.signed(data, selector=b"silent%d" % number)
        del self.dns.asked[:]
        self.assertRefused(451, "4.3.0", data, daemon="DKIM")
        self.assertIn("shop.example now: the DNS ", self.inlay.text())
        self.assertLessEqual(len(self.dns.asked), 4, self.dns.asked)
        asked = self.dns.asked[0].partition(".")[0].encode()
        del self.dns.asked[:]
        self.assertRefused(451, "4.3.0", self.signed(
            message("next"), selector=asked), daemon="DKIM")
        self.assertIn("the DNS did not answer a moment ago",
                      self.inlay.text())
        self.assertEqual(self.dns.asked, [])
        self.accepted(self.signed(message("other")), daemon="DKIM")

    def test_the_dns_is_asked_by_many_at_once(self):
        replies = []

        def run(number):
            with self.milter(daemon="DKIM") as milter:
                for ident in range(10):
                    reply, _ = milter.send(self.signed(
                        message("busy%d.%d" % (number, ident))), ANNA)
                    replies.append(reply)

        threads = [threading.Thread(target=run, args=(number,))
                   for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({reply.letter for reply in replies}, {ACCEPT},
                         [reply for reply in replies
                          if reply.letter != ACCEPT])
        self.assertEqual(len(replies), 80)
