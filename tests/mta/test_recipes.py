"""The recipes as they are shipped. README's own commands put Inlay into a
stock Postfix on a machine of its own (box.py), and then everything is tried
that ever let a raw template out, a stranger in, or a report get lost."""

import os
import pathlib
import subprocess
import sys
import unittest

import box
from box import ETC, FRONT, Box, run
from dkim_check import Opendkim, dkimpy
from lab import TOP, Lab
from mailing import crlf, message, write_catalog

HERE = pathlib.Path(__file__).resolve().parent
INSIDE = "INLAY_BOX" in os.environ
ANNA, BOB = "anna@customer.example", "bob@customer.example"
STRANGER = "stranger@elsewhere.example"
NEWS = "news@shop.example"


class Recipes(unittest.TestCase):
    """Each layout in namespaces that end with it."""

    def inside(self, layout):
        why = box.missing()
        if why:
            self.skipTest(why)
        result = subprocess.run(
            ["unshare", "-mnpf", "--kill-child", "--mount-proc",
             sys.executable, "-B", str(HERE / "run"),
             "test_recipes." + layout],
            env={**os.environ, "INLAY_BOX": layout}, text=True,
            stdin=subprocess.DEVNULL, capture_output=True)
        print("     " + result.stdout.replace("\n", "\n     ").rstrip())
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_the_front_instance_leaks_nothing(self):
        self.inside("FrontInstance")

    def test_one_instance_leaks_nothing(self):
        self.inside("OneInstance")

    def test_the_shipped_rule_is_the_one_that_is_tested(self):
        rule = "allow = daemon=CAMPAIGN client=127.0.0.0/8 only=campaign\n"
        self.assertIn("\n" + rule, (TOP / "conf/inlay.conf").read_text())


class Layout:
    """What holds in both."""

    commands = ""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab().__enter__()
        cls.addClassCleanup(cls.lab.__exit__)
        cls.box = Box(cls.lab, cls.commands)
        cls.sink, cls.inlay = cls.box.sink, cls.box.inlay
        catalog = write_catalog(cls.lab.dir / "catalog")
        for noun, name in (("schema", "schema.yaml"), ("block", "blocks"),
                           ("campaign", "campaign.yaml"),
                           ("profile", "people.csv")):
            cls.inlay.command(noun, "load", catalog / name)
        cls.judge = Opendkim(cls.inlay.records, cls.lab.dir)

    def setUp(self):
        self.sink.take(0)
        if not (self.inlay.process and self.inlay.process.running()):
            self.inlay.start()

    def delivered(self, recipients):
        """One good copy to each of them and nothing else."""
        self.sink.wait(len(recipients), 240)
        self.box.empty()
        mail = self.sink.take(0)
        self.assertEqual(sorted(copy.to for copy in mail),
                         sorted(recipients))
        for copy in mail:
            self.assertEqual(copy.recipients, [copy.to])
            self.assertNotIn(b"X-Inlay-", copy.data)
            self.assertNotIn(b"{{", copy.data)
            self.assertEqual(dkimpy(copy.data, self.inlay.records), (2, 2))
            self.assertEqual(self.judge.verify(copy.data), (2, 2))
        return mail

    def returned(self, count=1):
        """Marketing got reports, and nobody got anything else."""
        self.sink.wait(count)
        self.box.empty()
        mail = self.sink.take(0)
        self.assertEqual([(copy.sender, copy.to) for copy in mail],
                         [("", NEWS)] * count)

    def nothing(self):
        self.box.empty()
        self.assertEqual(self.sink.take(0), [])

    def test_everybody_gets_one_signed_copy(self):
        people = [ANNA, BOB, STRANGER]
        self.assertEqual(self.box.send(message("own"), people)[0], 250)
        self.delivered(people)

    def test_signatures_survive_a_hop_without_8bitmime(self):
        text = crlf("From: The Shop <%s>\nTo: <{{ recipient.address }}>\n"
                    "Message-ID: <eight@shop.example>\n"
                    "X-Inlay-Campaign: spring\nMIME-Version: 1.0\n"
                    "Subject: Hi {{ profile.first_name }}\n"
                    "Content-Type: text/plain; charset=utf-8\n"
                    "Content-Transfer-Encoding: 8bit\n\nGrüße\n%s\n"
                    % (NEWS, "x" * 2000))
        self.assertEqual(self.box.send(text, [ANNA])[0], 250)
        copy, = self.delivered([ANNA])
        self.assertEqual(len(copy.header("Date")), 1)
        self.assertEqual(copy.message["To"], ANNA)

    def test_other_ports_refuse_campaign_mail(self):
        for port in (25, 587):
            code, text = self.box.send(message("port"), [ANNA, BOB], port)
            self.assertEqual((code, text[:5]), (550, b"5.7.1"))
        self.nothing()

    def test_a_stranger_gets_nothing_in(self):
        code, _ = self.box.send(message("in"), ["root@localhost"], 25,
                                sender="evil@elsewhere.example")
        self.assertEqual(code, 550)
        self.nothing()

    def test_mail_without_the_header_comes_back(self):
        self.assertEqual(self.box.send(message("bare", campaign=""),
                                       [ANNA])[0], 250)
        self.returned()
        self.assertIn("add the header X-Inlay-Campaign", self.box.log())

    def test_a_wrong_rule_lets_nothing_out(self):
        right = self.inlay.conf.read_text()
        self.inlay.close()
        self.inlay.conf.write_text(right.replace("=CAMPAIGN", "=CAMPAIN"))
        self.inlay.start()
        try:
            self.assertEqual(self.box.send(message("rule"), [ANNA])[0], 250)
            self.returned()
        finally:
            self.inlay.close()
            self.inlay.conf.write_text(right)
        self.assertIn("no allow rule holds for daemon=CAMPAIGN",
                      self.inlay.text())

    def test_blind_copies_of_everything_get_no_personal_one(self):
        self.box.set("always_bcc=archive@shop.example")
        try:
            self.box.send(message("bcc"), [ANNA, BOB])
            self.delivered([ANNA, BOB])
        finally:
            self.box.set("always_bcc=")

    def test_a_report_about_a_bad_recipient_reaches_marketing(self):
        gone = "gone@customer.example"
        self.inlay.command("profile", "set", gone, "suppressed=yes")
        self.assertEqual(self.box.send(message("bad"), [gone])[0], 250)
        self.returned()
        self.assertEqual(self.inlay.exposures(gone), [])

    def test_nobody_sends_campaigns_without_a_sender(self):
        code, text = self.box.send(message("null"), [ANNA], sender="")
        self.assertEqual(code, 554)
        self.assertIn(b"needs a sender", text)
        self.nothing()

    def test_sendmail_lets_nothing_out(self):
        run("sendmail", "-f", NEWS, ANNA, stdin=message("pickup").decode())
        self.returned()

    def test_an_alias_is_one_person(self):
        self.box.send(message("alias"), ["couple@customer.example"])
        self.sink.wait(2)
        self.box.empty()
        copies = self.sink.take(0)
        self.assertEqual(sorted(to for copy in copies
                                for to in copy.recipients),
                         ["one@customer.example", "two@customer.example"])
        for copy in copies:
            self.assertEqual(self.judge.verify(copy.data), (2, 2))
        self.assertEqual(
            len(self.inlay.exposures("couple@customer.example")), 1)

    def test_again_changes_nothing(self):
        before = [self.box.settings(path) for path in self.box.instances()]
        self.box.commands(self.commands.strip() + " --dry-run")
        self.box.commands(self.commands)
        self.assertEqual(before, [self.box.settings(path)
                                  for path in self.box.instances()])

    def test_zz_remove_leaves_nothing(self):
        self.box.commands("conf/postfix/install --remove")
        left = self.box.settings()
        for word in ("10026", "10027", "10028", "onercpt", "inlay", "multi_instance"):
            self.assertNotIn(word, left)
        self.assertIn("\nheader_checks = regexp:/etc/postfix/mine\n", left)
        self.assertFalse(FRONT.exists())
        self.assertFalse((ETC / "inlay_header_checks").exists())


class FrontInstance(Layout, unittest.TestCase):
    commands = box.readme_commands()

    def test_a_requeue_in_an_outage_loses_and_leaks_nothing(self):
        people = [ANNA, BOB, STRANGER]
        self.inlay.kill()
        self.assertEqual(self.box.send(message("outage"), people)[0], 250)
        self.box.deferred(3)
        for _ in range(2):
            self.box.requeue()
            self.box.deferred(3)
        self.assertEqual(self.sink.take(0), [])
        self.inlay.start()
        self.box.requeue()
        self.delivered(people)

    def test_five_thousand_recipients_in_one_transaction(self):
        crowd = ["guest%d@customer.example" % n for n in range(5000)]
        self.assertEqual(self.box.send(message("crowd", html="<p>Hi</p>"),
                                       crowd)[0], 250)
        self.delivered(crowd)

    def test_sendmail_cannot_reach_the_front(self):
        for sender in (NEWS, "<>"):
            result = run("sendmail", "-C", FRONT, "-f", sender, ANNA,
                         stdin=message("direct").decode(), check=False)
            self.assertNotEqual(result.returncode, 0)
        self.nothing()


class OneInstance(Layout, unittest.TestCase):
    commands = "conf/postfix/install --single\n"

    def test_a_requeue_in_an_outage_brings_the_mail_back(self):
        self.inlay.kill()
        self.assertEqual(self.box.send(message("outage"), [ANNA])[0], 250)
        self.box.deferred(1)
        self.box.requeue()
        self.returned()
        self.assertEqual(self.inlay.process.running(), False)


def load_tests(loader, _tests, _pattern):
    wanted = [FrontInstance, OneInstance] if INSIDE else [Recipes]
    return unittest.TestSuite(loader.loadTestsFromTestCase(case)
                              for case in wanted)
