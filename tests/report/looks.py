"""A campaign that enrols a few people every day for a month, and is looked at
on several days: what is fixed at the first look stays, and what happens at the
very ends of a window counts on one side of them alone."""
import json
import random

DAY = 86400
BEGIN = 1772355600           # 2026-03-01T09:00Z
DAYS = 30
PER_DAY = 90
WITHIN = 2 * DAY

CAMPAIGN = """id: drip
topic: light
arms:
  - {name: control, weight: 1, control: true}
  - {name: warm, weight: 1}
  - {name: cold, weight: 1}
measure: {goal: {event: purchase, within: 2d}, min_days: 2}
"""

# When somebody buys, in seconds after the enrolment, and whether it counts.
EDGES = ((-1, False), (0, True), (1, True), (WITHIN - 1, True),
         (WITHIN, False), (WITHIN + 1, False))


def everybody(seed=14):
    rng = random.Random(seed)
    for number in range(DAYS * PER_DAY):
        edge = EDGES[number % len(EDGES)]
        at = BEGIN + number // PER_DAY * DAY + rng.randrange(DAY // 2)
        yield {"address": "d%05d@lamps.example" % number, "at": at,
               "arm": rng.choice(["control", "warm", "cold"]),
               "eligible": rng.choice(["yes", "yes", "no"]),
               "segment": rng.choice(["loyal", "new"]),
               "bought": at + edge[0], "counts": edge[1]}


def lines(person):
    yield "\t".join(map(str, (
        person["address"], "E", person["at"], "drip", "light", 1,
        person["arm"], person["eligible"], person["segment"], "-",
        "delivered", "control" if person["arm"] == "control" else "decided",
        "-")))
    yield "\t".join(map(str, (
        person["address"], "R", person["bought"], "purchase", 20, "EUR", "-",
        "-", "-")))


def opening(people):
    """Who came on the first day, or on the next."""
    days = [person["at"] // DAY for person in people]
    return sum(day <= min(days) + 1 for day in days)


def check_look(store, check, everyone, day):
    at = BEGIN + day * DAY
    tree = json.loads(store.inlay("report", "drip", "--at", "@%d" % at,
                                  "--json"))
    seen = [one for one in everyone if one["at"] <= at]
    eligible = [one for one in seen if one["eligible"] == "yes"]
    what = "after %d days, " % day
    check(what + "enrolled", tree["people"]["enrolled"], len(seen))
    for rate in tree["goal"]["rates"]:
        closed = [one for one in eligible if one["arm"] == rate["arm"]
                  and one["at"] + WITHIN <= at]
        check(what + "of " + rate["arm"], rate["mean"]["n"], len(closed))
        check(what + "bought of " + rate["arm"], rate["mean"]["k"],
              sum(one["counts"] for one in closed))
    for comparison in tree["goal"]["comparisons"]:
        compared = [one for one in everyone if one["eligible"] == "yes"
                    and one["arm"] in ("control", comparison["arm"])]
        check(what + "tuned for " + comparison["arm"],
              comparison["planned"], max(opening(compared), 50))
    for part in tree["segments"]:
        compared = [one for one in everyone if one["eligible"] == "yes"
                    and one["segment"] == part["name"]]
        check(what + "tuned for " + part["name"],
              part["planned"], max(opening(compared), 50))
    return tree


def look(store, check):
    """A store that holds these people alone."""
    everyone = list(everybody())
    with open(store.path("drip.yaml"), "w") as out:
        out.write(CAMPAIGN)
    store.inlay("campaign", "load", store.path("drip.yaml"))
    # The store keeps people in no order of enrolment.
    mixed = random.Random(1).sample(everyone, len(everyone))
    store.put(line for person in mixed for line in lines(person))
    for day in (3, 10, 20, 29, 60):
        tree = check_look(store, check, everyone, day)
    check("in the end all are compared",
          sum(rate["mean"]["n"] for rate in tree["goal"]["rates"]),
          sum(one["eligible"] == "yes" for one in everyone))
