"""A machine of its own for the recipes: /etc, /var and /run in memory, and a
mail server as Debian sets it up. Only inside namespaces of mounts, network,
host name and processes, which outside() makes; whoever leaves them takes
everything with them."""

import contextlib
import os
import pathlib
import re
import smtplib
import subprocess
import sys

from inlay import Inlay
from lab import TOP, Trouble, wait_for
from packages import unpacked
from sink import Sink

HERE = pathlib.Path(__file__).resolve().parent
INSIDE = os.environ.get("INLAY_BOX", "")
SINK = 2500
# The shell buries what daemons leave behind.
UNSHARE = ["unshare", "-mnupf", "--kill-child", "--mount-proc", "sh", "-c",
           '"$@"; exit $?', "box"]


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
    for name in ("run/inlay", "var/lib", "var/spool", "var/log", "var/mail",
                 "var/tmp"):
        (memory / name).mkdir(parents=True)
    for name in ("etc", "var", "run"):
        run("mount", "--bind", memory / name, "/" + name)
    run("ip", "link", "set", "lo", "up")
    return memory


def missing():
    """Why there can be no such machine here, or nothing."""
    if os.path.basename(os.environ.get("BUILD", "")) in ("asan", "tsan"):
        return "recipes are about mail servers: the plain build tries them"
    if os.geteuid() != 0:
        return "mail servers start only as root"
    if run(*UNSHARE, "ip", "link", "set", "lo", "up",
           check=False).returncode != 0:
        return "no namespaces of mounts and network: left out altogether"
    return ""


def outside(test, module, layout):
    """Runs the tests of a layout on a machine that ends with them."""
    with contextlib.suppress(Trouble):      # told inside
        saslpasswd()
    result = subprocess.run(
        [*UNSHARE, sys.executable, "-B", str(HERE / "run"),
         "%s.%s." % (module, layout)],
        env={**os.environ, "INLAY_BOX": layout}, text=True,
        stdin=subprocess.DEVNULL, capture_output=True)
    print("     " + result.stdout.replace("\n", "\n     ").rstrip())
    test.assertEqual(result.returncode, 0, result.stdout + result.stderr)


def saslpasswd():
    return unpacked("sasl", ["sasl2-bin"]) / "usr/sbin/saslpasswd2"


def readme_commands(server):
    """What the README tells to type, from its section on that server."""
    text = (TOP / "README.md").read_text()
    section = text.partition("\n## Into %s\n" % server)[2]
    return re.search(r"(?ms)^```sh\n(.*?)^```", section)[1]


class Box:
    """box.sink, box.inlay, and what each mail server has: settings(),
    waiting(), requeue(), log(), and couple, an alias of two people."""

    def __init__(self, lab):
        self.memory = private(lab)
        self.sink = lab.owns(Sink(SINK))
        # What is 8-bit behind the signer breaks at such a hop.
        self.sink.offers = ["PIPELINING", "DSN", "SIZE 99999999"]
        self.inlay = lab.owns(Inlay(lab.dir / "inlay", start=False))
        self.inlay.socket = pathlib.Path("/run/inlay/inlay.sock")
        self.inlay.conf.write_text(re.sub(
            "(?m)^socket = .*$", "socket = /run/inlay/inlay.sock",
            self.inlay.conf.read_text()))

    @staticmethod
    def commands(text):
        return run("sh", "-ec", "cd '%s'\n%s" % (TOP, text)).stdout

    @staticmethod
    def certificate(folder):
        """A key and a certificate for the name of the machine."""
        key, certificate = folder / "tls.key", folder / "tls.pem"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
            "-subj", "/CN=mail.shop.example", "-keyout", key, "-out",
            certificate)
        return key, certificate

    @staticmethod
    def password(conf, name, password):
        """One that Cyrus SASL finds."""
        conf.parent.mkdir(exist_ok=True)
        conf.write_text("pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
                        "mech_list: PLAIN\n")
        run(saslpasswd(), "-p", "-c", "-u", "mail.shop.example", name,
            stdin=password)

    def deferred(self, count):
        wait_for("deferred mail", lambda: self.waiting(tried=True) >= count)

    def empty(self, seconds=60):
        wait_for("empty queues", lambda: not self.waiting(), seconds)

    @staticmethod
    def send(message, recipients, port=10026, sender="news@shop.example"):
        """The last reply of one transaction."""
        with smtplib.SMTP("127.0.0.1", port, timeout=240) as client:
            client.ehlo()
            code, text = client.mail(sender)
            for recipient in recipients:
                if code < 400:
                    code, text = client.rcpt(recipient)
            return (code, text) if code >= 400 else client.data(message)
