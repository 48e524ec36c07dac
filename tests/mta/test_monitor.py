"""How inlayd shows how it fares: ping, metrics, the watchdog."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import time
import unittest

from inlay import Inlay
from lab import TOP, Lab, wait_for
from mailing import message
from milter_client import Milter
from test_milter import ANNA, OnMilter

RULES = TOP / "conf" / "prometheus" / "inlay.rules.yml"


def promtool(*words, stdin=b""):
    """What is wrong, "" for nothing."""
    if not shutil.which("promtool"):
        raise unittest.SkipTest("promtool is not installed")
    result = subprocess.run(["promtool", *map(str, words)], input=stdin,
                            capture_output=True)
    return (result.stdout + result.stderr).decode() * (result.returncode != 0)


class Shown(OnMilter):
    conf = ""

    @classmethod
    def prepare(cls):
        cls.file = cls.lab.dir / "inlay.prom"
        cls.control = cls.lab.dir / "control.sock"
        key = cls.lab.dir / "token.key"
        key.write_text("0123456789abcdef" * 2)
        key.chmod(0o600)
        cls.conf = ("control-socket = %s\nmetrics-file = %s\n"
                    "token-key = k %s\n" % (cls.control, cls.file, key))

    def setUp(self):
        """It is there a moment after the milter's."""
        wait_for("the control socket", self.control.exists)

    def metrics(self):
        text = self.inlay.command("metrics").decode()
        return {name: float(value) for name, value in
                re.findall(r"(?m)^(inlay\S*) (\S+)$", text)}

    def test_messages_are_counted_by_what_became_of_them(self):
        name = ('inlay_messages_total{verdict="%s",reason="%s",'
                'campaign="%s"}')
        before = self.metrics()
        self.accepted(message("m1"))
        self.accepted(message("m1"))
        self.assertRefused(550, "5.7.1", message("m2", campaign="none"))
        after = self.metrics()
        for labels in (("personalised", "decided", "spring"),
                       ("replayed", "replayed", "spring"),
                       ("refused", "campaign", "")):
            self.assertEqual(
                after[name % labels] - before.get(name % labels, 0), 1,
                labels)
        grown = {what: after["inlay_%s_duration_seconds_count" % what]
                 - before["inlay_%s_duration_seconds_count" % what]
                 for what in ("message", "decide", "render", "commit",
                              "sign")}
        self.assertEqual(grown, {"message": 3, "decide": 2, "render": 2,
                                 "commit": 1, "sign": 2})
        self.assertGreater(
            after["inlay_message_duration_seconds_sum"],
            after["inlay_commit_duration_seconds_sum"])
        self.assertGreater(after["inlay_store_used_bytes"], 0)
        self.assertEqual(after["inlay_store_failing"], 0)

    def test_the_last_reading_and_tidying_are_told(self):
        self.assertEqual(self.metrics()["inlay_tidy_timestamp_seconds"], 0)
        self.accepted(message("old"))
        log = self.lab.dir / "mail.log"
        log.write_text("")
        begun = int(time.time())
        self.inlay.command("delivery", "sync", "--log", log)
        (self.lab.dir / "access.log").write_text("")
        self.inlay.command("event", "sync", "--log",
                           self.lab.dir / "access.log")
        self.inlay.command("db", "tidy")
        told = self.metrics()
        for chore in "delivery_sync", "event_sync", "tidy":
            self.assertGreaterEqual(
                told["inlay_%s_timestamp_seconds" % chore], begun)
        self.assertEqual(told["inlay_exposures_reserved"], 0)

    def test_the_text_is_as_prometheus_wants_it(self):
        self.accepted(message("p1"))
        self.assertEqual(promtool("check", "metrics", stdin=(
            self.inlay.command("metrics"))), "")

    def test_the_alert_rules_ask_for_metrics_that_there_are(self):
        asked = set(re.findall(r"\binlay_\w+", RULES.read_text()))
        there = set(re.findall(r"(?m)^# TYPE (\S+)", (
            self.inlay.command("metrics").decode())))
        self.assertLessEqual(
            {re.sub("_bucket$", "", name) for name in asked}, there)
        self.assertEqual(promtool("check", "rules", RULES), "")

    def test_the_file_is_there_whole_and_for_everybody(self):
        text = wait_for("the file", lambda: (
            self.file.exists() and self.file.read_text()))
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o644)
        self.assertTrue(text.startswith("# HELP inlay_build_info "))
        self.assertIn("inlay_store_corrupt_values_total 0\n", text)

    def test_a_ping_is_answered_while_it_serves(self):
        self.assertEqual(stat.S_IMODE(os.lstat(self.control).st_mode), 0o660)
        self.assertIn(b"ok inlayd", self.inlay.command("ping"))
        self.inlay.signal(signal.SIGSTOP)
        self.inlay.signal(signal.SIGCONT)
        self.assertIn(b"ok inlayd", self.inlay.command("ping"))
        self.inlay.close()
        self.assertFalse(self.control.exists())
        self.assertEqual(self.inlay.command("ping", status=69), b"")
        self.inlay.start()

    def test_the_successor_answers_after_a_hand_over(self):
        with Milter(self.inlay.socket) as kept:
            kept.send(message("h1"), ANNA)
            self.inlay.hand_over()
            self.assertIn(b"ok inlayd", self.inlay.command("ping"))
            before = self.metrics()["inlay_lookups_total"]
            kept.send(message("h2"), ANNA)      # by the old one
            self.assertEqual(self.metrics()["inlay_lookups_total"], before)
        self.inlay.retired[-1].wait()
        self.assertIn(b"ok inlayd", self.inlay.command("ping"))

    def test_who_says_nothing_or_nonsense_hinders_nobody(self):
        for said in b"", b"nonsense\n", b"x" * 5000:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.control))
                try:
                    probe.sendall(said)
                except BrokenPipeError:
                    pass
                self.assertIn(b"ok inlayd", self.inlay.command("ping"))


class Watched(unittest.TestCase):
    """The watchdog hears of a daemon that serves, and of no other."""

    def setUp(self):
        self.lab = Lab().__enter__()
        self.addCleanup(self.lab.__exit__)
        self.box = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.box.close)
        self.box.bind(str(self.lab.dir / "notify"))
        self.inlay = self.lab.owns(Inlay(
            self.lab.dir / "inlay", keys=(), start=False,
            conf="control-socket = %s/control\n" % self.lab.dir))

    def heard(self):
        """What it said within three times the time to say it in."""
        self.box.settimeout(9)
        try:
            return self.box.recv(4096).decode()
        except TimeoutError:
            return ""

    def test_it_says_so_again_and_again_until_nobody_answers(self):
        self.inlay.start({"NOTIFY_SOCKET": str(self.lab.dir / "notify"),
                          "WATCHDOG_USEC": "3000000"})
        self.assertIn("READY=1", self.heard() + self.heard())
        for _ in range(3):
            self.assertEqual(self.heard(), "WATCHDOG=1")
        # Somebody else takes the path, and does not answer.
        self.inlay.socket.unlink()
        with socket.socket(socket.AF_UNIX) as deaf:
            deaf.bind(str(self.inlay.socket))
            deaf.listen(5)
            wait_for("a complaint", lambda: "does not answer"
                     in self.inlay.text())
            said = self.inlay.command("ping", status=69)
            self.assertEqual(said, b"")
        self.inlay.socket.unlink()

    def test_a_successor_is_watched_too(self):
        self.inlay.start({"NOTIFY_SOCKET": str(self.lab.dir / "notify"),
                          "WATCHDOG_USEC": "3000000",
                          "WATCHDOG_PID": "1"})
        self.assertIn("READY=1", self.heard())
        self.inlay.hand_over()
        heard = [self.heard() for _ in range(3)]
        self.assertTrue(any("MAINPID=%d" % self.inlay.pid in said
                            for said in heard), heard)
        self.assertIn("WATCHDOG=1", heard)


if __name__ == "__main__":
    unittest.main()
