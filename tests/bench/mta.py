#!/usr/bin/python3
"""Messages through one Postfix hop, with and without a milter, in one run.

Each contender has a Postfix of its own; rounds are interleaved and medians
taken, so that a machine that gets slower does so for all. Every message has
its own recipient: inlayd renders and records each of them.

usage: tests/bench/mta.py [MESSAGES [ROUNDS]]
"""

import importlib.util
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "tests" / "mta"))

import postfix                                              # noqa: E402
from dkim_check import make_key                             # noqa: E402
from inlay import Inlay                                     # noqa: E402
from lab import Lab, Process, free_ports, listening, wait_for         # noqa: E402
from mailing import message, write_catalog                  # noqa: E402
from postfix import Postfix                                 # noqa: E402

SESSIONS = 8
ROW = """<tr><td style="padding:4px 8px;font:14px/20px Arial,sans-serif">Item %d
for {{ profile.first_name | default: "you" }}: a warm thing for cold days, in
four colours, sent on the day you order it.</td><td align="right">EUR %d.90</td>
</tr>
"""

OPENDKIM = """\
Mode s
Domain shop.example
Selector rsa
KeyFile {dir}/rsa.pem
Socket local:{dir}/milter.sock
UMask 000
Canonicalization relaxed/relaxed
InternalHosts 127.0.0.1
Syslog no
RequireSafeKeys no
"""


def twenty_kilobytes():
    html = ("<html><body><h1>Dear {{ profile.first_name | default: 'you' }}"
            "</h1>{% slot \"hero\", pool: \"heroes\" %}{% else %}<p>News</p>"
            "{% endslot %}<table>"
            + "".join(ROW % (n, n) for n in range(55))
            + "</table></body></html>\n")
    return message("bench", html=html).replace(b"\r\n", b"\n")


def cpu(pid):
    fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rpartition(
        ")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Contender:
    """A milter, or none, behind a Postfix of its own."""

    def __init__(self, lab, name, sink):
        self.name = name
        self.dir = lab.dir / name
        self.dir.mkdir()
        self.process = None
        self.milters = []
        self.begin(lab)
        self.postfix = lab.owns(Postfix(self.dir / "postfix", free_ports(4),
                                        sink, self.milters))
        self.rates = []
        self.costs = []
        self.postfix_costs = []

    def begin(self, lab):
        """Nothing: Postfix alone."""

    def round(self, file, count, number):
        spent = cpu(self.process.pid) if self.process else 0.0
        postfix_spent = self.postfix.cpu()
        begin = time.monotonic()
        subprocess.run(
            ["smtp-source", "-s", str(SESSIONS), "-m", str(count), "-N",
             "-f", "news@shop.example", "-t",
             "-round%d-%s@customer.example" % (number, self.name),
             "-F", str(file), "127.0.0.1:%d" % self.postfix.filtered],
            check=True, stdout=subprocess.DEVNULL)
        wait_for("an empty queue", lambda: not self.postfix.queued(), 300,
                 0.01)
        taken = time.monotonic() - begin
        self.rates.append(count / taken)
        self.postfix_costs.append((self.postfix.cpu() - postfix_spent)
                                  / count)
        if self.process:
            self.costs.append((cpu(self.process.pid) - spent) / count)

    def sent(self):
        return len(self.postfix.lines("status=sent"))


class Opendkim(Contender):
    def begin(self, lab):
        make_key(self.dir / "rsa.pem", "rsa")
        conf = self.dir / "opendkim.conf"
        conf.write_text(OPENDKIM.format(dir=self.dir))
        self.process = Process("opendkim", [shutil.which("opendkim"), "-f",
                                            "-x", conf],
                               self.dir / "opendkim.log")
        self.close = self.process.stop
        lab.owns(self)
        wait_for("opendkim", (self.dir / "milter.sock").exists)
        self.milters = ["unix:%s/milter.sock" % self.dir]


class Pymilter(Contender):
    def begin(self, lab):
        key = make_key(self.dir / "rsa.pem", "rsa")
        socket = self.dir / "milter.sock"
        self.process = Process(
            "pymilter", [sys.executable, HERE / "pymilter_peer.py", socket,
                         key], self.dir / "pymilter.log")
        self.close = self.process.kill
        lab.owns(self)
        wait_for("pymilter", socket.exists)
        socket.chmod(0o666)
        self.milters = ["unix:%s" % socket]


MIMEDEFANG = """\
sub filter {
    my ($entity, $name, $extension, $type) = @_;
    return unless $type =~ m{^text/};
    my $in = $entity->bodyhandle->open("r");
    my $text = join("", $in->getlines);
    $in->close;
    $text =~ s/\\{\\{.*?\\}\\}/you/g;
    my $out = $entity->bodyhandle->open("w");
    $out->print($text);
    $out->close;
    action_rebuild();
}
1;
"""


class Mimedefang(Opendkim):
    """Fills in a name in Perl; OpenDKIM signs after it."""

    def begin(self, lab):
        super().begin(lab)
        spool = self.dir / "spool"
        spool.mkdir()
        shutil.chown(spool, "defang", "defang")
        script = self.dir / "filter"
        script.write_text(MIMEDEFANG)
        runner = self.dir / "runner"
        runner.write_text('#!/bin/sh\nexec mimedefang.pl -f %s "$@"\n'
                          % script)
        runner.chmod(0o755)
        sockets = spool / "mux.sock", spool / "milter.sock"
        workers = os.cpu_count()
        self.others = [
            Process("multiplexor", [
                "mimedefang-multiplexor", "-D", "-U", "defang", "-z", spool,
                "-s", sockets[0], "-f", runner, "-m", workers, "-x",
                2 * workers, "-q", 64, "-Q", 60],
                self.dir / "mux.log"),
            Process("mimedefang", [
                "mimedefang", "-D", "-U", "defang", "-z", spool, "-m",
                sockets[0], "-p", sockets[1], "-q", "-X"],
                self.dir / "mimedefang.log")]
        for other in self.others:
            lab.owns(Closing(other))
        wait_for("mimedefang", lambda: all(s.exists() for s in sockets))
        sockets[1].chmod(0o666)
        spool.chmod(0o755)
        self.milters.insert(0, "unix:%s" % sockets[1])
        time.sleep(2)


class Closing:
    def __init__(self, process):
        self.close = process.stop


class Inlayd(Contender):
    key = "rsa"

    def begin(self, lab):
        inlay = lab.owns(Inlay(self.dir / "inlay", keys=(self.key,),
                               start=False))
        catalog = write_catalog(self.dir / "catalog")
        inlay.command("schema", "load", catalog / "schema.yaml")
        inlay.command("block", "load", catalog / "blocks")
        inlay.command("campaign", "load", catalog / "campaign.yaml")
        inlay.start()
        self.process = inlay.process
        self.milters = [inlay.milter]


class InlaydEd25519(Inlayd):
    key = "ed25519"


CONTENDERS = [
    ("none", Contender, lambda: True),
    ("opendkim", Opendkim, lambda: shutil.which("opendkim")),
    ("inlayd-rsa", Inlayd, lambda: True),
    ("inlayd-ed25519", InlaydEd25519, lambda: True),
    ("mimedefang+opendkim", Mimedefang,
     lambda: shutil.which("opendkim") and shutil.which("mimedefang")),
    ("pymilter+dkimpy", Pymilter,
     lambda: importlib.util.find_spec("Milter")),
]


def report(contenders, count, rounds, size):
    """Medians, and each as a ratio to the first."""
    print("%d messages of %d bytes a round, %d rounds, %d sessions, %d "
          "processors" % (count, size, rounds, SESSIONS, os.cpu_count()))
    print("%-20s %8s %8s %14s %14s" % ("milter", "msgs/s", "ratio",
                                       "milter ms/msg", "Postfix ms/msg"))
    first = statistics.median(contenders[0].rates)
    for contender in contenders:
        rate = statistics.median(contender.rates)
        cost = (statistics.median(contender.costs) * 1000
                if contender.costs else 0.0)
        print("%-20s %8.1f %8.2f %14.2f %14.2f" % (
            contender.name, rate, rate / first, cost,
            statistics.median(contender.postfix_costs) * 1000))


def targets(contenders):
    """The targets that this run can tell of."""
    by_name = {contender.name: contender for contender in contenders}

    def rate(name):
        return statistics.median(by_name[name].rates)

    def cost(name):
        return statistics.median(by_name[name].costs)

    wanted = [("inlayd-rsa msgs/s, no milter = 1", ">=", 0.7,
               lambda: rate("inlayd-rsa") / rate("none")),
              ("inlayd-ed25519 msgs/s, no milter = 1", ">=", 0.85,
               lambda: rate("inlayd-ed25519") / rate("none")),
              ("inlayd-rsa msgs/s, OpenDKIM = 1", ">=", 1.4,
               lambda: rate("inlayd-rsa") / rate("opendkim")),
              ("inlayd-rsa msgs/s, MIMEDefang = 1", ">=", 2.2,
               lambda: rate("inlayd-rsa") / rate("mimedefang+opendkim")),
              ("inlayd-rsa msgs/s, pymilter = 1", ">=", 7,
               lambda: rate("inlayd-rsa") / rate("pymilter+dkimpy")),
              ("inlayd-rsa CPU, OpenDKIM = 1", "<=", 0.4,
               lambda: cost("inlayd-rsa") / cost("opendkim"))]
    for text, sense, target, value in wanted:
        try:
            got = value()
        except KeyError:
            print("%-40s not in this run" % text)
            continue
        good = got >= target if sense == ">=" else got <= target
        print("%-40s %5.2f  target %s %.2f  %s" % (
            text, got, sense, target, "met" if good else "missed"))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    if postfix.missing():
        print("skip MTA bench: " + postfix.missing())
        return 0
    with Lab() as lab:
        port = free_ports(1)[0]
        sink = Process("smtp-sink", ["smtp-sink", "-u", "root",
                                     "127.0.0.1:%d" % port, "100"],
                       lab.dir / "sink.log")
        try:
            wait_for("smtp-sink", lambda: listening(port))
            file = lab.dir / "message"
            file.write_bytes(twenty_kilobytes())
            contenders = []
            for name, kind, installed in CONTENDERS:
                if not installed():
                    print("skip %s: not installed" % name)
                    continue
                contenders.append(kind(lab, name, port))
            for contender in contenders:
                contender.round(file, SESSIONS * 2, 0)
                contender.rates.clear()
                contender.costs.clear()
                contender.postfix_costs.clear()
            for number in range(1, rounds + 1):
                for contender in contenders:
                    contender.round(file, count, number)
            report(contenders, count, rounds, file.stat().st_size)
            targets(contenders)
            lost = [c.name for c in contenders
                    if c.sent() != count * rounds + SESSIONS * 2]
            if lost:
                print("not everything was delivered: " + " ".join(lost))
                return 1
        finally:
            sink.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
