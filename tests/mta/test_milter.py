"""inlayd seen through the milter protocol alone: what mail servers cannot be
made to do, or do too slowly to be asked a thousand times."""

import ctypes
import email
import grp
import os
import pathlib
import signal
import socket
import stat
import subprocess
import time
import unittest

from corpus import run as run_corpus
from dkim_check import dkimpy
from inlay import Inlay
from lab import BUILD, TOP, Lab, wait_for
from mailing import crlf, message, write_catalog
from milter_client import (ACCEPT, CONTINUE, DISCARD, LEADING_BLANK, NO_REPLY,
                           NOT_SENT, TEMPFAIL, Milter, split)
from scene import undated

ANNA = "<anna@customer.example>"
BOB = "<bob@customer.example>"
LOGIN = {"{auth_authen}": "marketing", "{auth_type}": "PLAIN"}
SYS_TGKILL = 234 if os.uname().machine == "x86_64" else 131


def base64_free(data):
    """The decoded texts of a message."""
    return b"".join(
        part.get_payload(decode=True) for part in
        email.message_from_bytes(data).walk() if not part.is_multipart())


class OnMilter(unittest.TestCase):
    """One inlayd for all tests of a class, and no mail server."""

    conf = ""
    keys = ("rsa", "ed25519")
    wrapper = ()            # a command that runs inlayd

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab().__enter__()
        cls.addClassCleanup(cls.lab.__exit__)
        cls.prepare()
        cls.inlay = cls.lab.owns(Inlay(cls.lab.dir / "inlay", keys=cls.keys,
                                       conf=cls.conf, start=False))
        cls.inlay.wrapper = list(cls.wrapper)
        folder = write_catalog(cls.lab.dir / "catalog")
        for noun, name in (("schema", "schema.yaml"), ("block", "blocks"),
                           ("campaign", "campaign.yaml"),
                           ("profile", "people.csv")):
            cls.inlay.command(noun, "load", folder / name)
        cls.inlay.start()

    @classmethod
    def prepare(cls):
        """What the configuration needs beside it."""

    def milter(self, **how):
        milter = Milter(self.inlay.socket, **how)
        self.addCleanup(milter.drop)
        return milter

    def send(self, data, to=ANNA, **how):
        return self.milter(**how).send(data, to)

    def accepted(self, data, to=ANNA, **how):
        reply, mail = self.send(data, to, **how)
        self.assertEqual(reply.letter, ACCEPT, reply)
        return mail

    def assertUntouched(self, data, **how):
        before = self.inlay.statistics()["lookups"]
        mail = self.accepted(data, **how)
        self.assertEqual(mail.changes, 0)
        self.assertEqual(self.inlay.statistics()["lookups"], before)

    def assertRefused(self, code, text, data, **how):
        reply, mail = self.send(data, how.pop("to", ANNA), **how)
        self.assertEqual(reply.code, code, reply)
        self.assertIn(text, reply.text)
        self.assertEqual(mail.changes, 0)


class Protocol(OnMilter):
    conf = ("allow = daemon=LOGIN login=marketing\n"
            "allow = daemon=ONLY only=campaign\n"
            "allow = daemon=MIXED\n"
            "allow = daemon=SIX client=2001:db8::/32\n"
            "max-message-size = 64K\n")

    def test_two_round_trips_bring_a_personal_copy(self):
        milter = self.milter()
        reply, mail = milter.send(message("trips"))
        self.assertEqual(reply.letter, ACCEPT)
        self.assertIn(b"Subject: News for Anna\r\n", mail.bytes())
        self.assertEqual(milter.round_trips, 2)

    def test_only_what_is_needed_is_negotiated(self):
        milter = self.milter()
        for letter in "HTUN":
            self.assertTrue(milter.steps & NOT_SENT[letter], letter)
        for letter in "CMLB":
            self.assertTrue(milter.steps & NO_REPLY[letter], letter)
        self.assertTrue(milter.steps & LEADING_BLANK)
        self.assertFalse(milter.actions & ~0x113, hex(milter.actions))

    def test_a_mail_server_that_offers_nothing_gets_the_same(self):
        new = self.accepted(message("old")).bytes()
        for actions in (0x13, 0x1ff):
            old = self.accepted(message("old"), steps=0,
                                actions=actions).bytes()
            self.assertEqual(undated(old), undated(new))
            self.assertEqual(dkimpy(old, self.inlay.records), (2, 2))

    def test_a_mail_server_that_forbids_changes_gets_no_milter(self):
        with self.assertRaises(OSError):
            self.milter(actions=0x1)

    def test_unauthorised_mail_is_not_even_looked_at(self):
        for how in ({"daemon": "OTHER"}, {"daemon": ""},
                    {"daemon": "campaign"}, {"address": "10.0.0.1"},
                    {"address": "::1"}, {"daemon": "C" * 500}):
            with self.subTest(how):
                self.assertUntouched(message("foreign", campaign=""), **how)

    def test_campaign_mail_that_no_rule_allows_is_refused_and_logged(self):
        before = self.inlay.statistics()["lookups"]
        for number, how in enumerate((
                {"daemon": "CAMPAIN"}, {"daemon": ""},
                {"daemon": "campaign"}, {"address": "10.0.0.1"},
                {"address": "::1"}, {"daemon": "C" * 500})):
            with self.subTest(how):
                queue_id = "4Stowaway%d" % number
                reply, mail = self.milter(**how).send(
                    message("stowaway"), ANNA, queue_id=queue_id)
                self.assertEqual(reply.text[:9], "550 5.7.1")
                self.assertEqual(mail.changes, 0)
                line, = self.inlay.lines(id=queue_id)
                self.assertEqual((line["verdict"], line["reason"]),
                                 ("refused", "auth"))
        self.assertIn("no allow rule holds for daemon=CAMPAIN "
                      "client=127.0.0.1 login=", self.inlay.text())
        self.assertEqual(self.inlay.statistics()["lookups"], before)

    def test_stowaways_need_no_body_and_may_have_many_recipients(self):
        milter = self.milter(daemon="OTHER")
        milter.mail()
        self.assertEqual(milter.rcpt(ANNA).letter, CONTINUE)
        self.assertEqual(milter.rcpt(BOB).letter, CONTINUE)
        reply, _ = milter.content(message("stowaway").split(b"\r\n\r\n")[0]
                                  + b"\r\n\r\n")
        self.assertEqual(reply.code, 550)

    def test_the_header_of_other_platforms_means_nothing(self):
        theirs = message("theirs", campaign="", extra="X-Campaign-Id: 7\n")
        self.assertUntouched(theirs, daemon="OTHER")
        self.assertUntouched(theirs, daemon="MIXED")
        self.assertRefused(550, "X-Campaign-Id no longer counts", theirs)

    def test_mail_without_the_header_passes_untouched(self):
        self.assertUntouched(message("plain", campaign=""), daemon="MIXED")

    def test_only_campaign_mail_where_the_rule_says_so(self):
        self.assertRefused(550, "add the header X-Inlay-Campaign: CAMPAIGN",
                           message("x", campaign=""),
                           daemon="ONLY", address="192.0.2.1")
        self.accepted(message("only"), daemon="ONLY")

    def test_who_wants_no_mail_is_refused_before_data_where_possible(self):
        gone = "gone@customer.example"
        self.inlay.command("profile", "set", gone, "suppressed=yes")
        milter = self.milter(daemon="ONLY")
        milter.mail()
        reply = milter.rcpt("<%s>" % gone)
        self.assertEqual(reply.text[:9], "550 5.7.1")
        self.assertEqual(milter.rcpt(ANNA).letter, CONTINUE)
        reply, mail = milter.content(message("only2"))
        self.assertEqual(reply.letter, ACCEPT)
        self.assertRefused(550, "5.7.1", message("gone"), to=gone)

    def test_a_login_counts_and_xclient_is_none(self):
        mail = self.accepted(message("login"), daemon="LOGIN", macros=LOGIN)
        self.assertGreater(mail.changes, 0)
        for macros in ({}, {**LOGIN, "{auth_type}": "XCLIENT"},
                       {**LOGIN, "{auth_authen}": "sales"}):
            with self.subTest(macros):
                self.assertRefused(550, "5.7.1", message("login"),
                                   daemon="LOGIN", macros=macros)

    def test_clients_of_the_new_internet_are_known(self):
        mail = self.accepted(message("six"), daemon="SIX",
                             address="2001:db8::25")
        self.assertGreater(mail.changes, 0)
        self.assertRefused(550, "5.7.1", message("six"), daemon="SIX",
                           address="2001:db9::25")

    def test_later_recipients_are_put_off_and_the_first_is_served(self):
        milter = self.milter()
        milter.mail()
        self.assertEqual(milter.rcpt(ANNA).letter, CONTINUE)
        for _ in range(3):
            reply = milter.rcpt(BOB)
            self.assertEqual(reply.text, "452 4.5.3 Campaign mail takes one "
                             "recipient at a time")
            self.assertEqual(reply.letter, TEMPFAIL)
        reply, mail = milter.content(message("first"))
        self.assertEqual(reply.letter, ACCEPT)
        self.assertIn(b"anna@customer.example", mail.bytes())

    def test_the_body_cut_at_every_byte_gives_the_same(self):
        data = (b"From: a@shop.example\r\nSubject: {{ profile.first_name }}"
                b"\r\nMessage-ID: <cut@x>\r\nX-Inlay-Campaign: spring\r\n"
                b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
                b"Dear {{ profile.first_name | upcase }},\r\n.\r\n\r\nbye")
        whole = undated(self.accepted(data).bytes())
        self.assertIn(b"Dear ANNA,", whole)
        length = len(split(data)[1])
        milter = self.milter()
        for cut in range(1, length):
            reply, mail = milter.send(data, ANNA, chunk=[cut])
            self.assertEqual(reply.letter, ACCEPT)
            self.assertEqual(undated(mail.bytes()), whole, cut)
        reply, mail = milter.send(data, ANNA, chunk=1)
        self.assertEqual(undated(mail.bytes()), whole)

    def test_nothing_is_left_of_an_aborted_message(self):
        want = undated(self.accepted(message("clean"), BOB).bytes())
        milter = self.milter()
        milter.mail()
        milter.rcpt(ANNA)
        for name, value in split(message("other", extra="X-Odd: 1\n"))[0]:
            milter.ask("L", name + b"\0" + value + b"\0")
        milter.ask("B", b"half a body")
        milter.abort()
        reply, mail = milter.send(message("clean"), BOB)
        self.assertEqual(reply.letter, ACCEPT)
        self.assertEqual(undated(mail.bytes()), want)

    def test_one_recipient_after_another_and_the_first_again(self):
        milter = self.milter()
        one = [undated(milter.send(message("abc"), to)[1].bytes())
               for to in (ANNA, BOB, ANNA)]
        self.assertEqual(one[0], one[2])
        self.assertNotEqual(one[0], one[1])

    def test_clients_that_hang_up_leave_nothing_under_way(self):
        for stop in range(4):
            milter = self.milter()
            for step in (milter.mail, lambda: milter.rcpt(ANNA),
                         lambda: milter.ask("L", b"X-Inlay-Campaign\0 a\0"),
                         lambda: milter.ask("B", b"x"))[:stop + 1]:
                step()
            milter.drop()
        wait_for("nothing under way",
                 lambda: self.inlay.statistics()["under_way"] == 0)

    def test_more_than_the_limit_is_refused(self):
        big = message("big") + b"x" * 70 + b"\r\n"
        self.accepted(big)
        self.assertRefused(552, "5.3.4", big + b"y" * 65536)
        self.assertUntouched(message("big", campaign="") + b"y" * 65536,
                             daemon="MIXED")

    def test_a_domain_without_key_is_deferred(self):
        data = message("nokey").replace(b"news@shop.example",
                                        b"news@other.example")
        self.assertRefused(451, "4.3.0", data)

    def test_a_message_without_an_id_is_refused(self):
        data = message("noid").replace(b"Message-ID:", b"X-Not-Id:")
        self.assertRefused(550, "5.6.0", data)

    def test_a_template_error_is_told_with_its_place(self):
        data = message("broken", subject="{{ 'x' | nofilter: }}")
        reply, mail = self.send(data)
        self.assertEqual(reply.code, 554, reply)
        self.assertEqual(mail.changes, 0)
        self.assertNotIn("%", reply.text)

    def test_where_rendering_failed_is_told_in_the_log_alone(self):
        fails = "{% include profile.first_name %}"
        text = ("{% if profile.tier == 'basic' %}" + fails + "{% else %}\n\n"
                + fails + "{% endif %}")
        told = []
        for number, to in enumerate((ANNA, BOB)):
            reply, _ = self.milter().send(message("oracle", text=text), to,
                                          queue_id="4Oracle")
            self.assertEqual(reply.code, 554, reply)
            told.append(reply.text)
            detail = self.inlay.text().rpartition("detail=")[2]
            self.assertIn("text/plain, line %s, " % (3, 1)[number], detail)
        self.assertEqual(*told)
        self.assertEqual(
            told[0], "554 5.6.0 Template error (told in the log of 4Oracle)")

    def test_a_rule_with_many_refusals_is_named(self):
        for ident in range(25):
            self.assertRefused(550, "", message("much%d" % ident,
                                                campaign="nosuch"),
                               daemon="LOGIN", macros=LOGIN)
        warnings = [line for line in self.inlay.text().splitlines()
                    if "login=marketing" in line]
        self.assertEqual(len(warnings), 1, warnings)
        self.assertIn("warning", warnings[0])
        self.assertRegex(warnings[0], r"inlay\.conf:\d+:.* 10 messages refused")

    def test_each_message_leaves_one_line_in_the_log(self):
        self.milter().send(message("line"), ANNA, queue_id="4QueueId")
        lines = self.inlay.lines(id="4QueueId")
        self.assertEqual(len(lines), 1)
        self.assertEqual(lines[0]["verdict"], "personalised")
        self.assertEqual(lines[0]["campaign"], "spring")
        self.assertEqual(lines[0]["signatures"], "2")
        self.assertNotIn("anna", self.inlay.text())

    def test_no_value_of_a_profile_reaches_the_log_or_the_reply(self):
        body = ("From: a@shop.example\nMessage-ID: <%s@x>\n"
                "X-Inlay-Campaign: spring\n%s\n%s\n")
        name = "{{ profile.first_name }}"
        for ident, header, text in (
                ("part", "", "{% include profile.first_name %}"),
                ("zone", "", "{{ 'now' | time_zone: profile.first_name }}"),
                ("date", "", "{% assign f = profile.first_name | append: '%' %}"
                 "{{ 'now' | date: f }}"),
                ("to", "To: " + name + "@@x\n", "Hello")):
            with self.subTest(ident):
                data = crlf(body % (ident, header, text))
                reply, mail = self.send(data)
                self.assertGreaterEqual(reply.code, 500, reply)
                self.assertNotIn("Anna", reply.text)
        for reason, told in (("profile.first_name", "abort"),
                             ("'not this time'", "'not this time'")):
            reply, _ = self.send(crlf(body % (
                "no", "", "{% abort_message " + reason + " %}")))
            self.assertEqual(reply.letter, DISCARD)
            self.assertIn("reason=" + told.replace("'", '"'),
                          self.inlay.text())
        self.assertNotIn("Anna", self.inlay.text())

    def test_addresses_come_in_all_forms(self):
        want = undated(self.accepted(message("forms")).bytes())
        for to in ("anna@customer.example", "<Anna@CUSTOMER.example>",
                   '<"anna"@customer.example>'):
            with self.subTest(to):
                self.assertEqual(
                    undated(self.accepted(message("forms"), to).bytes()), want)
        for to in ("<>", "<anna>", "<jürgen@bücher.example>", "<" + "x" * 900
                   + "@y.example>"):
            with self.subTest(to):
                self.assertIn(b"Dear reader", base64_free(
                    self.accepted(message("forms"), to).bytes()))

    def test_a_text_that_renders_to_nothing_replaces_its_body(self):
        mail = self.accepted(crlf(
            "From: a@shop.example\nMessage-ID: <empty@x>\n"
            "X-Inlay-Campaign: spring\nSubject: s\n\n"
            "{% if false %}raw{% endif %}"))
        self.assertNotIn(b"raw", mail.bytes())

    def test_odd_headers_are_taken_or_refused_but_never_half(self):
        head = "From: a@shop.example\nMessage-ID: <odd@x>\n%s\n\nHi\n"
        name = "{{ profile.first_name }}"
        mail = self.accepted(crlf(head % (
            "Subject: A " + name + "\nx-inlay-CAMPAIGN:  spring \n"
            "X-Long: " + "y " * 20000)))
        self.assertIn(b"Subject: A Anna\r\n", mail.bytes())
        for twice in ("Subject: A", "From: b@shop.example"):
            self.assertRefused(554, "twice", crlf(head % (
                "X-Inlay-Campaign: spring\nSubject: " + name + "\n" + twice)))
        for odd in ("", " ", "spring\nX-Inlay-Campaign: spring", "Spring",
                    "spring spring", "spring;", "{{ 'spring' }}", "../spring"):
            with self.subTest(odd):
                self.assertRefused(550, "5.7.1", crlf(
                    head % ("X-Inlay-Campaign: " + odd)))
        latin = crlf(head % ("X-Inlay-Campaign: spring\nSubject: S " + name))
        self.assertRefused(554, "5.6.0", latin.replace(b"S {", b"\xe4 {"))

    def test_many_connections_at_once(self):
        milters = [self.milter() for _ in range(200)]
        for milter in milters:
            self.assertEqual(milter.mail().letter, CONTINUE)
            self.assertEqual(milter.rcpt(ANNA).letter, CONTINUE)
        for number, milter in enumerate(milters[::20]):
            reply, _ = milter.content(message("many%d" % number))
            self.assertEqual(reply.letter, ACCEPT)


class Process(OnMilter):
    """What an administrator does to it. Each test restarts it as needed."""

    def setUp(self):
        self.stored = self.inlay.conf.read_text()
        if not self.inlay.process.running():
            self.inlay.start()

    def tearDown(self):
        self.inlay.conf.write_text(self.stored)

    def run_inlayd(self, *words):
        return subprocess.run([str(BUILD / "inlayd"), *map(str, words)],
                              capture_output=True, text=True)

    def reload(self):
        count = self.inlay.text().count("reloaded")
        self.inlay.signal(signal.SIGHUP)
        wait_for("a reload",
                 lambda: self.inlay.text().count("reloaded") > count)

    def test_sighup_takes_new_rules_and_keeps_old_ones_when_broken(self):
        self.assertRefused(550, "5.7.1", message("rules"), daemon="NEW")
        self.inlay.conf.write_text(
            self.stored + "allow = daemon=NEW client=127.0.0.1\n")
        self.reload()
        mail = self.accepted(message("rules"), daemon="NEW")
        self.assertGreater(mail.changes, 0)
        self.inlay.conf.write_text(self.stored + "nonsense = 1\n")
        self.reload()
        self.assertIn("unknown option nonsense", self.inlay.text())
        mail = self.accepted(message("rules"), daemon="NEW")
        self.assertGreater(mail.changes, 0)
        self.inlay.conf.write_text(self.stored)
        self.reload()
        self.assertRefused(550, "5.7.1", message("rules"), daemon="NEW")

    def test_many_hangups_in_a_row_do_not_stop_it(self):
        for _ in range(50):
            self.inlay.signal(signal.SIGHUP)
            time.sleep(0.002)
        self.reload()
        self.accepted(message("hangups"))

    def test_a_signal_to_any_of_its_threads_leaves_it_listening(self):
        """libmilter has a thread that would stop for one."""
        pid = self.inlay.pid
        libc = ctypes.CDLL(None, use_errno=True)
        for task in pathlib.Path("/proc/%d/task" % pid).iterdir():
            libc.syscall(SYS_TGKILL, pid, int(task.name), signal.SIGHUP)
        wait_for("the reload", lambda: (
            "configuration reloaded" in self.inlay.text()))
        self.assertEqual(self.send(message("after"))[0].letter, ACCEPT)
        self.assertTrue(self.inlay.process.running())

    def test_a_catalog_that_cannot_be_used_is_told_of_unasked(self):
        self.accepted(message("before"))
        subprocess.run([str(BUILD / "tests" / "put-entry"),
                        str(self.inlay.store), "campaign/odd",
                        "id: odd\nnonsense: 1\n"], check=True)
        self.addCleanup(self.inlay.command, "campaign", "rm", "odd")
        time.sleep(1.1)
        self.accepted(message("after"))
        wait_for("a word about it",
                 lambda: "cannot be used" in self.inlay.text(), 5)
        self.assertEqual(self.inlay.text().count("cannot be used"), 1)

    def test_sigterm_finishes_what_is_under_way_and_defers_the_rest(self):
        first, second = self.milter(), self.milter()
        first.mail()
        first.rcpt(ANNA)
        second.mail()
        self.inlay.signal(signal.SIGTERM)
        time.sleep(0.3)
        self.assertTrue(self.inlay.process.running())
        self.assertIn("4.3.2", second.rcpt(BOB).text)
        second.abort()
        reply, mail = first.content(message("term"))
        self.assertEqual(reply.letter, ACCEPT)
        self.assertIn(b"News for Anna", mail.bytes())
        self.assertEqual(self.inlay.process.wait(5), 0)
        self.assertFalse(self.inlay.socket.exists())

    def test_it_stops_when_idle_and_takes_its_socket_away(self):
        self.inlay.close()
        self.assertFalse(self.inlay.socket.exists())

    def test_a_socket_in_use_is_left_alone_and_a_stale_one_is_not(self):
        other = self.run_inlayd("-f", "-x", self.inlay.conf)
        self.assertEqual(other.returncode, 71)
        self.assertIn("somebody else is serving", other.stderr)
        self.accepted(message("socket"))
        self.inlay.kill()
        self.assertTrue(self.inlay.socket.exists())
        self.inlay.start()
        wait_for("the socket to be served", lambda: self.served())
        self.accepted(message("socket"))

    def served(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.inlay.socket)) == 0

    def test_a_file_in_the_sockets_place_is_not_removed(self):
        path = self.lab.dir / "precious"
        path.write_text("data")
        other = self.run_inlayd("-f", "-x", self.inlay.conf, "-p", path)
        self.assertEqual(other.returncode, 71)
        self.assertEqual(path.read_text(), "data")

    def test_the_socket_has_its_mode_and_group(self):
        self.inlay.close()
        group = grp.getgrgid(os.getgroups()[0] if os.getgroups()
                             else os.getgid())
        for candidate in grp.getgrall():
            if os.geteuid() == 0 and candidate.gr_gid != os.getgid():
                group = candidate
        self.inlay.conf.write_text(
            self.stored.replace("socket-mode = 0666", "socket-mode = 0620")
            + "socket-group = %s\n" % group.gr_name)
        self.inlay.start()
        wait_for("the mode", lambda: stat.S_IMODE(
            self.inlay.socket.stat().st_mode) == 0o620)
        self.assertEqual(self.inlay.socket.stat().st_gid, group.gr_gid)
        self.inlay.close()

    def test_n_checks_the_configuration(self):
        good = self.run_inlayd("-n", "-x", self.inlay.conf)
        self.assertEqual((good.returncode, good.stderr), (0, ""))
        bad = self.lab.dir / "bad.conf"
        key = self.lab.dir / "inlay" / "rsa.pem"
        for line, text in (
                ("sockett = x", ":1:1: unknown option sockett (did you mean "
                 "socket?)"),
                ("store = /nonexistent", "no directory /nonexistent"),
                ("user = nobody-like-this", "no user nobody-like-this"),
                ("socket-group = no-such", "no group no-such"),
                ("allow = daemon=A client=x", "not an address"),
                ("campaign-header = Subject", "Subject means something else"),
                ("campaign-header = X Y", "not the name of a header field"),
                ("otherwise = pass", "none of the words it may be"),
                ("key = a s /nonexistent", "cannot open key file")):
            with self.subTest(line):
                bad.write_text(line + "\n" + "key = a s %s\n" % key)
                got = self.run_inlayd("-n", "-x", bad)
                self.assertEqual(got.returncode, 78, got.stderr)
                self.assertIn(text, got.stderr)
        former = self.lab.dir / "former.conf"
        former.write_text("# has X-Campaign-Id\n" + self.stored)
        got = self.run_inlayd("-n", "-x", former)
        self.assertEqual(got.returncode, 0)
        self.assertIn("former.conf:1: X-Campaign-Id makes no campaign mail "
                      "any more; X-Inlay-Campaign does\n", got.stdout)
        former.write_text("# has X-Campaign-Id\n" + self.stored
                          + "campaign-header = X-Campaign-Id\n")
        got = self.run_inlayd("-n", "-x", former)
        self.assertNotIn("any more", got.stdout)
        key.chmod(0o644)
        got = self.run_inlayd("-n", "-x", self.inlay.conf)
        key.chmod(0o600)
        self.assertEqual(got.returncode, 78)
        self.assertIn("group and others may have no access", got.stderr)

    def test_wrong_words_are_explained(self):
        for words in (["-z"], ["extra"], ["-x"]):
            got = self.run_inlayd(*words)
            self.assertEqual(got.returncode, 64)
            self.assertIn("usage: inlayd", got.stderr)
        self.assertEqual(self.run_inlayd("-h").returncode, 0)
        self.assertTrue(self.run_inlayd("-V").stdout.startswith("inlayd "))

    def test_it_goes_into_the_background_once_it_is_ready(self):
        self.inlay.close()
        pidfile = self.lab.dir / "inlayd.pid"
        log = self.lab.dir / "background.log"
        self.inlay.conf.write_text(self.stored.replace(
            "log = stderr", "log = %s" % log) + "pidfile = %s\n" % pidfile)
        got = self.run_inlayd("-x", self.inlay.conf)
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        pid = int(pidfile.read_text())
        try:
            self.accepted(message("background"))
            again = self.run_inlayd("-x", self.inlay.conf)
            self.assertNotEqual(again.returncode, 0)
            self.assertIn("somebody else is serving", again.stderr)
            self.assertEqual(int(pidfile.read_text()), pid)
        finally:
            os.kill(pid, signal.SIGTERM)
            wait_for("its end", lambda: not pidfile.exists())
        self.assertIn("verdict=personalised", log.read_text())
        self.assertFalse(self.inlay.socket.exists())


class Everything(unittest.TestCase):
    def test_every_message_in_tests_data_passes_or_is_refused(self):
        with Lab() as lab:
            corpus = run_corpus(lab, [TOP / "tests" / "data" / "mail"])
        self.assertEqual(corpus.failures, [])
        self.assertGreater(corpus.seen["campaign, identical"], 0)
        self.assertGreater(corpus.seen["foreign, untouched"], 0)


if __name__ == "__main__":
    unittest.main()
