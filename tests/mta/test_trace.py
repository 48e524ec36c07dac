"""inlay trace: what the real logs of both mail servers and of inlayd, and the
store, tell of one copy."""

import gzip
import json
import re
import unittest

from inlay import Inlay
from lab import Lab, Trouble, free_ports, wait_for
from mailing import message, write_catalog
from scene import OnPostfix
from sendmail import Sendmail, unpacked
from sink import Sink

NOBODY = "550 5.1.1 No such user"
LATER = "450 4.2.0 Greylisted"


class Asking:
    """inlay is the command's, logs the files to look through."""

    def trace(self, *words, status=0):
        files = [word for log in self.logs() for word in ("--log", log)]
        said = self.inlay.command("trace", *words, *files, "--json",
                                  status=status)
        return json.loads(said)["copies"] if status == 0 else said

    def events(self, *words):
        """Of the one copy."""
        copy, = self.trace(*words)
        return [step["event"] for step in copy["steps"]], copy


class OnPostfixLogs(Asking, OnPostfix):
    def setUp(self):
        super().setUp()
        self.sink.refused.clear()

    def logs(self):
        return [self.postfix.log, self.inlay.log]

    def gone(self, address, status):
        wait_for("the end", lambda: self.postfix.lines(
            "to=<%s>.*relay=127.*status=%s" % (address, status)))

    def test_a_delivered_copy_from_the_front_to_the_store(self):
        anna = "anna@customer.example"
        self.send("trace1", [anna, "ben@customer.example"])
        self.sink.wait(2)
        wait_for("the queue's end", lambda: not self.postfix.queued())
        events, copy = self.events(anna)
        self.assertEqual(copy["message_id"], "<trace1@shop.example>")
        for event in ("accepted", "verdict", "sent", "removed"):
            self.assertIn(event, events)
        self.assertEqual(events.count("sent"), 2, events)
        queues = {step["queue"] for step in copy["steps"]}
        self.assertEqual(len(queues), 2, copy["steps"])
        verdict, = [s["inlay"] for s in copy["steps"]
                    if s["event"] == "verdict"]
        self.assertEqual(verdict["verdict"], "personalised")
        self.assertEqual(verdict["message_id"], "<trace1@shop.example>")
        self.assertIn(verdict["id"], queues)
        handed, = [s for s in copy["steps"] if "queued_as" in s
                   and s["queued_as"] == verdict["id"]]
        self.assertEqual(handed["event"], "sent")
        self.assertEqual(copy["exposure"]["campaign"], verdict["campaign"])
        self.assertNotIn("ben@", json.dumps(copy))

    def test_by_message_id_with_and_without_brackets_and_by_both(self):
        to = ["mid%d@customer.example" % n for n in range(3)]
        self.send("trace2", to)
        self.sink.wait(3)
        wait_for("the queue's end", lambda: not self.postfix.queued())
        for word in "<trace2@shop.example>", "trace2@shop.example":
            copies = self.trace(word)
            self.assertEqual(sorted(c["to"] for c in copies), to)
        copy, = self.trace("trace2@shop.example", to[1])
        self.assertEqual(copy["to"], to[1])
        self.assertEqual(len(self.trace("trace2@shop.example", "--limit",
                                        "2")), 2)

    def test_bounced_and_deferred_with_the_reply(self):
        bad, late = "nobody@customer.example", "later@customer.example"
        self.sink.refused.update({bad: NOBODY, late: LATER})
        self.send("trace3", [bad, late])
        self.gone(bad, "bounced")
        self.gone(late, "deferred")
        for address, event, reply in (bad, "bounced", "No such user"), (
                late, "deferred", "Greylisted"):
            events, copy = self.events(address)
            self.assertIn(event, events)
            self.assertIn(reply, [s for s in copy["steps"]
                                  if s["event"] == event][-1]["reply"])
        self.sink.refused.clear()
        self.postfix.flush()
        self.sink.wait(1)

    def test_what_inlay_refuses_says_why(self):
        someone = "window@customer.example"
        self.send("trace4", [someone], campaign="nosuch")
        self.gone(someone, "bounced")
        events, copy = self.events("trace4@shop.example", someone)
        self.assertIn("bounced", events)
        copies = self.trace(someone)
        verdicts = [s["inlay"] for c in copies for s in c["steps"]
                    if s["event"] == "verdict"]
        self.assertEqual({(v["verdict"], v["reason"]) for v in verdicts},
                         {("refused", "campaign")})

    def test_in_words_for_a_person(self):
        self.send("trace5", ["words@customer.example"])
        self.sink.wait(1)
        wait_for("the queue's end", lambda: not self.postfix.queued())
        said = self.inlay.command(
            "trace", "words@customer.example", "--log", self.postfix.log,
            "--log", self.inlay.log).decode()
        first, *steps, store = said.splitlines()
        self.assertEqual(first, "<trace5@shop.example> to "
                         "words@customer.example")
        self.assertRegex(said, r"accepted from ")
        self.assertRegex(said, r"inlayd +personalised \(\w+\), campaign ")
        self.assertRegex(said, r"sent to 127.0.0.1\S*: 250 ")
        self.assertRegex(store, r"in the store: .* email ")

    def test_rotated_and_packed_and_from_standard_input(self):
        person = "rotated@customer.example"
        self.send("trace6", [person])
        self.sink.wait(1)
        wait_for("the queue's end", lambda: not self.postfix.queued())
        lines = self.postfix.log.read_bytes().splitlines(keepends=True)
        folder = self.lab.dir / "rotated"
        folder.mkdir()
        middle = next(i for i, line in enumerate(lines)
                      if b"to=<%s>" % person.encode() in line)
        (folder / "mail.log.2.gz").write_bytes(
            gzip.compress(b"".join(lines[:middle])))
        (folder / "mail.log").write_bytes(b"".join(lines[middle:]))
        whole, = self.trace(person)
        said = json.loads(self.inlay.command(
            "trace", person, "--json", "--log", folder / "mail.log",
            "--log", self.inlay.log))
        self.assertEqual(said["copies"], [whole])
        both = b"".join(lines) + self.inlay.log.read_bytes()
        said = json.loads(self.inlay.command(
            "trace", person, "--json", "--log", "-", stdin=both))
        self.assertEqual(said["copies"], [whole])

    def test_nothing_found_says_what_was_searched(self):
        self.send("trace7", ["seven@customer.example"])
        self.sink.wait(1)
        self.trace("stranger@customer.example", status=66)
        self.trace("<nosuch@shop.example>", status=66)

    def test_a_hashed_message_id_is_found_in_inlays_log_alone(self):
        conf = self.inlay.conf.read_text()
        self.addCleanup(self.inlay.conf.write_text, conf)
        self.inlay.conf.write_text(conf + "log-message-id = hash\n")
        self.inlay.close()
        self.inlay.start()
        self.send("trace8", ["hash@customer.example"])
        self.sink.wait(1)
        self.assertNotIn("trace8@", self.inlay.text())
        said = json.loads(self.inlay.command(
            "trace", "<trace8@shop.example>", "--json", "--log",
            self.inlay.log))
        copy, = said["copies"]
        self.assertEqual([s["event"] for s in copy["steps"]], ["verdict"])


class OnSendmailLogs(Asking, unittest.TestCase):
    """In a laboratory of its own: one process per connection writes the
    log."""

    @classmethod
    def setUpClass(cls):
        try:
            unpacked()
        except Trouble as trouble:
            raise unittest.SkipTest(str(trouble))
        cls.lab = Lab().__enter__()
        cls.addClassCleanup(cls.lab.__exit__)
        ports = free_ports(3)
        catalog = write_catalog(cls.lab.dir / "catalog")
        cls.sink = cls.lab.owns(Sink(ports[2]))
        cls.inlay = cls.lab.owns(Inlay(cls.lab.dir / "inlay"))
        cls.inlay.command("schema", "load", catalog / "schema.yaml")
        cls.inlay.command("block", "load", catalog / "blocks")
        cls.inlay.command("campaign", "load", catalog / "campaign.yaml")
        cls.sendmail = cls.lab.owns(Sendmail(cls.lab.dir, ports[:2], ports[2],
                                             cls.inlay.milter))

    def logs(self):
        filtered, front = self.sendmail.instances
        return [front.log, filtered.log, self.inlay.log]

    def until(self, pattern):
        wait_for(pattern, lambda: re.search(pattern, self.sendmail.text()),
                 60)

    def test_delivered_and_bounced(self):
        good, bad = "good@customer.example", "bad@customer.example"
        self.sink.refused[bad] = NOBODY
        self.sendmail.send(message("sm1"), [good, bad])
        self.until("to=<%s>.*relay=.*stat=Sent .*Ok" % good)
        self.until("to=<%s>.*stat=(User unknown|Service)" % bad)
        events, copy = self.events(good)
        self.assertEqual(events.count("verdict"), 1, copy)
        self.assertIn("accepted", events)
        self.assertEqual(events[-1], "sent", copy)
        self.assertEqual(copy["message_id"], "<sm1@shop.example>")
        self.assertEqual(copy["exposure"]["state"], "reserved")
        events, copy = self.events("sm1@shop.example", bad)
        self.assertIn("bounced", events)

    def test_what_inlay_refuses_says_why(self):
        someone = "none@customer.example"
        self.sendmail.send(message("sm2", campaign="nosuch"), [someone])
        self.until("reject=550 5.7.1")
        self.until("to=<%s>.*stat=.*" % someone)
        steps = [step for copy in self.trace(someone)
                 for step in copy["steps"]]
        self.assertTrue([s for s in steps if s["event"] == "refused"
                         and "No such campaign" in s["reply"]], steps)
        self.assertTrue([s for s in steps if s["event"] == "verdict"
                         and s["inlay"]["reason"] == "campaign"], steps)


if __name__ == "__main__":
    unittest.main()
