#!/usr/bin/env python3
"""Prints patterns and values, and whether Python's re says that the whole
value matches: `HEX HEX 0|1`, as UTF-8.
usage: patterns.py SEED COUNT"""

import random
import re
import sys
import warnings

LETTERS = "abAB01_- .\u00e9\u00c9\u0436\u0416\u03c3\u4e16\u0301\u0664\u00b2"
CLASSES = [r"\d", r"\D", r"\w", r"\W", r"\s", r"\S"]
REPEATS = ["*", "+", "?", "{2}", "{1,2}", "{2,}", "{,2}", "*?", "+?", "??"]

# Of groups: more would take Python's re for ever.
FEW = ["?", "{2}", "{1,2}", "{,2}", "??"]


def member(rng):
    kind = rng.random()
    if kind < 0.25:
        return rng.choice(CLASSES)
    if kind < 0.5:
        first, last = sorted(rng.choice("abAB01\u00e9\u0436") for _ in "12")
        return first + "-" + last
    return re.escape(rng.choice(LETTERS))


def atom(rng, depth):
    kind = rng.random()
    if kind < 0.15:
        return rng.choice(CLASSES)
    if kind < 0.2:
        return "."
    if kind < 0.35:
        members = "".join(member(rng) for _ in range(rng.randint(1, 3)))
        return "[" + rng.choice(["", "^"]) + members + "]"
    if kind < 0.55 and depth < 3:
        return rng.choice(["(", "(?:"]) + choice(rng, depth + 1) + ")"
    if kind < 0.58:
        return rng.choice("^$")
    return re.escape(rng.choice(LETTERS))


def choice(rng, depth):
    branches = []
    for _ in range(rng.choice([1, 1, 2, 3])):
        branch = ""
        for _ in range(rng.randint(0 if depth else 1, 3)):
            branch += atom(rng, depth)
            if rng.random() < 0.4 and branch[-1] not in "^$":
                branch += rng.choice(FEW if branch[-1] == ")" else REPEATS)
        branches.append(branch)
    return "|".join(branches)


def main():
    rng = random.Random(int(sys.argv[1]))
    warnings.simplefilter("ignore")
    for _ in range(int(sys.argv[2]) // 10):
        pattern = rng.choice(["", "", "", "(?i)"]) + choice(rng, 0)
        whole = re.compile(pattern)
        for _ in range(10):
            # Python's $ also stands before a line feed at the end.
            letters = LETTERS if "$" in pattern else LETTERS + "\n"
            value = "".join(rng.choice(letters)
                            for _ in range(rng.randint(0, 6)))
            print(pattern.encode().hex(), "x" + value.encode().hex(),
                  int(whole.fullmatch(value) is not None))


main()
