"""The store under daemon and command: damage, company, bulk, erasure."""

import contextlib
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import unittest

from inlay import Inlay
from lab import BUILD, Lab, wait_for
from mailing import message
from milter_client import ACCEPT, Milter
from test_milter import OnMilter

ANNA = "anna@customer.example"
BOB = "bob@customer.example"
STRACE = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync"]


def data_file(inlay):
    """The file of the store that is in use."""
    return (inlay.store / "current" / "data.mdb").resolve()


class Damage(OnMilter):
    def setUp(self):
        if not self.inlay.process.running():
            self.inlay.start()

    def test_a_damaged_record_is_nobodys_and_told(self):
        self.assertIn(b"News for Anna", self.accepted(
            message("whole")).bytes())
        file = data_file(self.inlay)
        backup = self.lab.dir / "backup"
        self.inlay.command("db", "backup", backup)
        data = file.read_bytes()
        spoilt = data.replace(b"Anna", b"Anma")
        self.assertNotEqual(spoilt, data)
        with open(file, "r+b") as store:
            store.write(spoilt)
        mail = self.accepted(message("spoilt"))
        self.assertIn(b"News for you", mail.bytes())
        self.assertNotIn(b"Anma", mail.bytes())
        self.assertIn(b"News for Bob", self.accepted(
            message("other"), BOB).bytes())
        self.assertIn("store: ", self.inlay.text())
        self.inlay.command("db", "verify", status=65)
        self.inlay.command("db", "restore", backup)
        self.assertIn(b"News for Anna", self.accepted(
            message("mended")).bytes())

    def test_a_store_cut_short_defers_and_a_restore_helps(self):
        backup = self.lab.dir / "whole"
        self.inlay.command("db", "backup", backup)
        file = data_file(self.inlay)
        os.truncate(file, 3 * 4096)
        reply = self.send(message("cut"), BOB)[0]
        self.assertEqual(reply.code, 451, reply)
        self.assertTrue(self.inlay.process.running())
        self.assertIn("store: ", self.inlay.text())
        self.inlay.command("db", "restore", backup)
        # The daemon looks for other files once the old ones have failed it.
        wait_for("the restored store", lambda: self.send(
            message("cut"), BOB)[0].letter == ACCEPT, 5)
        self.assertIn(b"News for Bob", self.accepted(
            message("cut"), BOB).bytes())


class Company(OnMilter):
    def test_two_daemons_share_one_store(self):
        other = self.lab.owns(Inlay(self.lab.dir / "other",
                                    store=self.inlay.store))
        second = Milter(other.socket)
        self.addCleanup(second.drop)
        both = "both@customer.example"
        mine = self.accepted(message("both"), both).bytes()
        reply, theirs = second.send(message("both"), both)
        self.assertEqual(reply.letter, ACCEPT)
        block = re.compile(rb"Block (\w+)")
        self.assertEqual(block.findall(mine), block.findall(theirs.bytes()))
        self.assertEqual(len(self.inlay.exposures(both)), 1)
        reply, theirs = second.send(message("both-2"), both)
        self.assertNotEqual(block.findall(mine),
                            block.findall(theirs.bytes()))
        self.assertEqual(len(self.inlay.exposures(both)), 2)


class Full(OnMilter):
    conf = "map-size = 1M\nmap-limit = 1M\n"

    def test_a_map_at_its_end_alarms_defers_and_grows_by_a_restart(self):
        codes = []
        self.inlay.command("profile", "load", "-", stdin="".join(
            ["email,first_name\n"] + ["p%d@customer.example,%s\n" % (
                number, "x" * 100) for number in range(2500)]).encode())
        for number in range(4000):
            codes.append(self.send(message("full"), "guest%d@customer.example"
                                   % number)[0].code)
            if codes[-1] != 250:
                break
        self.assertEqual(codes[-1], 451)
        events = re.findall("store: (.*)", self.inlay.text())
        self.assertIn("that it can ever have", events[0])
        self.assertIn("the store is full", events[-1])
        self.assertEqual(self.send(message("full"), "guest0@customer.example")
                         [0].code, 250)       # known already: a replay
        self.inlay.close()
        text = self.inlay.conf.read_text().replace("limit = 1M", "limit = 64M")
        self.inlay.conf.write_text(text)
        self.inlay.start()
        self.assertEqual(self.send(message("full"), "late@customer.example")
                         [0].code, 250)


class Bulk(unittest.TestCase):
    ROWS = 250000

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab().__enter__()
        cls.addClassCleanup(cls.lab.__exit__)
        cls.rows = cls.lab.dir / "rows.csv"
        with open(cls.rows, "w") as rows:
            rows.write("email,first_name,note\n")
            rows.writelines("p%d@customer.example,Name%d,%s\n" % (
                number * 7919 % cls.ROWS, number, "x" * 60)
                for number in range(cls.ROWS))

    def inlay(self, name):
        return Inlay(self.lab.dir / name, keys=(), start=False)

    def stored(self, inlay):
        return json.loads(inlay.command("db", "stat", "--json"))["profiles"]

    def killed(self, number):
        """A store with a part of the rows; None where the load was done
        before anybody could kill it."""
        inlay = self.inlay("killed%d" % number)
        inlay.wrapper = STRACE + ["-e", "inject=fdatasync:delay_exit=12000"]
        load = inlay.background("profile", "load", self.rows, "--source",
                                "crm")
        wait_for("a good part", lambda: self.part(inlay) > 130000, 240)
        with contextlib.suppress(IndexError, ProcessLookupError):
            os.kill(inlay.pid_of(load), signal.SIGKILL)
        load.wait()
        return inlay if self.stored(inlay) < self.ROWS else None

    def test_a_load_killed_while_it_stores_goes_on(self):
        inlay = next(filter(None, map(self.killed, range(20))))
        result = subprocess.run(
            [inlay.build / "inlay", "-c", inlay.conf, "profile", "load",
             self.rows, "--source", "crm"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("going on after", result.stderr)
        self.assertEqual(self.stored(inlay), self.ROWS)

    def part(self, inlay):
        try:
            return self.stored(inlay)
        except Exception:           # the store is being made
            return 0

    def test_memory_does_not_grow_with_the_rows(self):
        peaks = []
        for count in (self.ROWS // 10, self.ROWS):
            inlay = self.inlay("memory%d" % count)
            some = self.lab.dir / "some.csv"
            with open(self.rows) as rows, open(some, "w") as out:
                for _, line in zip(range(count + 1), rows):
                    out.write(line)
            load = inlay.background("profile", "load", some)
            peak = 0
            while load.running():
                status = pathlib.Path("/proc/%d/status" % load.pid)
                found = re.search(r"RssAnon:\s+(\d+)", status.read_text())
                peak = max(peak, int(found[1]) if found else 0)
                time.sleep(0.01)
            self.assertEqual(load.wait(), 0)
            peaks.append(peak)
        # The rows are sorted in 64 MiB, whatever their number. A sanitizer's
        # shadow of them counts too, and says nothing about us.
        if BUILD.name in ("asan", "tsan"):
            self.skipTest("a sanitizer has memory of its own")
        self.assertLess(peaks[1], 100 << 10, peaks)


class Erasure(OnMilter):
    """Nothing of a person is left in any file."""

    LOG = """\
2026-03-21T09:00:00Z mx postfix/cleanup[1]: AAAAAA1: message-id=<%s>
2026-03-21T09:00:01Z mx postfix/smtp[1]: AAAAAA1: to=<%s>, relay=x, \
dsn=2.0.0, status=sent (250 ok)
2026-03-21T09:00:02Z mx postfix/cleanup[1]: AAAAAA2: message-id=<zq-open@x>
2026-03-21T09:00:03Z mx postfix/smtp[1]: AAAAAA2: to=<%s>, relay=x, \
dsn=4.2.0, status=deferred (later)
"""
    WHO = "zqmarker@zqdomain.example"
    TRACES = (b"zqmarker", b"zqdomain", b"Zqname", b"zqvalue", b"zq-open")

    def found(self):
        """Which of the traces are in which files, in any case."""
        return sorted({(path.name, trace) for path in
                       self.inlay.dir.rglob("*") if path.is_file()
                       for trace in self.TRACES
                       if trace.lower() in path.read_bytes().lower()})

    def test_no_byte_of_the_erased_is_left_in_any_file(self):
        rows = ("email,first_name,tier\n%s,Zqname,zqvalue\n" % self.WHO)
        inlay = self.inlay
        load = ("profile", "load", "-", "--source", "shop")
        inlay.command(*load, stdin=rows.encode())
        for ident in ("zq-1", "zq-2"):
            self.assertIn(b"Zqname", self.accepted(message(ident),
                                                   self.WHO).bytes())
        log = self.lab.dir / "mail.log"
        log.write_text(self.LOG % ("zq-1@shop.example", self.WHO, self.WHO))
        inlay.command("delivery", "sync", "--log", log)
        inlay.command("privacy", "object", self.WHO, "--profiling")
        inlay.command("privacy", "export", self.WHO)
        self.assertTrue(self.found())                 # the control
        inlay.command("privacy", "erase", self.WHO)
        inlay.command("db", "compact")
        self.assertEqual(self.found(), [])
        said = inlay.command(*load, stdin=rows.encode())
        self.assertIn(b"1 of erased people left out", said)
        self.assertEqual(self.found(), [])
        self.assertEqual(self.send(message("zq-3"), self.WHO)[0].code // 100,
                         5)
        self.assertEqual(inlay.exposures(self.WHO), [])
        self.assertEqual(self.found(), [])
        audit = (inlay.store / "audit.log").read_text()
        self.assertIn("action=erase", audit)
        # Nor can anybody test a guess: the record key is in no file.
        key = hashlib.blake2b(b"".join(
            len(part).to_bytes(8, "little") + part
            for part in (b"default", self.WHO.strip("<>").encode())),
            digest_size=16)
        for path in inlay.store.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                self.assertNotIn(key.digest(), data, path)
                self.assertNotIn(key.hexdigest()[:8].encode(), data, path)


if __name__ == "__main__":
    unittest.main()
