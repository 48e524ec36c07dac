"""The recipes for Postfix as they are shipped: README's own commands put Inlay
into a stock Postfix on a machine of its own (postfix_box.py)."""

import smtplib
import unittest

import box
import postfix_box
from box import INSIDE, run
from lab import TOP, Trouble, listening, wait_for
from mailing import message
from postfix_box import ETC, FRONT, PostfixBox
from recipes import ANNA, BOB, NEWS, Layout


def inside(test, layout):
    """A layout in namespaces that end with it."""
    why = box.missing() or postfix_box.missing()
    if why:
        test.skipTest(why)
    box.outside(test, "test_recipes", layout)


class Front(unittest.TestCase):
    def test_the_front_instance_leaks_nothing(self):
        inside(self, "FrontInstance")


class One(unittest.TestCase):
    def test_one_instance_leaks_nothing(self):
        inside(self, "OneInstance")

    def test_the_shipped_rule_is_the_one_that_is_tested(self):
        rule = "allow = daemon=CAMPAIGN client=127.0.0.0/8 only=campaign\n"
        self.assertIn("\n" + rule, (TOP / "conf/inlay.conf").read_text())


class OnPostfix(Layout):
    machine = PostfixBox

    def test_nothing_of_main_cf_goes_around_the_filter(self):
        for line in ("smtpd_milter_maps=inline:{ { 127.0.0.1 = DISABLE } }",
                     "smtpd_milters=unix:/none", "milter_protocol=2",
                     "milter_default_action=accept",
                     "receive_override_options=no_milters",
                     "smtpd_data_restrictions=reject",
                     "content_filter=smtp:[127.0.0.1]:9"):
            name = line.partition("=")[0]
            with self.subTest(name):
                self.box.set(line)
                self.box.send(message(name), [ANNA])
                self.delivered([ANNA])
            run("postconf", "-X", name)

    def test_a_bare_line_feed_hides_no_second_message(self):
        hidden = b"MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n" % (
            NEWS.encode(), BOB.encode()) + message("hidden")
        for end in (b"\n.\n", b"\n.\r\n", b"\r\n.\n"):
            with self.subTest(end), smtplib.SMTP("127.0.0.1",
                                                 10026) as client:
                client.ehlo()
                client.mail(NEWS)
                client.rcpt(ANNA)
                client.docmd("DATA")
                client.send(message("outer") + end
                            + hidden + b"\r\n.\r\n")
                client.getreply()
            self.box.empty()
            self.assertEqual([copy.to for copy in self.sink.take(0)
                              if copy.to == BOB], [])

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

    def test_zy_a_login_is_one_more_way_to_the_front(self):
        try:
            self.box.give_login("marketing", "secret")
        except Trouble as trouble:
            self.skipTest(str(trouble))
        self.box.commands(self.commands.strip() + " --login 2587")
        wait_for("the login", lambda: listening(2587))
        self.logs_in(2587)
        with self.assertRaisesRegex(Trouble, "587 is taken by submission"):
            self.box.commands(self.commands.strip() + " --login 587")

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
        self.requeued_in_an_outage()

    def test_tls_that_the_front_must_have_stops_nothing(self):
        run("postconf", "-c", FRONT, "-e", "smtp_tls_security_level=encrypt")
        run("postmulti", "-i", FRONT.name, "-p", "reload")
        gone = "gone@customer.example"
        self.inlay.command("profile", "set", gone, "suppressed=yes")
        self.box.send(message("tls"), [ANNA, gone])
        self.sink.wait(2)
        self.box.empty()
        self.assertEqual(sorted(copy.to for copy in self.sink.take(0)),
                         [ANNA, NEWS])

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
    wanted = [FrontInstance, OneInstance] if INSIDE else [Front, One]
    return unittest.TestSuite(loader.loadTestsFromTestCase(case)
                              for case in wanted)
