"""A private sendmail pair: a front that queues and relays one recipient per
transaction, and a filtered instance behind the milter."""

import os
import pathlib
import signal
import subprocess

import packages
from lab import Process, Trouble, group, listening, wait_for
from postfix import Postfix

PACKAGES = ["sendmail-bin", "sendmail-base", "sendmail-cf", "libwrap0", "m4",
            "libsigsegv2"]
STUB = pathlib.Path(__file__).with_name("sendmail_stub.c")

MC = """\
OSTYPE(`linux')dnl
define(`confPID_FILE', `{dir}/pid')dnl
define(`QUEUE_DIR', `{dir}/queue')dnl
define(`STATUS_FILE', `{dir}/statistics')dnl
define(`ALIAS_FILE', `{dir}/aliases')dnl
define(`confSERVICE_SWITCH_FILE', `{dir}/switch')dnl
define(`confDOMAIN_NAME', `{name}.lab.example')dnl
define(`confDONT_BLAME_SENDMAIL', `TrustStickyBit')dnl
define(`confDEF_USER_ID', `65534:65534')dnl
define(`confTO_IDENT', `0')dnl
define(`confLOG_LEVEL', `14')dnl
define(`confMIN_QUEUE_AGE', `0')dnl
define(`confDELIVERY_MODE', `{mode}')dnl
define(`confQUEUE_LA', `1000')dnl
define(`confREFUSE_LA', `1000')dnl
define(`SMART_HOST', `relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {relay}')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Name={daemon}, Family=inet, Addr=127.0.0.1, Port={port}')dnl
define(`confTO_QUEUERETURN', `{patience}')dnl
{more}MAILER(`smtp')dnl
"""

FILTER = ("INPUT_MAIL_FILTER(`inlay', `S={milter}, F=T, "
          "T=C:10s;S:30s;R:60s;E:10m')dnl\n")
SPLIT = "MODIFY_MAILER_FLAGS(`RELAY', `-m')dnl\n"


def unpacked():
    """The folder with sendmail's files, and the stub beside it."""
    root = packages.unpacked("sendmail", PACKAGES)
    # A setgid program would not be given LD_LIBRARY_PATH.
    (root / "usr/libexec/sendmail/sendmail").chmod(0o755)
    stub = root.parent / "stub.so"
    if not stub.exists():
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", stub, STUB],
                       check=True)
    return root


class Instance:
    """One sendmail daemon with a folder of its own."""

    def __init__(self, folder, name, port, relay, daemon, mode, more,
                 patience):
        self.dir = folder / name
        self.queue = self.dir / "queue"
        self.queue.mkdir(parents=True)
        self.queue.chmod(0o700)
        for file in ("aliases", "statistics"):
            (self.dir / file).touch()
        (self.dir / "switch").write_text(
            "hosts\tfiles\naliases\tfiles\npasswd\tfiles\n")
        self.root = unpacked()
        self.port = port
        self.log = self.dir / "maillog"
        self.cf = self.dir / "sendmail.cf"
        self.env = {
            "PATH": os.environ["PATH"],
            "LD_LIBRARY_PATH": ":".join(map(str, (
                self.root / "usr/lib").glob("*-linux-gnu"))),
            "LAB_SYSLOG": str(self.log)}
        self.configure(MC.format(dir=self.dir, name=name, port=port,
                                 relay=relay, daemon=daemon, mode=mode,
                                 more=more, patience=patience))
        self.process = Process(
            name, [self.root / "usr/libexec/sendmail/sendmail", "-C",
                   self.cf, "-bD", "-q1s"], self.dir / "out",
            env={**self.env, "LD_PRELOAD": str(self.root.parent
                                               / "stub.so")}, leader=True)
        wait_for(name, self.ready)

    def configure(self, text):
        source = self.dir / "sendmail.mc"
        source.write_text(text)
        share = self.root / "usr/share/sendmail"
        with open(self.cf, "wb") as output:
            subprocess.run(
                [self.root / "usr/bin/m4", "-D_CF_DIR_=%s/cf/" % share,
                 share / "cf/m4/cf.m4", source], stdout=output, check=True,
                stderr=subprocess.DEVNULL, env=self.env)

    def ready(self):
        if not self.process.running():
            raise Trouble("sendmail ended: " + self.process.output())
        return listening(self.port)

    def text(self):
        return (self.log.read_text(errors="replace")
                if self.log.exists() else "")

    def close(self):
        if self.process.running():
            self.process.stop()
        if group(self.process.pid):
            os.killpg(self.process.pid, signal.SIGKILL)


class Sendmail:
    """The pair. Speaks like Postfix where tests ask."""

    def __init__(self, folder, ports, sink, milter, patience="5d"):
        self.front, self.filtered = ports
        self.instances = [
            Instance(folder, "filtered", self.filtered, sink, "CAMPAIGN",
                     "background", FILTER.format(milter=milter), patience),
            Instance(folder, "front", self.front, self.filtered, "FRONT",
                     "queueonly", SPLIT, "5d")]

    connect = Postfix.connect
    send = Postfix.send

    def text(self):
        return "".join(instance.text() for instance in self.instances)

    def close(self):
        for instance in reversed(self.instances):
            instance.close()
