"""Two containers on one volume: each has a process 1, and LMDB tells
processes apart by their numbers."""

import re
import shutil
import subprocess
import unittest

from inlay import Inlay
from lab import BUILD, Lab
from mailing import message
from milter_client import ACCEPT, Milter

ANNA = "anna@customer.example"
# A PID namespace of its own, in which the daemon is the first process.
ALONE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]


def able():
    return shutil.which("unshare") and subprocess.run(
        ALONE + ["true"], capture_output=True).returncode == 0


@unittest.skipUnless(able(), "no PID namespaces here")
class Containers(unittest.TestCase):
    def setUp(self):
        self.lab = Lab().__enter__()
        self.addCleanup(self.lab.__exit__)
        self.first = self.lab.owns(Inlay(self.lab.dir / "first", keys=(),
                                         start=False))
        self.first.wrapper = ALONE
        self.first.command("campaign", "load", self.campaign())
        self.first.start()

    def campaign(self):
        file = self.lab.dir / "spring.yaml"
        file.write_text("id: spring\nunknown_recipient: neutral\n")
        return file

    def second(self, *words):
        """The same volume, seen from another container."""
        other = Inlay(self.lab.dir / "second", store=self.first.store,
                      keys=(), start=False)
        return other, subprocess.run(
            [*ALONE, str(BUILD / words[0]), *words[1:], str(other.conf)],
            capture_output=True, text=True, timeout=60)

    def test_a_second_daemon_is_refused_in_one_line(self):
        _, said = self.second("inlayd", "-f", "-x")
        self.assertEqual(said.returncode, 69, said)
        line, = [text for text in said.stderr.splitlines()
                 if "another container" in text]
        self.assertRegex(line, r"^inlayd: .*%s.* is open by process 1 of "
                         "another container: one container at a time, or one "
                         "PID namespace for both$"
                         % re.escape(str(self.first.store)))
        with Milter(self.first.socket) as milter:
            reply, _ = milter.send(message("first1"), ANNA)
        self.assertEqual(reply.letter, ACCEPT, reply)

    def test_when_the_first_has_gone_the_second_serves(self):
        self.first.close()
        other = self.lab.owns(Inlay(self.lab.dir / "third",
                                    store=self.first.store, keys=(),
                                    start=False))
        other.wrapper = ALONE
        other.start()
        with Milter(other.socket) as milter:
            reply, _ = milter.send(message("third1"), ANNA)
        self.assertEqual(reply.letter, ACCEPT, reply)

    def test_the_command_beside_the_daemon_works(self):
        """It has another number: docker exec, or the host."""
        said = self.first.command("db", "stat")
        self.assertIn(b"catalog entries", said)


if __name__ == "__main__":
    unittest.main()
