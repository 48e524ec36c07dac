"""inlay-deferred(7) tells the truth: each symptom of the page is brought
about on a real Postfix, and its commands say what the page has."""

import re
import shlex
import subprocess
import unittest

from lab import BUILD, TOP, free_ports, wait_for
from mailing import message
from scene import OnPostfix

PAGE = (TOP / "conf/man/inlay-deferred.7").read_text()
SECTION = PAGE.partition(".Sh WHAT THE REPLY SAYS\n")[2].partition(".Sh ")[0]
SYMPTOMS = dict(re.findall(r"(?ms)^\.Ss ([^\n]+)\n(.*?)(?=^\.Ss |\Z)",
                           SECTION))
REPLIES = re.findall(r"(?m)^\.It Sy (4.*)$", PAGE)


def commands(symptom):
    """(words, lines of its output) of every command in the section."""
    said = "\n".join(re.findall(r"(?ms)^\.Bd -literal\n(.*?)^\.Ed",
                                SYMPTOMS[symptom]))
    for block in re.split(r"(?m)^\$ ", said)[1:]:
        first, *lines = block.strip("\n").split("\n")
        yield shlex.split(first), lines


def plain(line):
    """Without what differs each time: times, queue ids, ports, blanks."""
    for pattern, word in (
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
            (r"\b4[0-9A-Za-z]{14,15}\b", "QUEUE"),
            (r"(?<=\]):\d+", ":PORT"), (r"(?<=\]\):)\d+", "PORT"),
            (r"\bunknown\[", "localhost["), (r"<[-\w]+@shop", "<ID@shop"),
            (r"/\S*/control.sock", "CONTROL"), (r" +", " ")):
        line = re.sub(pattern, word, line)
    return line.strip()


class Page(OnPostfix):
    def setUp(self):
        super().setUp()
        self.kept = self.inlay.conf.read_text()
        self.kept += "control-socket = %s/control.sock\n" % self.inlay.dir
        self.addCleanup(self.serve, self.inlay.conf.read_text())
        self.addCleanup(self.sink.refused.clear)
        self.serve(self.kept)

    def serve(self, text):
        self.inlay.close()
        self.inlay.conf.write_text(text)
        self.inlay.start()

    def told(self, words):
        """What the command says in this laboratory."""
        self.assertEqual(words[0], "inlay")
        words = words[1:]
        if "--log" in words:
            at = words.index("--log")
            words[at:] = ["--log", self.postfix.log, "--log", self.inlay.log]
        done = subprocess.run(
            [BUILD / "inlay", "-c", self.inlay.conf, *words],
            capture_output=True, text=True)
        return done.stdout + done.stderr

    def shows(self, symptom):
        for words, lines in commands(symptom):
            real = self.told(words)
            left = [plain(line) for line in real.splitlines()]
            for line in lines:
                self.assertIn(plain(line), left, real)
                left = left[left.index(plain(line)) + 1:]

    def defer(self, symptom, ident, person, **how):
        address = person + "@customer.example"
        self.send(ident, [address], **how)
        wait_for("the deferral", lambda: self.postfix.lines(
            "to=<%s>.*status=deferred.*%s" % (
                address, re.escape(symptom))), 60)
        self.shows(symptom)

    def test_nobody_at_the_socket(self):
        self.inlay.close()
        self.defer("451 4.7.1 Service unavailable - try again later", "no1",
                   "anna")

    def test_a_rule_that_does_not_hold(self):
        self.serve(self.kept.replace("CAMPAIGN", "CAMPAING")
                   + "otherwise = defer\n")
        self.defer("451 4.7.1 Campaign mail is not taken here now", "rule1",
                   "ben")

    def test_no_key(self):
        text = message("key1").replace(b"news@shop.example>",
                                       b"news@other.example>")
        self.postfix.send(text, ["carl@customer.example"])
        symptom = "451 4.3.0 The message cannot be signed now"
        wait_for("the deferral", lambda: self.postfix.lines(
            "to=<carl@.*status=deferred.*" + re.escape(symptom)))
        self.shows(symptom)

    def test_the_next_hop(self):
        self.sink.refused["dora@customer.example"] = "450 4.2.0 Greylisted"
        self.defer("450 4.2.0 Greylisted", "grey1", "dora")

    def test_no_filtered_listener(self):
        """The front's filter names a port at which nobody listens."""
        master = self.postfix.etc / "master.cf"
        kept = master.read_text()
        self.addCleanup(self.postfix.restart)
        self.addCleanup(master.write_text, kept)
        master.write_text(kept.replace(
            "content_filter=onercpt:[127.0.0.1]:%d" % self.postfix.filtered,
            "content_filter=onercpt:[127.0.0.1]:%d" % free_ports(1)[0]))
        self.postfix.restart()
        self.defer("Connection refused", "refused1", "emil")

    def test_every_reply_that_defers_is_on_the_page(self):
        """As inlayd(8) has them, and no other."""
        manual = (TOP / "conf/man/inlayd.8").read_text()
        manual = manual.partition(".Sh REPLIES\n")[2].partition(".Sh ")[0]
        known = {" ".join(found) for found in re.findall(
            r"(?m)^\.It Sy (4\S+ \S+)\n(.+)$", manual)}
        page = {re.sub(r"(4\S+ \S+) ", r"\1 ", line) for line in
                REPLIES + [symptom for symptom in SYMPTOMS
                           if symptom.startswith("451")
                           and "Service unavailable" not in symptom]}
        self.assertEqual(page, known)


if __name__ == "__main__":
    unittest.main()
