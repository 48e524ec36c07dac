#!/usr/bin/python3
"""How long `inlay check` takes to render a marketing mail of 20 kB for
100,000 people, and `inlay audience` to ask who of them will be mailed.
usage: tests/bench/check.py [PEOPLE]"""

import json
import os
import pathlib
import quopri
import random
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
INLAY = pathlib.Path(os.environ.get("BUILD") or TOP / "build").resolve() / "inlay"

SCHEMA = """\
fields:
  first_name: {type: string, class: identifying, placeholders: [test]}
  birth_date: {type: date, class: identifying}
  postcode: {type: string, class: identifying, pattern: "[0-9]{5}"}
  city: {type: string, class: contextual}
  tier: {type: string, class: contextual, values: [basic, silver, gold]}
  product: {type: string, class: behavioural}
  region: {class: contextual, derived: "profile.postcode | slice: 0, 2"}
sources:
  shop: {weight: 90, decay: half_life, period: 730d}
"""

CAMPAIGN = """\
id: spring
missing: blank
holdout: {share: 0.05}
segments:
  gold: profile.tier == "gold"
  others: "true"
arms:
  - {name: personal, weight: 7}
  - {name: segment, weight: 2, intensity: segment}
  - {name: control, weight: 1, control: true}
intrusion: {points: 20, max_identifying: 2}
unsubscribe: {url: "https://shop.example/u/{{ recipient.address }}", post: true}
"""

PARAGRAPH = """\
<table role="presentation" width="600" style="width:600px;background:#f%df%df%d">
<tr><td style="padding:12px 24px;font:15px Helvetica,Arial,sans-serif">
<p>Wherever you go, {{ profile.first_name | default: "friend" }}, the mountains
are near {{ profile.city | default: "your town" }}. %s</p></td></tr></table>
"""

SENTENCE = "A long sentence about the new collection for all four seasons. "

POOLS = ("hero", "offers", "tips", "footer")


def block(pool, number):
    condition = ('if: profile.tier == "gold"\n'
                 if pool == "offers" and number == 0 else "")
    return """\
---
pool: %s
priority: %d
%s---
<h2>%s %d</h2><p>For {{ profile.first_name | default: "you" }}: %s</p>
--- text
%s %d for {{ profile.first_name | default: "you" }}
""" % (pool, number, condition, pool, number, SENTENCE * 4, pool, number)


def message():
    slots = ['{%% slot "%s", pool: "%s" %%}{%% else %%}-{%% endslot %%}\n'
             % (pool, pool) for pool in POOLS]
    html = ("<html><body><p>Dear {{ profile.first_name | default: 'friend' }}"
            "</p>\n" + "".join(slots)
            + "".join(PARAGRAPH % (i, i, i, SENTENCE * 13) for i in range(15))
            + '{% slot "near" %}{% option "bought" if profile.product %}'
            "You bought {{ profile.product }}{% option 'region' if "
            'profile.region == "80" %}Near you{% else %}-{% endslot %}'
            '<a href="https://shop.example/u/{{ recipient.address }}">'
            "Leave</a></body></html>\n")
    text = "Dear {{ profile.first_name | default: 'friend' }},\n" + "".join(
        slots) + (SENTENCE + "\n") * 30
    return ("""\
From: The Shop <news@shop.example>
To: {{ recipient.address }}
Date: Sat, 21 Mar 2026 09:00:00 +0100
Message-ID: <bench@shop.example>
Subject: Spring, {{ profile.first_name | default: "friend" }}
X-Inlay-Campaign: spring
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

%s
--=_b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

%s
--=_b--
""" % tuple(quopri.encodestring(part.encode()).decode()
            for part in (text, html))).replace("\n", "\r\n")


def people(count):
    dice = random.Random(6)
    yield "email,first_name,birth_date,postcode,city,tier,product\n"
    for i in range(count):
        yield "p%d@customer.example,%s,19%d-0%d-11,%s,%s,%s,%s\n" % (
            i, dice.choice(("Anna", "Jürgen", "test", "")),
            dice.randint(40, 99), dice.randint(1, 9),
            dice.choice(("80331", "10115", "")),
            dice.choice(("Munich", "Berlin", "")),
            dice.choice(("basic", "silver", "gold", "")),
            dice.choice(("rope", "boots", "")))


def timed(run, *words):
    """What the command prints, the seconds it takes and those of CPU."""
    before, began = os.times(), time.monotonic()
    printed = run(*words)
    took, after = time.monotonic() - began, os.times()
    cpu = (after.children_user + after.children_system
           - before.children_user - before.children_system)
    return json.loads(printed), took, cpu


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100000
    with tempfile.TemporaryDirectory(prefix="inlay-check-") as name:
        folder = pathlib.Path(name)

        def inlay(*words):
            return subprocess.run([INLAY, "-c", folder / "inlay.conf", *words],
                                  check=False, capture_output=True).stdout

        (folder / "inlay.conf").write_text(
            "store = %s\nsign = no\n" % (folder / "store"))
        (folder / "schema.yaml").write_text(SCHEMA)
        (folder / "campaign.yaml").write_text(CAMPAIGN)
        (folder / "people.csv").write_text("".join(people(count)))
        (folder / "mail.eml").write_bytes(message().encode())
        for pool in POOLS:
            for number in range(6):
                (folder / ("%s_%d.html" % (pool, number))).write_text(
                    block(pool, number))
        inlay("schema", "load", folder / "schema.yaml")
        inlay("campaign", "load", folder / "campaign.yaml")
        inlay("block", "load", *folder.glob("*.html"))
        inlay("profile", "load", folder / "people.csv", "--source", "shop")
        report, took, cpu = timed(
            inlay, "check", folder / "mail.eml", "--json")
        asked, asking, asking_cpu = timed(
            inlay, "audience", "count", "--campaign", "spring", "--json",
            "profile.tier != 'nobody'")
    if report["rendered"] != count:
        sys.exit("check: rendered %d of %d" % (report["rendered"], count))
    if asked["mailed"] != count:
        sys.exit("audience: %d of %d" % (asked["mailed"], count))
    print("check: %d people, %d bytes at most: %.1f s, %.1f s of CPU, "
          "%.0f us a person" % (count, report["largest_bytes"], took, cpu,
                                cpu / count * 1e6))
    print("audience: %d people, with a condition: %.1f s, %.1f s of CPU, "
          "%.1f us a person" % (count, asking, asking_cpu,
                                asking_cpu / count * 1e6))


if __name__ == "__main__":
    main()
