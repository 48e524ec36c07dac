"""Two thousand people, three mailings of one template through real Postfix,
and the hash that says who gets what computed a second time, here."""

import collections
import csv
import io
import json
import os
import random
import re
import unittest
from concurrent.futures import ThreadPoolExecutor

import postfix
from lab import Lab, wait_for
from mailing import message
from scene import Scene

PEOPLE = 2000
AT_ONCE = 500           # recipients of one transaction
MAILINGS = ("first", "second", "third")
EXPLAINED = 5           # one in so many; EXPLAIN=1 takes them all
PAST = "2026-01-01T00:00:00Z"

SCHEMA = """\
fields:
  language: {type: string, class: public}
  tier: {type: string, class: contextual, values: [tier-gold, tier-basic]}
  first_name: {type: string, class: identifying, placeholders: [test]}
  product: {type: string, class: behavioural}
sources:
  shop: {weight: 90}
  form: {weight: 30}
"""

# Segment copies see public and contextual fields, the others all or none.
ARMS = (("personal", 0.5, "individual"), ("warm", 0.3, "segment"),
        ("control", 0.2, "neutral"))
HOLDOUT = 0.1

CAMPAIGN = """\
id: spring
topic: outdoor
seed: spring-seed
purpose: offers
missing: blank
holdout: {share: %g, seed: year}
arms:
%s""" % (HOLDOUT, "".join(
    "  - {name: %s, weight: %g, intensity: %s%s}\n" % (
        *arm, ", control: true" if arm[0] == "control" else "")
    for arm in ARMS))

BLOCKS = {name: """\
---
pool: heroes
priority: %d
---
<p>[hero=%s]</p>
--- text
[hero=%s]
""" % (priority, name, name) for priority, name in ((2, "meadow"),
                                                    (1, "railway"))}

TEMPLATE = """\
[name={{ profile.first_name | default: "" }}]
[tier={{ profile.tier | default: "" }}]
[product={{ profile.product | default: "" }}]
[language={{ profile.language | default: "" }}]
{% slot "hero", pool: "heroes" %}{% else %}[hero=]{% endslot %}
{% slot "tip" %}
{% option "rope" if profile.tier == "tier-gold" %}[tip=rope]
{% option "boots" %}[tip=boots]
{% option "map", block: "map" %}
{% else %}[tip=]{% endslot %}
"""

MAP = "---\npriority: -1\ncap: 1\n---\n[tip=map]\n--- text\n[tip=map]\n"


def fnv1a32(text):
    value = 0x811c9dc5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xffffffff
    return value


def bucket(seed, unit):
    return fnv1a32(str(fnv1a32(seed + unit))) % 10000 / 10000


def arm_of(address):
    """The arm that the hash gives this address."""
    if bucket("year", address) < HOLDOUT:
        return "holdout"
    end, mine = 0.0, bucket("spring-seed", address)
    for name, share, _ in ARMS:
        end += share
        if mine < end:
            return name
    raise AssertionError("the shares do not add up")


def invent(count):
    """People of every kind: complete, patchy, objecting, refusing."""
    dice = random.Random(6)
    people = {}
    for i in range(count):
        people["p%d@customer.example" % i] = {
            "first_name": dice.choice(("Name%d" % i, "Name%d" % i, "test", "")),
            "tier": dice.choice(("tier-gold", "tier-basic", "")),
            "product": dice.choice(("product%d" % i, "")),
            "language": dice.choice(("lang-de", "lang-fr")),
            "object_profiling": "yes" if dice.random() < .05 else "",
            "object_marketing": "yes" if dice.random() < .01 else "",
            "consent.offers": "yes" if dice.random() < .9 else "no",
            "source": "shop" if dice.random() < .9 else "form",
        }
    return people


def as_csv(people):
    text = io.StringIO()
    columns = ["email"] + list(next(iter(people.values())))
    rows = csv.DictWriter(text, columns, lineterminator="\n")
    rows.writeheader()
    for address, person in people.items():
        rows.writerow({"email": address, **person})
    return text.getvalue().encode()


def shown(copy):
    """What the marks in a copy say; text and HTML must say the same."""
    mail = copy.message
    parts = [dict(re.findall(r"\[(\w+)=([^\]]*)\]",
                             mail.get_body((kind,)).get_content()))
             for kind in ("plain", "html")]
    if parts[0] != parts[1]:
        raise AssertionError("%s: %s in text, %s in HTML" % (
            copy.to, *parts))
    return parts[0]


class Decision(unittest.TestCase):
    """The mailings go out once; each test looks at what arrived."""

    @classmethod
    def setUpClass(cls):
        if postfix.missing():
            raise unittest.SkipTest(postfix.missing())
        cls.lab = Lab().__enter__()
        cls.addClassCleanup(cls.lab.__exit__)
        cls.scene = Scene(cls.lab, keys=())
        cls.people = invent(PEOPLE)
        cls.load(cls.lab.dir)
        cls.scene.inlay.start()
        cls.mailed = [address for address, person in cls.people.items()
                      if not person["object_marketing"]]
        cls.copies = [cls.mail(name) for name in MAILINGS]
        cls.exposures = collections.defaultdict(list)
        for line in cls.scene.inlay.command(
                "exposure", "export").decode().splitlines():
            exposure = json.loads(line)
            cls.exposures[exposure["email"]].append(exposure)

    @classmethod
    def load(cls, folder):
        inlay = cls.scene.inlay
        inlay.command("schema", "load", "-", stdin=SCHEMA.encode())
        inlay.command("campaign", "load", "-", stdin=CAMPAIGN.encode())
        for name, text in (*BLOCKS.items(), ("map", MAP)):
            (folder / (name + ".html")).write_text(text)
            inlay.command("block", "load", folder / (name + ".html"))
        inlay.command("profile", "load", "-", "--observed-at", PAST,
                      stdin=as_csv(cls.people))

    @staticmethod
    def template(name):
        return message(name, text=TEMPLATE, html=TEMPLATE,
                       subject="Spring")

    @classmethod
    def mail(cls, name):
        """One mailing to all; {address: marks} of what arrived."""
        everybody = list(cls.people)
        for at in range(0, PEOPLE, AT_ONCE):
            cls.scene.postfix.send(cls.template(name),
                                   everybody[at:at + AT_ONCE])
        def arrived():
            # The bounces of the refused have no sender.
            copies = [copy for copy in cls.scene.sink.wait(0) if copy.sender]
            return len(copies) >= len(cls.mailed) and copies

        copies = wait_for("the mailing", arrived, 120, 0.1)
        cls.scene.sink.take(0)
        return {copy.to: shown(copy) for copy in copies}

    def neutral(self, address):
        """Whether every copy of this person must be the neutral one."""
        person = self.people[address]
        return (arm_of(address) in ("holdout", "control")
                or person["object_profiling"] == "yes"
                or person["consent.offers"] == "no")

    def test_everybody_who_may_be_mailed_is_and_nobody_else(self):
        for copies in self.copies:
            self.assertEqual(set(copies), set(self.mailed))

    def test_arms_are_exactly_what_the_hash_says(self):
        expected = collections.Counter(map(arm_of, self.mailed))
        self.assertEqual(set(expected), {"personal", "warm", "control",
                                         "holdout"})
        for i, _ in enumerate(MAILINGS):
            self.assertEqual(expected, collections.Counter(
                self.exposures[address][i]["arm"]
                for address in self.mailed))
        for address in self.mailed:
            self.assertEqual(
                [one["arm"] for one in self.exposures[address]],
                [arm_of(address)] * len(MAILINGS))

    def test_control_holdout_and_objectors_get_the_neutral_copy(self):
        neutral = dict.fromkeys(("name", "tier", "product", "hero", "tip"),
                                "")
        some = 0
        for address in filter(self.neutral, self.mailed):
            for copies in self.copies:
                marks = dict(copies[address])
                del marks["language"]           # public
                self.assertEqual(marks, neutral)
                some += 1
        self.assertGreater(some, PEOPLE)

    def test_no_arm_sees_more_than_its_intensity(self):
        seen = collections.defaultdict(set)
        for copies in self.copies:
            for address, marks in copies.items():
                seen[arm_of(address)] |= {field for field, value
                                          in marks.items() if value}
                person = self.people[address]
                for field, known in (("name", "first_name"),
                                     ("tier", "tier"),
                                     ("product", "product")):
                    # Somebody else's, or nobody's.
                    self.assertIn(marks[field], ("", person[known]))
                    if person["source"] == "form":      # not trusted
                        self.assertEqual(marks[field], "")
                self.assertNotEqual(marks["name"], "test")
        self.assertLessEqual({"name", "tier", "product"}, seen["personal"])
        self.assertIn("tier", seen["warm"])
        self.assertFalse(seen["warm"] & {"name", "product"})
        self.assertFalse(seen["control"] & {"name", "product", "tier"})
        self.assertFalse(seen["holdout"] & {"name", "product", "tier"})

    def test_nobody_sees_a_block_twice_until_the_pool_is_exhausted(self):
        for address in self.mailed:
            if self.neutral(address):
                continue
            self.assertEqual([copies[address]["hero"]
                              for copies in self.copies],
                             ["meadow", "railway", ""])
            tips = [copies[address]["tip"] for copies in self.copies]
            gold = (self.people[address]["tier"] == "tier-gold"
                    and self.people[address]["source"] == "shop")
            self.assertEqual(tips, ["rope", "boots", "map"] if gold
                             else ["boots", "map", ""])

    def test_each_exposure_says_what_the_copy_showed(self):
        for address in self.mailed:
            for copies, exposure in zip(self.copies,
                                        self.exposures[address]):
                slots = {slot["slot"]: slot["option"]
                         for slot in exposure["slots"]}
                self.assertEqual(
                    {"hero": copies[address]["hero"],
                     "tip": copies[address]["tip"]},
                    {"hero": slots.get("hero") or "",
                     "tip": slots.get("tip") or ""})

    def explain(self, file, address):
        said = json.loads(self.scene.inlay.command(
            "preview", file, "--to", address, "--why", "--json"))
        if said["verdict"] != "replayed":
            return "%s: %s" % (address, said["verdict"])
        lines = {(line["kind"], line.get("of", ""), line["subject"]): line
                 for line in said["why"]}
        return {"arm": lines["arm", "", said["arm"]]["text"],
                "eligible": lines["compare", "", "eligible"]["yes"],
                "copy": next(line["text"] for line in said["why"]
                             if line["kind"] == "copy"),
                "fields": {subject: line["yes"] for (kind, _, subject), line
                           in lines.items() if kind == "field"},
                "slots": {subject: line["text"] for (kind, _, subject), line
                          in lines.items() if kind == "slot"},
                "options": [line for line in said["why"]
                            if line["kind"] == "option"]}

    def test_why_explains_each_exposure_on_replay(self):
        every = 1 if os.environ.get("EXPLAIN") else EXPLAINED
        for number, name in enumerate(MAILINGS):
            file = self.lab.dir / (name + ".eml")
            file.write_bytes(self.template(name))
            asked = self.mailed[number::every * len(MAILINGS)
                                if every > 1 else 1]
            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(
                    lambda address: self.explain(file, address), asked))
            for address, said in zip(asked, answers):
                self.check_explained(address, self.copies[number][address],
                                     said)
                self.assertEqual(
                    said["eligible"],
                    self.exposures[address][number]["eligible"])

    def check_explained(self, address, marks, said):
        self.assertIsInstance(said, dict, said)
        arm = arm_of(address)
        self.assertIn("%.4f" % bucket(
            "year" if arm == "holdout" else "spring-seed", address),
            said["arm"])
        for slot in ("hero", "tip"):
            self.assertIn("shows " + (marks[slot] or "the neutral text"),
                          said["slots"][slot])
        for option in said["options"]:
            self.assertTrue(option["yes"] or option["reason"], option)
            self.assertTrue(option["text"])
        if self.neutral(address):
            self.assertFalse(any(said["fields"].values()), said)
        for mark, field in (("name", "first_name"), ("tier", "tier"),
                            ("product", "product")):
            self.assertEqual(bool(marks[mark]), said["fields"][field])
