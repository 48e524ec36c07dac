"""The recipe for sendmail as it is shipped: README's own commands put Inlay
into a stock sendmail on a machine of its own (sendmail_box.py)."""

import json
import os
import pathlib
import re
import signal
import unittest

import box
import sendmail_box
from box import INSIDE, run
from lab import TOP, Process, Trouble, listening, wait_for
from mailing import message
from recipes import ANNA, NEWS, Layout
from sendmail_box import MAIL, QUEUES, SendmailBox

PIDFILE = pathlib.Path("/run/sendmail-campaign.pid")


class Recipes(unittest.TestCase):
    def test_the_sendmail_front_leaks_nothing(self):
        why = box.missing() or sendmail_box.missing()
        if why:
            self.skipTest(why)
        box.outside(self, "test_recipes_sendmail", "OnSendmail")


class OnSendmail(Layout, unittest.TestCase):
    machine = SendmailBox
    commands = box.readme_commands("sendmail")

    def test_a_queue_run_in_an_outage_loses_and_leaks_nothing(self):
        self.requeued_in_an_outage()

    def test_the_other_sendmail_does_not_send_what_the_front_has(self):
        self.outage([ANNA])
        for option in ("-qf", "-q"):
            run("sendmail", "-OQueueDirectory=%s" % QUEUES[2], option,
                check=False)
        self.box.deferred(1)
        self.assertEqual(self.sink.take(0), [])
        self.inlay.start()
        self.delivered([ANNA])

    def test_five_hundred_recipients_in_one_transaction(self):
        crowd = ["guest%d@customer.example" % n for n in range(500)]
        self.assertEqual(self.box.send(message("crowd", html="<p>Hi</p>"),
                                       crowd)[0], 250)
        self.delivered(crowd)

    def test_sendmail_lets_nothing_out(self):
        run("sendmail", "-f", NEWS, ANNA, stdin=message("submit").decode(),
            check=False)
        self.returned()

    def test_sendmail_through_the_front_lets_nothing_out(self):
        run("sendmail", "-C", MAIL / "campaign.cf", "-f", NEWS, ANNA,
            stdin=message("direct").decode())
        self.sink.wait(1)
        self.box.empty()
        for report in self.sink.take(0):
            self.assertEqual(report.sender, "")
            self.assertIn(report.to, (NEWS, "boss@shop.example"))

    def test_marketing_may_write_to_itself(self):
        self.box.send(message("self"), [NEWS, ANNA])
        self.delivered([NEWS, ANNA])

    def test_local_names_and_aliases_do_not_go_around(self):
        for name in ("root", "root@localhost", "root@mail.shop.example"):
            self.box.send(message("local"), [name])
            self.sink.wait(1)
            self.box.empty()
            copy, = self.sink.take(0)
            self.good(copy)

    def test_tags_in_addresses_come_through(self):
        for field, want in (
                ("To: {{ recipient.address }}", ANNA),
                ("To: {{ profile.first_name }} <{{ recipient.address }}>",
                 "Anna <%s>" % ANNA),
                ('To: {{ profile.first_name | default: "you" }}'
                 " <{{ recipient.address }}>", "Anna <%s>" % ANNA)):
            with self.subTest(field):
                text = message("tags").replace(b"To: customers:;",
                                               field.encode())
                self.box.send(text, [ANNA])
                copy, = self.delivered([ANNA])
                self.assertEqual(copy.message["To"], want)

    # What is put for what in which file, how doctor calls it, and its words.
    BROKEN = [
        ("sendmail.cf", r"^(Xinlay.*), F=T", r"\1", "default-action", "FAIL",
         "unpersonalised"),
        ("sendmail.cf", r"^(Xinlay.*), F=T", r"\1, F=R", "default-action",
         "FAIL", "is lost"),
        ("sendmail.cf", r"^(Xinlay, S=\S*)sock", r"\1sick", "sendmail", "FAIL",
         "no filter"),
        ("sendmail.cf", r", InputMailFilters=inlay", "", "sendmail", "FAIL",
         "no listener"),
        ("sendmail.cf", r"Name=CAMPAIGN", "Name=CAMPAIN", "daemon-name",
         "FAIL", "CAMPAIN"),
        ("sendmail.cf", r"^(O DaemonPortOptions=Name=CAMP)",
         r"O InputMailFilters=inlay\n\1", "daemon-name", "warn", "every port"),
        ("sendmail.cf", r"^HX-Inlay-Campaign:.*\n", "", "around", "FAIL",
         "another port"),
        ("campaign.cf", r"^(Monercpt.*F=\w+)", r"\1m", "one-recipient", "FAIL",
         "flag m"),
        ("campaign.cf", r"(TCP \$h) 10027", r"\1 10028", "sendmail", "FAIL",
         "no mailer"),
        ("campaign.cf", r"^.*\$#reports.*\n", "", "reports", "FAIL", "lost"),
        ("campaign.cf", r"^Dj.*\n", "", "sendmail", "FAIL", "loop"),
        ("campaign.cf", None, None, "one-recipient", "warn", "no front"),
        (PIDFILE, None, None, "running", "FAIL", "does not run"),
        ("sendmail.mc", r"\Z", "dnl more\n", "sendmail", "warn", "newer"),
    ]

    def doctor(self):
        said = json.loads(run(
            self.inlay.build / "inlay", "-c", self.inlay.conf, "doctor",
            "--json", check=False).stdout)["findings"]
        looked_at = {row[3] for row in self.BROKEN} | {"socket", "postfix"}
        return [one for one in said if one["check"] in looked_at]

    def test_doctor_names_what_is_broken_and_what_mends_it(self):
        pathlib.Path("/usr/sbin/postconf").unlink(missing_ok=True)
        share = pathlib.Path("/usr/share/inlay")
        share.mkdir(exist_ok=True)
        if not (share / "sendmail").exists():
            (share / "sendmail").symlink_to(TOP / "conf/sendmail")
        self.assertEqual(self.doctor(), [])
        for file, pattern, text, check, health, words in self.BROKEN:
            with self.subTest(str(file), broken=words):
                path = MAIL / file
                right, since = path.read_text(), path.stat().st_mtime
                if pattern is None:
                    path.unlink()
                else:
                    wrong = re.sub(pattern, text, right, flags=re.M)
                    self.assertTrue(wrong != right)
                    path.write_text(wrong)
                found, = self.doctor()
                self.assertEqual((found["check"], found["health"]),
                                 (check, health), found)
                self.assertIn(words, found["text"])
                self.mend(found["advice"], path, right)
                self.assertEqual(self.doctor(), [])
                if path.suffix == ".mc":
                    path.write_text(right)
                    os.utime(path, (since, since))

    def mend(self, advice, path, right):
        """By what is advised, which is a command or begins with words."""
        if re.search(" out of |allow = |systemctl", advice):
            path.write_text(right)
        else:
            run("sh", "-ec", advice)

    def test_again_changes_nothing(self):
        self.assertEqual(super().test_again_changes_nothing(), "")

    def test_zx_the_front_lives_with_the_rights_of_its_unit(self):
        pid = PIDFILE.read_text().split()[0]
        os.kill(int(pid), signal.SIGTERM)
        wait_for("its end", lambda: not listening(10026))
        unit = (TOP / "conf/sendmail/sendmail-campaign.service").read_text()
        rights = re.search("^CapabilityBoundingSet=(.*)$", unit, re.M)[1]
        writable = re.search("^ReadWritePaths=(.*)$", unit, re.M)[1]
        command = re.search("^ExecStart=(.*)$", unit, re.M)[1]
        log = self.lab.dir / "front.out"
        Process("the front", [
            "unshare", "-m", "sh", "-ec",
            "mount -o remount,bind,ro /etc\n"
            "mount -t tmpfs -o ro none /home\n"
            "umask 0077\n"
            "exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all%s"
            " %s" % ("".join(",+" + right.removeprefix("CAP_").lower()
                             for right in rights.split()), command)], log)
        self.assertIn(str(QUEUES[2]), writable.split())
        wait_for("the front", lambda: listening(10026))
        people = [ANNA, "bob@customer.example"]
        self.assertEqual(self.box.send(message("rights"), people)[0], 250)
        self.delivered(people)

    def test_zy_a_login_is_one_more_way_to_the_front(self):
        try:
            self.box.give_login("marketing", "secret")
        except Trouble as trouble:
            self.skipTest(str(trouble))
        self.box.commands(self.commands.strip() + " --login 2587")
        wait_for("the login", lambda: listening(2587))
        self.logs_in(2587)
        with self.assertRaisesRegex(Trouble, "port 587 is taken"):
            self.box.commands(self.commands.strip() + " --login 587")
        self.box.commands(self.commands)
        self.assertTrue(listening(2587))

    def test_zz_remove_leaves_nothing(self):
        self.box.commands("conf/sendmail/install --remove")
        self.assertEqual(bare(self.box.settings()), bare(self.box.before))
        wait_for("the listener's end", lambda: not self.listens())
        self.assertFalse(QUEUES[2].exists())

    @staticmethod
    def listens():
        return [port for port in (10026, 10027) if listening(port)]


def bare(settings):
    """Without the lines that tell when a file was made."""
    return [line for line in settings.splitlines() if line[:1] != "#"]


def load_tests(loader, _tests, _pattern):
    wanted = OnSendmail if INSIDE else Recipes
    return loader.loadTestsFromTestCase(wanted)
