"""One inlayd hands over to the next while mail flows: nobody at the mail
server's end may see that there are two."""

import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import unittest

from inlay import Inlay
from lab import BUILD, Heir, Lab, Trouble, free_ports, listening, wait_for
from mailing import message
from milter_client import ACCEPT, Milter
from scene import OnPostfix
from test_milter import ANNA, OnMilter

WAVES = 10
EACH = 100                  # copies in a wave


class UnderLoad(OnPostfix):
    def setUp(self):
        super().setUp()
        self.before = len(self.postfix.text())

    def flow(self, what, disturb):
        """A thousand copies; in the midst of each hundred disturb() is
        called. The addresses."""
        people = []
        for wave in range(WAVES):
            to = ["%s%d-%d@customer.example" % (what, wave, number)
                  for number in range(EACH)]
            self.send("%s%d" % (what, wave), to)
            self.sink.wait(len(people) + EACH // 10)
            disturb()
            people += to
            self.sink.wait(len(people), 120)
        return people

    def deferred(self):
        """How often a copy was put off, and what was said of the milter."""
        said = self.postfix.text()[self.before:]
        return (len(re.findall(r"onercpt/smtp.*status=deferred", said)),
                re.findall(r"(?m)^.*Service unavailable.*$", said))

    def test_a_thousand_copies_and_ten_hand_overs(self):
        people = self.flow("ho", self.inlay.hand_over)
        count, refused = self.deferred()
        self.assertEqual(refused, [])
        self.assertLessEqual(count, 20)
        mail = self.sink.mail
        self.assertEqual(sorted(copy.to for copy in mail), sorted(people))
        for copy in mail[::100]:
            self.assertIn(b"Block meadow", copy.data)
            self.assertEqual(self.scene.verify(copy.data), (2, 2, 2))
        self.assertEqual(self.inlay.command("exposure", "export").count(
            b"\n"), len(people))
        for address in people[::50]:
            self.assertEqual(len(self.inlay.exposures(address)), 1)
        for old in self.inlay.retired:
            self.assertEqual(old.wait(60), 0)

    def restart(self):
        self.inlay.close()
        self.inlay.start()

    def test_the_control_that_restarts_instead_defers(self):
        """Else the test above would prove nothing."""
        self.flow("rs", self.restart)
        self.assertGreater(self.deferred()[0], 20)


class Handing(OnMilter):
    keys = ()

    def setUp(self):
        if not self.inlay.process.running():
            self.inlay.retired.clear()
            self.inlay.start()

    def test_a_connection_stays_and_a_new_one_goes_to_the_successor(self):
        with Milter(self.inlay.socket) as kept:
            reply, _ = kept.send(message("kept1"), ANNA)
            self.assertEqual(reply.letter, ACCEPT, reply)
            old = self.inlay.process
            self.inlay.hand_over()
            self.assertNotEqual(old.pid, self.inlay.pid)
            reply, _ = kept.send(message("kept2"), ANNA)
            self.assertEqual(reply.letter, ACCEPT, reply)
            self.accepted(message("fresh"))
            self.assertEqual(self.inlay.statistics()["personalised"], 1)
            self.assertTrue(old.running())
        self.assertEqual(old.wait(), 0)
        self.assertSocket()

    def assertSocket(self):
        """It is served, has its rights, and nothing lies beside it."""
        found = os.lstat(self.inlay.socket)
        self.assertTrue(stat.S_ISSOCK(found.st_mode))
        self.assertEqual(stat.S_IMODE(found.st_mode), 0o666)
        self.accepted(message("socket%d" % len(self.inlay.lines())))
        self.assertFalse(self.inlay.socket.with_name("milter.sock.new")
                         .exists())

    def stays(self, says):
        """A hand-over that fails: the process goes on and says why."""
        pid = self.inlay.pid
        before = len(self.inlay.text())
        self.inlay.signal(signal.SIGUSR2)
        wait_for("the refusal", lambda: "this process goes on"
                 in self.inlay.text()[before:])
        self.assertIn(says, self.inlay.text()[before:])
        self.assertEqual(pid, self.inlay.pid)
        self.assertTrue(self.inlay.process.running())
        self.assertSocket()

    def test_a_configuration_that_is_wrong_leaves_the_old_one_serving(self):
        kept = self.inlay.conf.read_text()
        self.addCleanup(self.inlay.conf.write_text, kept)
        self.inlay.conf.write_text(kept + "no-such-setting = 1\n")
        self.stays("inlay.conf:%d" % (kept.count("\n") + 1))

    def test_a_store_that_cannot_be_opened_leaves_the_old_one_serving(self):
        kept = self.inlay.conf.read_text()
        self.addCleanup(self.inlay.conf.write_text, kept)
        place = self.lab.dir / "no-store"
        place.write_text("a file\n")
        self.inlay.conf.write_text(kept.replace(
            "store = %s" % self.inlay.store, "store = %s" % place))
        self.stays(str(place))

    def half_way(self):
        """A successor that waits for the end of its configuration, which it
        reads from a pipe: its pid, and the descriptor to go on with."""
        conf = self.inlay.conf
        self.text = conf.read_text()
        self.addCleanup(conf.write_text, self.text)
        self.addCleanup(conf.unlink, missing_ok=True)
        conf.unlink()
        os.mkfifo(conf)
        self.inlay.signal(signal.SIGUSR2)
        pipe = os.open(conf, os.O_WRONLY)       # when there is a reader
        return self.reader(), pipe

    def reader(self):
        """Who has the configuration open: it is a child of the first process,
        or of whoever takes in orphans here, and never of the one before."""
        for fd in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
            pid = int(fd.parts[2])
            try:
                if pid == os.getpid() or \
                        os.readlink(fd) != str(self.inlay.conf):
                    continue
                status = fd.parents[1].joinpath("status").read_text()
            except OSError:
                continue
            self.assertNotIn("PPid:\t%d\n" % self.inlay.pid, status)
            return pid
        raise Trouble("nobody reads the configuration")

    def go_on(self, pipe):
        plain = self.inlay.conf.with_suffix(".plain")
        plain.write_text(self.text)
        plain.replace(self.inlay.conf)
        os.write(pipe, self.text.encode())
        os.close(pipe)

    def test_a_successor_that_is_killed_leaves_the_old_one_serving(self):
        heir, pipe = self.half_way()
        os.kill(heir, signal.SIGKILL)
        wait_for("the refusal", lambda: "goes on: it ended"
                 in self.inlay.text())
        os.close(pipe)
        self.assertTrue(self.inlay.process.running())
        self.assertSocket()

    def test_a_daemon_that_is_killed_meanwhile_has_its_successor(self):
        heir, pipe = self.half_way()
        self.inlay.kill()
        self.go_on(pipe)
        self.inlay.adopt(heir)
        wait_for("the successor's socket", self.inlay.ready)
        self.assertSocket()

    def test_asked_twice_it_hands_over_twice(self):
        before = len(self.inlay.heirs())
        heir, pipe = self.half_way()
        self.inlay.signal(signal.SIGUSR2)
        self.inlay.statistics()
        self.go_on(pipe)
        wait_for("two hand-overs",
                 lambda: len(self.inlay.heirs()) == before + 2)
        first, second = map(int, self.inlay.heirs()[before:])
        self.assertEqual(first, heir)
        self.inlay.adopt(first)
        self.inlay.adopt(second)
        self.assertSocket()

    def test_told_to_stop_it_leaves_no_successor_and_no_socket(self):
        heir, pipe = self.half_way()
        self.inlay.close()
        self.assertFalse(Heir("inlayd", heir, self.inlay.log).running())
        os.close(pipe)
        self.assertFalse(self.inlay.socket.exists())

    def test_another_program_on_the_disk_is_what_a_reload_starts(self):
        """As after an upgrade; else a reload reads again and no more."""
        copy = self.lab.dir / "inlayd"
        shutil.copy(BUILD / "inlayd", copy)
        self.inlay.close()
        self.inlay.build = self.lab.dir
        self.addCleanup(setattr, self.inlay, "build", BUILD)
        self.inlay.start()
        pid = self.inlay.pid
        self.inlay.signal(signal.SIGHUP)
        wait_for("the reload", lambda: "reloaded" in self.inlay.text())
        self.assertEqual(self.inlay.pid, pid)
        other = copy.with_name("other")
        shutil.copy(BUILD / "inlayd", other)
        other.replace(copy)
        before = len(self.inlay.heirs())
        self.inlay.signal(signal.SIGHUP)
        self.inlay.adopt(wait_for(
            "a hand-over", lambda: self.inlay.heirs()[before:])[0])
        self.assertSocket()


class Told(unittest.TestCase):
    """What the service manager hears, and where two cannot be."""

    def setUp(self):
        self.lab = Lab().__enter__()
        self.addCleanup(self.lab.__exit__)
        self.manager = self.lab.dir / "notify"
        self.box = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.box.close)
        self.box.bind(str(self.manager))
        self.box.settimeout(30)
        self.inlay = self.lab.owns(Inlay(self.lab.dir / "inlay", keys=(),
                                         start=False))
        self.pidfile = self.lab.dir / "pid"
        with self.inlay.conf.open("a") as conf:
            conf.write("pidfile = %s\n" % self.pidfile)

    def start(self):
        self.inlay.start({"NOTIFY_SOCKET": str(self.manager)})

    def heard(self):
        return dict(line.split("=", 1) for line in
                    self.box.recv(4096).decode().splitlines())

    def pid(self):
        return int(self.pidfile.read_text())

    def test_each_says_when_it_is_ready_and_which_process_it_is(self):
        self.start()
        self.assertEqual(self.heard(), {
            "READY": "1", "MAINPID": str(self.inlay.pid),
            "STATUS": "serving unix:%s" % self.inlay.socket})
        self.assertEqual(self.pid(), self.inlay.pid)
        self.inlay.hand_over()
        self.assertEqual(self.heard()["MAINPID"], str(self.inlay.pid))
        self.assertEqual(self.pid(), self.inlay.pid)
        self.inlay.retired[0].wait()
        self.assertEqual(self.pid(), self.inlay.pid)
        with self.inlay.conf.open("a") as conf:
            conf.write("nonsense = 1\n")
        self.inlay.signal(signal.SIGHUP)
        self.assertIn("not reloaded", self.heard()["STATUS"])
        self.inlay.close()
        self.assertEqual(self.heard(), {"STOPPING": "1"})
        self.assertFalse(self.pidfile.exists())

    def test_a_port_is_not_handed_over_but_the_configuration_read(self):
        port, = free_ports(1)
        self.inlay.conf.write_text(self.inlay.conf.read_text().replace(
            "unix:%s" % self.inlay.socket, "inet:%d@127.0.0.1" % port))
        self.inlay.ready = lambda: listening(port)
        self.start()
        self.heard()
        self.inlay.signal(signal.SIGUSR2)
        self.assertIn("reloaded", self.heard()["STATUS"])
        self.assertIn("only read again", self.inlay.text())

    def test_a_daemon_of_the_background_hands_over_too(self):
        """It lives in another folder than it was started in."""
        self.addCleanup(lambda: os.kill(self.pid(), signal.SIGTERM))
        subprocess.run(
            [os.path.relpath(BUILD / "inlayd", self.inlay.dir), "-x",
             self.inlay.conf.name], cwd=self.inlay.dir, check=True,
            stderr=subprocess.DEVNULL,
            env={"NOTIFY_SOCKET": str(self.manager)})
        first = self.pid()
        self.assertEqual(self.heard()["MAINPID"], str(first))
        os.kill(first, signal.SIGUSR2)
        self.assertEqual(self.heard()["MAINPID"], str(self.pid()))
        self.assertNotEqual(self.pid(), first)
        Heir("inlayd", first, self.inlay.log).wait()
        self.assertTrue(self.inlay.socket.exists())


if __name__ == "__main__":
    unittest.main()
