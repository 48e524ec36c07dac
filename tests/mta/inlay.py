"""inlayd and inlay as a laboratory runs them: a configuration, keys and a
store of their own."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess

from dkim_check import Records, make_key, public_record
from lab import BUILD, Heir, Process, Trouble, wait_for

DOMAIN = "shop.example"

CONF = """\
socket = unix:{dir}/milter.sock
socket-mode = 0666
store = {store}
allow = daemon=CAMPAIGN client=127.0.0.0/8 only=campaign
log = stderr
"""


class Inlay:
    """A daemon that can be started, stopped, killed; and the command beside
    it, on the same store."""

    def __init__(self, folder, store=None, keys=("rsa", "ed25519"),
                 conf="", build=BUILD, start=True):
        self.dir = folder
        self.dir.mkdir(parents=True, exist_ok=True)
        self.build = build
        self.store = store or self.dir / "store"
        self.store.mkdir(parents=True, exist_ok=True)
        self.store.chmod(0o700)
        self.records = Records()
        text = CONF.format(dir=self.dir, store=self.store)
        for algorithm in keys:
            file = make_key(self.dir / (algorithm + ".pem"), algorithm)
            text += "key = %s %s %s\n" % (DOMAIN, algorithm, file)
            self.records["%s._domainkey.%s" % (algorithm, DOMAIN)] = (
                public_record(file))
        if not keys:
            text += "sign = no\n"
        self.conf = self.dir / "inlay.conf"
        self.conf.write_text(text + conf)
        self.socket = self.dir / "milter.sock"
        self.log = self.dir / "inlayd.log"
        self.process = None
        self.retired = []       # those that handed over
        self.daemon = "inlayd"
        self.wrapper = []       # a command that runs inlayd: strace …
        if start:
            self.start()

    @property
    def milter(self):
        return "unix:%s" % self.socket

    def start(self, env=None):
        self.process = Process(
            "inlayd", self.wrapper + [self.build / self.daemon, "-f", "-x",
                                      self.conf],
            self.log, env={**os.environ, **(env or {})})
        wait_for("inlayd's socket", self.ready)

    def ready(self):
        if not self.process.running():
            raise Trouble("inlayd ended: " + self.process.output())
        # A dead daemon's socket is still there: only an answer counts.
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    @property
    def pid(self):
        """inlayd itself, even under a wrapper."""
        return self.pid_of(self.process)

    def pid_of(self, process):
        """What a wrapper runs, or the process itself."""
        children = pathlib.Path("/proc/%d/task/%d/children" % (
            (process.pid,) * 2))
        if self.wrapper:
            return int(children.read_text().split()[0])
        return process.pid

    def signal(self, number):
        os.kill(self.pid, number)

    def hand_over(self):
        """Another process serves; the one before ends in its own time."""
        before = len(self.heirs())
        self.signal(signal.SIGUSR2)
        self.adopt(wait_for("a hand-over", lambda: self.heirs()[before:])[0])

    def heirs(self):
        return re.findall(r"handed over to process (\d+)", self.text())

    def adopt(self, pid):
        self.retired.append(self.process)
        self.process = Heir("inlayd", int(pid), self.log)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        for process in self.retired:
            process.signal(signal.SIGTERM)
            process.wait()
        if self.process and self.process.running():
            self.signal(signal.SIGTERM)
            status = self.process.wait()
            if status != 0:
                raise Trouble("inlayd ended with %d: %s"
                              % (status, self.text()[-4000:]))

    def text(self):
        return (self.log.read_text(errors="replace")
                if self.log.exists() else "")

    def lines(self, **wanted):
        """The log's key=value lines that have all of these pairs."""
        found = []
        for line in self.text().splitlines():
            pairs = dict(re.findall(r"(\w+)=(\S*)", line))
            if all(pairs.get(key) == value for key, value in wanted.items()):
                found.append(pairs)
        return found

    def statistics(self):
        """The numbers of the line that SIGUSR1 asks for."""
        before = len(self.statistic_lines())
        self.signal(signal.SIGUSR1)
        lines = wait_for("inlayd's statistics", lambda: (
            self.statistic_lines()[before:]))
        return {key: int(value) for key, value in lines[-1].items()
                if value.isdigit()}

    def statistic_lines(self):
        return [pairs for pairs in self.lines() if "lookups" in pairs]

    def command(self, *words, stdin=None, status=0):
        """Standard output of `inlay`; another exit status is Trouble."""
        result = subprocess.run(
            [str(self.build / "inlay"), "-c", str(self.conf),
             *(str(word) for word in words)],
            input=stdin, capture_output=True)
        if result.returncode != status:
            raise Trouble("inlay %s: exit %d: %s" % (
                " ".join(map(str, words)), result.returncode,
                (result.stdout + result.stderr).decode(errors="replace")))
        return result.stdout

    def background(self, *words):
        """The same in a process of its own; its output is in its log."""
        return Process("inlay", self.wrapper + [
            self.build / "inlay", "-c", self.conf, *words],
            self.dir / "inlay.out")

    def exposures(self, address):
        """What is recorded for one address, the oldest first."""
        return json.loads(self.command("exposure", "list", "--to", address,
                                       "--json"))["exposures"]
