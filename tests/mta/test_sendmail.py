"""The same promises on real sendmail, where its packages can be had."""

import os
import time
import unittest

from dkim_check import Opendkim, dkimpy
from inlay import Inlay
from lab import Lab, Trouble, free_ports
from mailing import message, write_catalog
from sendmail import Sendmail, unpacked
from sink import Sink

PEOPLE = ["anna@customer.example", "bob@customer.example",
          "stranger@elsewhere.example"]


class OnSendmail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("sendmail starts only as root")
        try:
            unpacked()
        except Trouble as trouble:
            raise unittest.SkipTest(str(trouble)) from None
        cls.lab = Lab().__enter__()
        cls.addClassCleanup(cls.lab.__exit__)
        ports = free_ports(3)
        catalog = write_catalog(cls.lab.dir / "catalog")
        cls.sink = cls.lab.owns(Sink(ports[2]))
        cls.inlay = cls.lab.owns(Inlay(cls.lab.dir / "inlay"))
        for words in (("schema", "load", catalog / "schema.yaml"),
                      ("block", "load", catalog / "blocks"),
                      ("campaign", "load", catalog / "campaign.yaml"),
                      ("profile", "load", catalog / "people.csv")):
            cls.inlay.command(*words)
        cls.sendmail = cls.lab.owns(Sendmail(cls.lab.dir, ports[:2],
                                             ports[2], cls.inlay.milter))

    def setUp(self):
        self.sink.take(0)
        if not self.inlay.process.running():
            self.inlay.start()

    def send(self, ident, people, port=None):
        return self.sendmail.send(message(ident), people, port=port)[0]

    def test_sendmail_gives_everyone_their_own_signed_copy(self):
        self.assertEqual(self.send("own", PEOPLE), 250)
        mail = self.sink.wait(3)
        self.assertEqual(sorted(copy.to for copy in mail), PEOPLE)
        judge = self.lab.owns(Opendkim(self.inlay.records, self.lab.dir))
        for copy in mail:
            text = copy.message.get_body(("plain",)).get_content()
            self.assertIn(copy.to, text)
            self.assertNotIn("{{", text)
            self.assertEqual(copy.header("X-Inlay-Campaign"), [])
            self.assertEqual(dkimpy(copy.data, self.inlay.records), (2, 2))
            self.assertEqual(judge.verify(copy.data), (2, 2))

    def test_sendmail_keeps_mail_while_the_milter_is_away(self):
        self.inlay.kill()
        self.assertEqual(self.send("away", PEOPLE[:1]), 250)
        time.sleep(3)
        self.assertEqual(self.sink.take(0), [])
        self.inlay.start()
        self.assertEqual([copy.to for copy in self.sink.wait(1)],
                         PEOPLE[:1])

    def test_sendmail_passes_on_the_452_of_a_second_recipient(self):
        with self.sendmail.connect(self.sendmail.filtered) as client:
            client.ehlo()
            client.mail("news@shop.example")
            self.assertEqual(client.rcpt(PEOPLE[0])[0], 250)
            code, text = client.rcpt(PEOPLE[1])
            self.assertEqual((code, text[:5]), (452, b"4.5.3"))
