"""A private Postfix that splits first: the front listener queues, the queue
hands on one recipient at a time to the filtered listener, and what that one
accepts goes to the sink. Needs root, the Debian package, and nothing of
/etc/postfix."""

import os
import pathlib
import re
import shutil
import signal
import smtplib
import stat
import subprocess
import time

from lab import Process, Trouble, group, listening, wait_for

DAEMONS = pathlib.Path("/usr/lib/postfix/sbin")

MAIN = """\
compatibility_level = 3.6
queue_directory = {dir}/spool
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.lab.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtp_host_lookup = native
smtp_dns_support_level = disabled
maillog_file = {dir}/maillog
maillog_file_prefixes = {dir}
relayhost = [127.0.0.1]:{sink}
message_size_limit = 52428800
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
milter_default_action = tempfail
enable_long_queue_ids = yes
onercpt_destination_recipient_limit = 1
onercpt_destination_concurrency_limit = 20
"""

MASTER = """\
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup -o content_filter=onercpt:[127.0.0.1]:{filtered}
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
127.0.0.1:{front} inet n - n - - smtpd
    -o syslog_name=front
    -o smtpd_milters=
    -o content_filter=onercpt:[127.0.0.1]:{filtered}
    -o receive_override_options=no_address_mappings
    -o local_header_rewrite_clients=
onercpt unix - - n - 20 smtp
    -o syslog_name=onercpt
    -o smtp_send_xforward_command=yes
    -o disable_mime_output_conversion=yes
    -o smtp_generic_maps=
127.0.0.1:{filtered} inet n - n - - smtpd
    -o syslog_name=filtered
    -o content_filter=
    -o smtpd_milters={milters}
    -o milter_macro_daemon_name=CAMPAIGN
    -o smtpd_authorized_xforward_hosts=127.0.0.0/8
    -o local_header_rewrite_clients=
    -o smtpd_recipient_limit=1000
127.0.0.1:{plain} inet n - n - - smtpd
    -o syslog_name=plain
    -o content_filter=
    -o smtpd_milters={milters}
    -o milter_macro_daemon_name=PLAIN
    -o local_header_rewrite_clients=
127.0.0.1:{bare} inet n - n - - smtpd
    -o syslog_name=bare
    -o content_filter=
    -o smtpd_milters=
    -o local_header_rewrite_clients=
"""


def complete(path):
    """Whether it is a queue file that was written to its end: a killed
    cleanup leaves others, which belong to nobody."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return stat.S_ISREG(mode) and bool(mode & stat.S_IXUSR)


def missing():
    """Why there can be no Postfix here, or nothing."""
    if os.geteuid() != 0:
        return "Postfix starts only as root"
    if not (DAEMONS / "master").exists():
        return "Postfix is not installed"
    return ""


class Postfix:
    """front: queues and splits; filtered: behind the milter, as CAMPAIGN;
    plain: behind the milter too, but nobody's campaign listener; bare: no
    milter at all."""

    def __init__(self, folder, ports, sink, milters, main=""):
        if missing():
            raise Trouble(missing())
        self.dir = pathlib.Path(folder)
        self.front, self.filtered, self.plain, self.bare = ports
        self.etc = self.dir / "etc"
        for name in ("etc", "spool", "data"):
            (self.dir / name).mkdir(parents=True)
        shutil.chown(self.dir / "data", "postfix")
        (self.dir / "data").chmod(0o700)
        values = {"dir": self.dir, "sink": sink, "front": self.front,
                  "filtered": self.filtered, "plain": self.plain,
                  "bare": self.bare,
                  "milters": ",".join(
                      "{%s,default_action=tempfail,content_timeout=300s}"
                      % socket for socket in milters)}
        (self.etc / "main.cf").write_text(MAIN.format(**values) + main)
        (self.etc / "master.cf").write_text(MASTER.format(**values))
        self.log = self.dir / "maillog"
        self.start()

    def command(self, *words):
        result = subprocess.run([str(word) for word in words],
                                stdin=subprocess.DEVNULL, text=True,
                                capture_output=True)
        if result.returncode != 0:
            raise Trouble("%s: %s" % (words[0], result.stdout
                                      + result.stderr))
        return result.stdout

    def start(self):
        self.command("postfix", "-c", self.etc, "check")
        # -d keeps master in front, where its pid is known.
        self.master = Process("master", [DAEMONS / "master", "-c", self.etc,
                                         "-d"], self.dir / "master.out",
                              leader=True)
        wait_for("Postfix", self.ready)

    def ready(self):
        if not self.master.running():
            raise Trouble("Postfix ended: " + self.master.output()
                          + self.text())
        return self.log.exists() and all(
            listening(port) for port in
            (self.front, self.filtered, self.plain, self.bare))

    def text(self):
        return (self.log.read_text(errors="replace")
                if self.log.exists() else "")

    def lines(self, pattern):
        return re.findall("(?m)^.*(?:%s).*$" % pattern, self.text())

    def flush(self):
        """Tries everything that was deferred, now."""
        self.command("postqueue", "-c", self.etc, "-f")

    def queued(self):
        """The queue files, wherever they wait."""
        return [path for name in ("incoming", "active", "deferred", "hold",
                                  "corrupt")
                for path in (self.dir / "spool" / name).rglob("*")
                if complete(path)]

    def children(self, name):
        """The pids of the running daemons of that name."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                head, _, tail = path.read_text().rpartition(")")
            except OSError:
                continue
            pid, _, command = head.partition(" (")
            if command == name and int(tail.split()[1]) == self.master.pid:
                found.append(int(pid))
        return found

    def connect(self, port=None, timeout=60):
        return smtplib.SMTP("127.0.0.1", port or self.front,
                            local_hostname="client.lab.example",
                            timeout=timeout)

    def send(self, message, recipients, sender="news@shop.example",
             port=None):
        """One transaction; the reply to the final dot."""
        with self.connect(port) as client:
            client.ehlo()
            code, text = client.mail(sender)
            for recipient in recipients:
                if code < 400:
                    code, text = client.rcpt(recipient)
            if code >= 400:
                return code, text
            return client.data(message)

    def cpu(self):
        """Seconds of CPU that Postfix has used so far, finished children
        included."""
        total = 0.0
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            pid = int(path.parent.name)
            if pid == self.master.pid:
                total += sum(map(int, fields[11:15]))
            elif int(fields[1]) == self.master.pid:
                total += sum(map(int, fields[11:13]))
        return total / os.sysconf("SC_CLK_TCK")

    def stop(self):
        """master leads a process group with all of its children in it.
        The log daemon outlives the others by seconds: not here."""
        if self.master.running():
            self.master.stop()
        time.sleep(0.1)
        if group(self.master.pid):
            os.killpg(self.master.pid, signal.SIGKILL)
        wait_for("the end of Postfix", lambda: not group(self.master.pid))

    def restart(self):
        self.stop()
        self.start()

    def close(self):
        self.stop()
