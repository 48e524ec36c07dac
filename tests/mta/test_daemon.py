"""inlayd as a process: where it listens, what it holds, what it leaves."""

import base64
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import unittest

from dkim_check import make_key
from inlay import Inlay
from lab import BUILD, Lab, Process, free_ports, wait_for
from mailing import crlf, message, write_catalog
from milter_client import ACCEPT, Message, Milter, split, words
from test_milter import ANNA, OnMilter


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

    def test_the_first_line_says_what_serves(self):
        with self.inlay.conf.open("a") as conf:
            for selector in "one", "two":
                conf.write("key = shop.example %s %s\n" % (
                    selector, make_key(self.lab.dir / selector, "ed25519")))
        self.inlay.start()
        line, = wait_for("the line", lambda: self.inlay.lines(event="start"))
        self.assertEqual(
            [line[key] for key in ("socket", "rules", "keys", "store")],
            [self.inlay.milter, "1", "shop.example/one,shop.example/two",
             str(self.inlay.store)])
        self.assertGreater(int(line["layout"]), 0)

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


def memory_holds(pid, what):
    """Whether the bytes stand anywhere in what the process may write."""
    with open("/proc/%d/maps" % pid) as maps:
        places = [line.split()[0].split("-") for line in maps
                  if line.split()[1].startswith("rw")]
    with open("/proc/%d/mem" % pid, "rb", 0) as memory:
        for first, last in places:
            memory.seek(int(first, 16))
            try:
                if what in memory.read(int(last, 16) - int(first, 16)):
                    return True
            except OSError:
                continue    # a guard page
    return False


def seed_of(pem):
    """The 32 bytes that an Ed25519 key is."""
    return base64.b64decode("".join(pem.read_text().splitlines()[1:-1]))[-32:]


class Secrets(unittest.TestCase):
    """Who may look into the process, and what is left there to be seen."""

    def setUp(self):
        self.lab = Lab().__enter__()
        self.addCleanup(self.lab.__exit__)
        self.inlay = self.lab.owns(Inlay(
            self.lab.dir / "inlay", keys=("ed25519",), start=False))
        self.key = self.inlay.dir / "ed25519.pem"
        self.secrets = [self.secret(name) for name in ("seal", "token")]
        self.inlay.start()

    def secret(self, name):
        """A file of that secret, named in the configuration."""
        file = self.inlay.dir / (name + ".key")
        self.fill(file)
        with self.inlay.conf.open("a") as conf:
            conf.write("%s-key = k %s\n" % (name, file))
        return file

    def fill(self, file):
        file.touch(0o600)
        file.write_bytes(os.urandom(32).hex().encode())

    def known(self):
        return [file.read_bytes() for file in self.secrets] + [
            seed_of(self.key)]

    def test_a_reload_leaves_nothing_of_the_old_keys(self):
        old = self.known()
        self.assertEqual([memory_holds(self.inlay.pid, key) for key in old],
                         [True] * 3)
        for file in self.secrets:
            self.fill(file)
        make_key(self.key, "ed25519")
        self.inlay.signal(signal.SIGHUP)
        wait_for("the reload", lambda: "reloaded" in self.inlay.text())
        self.assertEqual([memory_holds(self.inlay.pid, key) for key in old],
                         [False] * 3)
        self.assertEqual([memory_holds(self.inlay.pid, key)
                          for key in self.known()], [True] * 3)

    def test_a_message_under_way_keeps_its_keys_and_nobody_after_it(self):
        """The first configuration's, and that of a reload after it."""
        for ident in "first", "second":
            old = self.known()
            milter = Milter(self.inlay.socket)
            self.addCleanup(milter.drop)
            milter.mail()
            milter.rcpt(ANNA)
            for file in self.secrets:
                self.fill(file)
            make_key(self.key, "ed25519")
            said = self.inlay.text().count("reloaded")
            self.inlay.signal(signal.SIGHUP)
            wait_for("the reload", lambda: self.inlay.text().count(
                "reloaded") > said)
            with self.subTest(ident):
                self.assertEqual([memory_holds(self.inlay.pid, key)
                                  for key in old], [True] * 3)
                milter.abort()
                wait_for("the message's end", lambda: not any(
                    memory_holds(self.inlay.pid, key) for key in old))

    def test_no_core_file_would_be_written_of_it(self):
        limits = pathlib.Path("/proc/%d/limits" % self.inlay.pid).read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")

    def test_another_process_of_its_user_may_not_look_into_it(self):
        """Without root's rights, which would let everybody look."""
        plain = [] if os.getuid() else [
            "setpriv", "--inh-caps=-all", "--bounding-set=-all"]
        self.inlay.close()
        self.inlay.wrapper = plain
        self.inlay.start()
        self.inlay.wrapper = []     # the process is inlayd now
        other = Process("sleep", plain + ["sleep", "60"],
                        self.lab.dir / "sleep.out")
        self.addCleanup(other.child.wait)
        self.addCleanup(other.child.kill)

        def seen(pid):
            return subprocess.run(
                plain + ["cat", "/proc/%d/environ" % pid],
                capture_output=True).returncode == 0

        wait_for("the other", lambda: seen(other.pid))
        self.assertFalse(seen(self.inlay.pid))

    def test_a_new_token_key_makes_tokens_after_a_reload(self):
        """Not only at the start: the old one may have been stolen."""
        new = self.inlay.dir / "new.key"
        self.fill(new)
        self.inlay.conf.write_text(self.inlay.conf.read_text().replace(
            "token-key = k ", "token-key = n %s\ntoken-key = k " % new))
        self.inlay.signal(signal.SIGHUP)
        wait_for("the reload", lambda: "reloaded" in self.inlay.text())
        folder = write_catalog(self.lab.dir / "files")
        for noun, name in (("schema", "schema.yaml"),
                           ("campaign", "campaign.yaml"),
                           ("profile", "people.csv")):
            self.inlay.command(noun, "load", folder / name)
        with Milter(self.inlay.socket) as milter:
            reply, sent = milter.send(message(
                "t1", subject="{{ recipient.token }}", text="a", html="a"),
                ANNA)
        self.assertEqual(reply.letter, ACCEPT, reply)
        self.assertRegex(sent.bytes(), rb"Subject: n\.")


EIGHT_BIT = """\
From: The Shop <news@shop.example>
Message-ID: <bits@shop.example>
X-Inlay-Campaign: spring
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Grüße {{ profile.first_name }}
--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Grüße
--b
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

Subject: inner

Grüße
--b--
"""


class Checked(OnMilter):
    keys = ("ed25519",)

    def told(self):
        """What `inlay check` tells of parts: {part: rule and kind}."""
        file = self.lab.dir / "bits.eml"
        file.write_bytes(crlf(EIGHT_BIT))
        report = json.loads(self.inlay.command(
            "check", file, "--json", status=65))
        return {re.split(", line|:", found["text"])[0]: (found["rule"], kind)
                for kind in ("stops", "information")
                for found in report[kind]
                if found["rule"] in ("encoded", "eight-bit")}

    def test_check_tells_of_parts_that_leave_encoded_and_that_cannot(self):
        self.assertEqual(self.told(), {
            "text/plain (part 1)": ("encoded", "information"),
            "text/plain (part 2)": ("encoded", "information"),
            "message/rfc822": ("eight-bit", "stops")})
        kept = self.inlay.conf.read_text()
        self.addCleanup(self.inlay.conf.write_text, kept)
        self.inlay.conf.write_text(kept + "eight-bit = keep\n")
        self.assertEqual(self.told(), {})


class Links(unittest.TestCase):
    """What inlayd writes as root is the file of that name, no other."""

    def setUp(self):
        self.lab = Lab().__enter__()
        self.addCleanup(self.lab.__exit__)
        self.inlay = self.lab.owns(Inlay(self.lab.dir / "inlay", keys=(),
                                         start=False))
        self.other = self.lab.dir / "other"
        self.other.write_text("somebody's\n")

    def ends(self, setting, link):
        """The daemon's last words with that file in the setting."""
        conf = self.inlay.conf.read_text().replace("log = stderr\n", "")
        self.inlay.conf.write_text(conf + "%s = %s\n" % (setting, link))
        result = subprocess.run(
            [str(BUILD / "inlayd"), "-f", "-x", str(self.inlay.conf)],
            capture_output=True, text=True, timeout=30)
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(self.other.read_text(), "somebody's\n")
        return result.stderr

    def test_a_pidfile_or_log_that_is_a_link_is_refused(self):
        for setting in "pidfile", "log":
            for make in pathlib.Path.symlink_to, pathlib.Path.hardlink_to:
                with self.subTest(setting=setting, make=make.__name__):
                    kept = self.inlay.conf.read_text()
                    link = self.lab.dir / "link"
                    make(link, self.other)
                    self.assertIn(str(link), self.ends(setting, link))
                    link.unlink()
                    self.inlay.conf.write_text(kept)


class Headers(OnMilter):
    keys = ()

    def test_a_header_longer_than_a_packet_of_libmilter_comes_in(self):
        long = crlf("X-Long: " + "y" * 100000 + "\n")
        mail = self.accepted(long + message("long"))
        self.assertIn(long, mail.bytes())

    @staticmethod
    def grown(times):
        return "{%% for i in (1..%d) %%}0123456789 {%% endfor %%}" % times

    def test_a_header_that_grew_too_long_is_refused_and_shown_to_nobody(self):
        before = self.inlay.exposures("anna@customer.example")
        for number in 4000, 110000:
            with self.subTest(number):
                self.assertRefused(554, "5.6.0", message(
                    "subject", subject=self.grown(number)))
                self.assertRefused(554, "5.6.0", message(
                    "other", extra="X-More: %s\n" % self.grown(number)))
        after = self.inlay.exposures("anna@customer.example")
        self.assertEqual(after[:len(before)], before)
        self.assertEqual({(entry["state"], len(entry["slots"]))
                          for entry in after[len(before):]}, {("refused", 0)})
        self.accepted(message("fits", subject=self.grown(2000)))


class Bounds(OnMilter):
    keys = ()
    conf = "total-memory = 16M\nmax-connections = 30\n"

    def test_messages_that_are_not_ended_share_one_budget(self):
        data = message("held")
        fields, body = split(data)
        milters = [self.milter() for _ in range(25)]
        for milter in milters:
            milter.mail()
            milter.rcpt(ANNA)
            for name, value in fields:
                milter.ask("L", words(name, value))
        for _ in range(40):
            for milter in milters:
                milter.ask("B", b"x" * 65000 + b"\r\n")
        held = self.inlay.statistics()["memory"]
        self.assertGreater(held, 2 << 20)
        self.assertLessEqual(held, 16 << 20)
        replies = [milter.ask("E", b"", Message(fields, body))
                   for milter in milters]
        self.assertEqual({reply.text[:9] for reply in replies
                          if reply.letter != ACCEPT}, {"451 4.3.0"})
        self.assertEqual(self.inlay.statistics()["memory"], 0)
        self.accepted(data)

    def test_connections_over_the_limit_are_turned_away(self):
        wait_for("those of others to end",
                 lambda: self.inlay.statistics()["open"] == 0)
        milters = [self.milter() for _ in range(30)]
        with self.assertRaises(OSError):
            self.milter()
        self.assertEqual(self.inlay.statistics()["turned_away"], 1)
        milters[0].close()
        wait_for("one to be closed",
                 lambda: self.inlay.statistics()["open"] == 29)
        self.accepted(message("room"))


class HotRecipient(OnMilter):
    keys = ()

    def test_two_hundred_messages_at_once_to_one_address_all_pass(self):
        replies = []

        def send(number):
            replies.append(self.send(message("hot%d" % number))[0])

        senders = [threading.Thread(target=send, args=(number,))
                   for number in range(200)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        self.assertEqual({reply.letter for reply in replies}, {ACCEPT},
                         [reply for reply in replies
                          if reply.letter != ACCEPT][:3])
        self.assertEqual(len(replies), 200)
        self.assertEqual(
            len(self.inlay.exposures("anna@customer.example")), 200)


class TwoDaemons(OnMilter):
    keys = ()

    def test_two_daemons_on_one_store_serve_one_address(self):
        other = self.lab.owns(Inlay(self.lab.dir / "other", keys=(),
                                    store=self.inlay.store))
        replies = []

        def send(daemon, number):
            with Milter(daemon.socket) as milter:
                replies.append(milter.send(message("both%d-%s" % (
                    number, daemon.dir.name)), ANNA)[0])

        senders = [threading.Thread(target=send, args=(daemon, number))
                   for number in range(40) for daemon in (other, self.inlay)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        self.assertEqual([reply for reply in replies
                          if reply.letter != ACCEPT], [])
        self.assertEqual(
            len(self.inlay.exposures("anna@customer.example")), 80)


if __name__ == "__main__":
    unittest.main()
