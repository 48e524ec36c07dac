"""inlayd as a process: where it listens, what it holds, what it leaves."""

import socket
import subprocess
import unittest

from inlay import Inlay
from lab import BUILD, Lab, free_ports


def connects(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        return probe.connect_ex((host, port)) == 0


class Listening(unittest.TestCase):
    def setUp(self):
        self.lab = Lab().__enter__()
        self.addCleanup(self.lab.__exit__)
        self.inlay = self.lab.owns(Inlay(self.lab.dir / "inlay", keys=(),
                                         start=False))

    def test_a_port_is_open_where_it_was_said_and_nowhere_else(self):
        for spelling in "inet:%d@127.0.0.1", "inet:127.0.0.1:%d":
            with self.subTest(spelling):
                port, = free_ports(1)
                self.inlay.ready = lambda: connects("127.0.0.1", port)
                self.listen(spelling % port)
                self.inlay.start()
                self.assertFalse(connects("127.0.0.2", port))
                self.inlay.close()

    def listen(self, place):
        self.inlay.conf.write_text("".join(
            "socket = %s\n" % place if line.startswith("socket =") else line
            for line in self.inlay.conf.read_text().splitlines(True)))

    def checked(self):
        return subprocess.run(
            [str(BUILD / "inlayd"), "-n", "-x", str(self.inlay.conf)],
            capture_output=True, text=True)

    def test_a_place_that_is_none_is_found_by_the_check(self):
        for place, says in (("inet:8891", "inet:8891@127.0.0.1"),
                            ("inlay.sock", "say /PATH")):
            with self.subTest(place):
                self.listen(place)
                result = self.checked()
                self.assertEqual(result.returncode, 78)
                self.assertIn(says, result.stderr)


if __name__ == "__main__":
    unittest.main()
