"""What the next mailing learns from the last: 12,000 generated people, of whom
one arm buys twice as much and one cluster leaves when it is personalised."""
import json
import random

BEGIN = 1772355600           # 2026-03-01T09:00Z

CAMPAIGN = """# lamps, as marketing wrote it
id: next
topic: light
arms:
  - {name: control, weight: 10, control: true}
  - {name: warm, weight: 45}
  - {name: sober, weight: 45, intensity: segment}
measure: {goal: {event: purchase, within: 14d}, min_days: 14}
costs: {response: 10, loss: 60, send: 0.01}
"""


# What people of the arm that sells most send back decides against it.
GUARDED = CAMPAIGN.replace(
    "min_days", "guard: [{event: returned, within: 14d}], min_days")


def lines(seed=14):
    rng = random.Random(seed)
    for number in range(12000):
        address = "n%05d@lamps.example" % number
        arm = rng.choices(["control", "warm", "sober"], [10, 45, 45])[0]
        cluster = rng.choice(["senior", "young"])
        reason = "control" if arm == "control" else "decided"
        leaves = cluster == "senior" and arm != "control"
        yield "\t".join(map(str, (
            address, "E", BEGIN, "next", "light", 1, arm, "yes", "-", cluster,
            "delivered", reason, "-")))
        if rng.random() < (0.08 if arm == "sober" else 0.03):
            yield "\t".join(map(str, (
                address, "R", BEGIN + 86400, "purchase", 20, "EUR", "-", "-",
                0)))
        if rng.random() < (0.06 if arm == "sober" else 0.01):
            yield "\t".join(map(str, (
                address, "R", BEGIN + 88000, "returned", 0, "-", "-", "-",
                0)))
        if rng.random() < (0.04 if leaves else 0.001):
            yield "\t".join(map(str, (
                address, "R", BEGIN + 90000, "unsubscribe", 0, "-", "-", "-",
                0)))


def look(store, check):
    """A store that holds these people alone."""
    with open(store.path("next.yaml"), "w") as out:
        out.write(CAMPAIGN)
    store.inlay("campaign", "load", store.path("next.yaml"))
    store.put(lines())
    before = store.inlay("campaign", "promote", "next", "--dry-run")
    check("the winner is told", "sober against warm: promote" in before, True)
    check("and nothing written", "weight" in before, False)
    told = json.loads(store.inlay("campaign", "promote", "next", "--json"))
    check("and told to programs", [told["arm"], told["against"],
          told["decision"], told["reasons"][0]["why"]],
          ["sober", "warm", "promote", "always_valid"])
    check("with a difference", told["difference"]["interval"][0] > 0, True)
    check_guard(store, check)
    store.inlay("campaign", "promote", "next", "--write",
                store.path("won.yaml"))
    with open(store.path("won.yaml")) as written:
        won = written.read()
    check("the comment stays", won.startswith("# lamps, as"), True)
    for line in ('{name: "control", weight: 10, control: true}',
                 '{name: "sober", weight: 90, intensity: segment}',
                 "{name: challenger, weight: 0}", "version: 2\n"):
        check(line, line in won, True)
    check("the loser is gone", "warm" in won, False)
    store.inlay("campaign", "load", store.path("won.yaml"))
    check("lint nags", "arm challenger is empty" in
          store.inlay("campaign", "lint", "next"), True)
    check("too soon to say", "min_days" in
          store.inlay("campaign", "promote", "next"), True)
    check("a clone has its own id", 'id: "autumn"' in
          store.inlay("campaign", "clone", "next", "autumn"), True)
    learn(store, check)


def check_guard(store, check):
    def promote(text, status):
        with open(store.path("next.yaml"), "w") as out:
            out.write(text)
        store.inlay("campaign", "load", store.path("next.yaml"))
        return json.loads(store.inlay(
            "campaign", "promote", "next", "--json", status=status))

    told = promote(GUARDED, 65)
    check("a guard decides", told["decision"], "stop")
    check("and is named", "guard" in told["reasons"][0]["why"], True)
    check("without it", promote(CAMPAIGN, 0)["decision"], "promote")


def learn(store, check):
    told = store.inlay("sensitivity", "learn", "--dry-run")
    check("seniors", "senior / light: not known -> feels spied on" in told,
          True)
    check("the young", "young / light: not known -> gains" in told, True)
    check("a rehearsal", told.endswith("nothing is stored\n"), True)
    store.inlay("sensitivity", "learn")
    check("with its age", ", from: 2026-03-01T09:00:00Z" in
          store.inlay("sensitivity", "show"), True)
    check("the same again", store.inlay("sensitivity", "learn"),
          "2 cells, 0 changed\n")
