"""Generated people of a shop that sells lamps: what two campaigns sent them,
and what they did. The same seed makes the same people."""
import random

DAY = 86400
BEGIN = 1772355600           # 2026-03-01T09:00Z
NOW = "2026-04-20T00:00:00Z"

CAMPAIGNS = {
    "lamps.yaml": """id: lamps
topic: light
about: Spring lamps, with what suits one's rooms
arms:
  - {name: control, weight: 1, control: true}
  - {name: warm, weight: 1}
holdout: {seed: year, share: 5%}
measure:
  goal:  {event: purchase, within: 14d}
  also:  [{event: purchase, value: true, within: 14d, cap: 300}, {event: click, within: 3d}]
  guard: [{event: unsubscribe, within: 30d}, {event: complaint, within: 30d}]
  min_days: 7
costs: {margin: 0.4, loss: 60, complaint: 5, send: 0.0004, content_hours: 12,
  content_rate: 45, setup_hours: 3, setup_rate: 60, fixed: 120, brand: 50}
""",
    "shades.yaml": """id: shades
topic: light
arms:
  - {name: plain, weight: 2, control: true}
  - {name: bright, weight: 1}
  - {name: dim, weight: 1}
holdout: {seed: year, share: 5%}
measure: {goal: {event: purchase, within: 10d}}
""",
}


def exposures(rng, person):
    """Up to three: lamps twice, then shades, often while the window of the
    first is open."""
    out = []
    arm = "holdout" if person["held"] else person["arm"]
    start = BEGIN + rng.randrange(5 * DAY)
    for nth, (campaign, arm, at) in enumerate([
            ("lamps", arm, start),
            ("lamps", arm, start + 7 * DAY),
            ("shades", "holdout" if person["held"] else person["second"],
             start + rng.choice([10, 20]) * DAY)]):
        state = rng.choices(["delivered", "reserved", "bounced"],
                            [90, 7, 3])[0]
        shown = person["eligible"] == "yes" and arm in ("warm", "bright",
                                                        "dim")
        reason = ("holdout" if person["held"] else
                  "control" if arm in ("control", "plain") else "decided")
        block = rng.choice(["hero", "hero", "sofa"]) if shown else "-"
        out.append((at, campaign, arm, state, reason, block))
    return out


def responses(rng, person, sent):
    first = sent[0][0]
    lift = 0.07 if person["eligible"] == "yes" and \
        person["arm"] == "warm" and not person["held"] else 0
    out = []
    for base, at in ((0.10, first - 30 * DAY), (0.10 + lift, first)):
        if rng.random() < base:
            when = at + rng.randrange(14 * DAY)
            out.append((when, "purchase", "%.2f" % rng.uniform(5, 500),
                        "EUR", "-"))
            if rng.random() < 0.1:
                out.append((when + DAY, "refund", "5.00", "EUR", "-"))
    for nth, (at, campaign, arm, state, _, _) in enumerate(sent):
        if rng.random() < 0.15:
            out.append((at + rng.randrange(2 * DAY), "click", "0", "-", nth))
        if rng.random() < 0.05:
            out.append((at + 1, "click", "0", "-", nth, "scanner"))
    if rng.random() < 0.03:
        out.append((first + rng.randrange(25 * DAY), "unsubscribe", "0", "-",
                    0))
    if rng.random() < 0.01:
        out.append((first + rng.randrange(25 * DAY), "complaint", "0", "-",
                    0))
    return sorted(out)


def everybody(count, seed=14):
    rng = random.Random(seed)
    for number in range(count):
        person = {
            "address": "p%05d@lamps.example" % number,
            "eligible": rng.choices(["yes", "no"], [78, 22])[0],
            "held": rng.random() < 0.05,
            "arm": rng.choice(["control", "warm"]),
            "second": rng.choices(["plain", "bright", "dim"],
                                  [2, 1, 1])[0],
            "segment": rng.choice(["loyal", "new", "-"]),
            "cluster": rng.choice(["senior", "young"])}
        person["sent"] = exposures(rng, person)
        person["did"] = responses(rng, person, person["sent"])
        yield person


def lines(person):
    for at, campaign, arm, state, reason, block in person["sent"]:
        yield "\t".join(map(str, (
            person["address"], "E", at, campaign, "light", 1, arm,
            person["eligible"], person["segment"], person["cluster"], state,
            reason, block)))
    for row in person["did"]:
        at, kind, value, currency, mail = row[:5]
        aside = row[5] if len(row) > 5 else "-"
        yield "\t".join(map(str, (
            person["address"], "R", at, kind, value, currency, "-", aside,
            mail)))
