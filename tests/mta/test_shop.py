"""A shop plays through its autumn: two thousand dirty readers are loaded,
checked, mailed through Debian's Postfix with the shipped recipe, mailed again,
and asked about. Every number is worked out from the truth about the readers by
shop_model.py, which knows nothing of Inlay's code."""

import collections
import datetime
import json
import random
import re
import time
import unittest

import box
import postfix_box
import shop
from box import INSIDE
from dkim_check import Opendkim, dkimpy
from lab import Lab, Trouble
from postfix_box import PostfixBox
from shop import LETTER, MEETING, SCHEMA, SUITE, UNE
from shop_copy import HEADS, Letter, simple
from shop_model import Block, copy_for, reached

SENDER = "bonjour@shop.example"
STRANGERS = ["passant%d@ailleurs.example" % number for number in range(3)]
NOBODY = "550 5.1.1 No such user"
REFUSED = {
    "this person has not consented to such mail: lettre": "permission",
    "this person objected to marketing": "objection",
    "the address is suppressed": "suppressed",
}
# Too early, too late, of another topic.
NEVER = [Block(name, test=lambda known: False)
         for name in ("une_noel", "une_solde", "une_club")]
BLOCKS = UNE + SUITE + NEVER
NEUTRAL = {
    "this person has not consented": "consent",
    "this person objected to profiling": "objection",
    "the use of this person's data is restricted": "restricted",
    "this person is in the control arm, kept neutral to compare with":
        "control",
    "this person is in the global holdout, kept neutral to compare with":
        "holdout",
}


def count(values):
    return dict(collections.Counter(value for value in values if value))


class Shop:
    """The readers, what is known of them here, and what each must get."""

    def __init__(self, lab):
        self.today = datetime.datetime.now(datetime.timezone.utc).date()
        self.now = time.time()
        writer = shop.Writer(self.today).all()
        self.rows, self.people = writer.rows, writer.people
        self.file = lab.dir / "lecteurs.csv"
        writer.write(self.file)
        self.catalog = shop.catalog(lab.dir / "shop", self.today)
        self.random = random.Random(shop.SEED)

    def copies(self, campaign=LETTER, seen=None):
        return {address: copy_for(person, campaign, SCHEMA, self.now,
                                  (seen or {}).get(address, ()))
                for address, person in self.people.items()}

    def message(self, number):
        path = self.catalog / ("lettre-%d.eml" % number)
        path.write_bytes(shop.letter(self.catalog, number))
        return path

    def reached(self, campaign, block, seen):
        return {address for address, person in self.people.items()
                if reached(person, campaign, block, SCHEMA, self.now,
                           seen.get(address, ()))}


class Played:
    """All that happened, for the tests to look at."""

    def __init__(self, lab):
        self.box = PostfixBox(lab, box.readme_commands("Postfix"))
        self.inlay, self.sink = self.box.inlay, self.box.sink
        self.shop = Shop(lab)
        token = lab.dir / "token"
        token.touch(mode=0o600)
        token.write_bytes(bytes(range(32)))
        with self.inlay.conf.open("a") as conf:
            conf.write("token-key = k %s\n" % token)
        self.judge = Opendkim(self.inlay.records, lab.dir)
        self.load()
        self.seen = {}
        self.prepare()
        self.inlay.start()
        self.first()
        self.second()
        self.third()

    def ask(self, *words, status=0):
        return json.loads(self.inlay.command(*words, "--json", status=status))

    def load(self):
        files = self.shop.catalog
        for words in (("schema", "load", files / "schema.yaml"),
                      ("table", "load", files / "accords.csv"),
                      ("block", "load", files / "blocs"),
                      ("campaign", "load", files / "rentree.yaml",
                       files / "club.yaml")):
            self.inlay.command(*words)
        self.loaded = self.ask("profile", "load", self.shop.file, *shop.LOAD,
                               status=65)
        self.again = self.ask("profile", "load", self.shop.file, *shop.LOAD,
                              "--max-bad", "10", "--restart")

    def prepare(self):
        message = self.shop.message(1)
        self.lint = self.ask("campaign", "lint", "rentree", "--message",
                             message)
        self.check = self.ask("check", message)
        self.check_club = self.ask("check", self.shop.catalog / "club.eml")
        self.reach = self.reach_all()
        self.sample = self.shop.random.sample(sorted(self.shop.people), 60)
        self.previews = {address: self.preview(message, address)
                         for address in self.sample}

    def preview(self, message, address):
        expected = self.shop.copies(seen=self.seen)[address]
        return self.ask("preview", message, "--to", address, "--why",
                        status=67 if expected.refused else 0)

    def reach_all(self):
        return {block.name: {json.loads(line) for line in self.inlay.command(
            "exposure", "reach", "--campaign", "rentree", "--block",
            block.name, "--json").splitlines()} for block in BLOCKS}

    def mail(self, number, people):
        """One mailing; the letters, and the reports that marketing got."""
        mail, reports = self.send(self.shop.message(number).read_bytes(),
                                  people)
        return [Letter(one) for one in mail], reports

    def send(self, message, people):
        code, text = self.box.send(message, people, sender=SENDER)
        if code != 250:
            raise Trouble("Postfix said %d %s" % (code, text))
        self.box.empty(240)
        mail = self.sink.take(0)
        return ([one for one in mail if one.sender],
                [one for one in mail if not one.sender])

    def sync(self):
        self.inlay.command("delivery", "sync", "--log", "/var/log/mail.log")
        return [json.loads(line) for line in self.inlay.command(
            "exposure", "export", "--campaign", "rentree").splitlines()]

    def first(self):
        shop_ = self.shop
        self.expected = shop_.copies()
        self.gone = shop_.random.sample(sorted(
            address for address, copy in self.expected.items()
            if copy.blocks.get("une") and copy.blocks["suite"]), 3)
        self.sink.refused.update((one, NOBODY) for one in self.gone)
        self.letters, self.reports = self.mail(
            1, [*shop_.people, *STRANGERS])
        self.sink.refused.clear()
        self.exposures = self.sync()
        for letter in self.letters:
            blocks = self.expected[letter.to].blocks.values()
            self.seen[letter.to] = {name for name in blocks if name}

    def second(self):
        shop_ = self.shop
        self.again_to = shop_.random.sample(sorted(self.seen), 400)
        self.expected_again = shop_.copies(seen=self.seen)
        self.reach_again = self.reach_all()
        self.letters_again, _ = self.mail(2, self.again_to)
        self.exposures_again = self.sync()

    def third(self):
        """The club writes to those who have had both."""
        again = self.expected_again
        both = {to: self.seen[to].union(again[to].blocks.values())
                for to in self.again_to}
        self.expected_club = self.shop.copies(MEETING, both)
        path = self.shop.catalog / "club.eml"
        self.club, _ = self.send(path.read_bytes().replace(b"\n", b"\r\n"),
                                 self.again_to)


class Play(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab().__enter__()
        cls.addClassCleanup(cls.lab.__exit__)
        cls.play = Played(cls.lab)
        cls.shop = cls.play.shop

    def test_every_row_is_loaded_or_told(self):
        play, rows = self.play, self.shop.rows
        bad = 2 * len(shop.BAD_ADDRESSES)
        self.assertEqual(
            [play.loaded[key] for key in ("rows", "bad", "changed",
                                          "respelled")],
            [len(rows), bad, len(rows) - bad, shop.TWICE])
        self.assertEqual([play.again["bad"], play.again["changed"]],
                         [bad, 0])
        self.assertEqual(
            play.loaded["invalid_values"],
            sum(value is None for person in self.shop.people.values()
                for said in person.values.values() for value, _, _ in said))

    def counted(self, check, copies):
        """The numbers of check are those of the model."""
        copies = copies.values()
        sent = [copy for copy in copies if not copy.refused]
        self.assertEqual(
            [check[key] for key in ("people", "rendered", "neutral",
                                    "refused", "broken")],
            [len(copies), len(sent), sum(bool(copy.neutral) for copy in sent),
             len(copies) - len(sent), 0])
        self.assertEqual(check["verdict"]["personal"],
                         sum(copy.personal for copy in copies))
        self.assertEqual({REFUSED[why]: number for why, number
                          in check["refusals"].items()},
                         count(copy.refused for copy in copies))
        self.assertEqual(check["arms"], count(copy.arm for copy in sent))
        self.assertEqual(check["segments"],
                         count(copy.segment for copy in sent))
        self.assertEqual(
            {NEUTRAL[cost["text"]]: cost["people"] for cost in check["costs"]
             if cost["rule"] == "neutral"},
            count(copy.neutral for copy in sent))

    def test_check_counts_what_the_people_are(self):
        self.counted(self.play.check, self.shop.copies())
        self.counted(self.play.check_club, self.shop.copies(MEETING))
        self.assertEqual(self.play.check["stops"], [])
        self.assertEqual(self.play.lint["stops"], [])

    def test_reach_names_those_who_would_be_shown_the_block(self):
        for found, seen in ((self.play.reach, {}),
                            (self.play.reach_again, self.play.seen)):
            for block in BLOCKS:
                with self.subTest(block.name, seen=bool(seen)):
                    self.assertEqual(
                        found[block.name],
                        self.shop.reached(LETTER, block, seen))

    def test_preview_tells_what_the_mail_then_shows(self):
        for address, told in self.play.previews.items():
            copy = self.play.expected[address]
            with self.subTest(address):
                if copy.refused:
                    self.assertEqual(told["reason"], copy.refused)
                    continue
                self.assertEqual(told["arm"], copy.arm)
                whole = told["why"][0]
                self.assertEqual((whole["kind"], whole["reason"]),
                                 ("copy", copy.neutral))
                for line in told["why"]:
                    if line["kind"] == "option" and not copy.neutral:
                        may = address in self.play.reach[line["subject"]]
                        self.assertEqual(
                            line["yes"] or line["reason"] == "rank", may,
                            line)

    def test_each_reader_got_one_letter_as_the_model_says(self):
        for letters, expected, people in (
                (self.play.letters, self.play.expected, self.shop.people),
                (self.play.letters_again, self.play.expected_again,
                 self.play.again_to)):
            wanted = [to for to in people if not expected[to].refused
                      and (expected is not self.play.expected
                           or to not in self.play.gone)]
            self.assertEqual(sorted(letter.to for letter in letters),
                             sorted(wanted))
            for letter in letters:
                self.assertEqual(letter.differs(expected[letter.to]), [],
                                 letter.to)
                self.assertEqual(letter.disagrees(), [], letter.to)

    def test_no_block_comes_twice(self):
        first = {letter.to: letter for letter in self.play.letters}
        for letter in self.play.letters_again:
            for one, other in ((first[letter.to].head, letter.head),
                               (first[letter.to].offer, letter.offer)):
                if one not in ("La lettre du port",
                               "Tous nos rayons vous attendent."):
                    self.assertNotEqual(one, other, letter.to)

    def test_another_campaign_knows_what_was_seen(self):
        play = self.play
        self.assertEqual(sorted(copy.to for copy in play.club),
                         sorted(play.again_to))
        for copy in play.club:
            expected = play.expected_club[copy.to]
            known, block = expected.known, expected.blocks["une"]
            self.assertEqual(
                copy.message["Subject"], "Le club des lecteurs"
                + ", carte Phare" * (known.get("carte") == "phare"), copy.to)
            text = simple(copy.message.get_content())
            head = simple({**HEADS, "une_club": lambda _: "Le club vous "
                           "attend", "": lambda _: "Le club, c'est le mardi"
                           }[block](known))
            self.assertIn("bonjour %s," % (known.get("prenom") or
                          "lecteur du port").casefold(), text, copy.to)
            self.assertIn(head, text, copy.to)

    def test_every_signature_holds_twice(self):
        for letter in (self.play.letters + self.play.letters_again
                       + self.play.club):
            self.assertEqual(dkimpy(letter.data, self.play.inlay.records),
                             (2, 2), letter.to)
            self.assertEqual(self.play.judge.verify(letter.data), (2, 2),
                             letter.to)

    def test_nothing_of_the_template_is_left(self):
        for letter in self.play.letters + self.play.letters_again:
            for word in (letter.subject, letter.text, letter.html):
                self.assertNotRegex(word, r"\{\{|\{%|profile\.")
            self.assertNotIn(b"X-Inlay-", letter.data)
            self.assertEqual(letter.attachment, b"%PDF-1.4\n"
                             b"%des rencontres au port\n%%EOF\n")

    def test_one_click_leads_to_the_reader(self):
        letters = self.play.letters
        for letter in letters:
            self.assertEqual(letter.mail["List-Unsubscribe-Post"],
                             "List-Unsubscribe=One-Click")
            self.assertEqual(letter.mail["Feedback-ID"],
                             "rentree:lecture:mail:duport")
            token = re.search(r"https://shop.example/d/(\S+)",
                              letter.text)[1]
            self.assertIn(token, letter.mail["List-Unsubscribe"])
            self.assertIn(token, letter.html)
        told = self.play.inlay.command("token", "verify", token).decode()
        self.assertIn(letters[-1].to, told)

    def test_exposures_are_the_mail_that_was_delivered(self):
        play = self.play
        sent = [to for to, copy in play.expected.items() if not copy.refused]
        refused = [entry for entry in play.exposures
                   if entry["state"] == "refused"]
        shown = [entry for entry in play.exposures
                 if entry["state"] != "refused"]
        states = {entry["email"]: entry["state"] for entry in shown}
        self.assertEqual(len(shown), len(sent))
        self.assertEqual(states, {to: "bounced" if to in play.gone
                                  else "delivered" for to in sent})
        self.assertEqual(sum(entry["state"] != "refused"
                             for entry in play.exposures_again),
                         len(sent) + len(play.letters_again))
        # Others are refused before anybody knows which campaign it is.
        self.assertEqual(
            {entry["email"] for entry in refused if entry["email"]},
            {to for to, copy in play.expected.items()
             if copy.refused == "permission"})
        self.assertEqual(sum(not entry["email"] for entry in refused),
                         len(STRANGERS))
        for entry in refused:
            self.assertEqual((entry["slots"], entry["eligible"]), ([], False))
            self.assertTrue(entry["arm"])
        for entry in shown:
            copy = play.expected[entry["email"]]
            self.assertEqual(entry["arm"], copy.arm)
            self.assertEqual(
                {slot["slot"]: slot.get("block", "")
                 for slot in entry["slots"] if "slot" in slot}, copy.blocks)

    def test_who_has_seen_a_block(self):
        for block in BLOCKS:
            told = self.play.inlay.command(
                "exposure", "who", "--block", block.name).decode()
            self.assertEqual(
                set(re.findall(r"lecteur\d+@\S+\b", told)),
                {letter.to for letters, expected in (
                    (self.play.letters, self.play.expected),
                    (self.play.letters_again, self.play.expected_again),
                    (self.play.club, self.play.expected_club))
                 for letter in letters
                 if block.name in expected[letter.to].blocks.values()})

    def test_marketing_is_told_who_got_nothing(self):
        text = "".join(report.data.decode() for report in self.play.reports)
        failed = set(re.findall(r"(?m)^Final-Recipient: rfc822; *(\S+)",
                                text.replace("\r", "")))
        refused = {to for to, copy in self.play.expected.items()
                   if copy.refused}
        self.assertEqual(failed,
                         refused | set(self.play.gone) | set(STRANGERS))

    def test_the_report_of_a_bounce_says_what_the_log_said(self):
        for report in self.play.reports:
            told = self.play.inlay.command("delivery", "report", "-",
                                           stdin=report.data)
            self.assertNotIn(b"1 bounced", told)
        for address in self.play.gone:
            self.assertEqual(
                [entry["state"] for entry
                 in self.play.inlay.exposures(address)], ["bounced"])

    def test_zz_the_erased_stay_away(self):
        inlay, who = self.play.inlay, self.play.again_to[0]
        told = json.loads(inlay.command("privacy", "export", who))
        self.assertEqual(told["profile"]["email"], who)
        self.assertEqual(len(told["history"]["exposures"]), 3)
        inlay.command("privacy", "erase", who)
        again = self.play.ask("profile", "load", self.shop.file, *shop.LOAD,
                              "--restart", "--max-bad", "10")
        self.assertEqual([again["changed"], again["erased"]], [0, 1])
        inlay.command("profile", "get", who, status=67)
        letters, _ = self.play.mail(3, [who])
        self.assertEqual(letters, [])


class TheShop(unittest.TestCase):
    def test_a_shop_of_two_thousand_readers_is_played_through(self):
        why = box.missing() or postfix_box.missing()
        if why:
            self.skipTest(why)
        box.outside(self, "test_shop", "Play")


def load_tests(loader, _tests, _pattern):
    return unittest.TestSuite(loader.loadTestsFromTestCase(
        Play if INSIDE else TheShop))
