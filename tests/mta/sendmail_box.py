"""Debian's sendmail, as it comes, on a machine of its own: its packages lie
over this machine's /usr, and their own scripts make /etc/mail."""

import os
import pathlib
import re
import shutil
import socket
import threading

from box import SINK, UNSHARE, Box, run
from lab import Process, Trouble, listening, wait_for
from sendmail import unpacked

MAIL = pathlib.Path("/etc/mail")
QUEUES = [pathlib.Path("/var/spool", name) for name in (
    "mqueue", "mqueue-client", "mqueue-campaign")]
ALIASES = """\
postmaster: boss@shop.example
root: boss@shop.example
couple: one@customer.example, two@customer.example
"""

# What a site says: all of the world is a sink, there is no DNS, and what the
# machine does beside is no matter.
SITE = """\
define(`SMART_HOST', `esmtp:[127.0.0.1]')dnl
define(`ESMTP_MAILER_ARGS', `TCP $h %d')dnl
define(`confTO_IDENT', `0')dnl
define(`confMIN_QUEUE_AGE', `0')dnl
define(`confQUEUE_LA', `1000')dnl
define(`confREFUSE_LA', `1000')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
define(`confCACERT', `/etc/ssl/tls.pem')dnl
define(`confCACERT_PATH', `/etc/ssl/certs')dnl
define(`confSERVER_CERT', `/etc/ssl/tls.pem')dnl
define(`confSERVER_KEY', `/etc/ssl/tls.key')dnl
MAILER_DEFINITIONS
""" % SINK


def missing():
    try:
        unpacked()
    except Trouble as trouble:
        return str(trouble)
    if run(*UNSHARE, "mount", "-t", "overlay", "overlay", "-o",
           "lowerdir=/etc:/usr", "/mnt", check=False).returncode != 0:
        return "nothing can be laid over /usr: left out altogether"
    return ""


class Syslog:
    """Who listens at /dev/log."""

    def __init__(self, memory):
        devices = memory / "dev"
        devices.mkdir()
        for name in ("null", "zero", "full", "random", "urandom"):
            (devices / name).touch()
            run("mount", "--bind", "/dev/" + name, devices / name)
        (devices / "fd").symlink_to("/proc/self/fd")
        run("mount", "--bind", devices, "/dev")
        self.file = open("/var/log/mail.log", "ab", buffering=0)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("/dev/log")
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            line = self.socket.recv(65536).rstrip(b"\0\n")
            self.file.write(re.sub(rb"^<\d+>", b"", line) + b"\n")


class SendmailBox(Box):
    couple = "couple@mail.shop.example"

    def __init__(self, lab, commands):
        super().__init__(lab)
        self.unpack()
        self.syslog = Syslog(self.memory)
        run("hostname", "mail.shop.example")
        pathlib.Path("/etc/hosts").write_text(
            "127.0.0.1 mail.shop.example localhost\n")
        for name in ("smmta", "smmsp", "inlay"):
            run("adduser", "--system", "--group", "--quiet", "--home",
                "/var/lib/sendmail", "--no-create-home", name)
        run("/usr/share/sendmail/update_sendmail", check=False)
        pathlib.Path("/etc/aliases").write_text(ALIASES)
        run("sendmail", "-bi")
        mc = MAIL / "sendmail.mc"
        mc.write_text(mc.read_text().replace("MAILER_DEFINITIONS\n", SITE)
                      .replace("M=Ea", "M=E"))
        self.certificate(pathlib.Path("/etc/ssl"))
        run("make", "-C", MAIL, "sendmail.cf")
        shutil.copy(MAIL / "service.switch-nodns", MAIL / "service.switch")
        self.daemon = Process(
            "sendmail", ["/usr/sbin/sendmail-mta", "-bD", "-q1s"],
            lab.dir / "sendmail.out")
        wait_for("sendmail", lambda: listening(25))
        self.before = self.settings()
        self.commands(commands)
        wait_for("the listeners", lambda: all(
            listening(port) for port in (25, 587, 10026, 10027)))

    def give_login(self, name, password):
        """A login that sendmail asks Cyrus SASL for."""
        self.password(pathlib.Path("/etc/sasl2/Sendmail.conf"), name, password)

    def unpack(self):
        """The packages' files, and what dpkg does beside."""
        root = unpacked()
        for name in ("upper", "work"):
            (self.memory / name).mkdir()
        run("mount", "-t", "overlay", "overlay", "-o",
            "lowerdir=%s:/usr,upperdir=%s,workdir=%s" % (
                root / "usr", self.memory / "upper", self.memory / "work"),
            "/usr")
        run("cp", "-a", root / "etc/mail", "/etc")
        for path in ("/var/lib/sendmail", "/var/cache", "/var/backups",
                     *QUEUES[:2]):
            os.makedirs(path, exist_ok=True)
        pathlib.Path("/var/run").symlink_to("/run")
        for name in ("sbin/sendmail", "sbin/sendmail-mta",
                     "sbin/sendmail-msp", "lib/sendmail", "bin/mailq"):
            link = pathlib.Path("/usr", name)
            link.unlink(missing_ok=True)
            link.symlink_to("/usr/libexec/sendmail/sendmail")

    @staticmethod
    def settings():
        """All files of the two, word for word."""
        return "".join(
            path.read_text() for path in sorted(MAIL.rglob("*"))
            if path.suffix in (".mc", ".cf", ".m4") and path.is_file())

    @staticmethod
    def entries():
        """The lines of each queue file."""
        for folder in QUEUES:
            for path in folder.glob("[hqQ]f*"):
                try:
                    yield path.read_text(errors="replace").splitlines()
                except FileNotFoundError:
                    continue

    def waiting(self, tried=False):
        """Recipients that wait in any of the queues."""
        return sum(sum(line.startswith("R") for line in entry)
                   for entry in self.entries()
                   if not tried or "N0" not in entry)

    @staticmethod
    def requeue():
        """All of the queues once more, as a postmaster would."""
        run("sendmail", "-q")
        run("sendmail", "-C", MAIL / "campaign.cf", "-q")

    @staticmethod
    def log():
        return pathlib.Path("/var/log/mail.log").read_text(errors="replace")
