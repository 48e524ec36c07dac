"""What became of the copies, learned from the real logs and bounces of both
mail servers."""

import json
import os
import re
import time
import unittest

from inlay import Inlay
from lab import Lab, Trouble, free_ports, wait_for
from mailing import CAMPAIGN, SCHEMA, message, write_catalog
from scene import OnPostfix
from sendmail import Sendmail, unpacked
from sink import Sink

NOBODY = "550 5.1.1 No such user"
LATER = "450 4.2.0 Greylisted"


def states(inlay, address):
    return [entry["state"] for entry in inlay.exposures(address)]


def points(inlay, address):
    """The bounces that count against an address."""
    return [one["status"] for one in json.loads(inlay.command(
        "profile", "get", address, "--json"))["bounces"]]


class Log(OnPostfix):
    def setUp(self):
        super().setUp()
        self.sink.refused.clear()

    def sync(self, *more):
        said = self.inlay.command("delivery", "sync", "--log",
                                  self.postfix.log, "--json", *more)
        return json.loads(said)

    def settled(self):
        # One look may miss a file that moves between two folders.
        wait_for("an empty queue", lambda: not any(
            self.postfix.queued() or time.sleep(0.02) for _ in range(5)))

    def test_delivered_and_bounced_are_told_apart(self):
        good, bad = "good@customer.example", "bad@customer.example"
        self.sink.refused[bad] = NOBODY
        self.send("apart", [good, bad])
        self.sink.wait(1)
        self.settled()
        self.assertEqual(states(self.inlay, good), ["reserved"])
        self.assertGreaterEqual(self.sync()["changed"], 2)
        self.assertEqual(states(self.inlay, good), ["delivered"])
        self.assertEqual(states(self.inlay, bad), ["bounced"])

    def test_the_hand_over_of_the_first_hop_is_no_delivery(self):
        late = "late@customer.example"
        self.sink.refused[late] = LATER
        self.send("hop", [late])
        wait_for("a first try", lambda: self.postfix.lines(
            "status=deferred.*Greylisted"))
        self.sync()
        self.assertEqual(states(self.inlay, late), ["reserved"])
        self.sink.refused.clear()
        self.postfix.flush()
        self.sink.wait(1)
        self.settled()
        self.sync()
        self.assertEqual(states(self.inlay, late), ["delivered"])

    def test_what_bounced_may_be_shown_again(self):
        again = "moved@customer.example"
        self.sink.refused[again] = NOBODY
        self.send("moved-1", [again])
        wait_for("a bounce", lambda: self.postfix.lines(
            again + ".*status=bounced"))
        self.sync()
        self.sink.refused.clear()
        self.sink.take(0)
        self.send("moved-2", [again])
        self.assertIn(b"Block meadow", self.sink.wait(1)[0].data)

    def test_the_log_read_again_from_the_start_changes_nothing(self):
        self.send("again", ["again@customer.example"])
        self.sink.wait(1)
        self.settled()
        self.assertGreater(self.sync()["changed"], 0)
        self.assertEqual(self.sync("--restart")["changed"], 0)

    def test_a_rotated_log_is_read_to_its_end(self):
        rotated = "rotated@customer.example"
        self.sync()
        self.send("rotated", [rotated])
        self.sink.wait(1)
        self.settled()
        self.rotate()
        self.send("rotated-2", [rotated])
        self.sink.wait(2)
        self.settled()
        self.sync()
        self.assertEqual(states(self.inlay, rotated),
                         ["delivered", "delivered"])

    def test_mail_that_waits_through_a_rotation_is_known_again(self):
        waits = "waits@customer.example"
        self.sink.refused[waits] = LATER
        self.send("waits", [waits])
        wait_for("a first try", lambda: self.postfix.lines(
            waits + ".*status=deferred"))
        self.sync()
        self.rotate()
        self.sync()                     # and the note is of the new file
        self.sink.refused.clear()
        self.postfix.flush()
        self.sink.wait(1)
        self.settled()
        self.sync()
        self.assertEqual(states(self.inlay, waits), ["delivered"])

    def rotate(self):
        self.postfix.log.rename(str(self.postfix.log) + ".1")
        self.postfix.command("postfix", "-c", self.postfix.etc, "reload")
        self.postfix.connect().quit()       # something to write of
        wait_for("a new log", self.postfix.log.exists)

    def test_following_learns_while_mail_goes_out(self):
        followed = "followed@customer.example"
        follower = self.inlay.background("delivery", "sync", "--follow",
                                         "--log", self.postfix.log)
        self.addCleanup(follower.kill)
        self.send("followed", [followed])
        wait_for("the state", lambda: states(
            self.inlay, followed) == ["delivered"])
        self.assertEqual(follower.stop(), 0)


    def test_a_follower_that_is_killed_goes_on_where_it_was(self):
        killed = "killed@customer.example"

        def follow():
            follower = self.inlay.background("delivery", "sync", "--follow",
                                             "--log", self.postfix.log)
            self.addCleanup(follower.kill)
            return follower

        for turn in range(3):
            follower = follow()
            self.send("killed-%d" % turn, [killed])
            wait_for("the state", lambda: states(
                self.inlay, killed) == ["delivered"] * (turn + 1))
            follower.kill()
            self.send("dark-%d" % turn, ["d%d@customer.example" % turn])
            self.settled()
            self.rotate()
        follow()
        wait_for("the last", lambda: states(
            self.inlay, "d2@customer.example") == ["delivered"])
        self.assertEqual([states(self.inlay, "d%d@customer.example" % turn)
                          for turn in range(3)], [["delivered"]] * 3)


class Expiry(OnPostfix):
    main = "maximal_queue_lifetime = 3s\nbounce_queue_lifetime = 3s\n"

    def test_what_postfix_gives_up_has_failed(self):
        late = "never@customer.example"
        self.sink.refused[late] = LATER
        self.send("never", [late])
        wait_for("the end of patience", lambda: self.postfix.lines(
            "status=expired"))
        self.inlay.command("delivery", "sync", "--log", self.postfix.log)
        self.assertEqual(states(self.inlay, late), ["failed"])


class Report(OnPostfix):
    def test_the_bounce_of_a_real_postfix_is_understood(self):
        gone = "gone@customer.example"
        self.sink.refused[gone] = NOBODY
        self.send("gone", [gone])
        bounce = wait_for("the bounce", lambda: [
            mail for mail in self.sink.wait(1, 1)
            if mail.to == "news@shop.example"])[0]
        for _ in range(2):
            said = self.inlay.command("delivery", "report", "-",
                                      stdin=bounce.data)
            self.assertEqual(states(self.inlay, gone), ["bounced"], said)
        self.assertIn(b"1 reports read, 0 delivered, 0 bounced", said)


class Suppression(OnPostfix):
    """Who bounced is mailed no more: by a bounce of our own, or silently."""

    def load(self, bounces="", refuse="bounce"):
        folder = self.lab.dir
        (folder / "s.yaml").write_text(SCHEMA + bounces)
        (folder / "c.yaml").write_text(CAMPAIGN + "refuse: %s\n" % refuse)
        self.inlay.command("schema", "load", folder / "s.yaml")
        self.inlay.command("campaign", "load", folder / "c.yaml")

    def sync(self):
        self.inlay.command("delivery", "sync", "--log", self.postfix.log)

    def test_a_dead_address_is_refused_by_the_rule_and_no_living_one(self):
        dead = "dead@customer.example"
        policy = "policy@customer.example"
        self.load("bounces: {hard: 1}\n")
        self.sink.refused.update({dead: NOBODY,
                                  policy: "550 5.7.1 We dislike you"})
        self.send("dead-1", [dead, policy])
        notices = wait_for("the bounces", lambda: [
            mail for mail in self.sink.wait(2, 2)
            if mail.to == "news@shop.example"])
        self.sync()
        for notice in notices:          # the same bounces once more
            self.inlay.command("delivery", "report", "-", stdin=notice.data)
        self.sync()
        self.assertEqual(points(self.inlay, dead), ["5.1.1"])
        self.inlay.command("profile", "get", policy, status=67)
        self.sink.refused.clear()
        self.sink.take(0)
        self.send("dead-2", [dead, policy])
        wait_for("the refusal", lambda: self.postfix.lines(
            dead + ".*status=bounced.*550 5.7.1"))
        self.sync()
        self.assertEqual(points(self.inlay, dead), ["5.1.1"])
        self.assertEqual(states(self.inlay, policy)[-1:], ["delivered"])

    def test_a_refused_copy_vanishes_and_is_kept(self):
        gone, good = "gone2@customer.example", "good2@customer.example"
        self.load(refuse="discard")
        self.inlay.command("profile", "set", gone, "suppressed=yes")
        self.send("vanish", [gone, good])
        self.assertEqual(self.sink.wait(1)[0].to, good)
        wait_for("the line", lambda: self.inlay.lines(
            verdict="discarded", reason="suppressed"))
        wait_for("an empty queue", lambda: not self.postfix.queued())
        self.sync()
        self.assertEqual(states(self.inlay, gone), ["refused"])
        self.assertEqual(states(self.inlay, good), ["delivered"])
        self.assertEqual(len(self.sink.wait(1)), 1)     # nobody was told


class Sendmails(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("sendmail starts only as root")
        try:
            unpacked()
        except Trouble as trouble:
            raise unittest.SkipTest(str(trouble)) from trouble

    def setUp(self):
        self.lab = Lab().__enter__()
        self.addCleanup(self.lab.__exit__)
        ports = free_ports(3)
        catalog = write_catalog(self.lab.dir / "catalog")
        self.sink = self.lab.owns(Sink(ports[2]))
        self.inlay = self.lab.owns(Inlay(self.lab.dir / "inlay"))
        (catalog / "schema.yaml").write_text(SCHEMA + "bounces: {hard: 1}\n")
        self.inlay.command("schema", "load", catalog / "schema.yaml")
        self.inlay.command("block", "load", catalog / "blocks")
        self.inlay.command("campaign", "load", catalog / "campaign.yaml")
        self.sendmail = self.lab.owns(Sendmail(
            self.lab.dir, ports[:2], ports[2], self.inlay.milter,
            patience="4s"))

    def sync(self, *more):
        log = self.lab.dir / "both.log"
        log.write_text(self.sendmail.text())
        return json.loads(self.inlay.command(
            "delivery", "sync", "--log", log, "--json", *more))

    def reported(self, address, what):
        wait_for(what, lambda: re.search(
            "to=<%s>.*%s" % (address, what), self.sendmail.text()), 60)

    def test_the_log_of_sendmail_is_understood(self):
        good, bad, late = ("%s@customer.example" % word
                           for word in ("good", "bad", "late"))
        self.sink.refused.update({bad: NOBODY, late: LATER})
        self.sendmail.send(message("sendmail"), [good, bad, late])
        self.reported(good, "stat=Sent .*Ok")
        self.reported(bad, "stat=(User unknown|Service)")
        self.reported(late, "stat=Deferred: 4")
        self.sync()
        self.assertEqual(
            [states(self.inlay, who) for who in (good, bad, late)],
            [["delivered"], ["bounced"], ["reserved"]])
        wait_for("the end of patience", lambda: (
            "Cannot send message" in self.sendmail.text()))
        self.sync()
        self.assertEqual(states(self.inlay, late), ["failed"])
        self.assertEqual(self.sync("--restart")["changed"], 0)

    def test_a_dead_address_is_refused_and_no_living_one(self):
        dead, policy = ("%s@customer.example" % word
                        for word in ("dead", "policy"))
        self.sink.refused.update({dead: NOBODY,
                                  policy: "550 5.7.1 We dislike you"})
        self.sendmail.send(message("dead-1"), [dead, policy])
        # sendmail writes the same dsn= and stat= of both.
        self.reported(dead, "reply=550 5.1.1")
        self.reported(policy, "reply=550 5.7.1")
        self.sync()
        self.sync("--restart")          # the same bounces once more
        self.assertEqual(points(self.inlay, dead), ["5.1.1"])
        self.inlay.command("profile", "get", policy, status=67)
        self.sink.refused.clear()
        self.sink.take(0)
        self.sendmail.send(message("dead-2"), [dead, policy])
        wait_for("the refusal", lambda: re.search(
            "Milter: .*reject=550 5.7.1", self.sendmail.text()))
        wait_for("the living", lambda: [
            mail for mail in self.sink.wait(1) if mail.to == policy])
        self.reported(policy, "stat=Sent .*Ok")
        self.sync()
        self.assertEqual(points(self.inlay, dead), ["5.1.1"])
        self.assertEqual(states(self.inlay, policy)[-1:], ["delivered"])
