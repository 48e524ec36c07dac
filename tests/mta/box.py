"""A machine of its own for the recipes: a stock Debian Postfix with /etc, /var
and /run in memory. Only inside namespaces of mounts, network and processes,
which test_recipes.py makes; whoever leaves them takes everything with them."""

import json
import os
import pathlib
import re
import shutil
import smtplib
import subprocess

from inlay import Inlay
from lab import TOP, Trouble, listening, wait_for
from sink import Sink

ETC = pathlib.Path("/etc/postfix")
FRONT = pathlib.Path("/etc/postfix-campaign")
SINK = 2500

MAIN = """\
myhostname=mail.shop.example
mydestination=localhost
inet_interfaces=all
inet_protocols=ipv4
maillog_file=/var/log/mail.log
compatibility_level=3.6
smtp_host_lookup=native
smtp_dns_support_level=disabled
smtpd_peername_lookup=no
minimal_backoff_time=1s
maximal_backoff_time=2s
queue_run_delay=1s
alias_maps=
relayhost=[127.0.0.1]:%d
default_transport=world
smtp_tls_security_level=encrypt
smtpd_recipient_restrictions=reject_unauth_pipelining
header_checks=regexp:/etc/postfix/mine
virtual_alias_maps=inline:{ { couple@customer.example=one@customer.example\
 two@customer.example } }
""" % SINK

# A next hop without 8BITMIME: what is 8-bit behind the signer breaks there.
WORLD = ("world/unix=world unix - - n - - smtp -o smtp_tls_security_level=none"
         " -o smtp_discard_ehlo_keywords=8bitmime,smtputf8,silent-discard")
SUBMISSION = "submission/inet=submission inet n - n - - smtpd"


def run(*words, check=True, stdin=None):
    result = subprocess.run([str(word) for word in words], text=True,
                            input=stdin, capture_output=True)
    if check and result.returncode != 0:
        raise Trouble("%s: %s%s" % (words, result.stdout, result.stderr))
    return result


def private(lab):
    """/etc as it is, and an empty /var and /run, for this process alone."""
    memory = lab.dir / "box"
    memory.mkdir()
    run("mount", "-t", "tmpfs", "none", memory)
    run("cp", "-a", "/etc", memory / "etc")
    for name in ("run/inlay", "var/lib/postfix", "var/spool/postfix",
                 "var/log", "var/mail", "var/tmp"):
        (memory / name).mkdir(parents=True)
    for name in ("etc", "var", "run"):
        run("mount", "--bind", memory / name, "/" + name)
    run("ip", "link", "set", "lo", "up")


def readme_commands():
    """What the README tells to type, from its section on Postfix."""
    text = (TOP / "README.md").read_text()
    section = text.partition("\n## Into Postfix\n")[2]
    return re.search(r"(?ms)^```sh\n(.*?)^```", section)[1]


class Box:
    """box.sink, box.inlay, and Postfix with what the commands made of it."""

    def __init__(self, lab, commands):
        private(lab)
        self.sink = lab.owns(Sink(SINK))
        self.inlay = lab.owns(Inlay(lab.dir / "inlay", start=False))
        self.inlay.socket = pathlib.Path("/run/inlay/inlay.sock")
        self.inlay.conf.write_text(re.sub(
            "(?m)^socket = .*$", "socket = /run/inlay/inlay.sock",
            self.inlay.conf.read_text()))
        for name in ("main.cf.debian", "master.cf.dist"):
            shutil.copy("/usr/share/postfix/" + name,
                        ETC / name.rpartition(".")[0])
        shutil.chown("/var/lib/postfix", "postfix")
        (ETC / "mine").write_text("/^X-Mine/ WARN\n")
        for line in MAIN.splitlines():
            run("postconf", "-e", line)
        for service in (WORLD, SUBMISSION):
            run("postconf", "-Me", service)
        run("postfix", "start")
        self.commands(commands)
        wait_for("the listeners", lambda: all(
            listening(port) for port in (25, 587, 10026, 10027)))

    @staticmethod
    def commands(text):
        run("sh", "-ec", "cd '%s'\n%s" % (TOP, text))

    @staticmethod
    def settings(directory=ETC):
        """Both files, word for word."""
        return ((directory / "main.cf").read_text()
                + (directory / "master.cf").read_text())

    @staticmethod
    def instances():
        return [path for path in (ETC, FRONT) if path.exists()]

    def set(self, line):
        run("postconf", "-e", line)
        run("postmulti", "-i", "-", "-p", "reload")

    def waiting(self):
        """What waits in any of the queues."""
        return [json.loads(line) for path in self.instances() for line in
                run("postqueue", "-c", path, "-j").stdout.splitlines()]

    def deferred(self, count):
        wait_for("deferred mail", lambda: sum(
            len(one["recipients"]) for one in self.waiting()
            if one["queue_name"] == "deferred") >= count)

    def requeue(self):
        for path in self.instances():
            run("postsuper", "-c", path, "-r", "ALL", check=False)
            run("postqueue", "-c", path, "-f")

    def empty(self):
        wait_for("empty queues", lambda: not self.waiting(), 120)

    @staticmethod
    def send(message, recipients, port=10026, sender="news@shop.example"):
        """The last reply of one transaction."""
        with smtplib.SMTP("127.0.0.1", port, timeout=120) as client:
            client.ehlo()
            code, text = client.mail(sender)
            for recipient in recipients:
                if code < 400:
                    code, text = client.rcpt(recipient)
            return (code, text) if code >= 400 else client.data(message)

    @staticmethod
    def log():
        return pathlib.Path("/var/log/mail.log").read_text(errors="replace")


def missing():
    """Why there can be no such machine here, or nothing."""
    if os.path.basename(os.environ.get("BUILD", "")) in ("asan", "tsan"):
        return "recipes are about Postfix: the plain build tries them"
    if os.geteuid() != 0:
        return "Postfix starts only as root"
    if not pathlib.Path("/usr/share/postfix/main.cf.debian").exists():
        return "Debian's Postfix is not installed"
    if run("unshare", "-mnpf", "--mount-proc", "ip", "link", "set", "lo",
           "up", check=False).returncode != 0:
        return "no namespaces of mounts and network: left out altogether"
    return ""
