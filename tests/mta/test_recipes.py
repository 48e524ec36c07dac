"""The recipes for Postfix as they are shipped: README's own commands put Inlay
into a stock Postfix on a machine of its own (postfix_box.py)."""

import unittest

import box
import postfix_box
from box import INSIDE, run
from lab import TOP
from mailing import message
from postfix_box import ETC, FRONT, PostfixBox
from recipes import ANNA, BOB, NEWS, STRANGER, Layout


class Recipes(unittest.TestCase):
    """Each layout in namespaces that end with it."""

    def inside(self, layout):
        why = box.missing() or postfix_box.missing()
        if why:
            self.skipTest(why)
        box.outside(self, "test_recipes", layout)

    def test_the_front_instance_leaks_nothing(self):
        self.inside("FrontInstance")

    def test_one_instance_leaks_nothing(self):
        self.inside("OneInstance")

    def test_the_shipped_rule_is_the_one_that_is_tested(self):
        rule = "allow = daemon=CAMPAIGN client=127.0.0.0/8 only=campaign\n"
        self.assertIn("\n" + rule, (TOP / "conf/inlay.conf").read_text())


class OnPostfix(Layout):
    machine = PostfixBox

    def test_blind_copies_of_everything_get_no_personal_one(self):
        self.box.set("always_bcc=archive@shop.example")
        try:
            self.box.send(message("bcc"), [ANNA, BOB])
            self.delivered([ANNA, BOB])
        finally:
            self.box.set("always_bcc=")

    def test_sendmail_lets_nothing_out(self):
        run("sendmail", "-f", NEWS, ANNA, stdin=message("pickup").decode())
        self.returned()

    def test_zz_remove_leaves_nothing(self):
        self.box.commands("conf/postfix/install --remove")
        left = self.box.settings()
        for word in ("10026", "10027", "10028", "onercpt", "inlay",
                     "multi_instance"):
            self.assertNotIn(word, left)
        self.assertIn("\nheader_checks = regexp:/etc/postfix/mine\n", left)
        self.assertFalse(FRONT.exists())
        self.assertFalse((ETC / "inlay_header_checks").exists())


class FrontInstance(OnPostfix, unittest.TestCase):
    commands = box.readme_commands("Postfix")

    def test_a_requeue_in_an_outage_loses_and_leaks_nothing(self):
        people = [ANNA, BOB, STRANGER]
        self.outage(people)
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


class OneInstance(OnPostfix, unittest.TestCase):
    commands = "conf/postfix/install --single\n"

    def test_a_requeue_in_an_outage_brings_the_mail_back(self):
        self.outage([ANNA])
        self.box.requeue()
        self.returned()
        self.assertEqual(self.inlay.process.running(), False)


def load_tests(loader, _tests, _pattern):
    wanted = [FrontInstance, OneInstance] if INSIDE else [Recipes]
    return unittest.TestSuite(loader.loadTestsFromTestCase(case)
                              for case in wanted)
