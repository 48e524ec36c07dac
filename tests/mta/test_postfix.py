"""What CONTRIBUTING.md promises, seen from outside on real Postfix."""

import re
import signal
import time
import unittest

import postfix
from lab import Lab, Tmpfs, Trouble
from mailing import message, write_catalog
from scene import OnPostfix, Scene, undated, untraced

ANNA = "anna@customer.example"
BOB = "bob@customer.example"
STRANGER = "stranger@elsewhere.example"


def parts(delivered):
    """Text and HTML of a copy, by Python's own parser."""
    mail = delivered.message
    return (mail.get_body(("plain",)).get_content(),
            mail.get_body(("html",)).get_content())


class Delivery(OnPostfix):
    def test_everyone_gets_their_own_copy(self):
        self.assertEqual(self.send("own", [ANNA, BOB, STRANGER]), 250)
        mail = {copy.to: copy for copy in self.sink.wait(3)}
        self.assertEqual(set(mail), {ANNA, BOB, STRANGER})
        for address, name in ((ANNA, "Anna"), (BOB, "Bob"),
                              (STRANGER, "reader")):
            text, html = parts(mail[address])
            self.assertIn("Dear %s," % name, text)
            self.assertIn("Dear %s,</p>" % name, html)
            self.assertIn(address, text)
            self.assertNotIn("{{", text + html)
            self.assertNotIn("{%", text + html)
        self.assertEqual(mail[ANNA].message["Subject"], "News for Anna")

    def test_the_attachment_arrives_byte_for_byte(self):
        sent = message("bytes")
        self.postfix.send(sent, [ANNA])
        got = self.sink.wait(1)[0].data
        tail = sent[sent.index(b"--=_outer\r\nContent-Type: application"):]
        self.assertTrue(got.endswith(tail))

    def test_the_campaign_header_does_not_leave(self):
        self.send("header", [ANNA])
        self.assertEqual(self.sink.wait(1)[0].header("X-Inlay-Campaign"), [])

    def test_every_copy_verifies_with_dkimpy_and_opendkim(self):
        self.send("dkim", [ANNA, BOB, STRANGER])
        for copy in self.sink.wait(3):
            self.assertEqual(self.scene.verify(copy.data), (2, 2, 2))

    def test_an_altered_copy_does_not_verify(self):
        self.send("altered", [ANNA])
        data = self.sink.wait(1)[0].data
        changed = data.replace(b"Subject: News", b"Subject: Gnus")
        self.assertNotEqual(changed, data)
        self.assertEqual(self.scene.verify(changed), (2, 0, 0))

    def test_unsubscribe_headers_are_signed(self):
        self.send("signed", [ANNA])
        for value in self.sink.wait(1)[0].header("DKIM-Signature"):
            signed = re.search(rb"\bh=([^;]*);", value)[1].lower()
            names = set(re.sub(rb"\s", b"", signed).split(b":"))
            self.assertLessEqual({b"list-unsubscribe",
                                  b"list-unsubscribe-post"}, names)

    def test_preview_prints_what_is_delivered(self):
        file = self.lab.dir / "preview.eml"
        file.write_bytes(message("preview"))
        seen = self.inlay.command("preview", file, "--to", BOB)
        self.send("preview", [BOB])
        got = untraced(self.sink.wait(1)[0].data)
        self.assertEqual(undated(got), undated(seen))

    def test_five_hundred_recipients_split_and_all_arrive(self):
        crowd = ["guest%d@customer.example" % n for n in range(500)]
        self.assertEqual(self.send("crowd", crowd), 250)
        mail = self.sink.wait(500, 120)
        self.assertEqual(sorted(copy.to for copy in mail), sorted(crowd))
        for copy in mail:
            self.assertEqual(copy.recipients, [copy.to])
            self.assertIn(copy.to, parts(copy)[0])


class Retry(OnPostfix):
    """Each test has an address of its own: exposures are counted."""

    def test_a_retry_replays_and_counts_once(self):
        again = "again@customer.example"
        self.send("again", [again])
        first = self.sink.take(1)[0]
        self.send("again", [again])
        second = self.sink.take(1)[0]
        self.assertEqual(undated(untraced(first.data)),
                         undated(untraced(second.data)))
        self.assertEqual(len(self.inlay.exposures(again)), 1)

    def test_the_next_mailing_shows_another_block(self):
        self.send("one", ["next@customer.example"])
        first = parts(self.sink.take(1)[0])
        self.send("two", ["next@customer.example"])
        second = parts(self.sink.take(1)[0])
        block = re.compile("Block (\\w+)|<h2>(\\w+)</h2>")
        for before, after in zip(first, second):
            self.assertNotEqual(block.search(before)[0],
                                block.search(after)[0])

    def half(self, address, ident):
        """A client in the middle of its message, and the rest of it."""
        client = self.postfix.connect(self.postfix.filtered)
        client.ehlo()
        client.mail("news@shop.example")
        client.rcpt(address)
        client.docmd("DATA")
        data = message(ident)
        client.send(data[:len(data) // 2])
        time.sleep(0.2)
        return client, data[len(data) // 2:] + b".\r\n"

    def test_killed_during_data_tempfails_then_delivers_once(self):
        killed = "killed@customer.example"
        client, rest = self.half(killed, "killed")
        self.inlay.kill()
        client.send(rest)
        code, text = client.getreply()
        client.close()
        self.assertEqual(code, 451, text)
        self.assertEqual(self.inlay.exposures(killed), [])
        self.inlay.start()
        self.assertEqual(self.send("killed", [killed],
                                   port=self.postfix.filtered), 250)
        self.assertEqual(len(self.sink.take(1)), 1)
        self.assertEqual(len(self.inlay.exposures(killed)), 1)

    def test_mail_waits_in_the_queue_while_the_milter_is_away(self):
        self.inlay.kill()
        self.assertEqual(self.send("away", [ANNA, BOB]), 250)
        time.sleep(1)
        self.assertEqual(self.sink.take(0), [])
        self.inlay.start()
        self.postfix.flush()
        self.assertEqual(sorted(copy.to for copy in self.sink.wait(2)),
                         [ANNA, BOB])

    def test_sigterm_finishes_what_is_in_flight(self):
        client, rest = self.half("flight@customer.example", "flight")
        self.inlay.signal(signal.SIGTERM)
        time.sleep(0.2)
        client.send(rest)
        code, text = client.getreply()
        client.close()
        self.assertEqual(code, 250, text)
        self.assertEqual(self.inlay.process.wait(), 0)
        self.assertEqual(len(self.sink.take(1)), 1)


class Guard(OnPostfix):
    def test_a_second_recipient_is_told_to_come_again(self):
        with self.postfix.connect(self.postfix.filtered) as client:
            client.ehlo()
            client.mail("news@shop.example")
            self.assertEqual(client.rcpt(ANNA)[0], 250)
            code, text = client.rcpt(BOB)
            self.assertEqual((code, text[:5]), (452, b"4.5.3"))
            self.assertEqual(client.data(message("two-rcpt"))[0], 250)
        self.assertEqual([copy.recipients for copy in self.sink.wait(1)],
                         [[ANNA]])

    def test_foreign_mail_passes_untouched_and_unread(self):
        before = self.inlay.statistics()["lookups"]
        sent = message("foreign", subject="{{ profile.first_name }}",
                       campaign="")
        self.assertEqual(self.postfix.send(sent, [ANNA, BOB],
                                           port=self.postfix.plain)[0], 250)
        mail = self.sink.wait(1)
        self.assertEqual(untraced(mail[0].data), sent)
        self.assertEqual(self.inlay.statistics()["lookups"], before)

    def test_campaign_mail_at_the_wrong_port_is_refused(self):
        code, text = self.postfix.send(message("port"), [ANNA, BOB],
                                       port=self.postfix.plain)
        self.assertEqual((code, text[:5]), (550, b"5.7.1"))
        self.assertEqual(self.sink.take(0), [])

    def test_mail_without_the_header_is_refused_with_what_to_add(self):
        code, text = self.postfix.send(message("plain", campaign=""), [ANNA],
                                       port=self.postfix.filtered)
        self.assertEqual((code, text[:5]), (550, b"5.7.1"))
        self.assertIn(b"X-Inlay-Campaign", text)
        self.assertEqual(self.sink.take(0), [])

    def test_a_broken_template_is_refused_with_its_place(self):
        code, text = self.postfix.send(
            message("broken", text="Dear {% if %}\n"), [ANNA],
            port=self.postfix.filtered)
        self.assertEqual((code, text[:5]), (554, b"5.6.0"))
        self.assertIn("text/plain, line 1, column 9:", text.decode())
        self.assertEqual(self.sink.take(0), [])

    def test_an_unknown_campaign_is_refused(self):
        code, text = self.postfix.send(message("nowhere", campaign="autumn"),
                                       [ANNA], port=self.postfix.filtered)
        self.assertEqual((code, text[:5]), (550, b"5.7.1"))


class FullDisk(unittest.TestCase):
    def test_a_full_store_tempfails_and_recovers(self):
        if postfix.missing():
            self.skipTest(postfix.missing())
        with Lab() as lab:
            try:
                disk = lab.owns(Tmpfs(lab.dir / "disk", 4 << 20))
            except Trouble as trouble:
                self.skipTest(str(trouble))
            scene = Scene(lab, store=disk.path / "store")
            scene.load(write_catalog(lab.dir / "catalog"))
            scene.inlay.start()
            filtered = scene.postfix.filtered
            ballast = disk.fill()
            codes = [scene.postfix.send(message("full%d" % n),
                                        ["guest%d@customer.example" % n],
                                        port=filtered)[0] for n in range(40)]
            self.assertIn(451, codes)
            self.assertLessEqual(set(codes), {250, 451})
            ballast.unlink()
            again = [scene.postfix.send(message("full%d" % n),
                                        ["guest%d@customer.example" % n],
                                        port=filtered)[0] for n in range(40)]
            self.assertEqual(set(again), {250})
            good = codes.count(250) + 40
            self.assertEqual(len(scene.sink.wait(good)), good)
