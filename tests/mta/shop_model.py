"""What the shop's readers must get, worked out from the truth about them by
other code than Inlay's: after the manual pages, in the order of a decision."""

import dataclasses
import datetime

DAY = 86400
INFINITE = float("inf")
COSTS = {"public": 0, "contextual": 1, "identifying": 2, "behavioural": 4}
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
    """uses: fields without a default; test: of the fields that show; shows:
    all fields that it asks for."""
    name: str
    priority: float = 0
    uses: tuple = ()
    test: object = None
    shows: tuple = ()
    utility: float = 1

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
    gains: object = None    # whether a person gains by personal mail
    points: float = INFINITE
    identifying: float = INFINITE


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
    return status in ("granted", "oui") and (
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
    if "restricted" in person.flags:
        return "restricted"
    if "object_profiling" in person.flags:
        return "objection"
    if not consented(person, campaign.purpose, now):
        return "consent"
    if arm == "holdout":
        return "holdout"
    if not campaign.arms[arm][1]:
        return "control"
    return "" if campaign.gains is None or campaign.gains(
        person, now) else "sensitivity"


def variant(person, campaign, name, arm):
    """Texts that all bear an arm's name are that arm's."""
    texts = campaign.variants[name]
    if set(texts) <= set(campaign.arms):
        return arm if arm in texts else ""
    at = int(bucket("%s:%s" % (campaign.name, name), person.address)
             * (len(texts) + 1) + 1e-9)
    return texts[at] if at < len(texts) else ""


@dataclasses.dataclass
class Piece:
    """What may go neutral by itself: a field outside of slots, or a slot."""
    utility: float
    fields: frozenset
    slot: str = ""


class Budget:
    """What one copy may show, and how it comes within that: the least useful
    piece goes first, of equals the later; its slot then shows its next block
    that fits beside all that stays."""

    def __init__(self, campaign, schema, copy):
        self.campaign, self.copy = campaign, copy
        self.classes = schema.classes

    def fits(self, pieces):
        kinds = [self.classes[field] for field in
                 frozenset().union(*(piece.fields for piece in pieces))]
        return (sum(COSTS[kind] for kind in kinds) <= self.campaign.points
                and sum(COSTS[kind] >= 2 for kind in kinds)
                <= self.campaign.identifying)

    def piece(self, utility, fields, slot=""):
        return Piece(utility, frozenset(
            field for field in fields
            if self.copy.known.get(field) is not None), slot)

    def block(self, slot, block):
        return self.piece(block.utility, block.shows, slot)

    def keep(self, options):
        """options: of each slot, what it may show, the best first."""
        copy, dropped = self.copy, {}
        pieces = [self.piece(1, [field]) for field in self.campaign.outside]
        pieces += [self.block(slot, may[0])
                   for slot, may in options.items() if may]
        pieces = [piece for piece in pieces if piece.fields]
        asked = pieces[:]
        while pieces and not self.fits(pieces):
            least = min(reversed(pieces), key=lambda piece: piece.utility)
            pieces.remove(least)
            if least.slot:
                dropped[least.slot] = options[least.slot][0]
        slots = list(options)
        first = min([slots.index(slot) for slot in dropped],
                    default=len(slots))
        for slot in slots[first:]:
            pieces = [piece for piece in pieces if piece.slot != slot]
            may = [block for block in options[slot]
                   if block is not dropped.get(slot)
                   and self.fits([*pieces, self.block(slot, block)])]
            copy.blocks[slot] = may[0].name if may else ""
            pieces += [self.block(slot, block) for block in may[:1]]
        shown = frozenset().union(*(piece.fields for piece in pieces))
        lost = frozenset().union(*(piece.fields for piece in asked)) - shown
        copy.known = {field: value for field, value in copy.known.items()
                      if field not in lost}
        return bool(shown)


def segment_of(person, campaign, schema, now, neutral):
    """The person's, whatever the arm lets a copy see: arms are compared by it.
    Where the data may not be used it is that of somebody without any."""
    known = {}
    if neutral not in ("restricted", "objection", "consent"):
        known = {field: schema.value(person, field, now)
                 for field, kind in schema.classes.items()
                 if kind != "special"}
    return next((name for name, test in campaign.segments
                 if test(known)), "")


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
    rotates = copy.neutral in ("", "sensitivity")
    if rotates:
        copy.variants = {name: variant(person, campaign, name, arm)
                         for name in campaign.variants}
    copy.segment = segment_of(person, campaign, schema, now, copy.neutral)
    options = {slot: sorted(
        (block for block in blocks if rotates and block.name not in seen
         and block.may(copy.known)), key=lambda block: -block.priority)
        for slot, blocks in campaign.slots.items()}
    copy.blocks = {slot: may[0].name if may else ""
                   for slot, may in options.items()}
    shown = Budget(campaign, schema, copy).keep(options)
    copy.personal = not copy.neutral and (
        shown or any(copy.blocks.values()))
    return copy


def reached(person, campaign, block, schema, now, seen=()):
    """Whether a mail of this one slot would show the block."""
    one = dataclasses.replace(campaign, slots={"": [block]}, outside=())
    copy = copy_for(person, one, schema, now, seen)
    return not copy.refused and copy.blocks[""] == block.name
