"""Debian's Postfix, as it comes, on a machine of its own."""

import json
import pathlib
import shutil

from box import SINK, Box, run
from lab import listening, wait_for

ETC = pathlib.Path("/etc/postfix")
FRONT = pathlib.Path("/etc/postfix-campaign")

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

WORLD = "world/unix=world unix - - n - - smtp -o smtp_tls_security_level=none"
SUBMISSION = "submission/inet=submission inet n - n - - smtpd"


def missing():
    if not pathlib.Path("/usr/share/postfix/main.cf.debian").exists():
        return "Debian's Postfix is not installed"
    return ""


class PostfixBox(Box):
    couple = "couple@customer.example"

    def __init__(self, lab, commands):
        super().__init__(lab)
        for folder in ("lib", "spool"):
            pathlib.Path("/var", folder, "postfix").mkdir()
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

    def give_login(self, name, password):
        """A certificate, and a login that Postfix asks Cyrus SASL for."""
        key, certificate = self.certificate(ETC)
        run("postconf", "-e", "smtpd_tls_key_file=%s" % key,
            "smtpd_tls_cert_file=%s" % certificate)
        self.password(ETC / "sasl/smtpd.conf", name, password)
        shutil.chown("/etc/sasldb2", "postfix")

    def settings(self):
        """All files, word for word."""
        return "".join((path / name).read_text() for path in self.instances()
                       for name in ("main.cf", "master.cf"))

    @staticmethod
    def instances():
        return [path for path in (ETC, FRONT) if path.exists()]

    @staticmethod
    def set(line):
        run("postconf", "-e", line)
        run("postmulti", "-i", "-", "-p", "reload")

    def waiting(self, tried=False):
        """Recipients that wait in any of the queues."""
        mail = [json.loads(line) for path in self.instances() for line in
                run("postqueue", "-c", path, "-j").stdout.splitlines()]
        return sum(len(one["recipients"]) for one in mail
                   if one["queue_name"] == "deferred" or not tried)

    def requeue(self):
        for path in self.instances():
            run("postsuper", "-c", path, "-r", "ALL", check=False)
            run("postqueue", "-c", path, "-f")

    @staticmethod
    def log():
        return pathlib.Path("/var/log/mail.log").read_text(errors="replace")
