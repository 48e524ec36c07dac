"""What the shop's readers must get, worked out from the truth about them by
other code than Inlay's: after the manual pages, in the order of a decision."""

import dataclasses
import datetime

DAY = 86400
HALF_LIFE, LINEAR, NONE = "half_life", "linear", "none"


def fnv1a(data, value=0x811c9dc5):
    for byte in data.encode():
        value = (value ^ byte) * 0x01000193 % (1 << 32)
    return value


def bucket(seed, unit):
    return fnv1a(str(fnv1a(seed + unit))) % 10000 / 10000


def moment(day):
    """The first second of a day, in UTC."""
    return datetime.datetime.combine(
        day, datetime.time(), datetime.timezone.utc).timestamp()


@dataclasses.dataclass
class Source:
    weight: float
    decay: str = NONE
    period: float = 0
    fields: dict = dataclasses.field(default_factory=dict)

    def worth(self, field, age):
        weight = self.fields.get(field, self.weight) / 100
        periods = max(age, 0) / DAY / self.period if self.period else 0
        return weight * {HALF_LIFE: .5 ** periods, NONE: 1,
                         LINEAR: max(0, 1 - periods)}[self.decay]


@dataclasses.dataclass
class Schema:
    """classes: of each field; max_age: in days; ranks follow the order of
    sources."""
    classes: dict
    max_age: dict
    sources: dict
    unknown: Source
    min_trust: float

    def value(self, person, field, now):
        """What survives of all that was said and can be relied on, else
        None."""
        said = []
        for value, source, day in person.values.get(field, []):
            age = now - moment(day)
            if value is None or age > self.max_age.get(field, 1e9) * DAY:
                continue
            worth = self.sources.get(source, self.unknown).worth(field, age)
            rank = [*self.sources, source].index(source)
            said.append((worth, day, -rank, source, value))
        said = [one for one in said if one[0] > 0]
        if not said:
            return None
        best = max(said, key=lambda one: one[:3])[-1]
        doubt, heard = 1, {}
        for worth, _, _, source, value in said:
            if value == best:
                heard[source] = max(heard.get(source, 0), worth)
        for worth in heard.values():
            doubt *= 1 - worth
        return best if 1 - doubt >= self.min_trust - 1e-9 else None


@dataclasses.dataclass
class Block:
    """uses: fields without a default; test: of the fields that show."""
    name: str
    priority: float = 0
    uses: tuple = ()
    test: object = None

    def may(self, known):
        return (all(known.get(field) is not None for field in self.uses)
                and (self.test is None or self.test(known)))


@dataclasses.dataclass
class Campaign:
    name: str
    purpose: str
    permission: str
    arms: dict              # name: (share, classes that show)
    holdout: tuple = (0, "")
    segments: tuple = ()    # of (name, test)
    slots: dict = dataclasses.field(default_factory=dict)   # of Blocks
    outside: tuple = ()     # fields that the message itself shows
    variants: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Copy:
    refused: str = ""       # why there is none
    neutral: str = ""       # why it is neutral
    arm: str = ""
    segment: str = ""
    known: dict = dataclasses.field(default_factory=dict)
    blocks: dict = dataclasses.field(default_factory=dict)  # slot: name
    variants: dict = dataclasses.field(default_factory=dict)
    personal: bool = False


def consented(person, purpose, now):
    """Of all that was said before now the latest counts."""
    said = [one for one in person.consents.get(purpose, [])
            if moment(one[1]) < now]
    if not said:
        return False
    status, _, until = max(said, key=lambda one: one[1])
    return status in ("granted", "yes") and (
        until is None or moment(until) > now)


def refusal(person, campaign, now):
    for flag, word in (("suppressed", "suppressed"),
                       ("object_marketing", "objection")):
        if flag in person.flags:
            return word
    if not consented(person, campaign.permission, now):
        return "permission"
    return ""


def arm_of(person, campaign):
    share, seed = campaign.holdout
    if bucket(seed, person.address) < share:
        return "holdout"
    at, start = bucket(campaign.name, person.address), 0
    for name, (share, _) in campaign.arms.items():
        start += share
        if at < start - 1e-12:
            return name
    return name


def neutrality(person, campaign, arm, now):
    if person.flags & {"object_profiling", "restricted"}:
        return "objection"
    if not consented(person, campaign.purpose, now):
        return "consent"
    if arm == "holdout":
        return "holdout"
    return "" if campaign.arms[arm][1] else "control"


def variant(person, campaign, name):
    texts = campaign.variants[name]
    at = int(bucket("%s:%s" % (campaign.name, name), person.address)
             * (len(texts) + 1) + 1e-9)
    return texts[at] if at < len(texts) else ""


def copy_for(person, campaign, schema, now, seen=()):
    """The copy of one person, who has seen some blocks."""
    why = refusal(person, campaign, now)
    if why:
        return Copy(refused=why)
    arm = arm_of(person, campaign)
    copy = Copy(arm=arm, neutral=neutrality(person, campaign, arm, now))
    if not copy.neutral:
        shows = campaign.arms[arm][1]
        copy.known = {field: schema.value(person, field, now)
                      for field, kind in schema.classes.items()
                      if kind in shows}
        copy.variants = {name: variant(person, campaign, name)
                         for name in campaign.variants}
    copy.segment = next((name for name, test in campaign.segments
                         if test(copy.known)), "")
    for slot, blocks in campaign.slots.items():
        may = [] if copy.neutral else [
            block for block in blocks
            if block.name not in seen and block.may(copy.known)]
        may.sort(key=lambda block: -block.priority)
        copy.blocks[slot] = may[0].name if may else ""
    copy.personal = not copy.neutral and (
        any(copy.blocks.values()) or
        any(copy.known.get(field) is not None
            for field in campaign.outside))
    return copy


def reached(person, campaign, block, schema, now, seen=()):
    """Whether a mail of this one slot would show the block."""
    one = dataclasses.replace(campaign, slots={"": [block]})
    copy = copy_for(person, one, schema, now, seen)
    return not copy.refused and copy.blocks[""] == block.name
