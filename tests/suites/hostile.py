"""Hostile templates of our own: every filter over everything that is long,
deep or many, in a loop; and what the tags, the operators and the compiler
can be made to do."""

import itertools
import json
import pathlib
import re

import hostile_compiling
import hostile_mail
import hostile_rendering

TOP = pathlib.Path(__file__).resolve().parents[2]
TURNS = 100000
FORMAT = ("{% assign f = '%c %Y-%m-%d %H:%M:%S %z ' %}"
          + "{% assign f = f | append: f %}" * 10)

# What stands in data is read by the suite's own parser, within the same time:
# what is long is made by the template.
MAKE = {
    "text": "{% assign s = 'a' %}",
    "blanks": "{% assign s = ' ' %}",
    "words": "{% assign s = 'a ' %}",
    "letters": "{% assign s = 'ä' %}",
    "tags": "{% assign s = '<' %}",
    "quotes": "{% assign s = '\"&' %}",
    "percents": "{% assign s = '%41' %}",
    "digits": "{% assign s = '9' %}",
    "lines": "{% assign s = x %}",
}
DOUBLE = "{% assign s = s | append: s %}"
MEGABYTE = {name: text + DOUBLE * (20 if name != "letters" else 19)
            for name, text in MAKE.items()}
ALIASES = (MAKE["text"] + DOUBLE * 16 + "{% assign s = s | split: 'b' %}"
           + "{% assign s = s | concat: s %}" * 13)
EMPTIES = ("{% assign s = ',' %}" + DOUBLE * 16
           + "{% assign s = s | append: 'x' | split: ',' %}")
NUMBERS = "{% assign s = (1..40000) | join: ',' | split: ',' %}"
BIG = "{% assign s = '" + "9" * 4500 + "' | plus: 0 %}"
FRACTION = "{% assign s = '" + "9" * 4500 + "." + "7" * 4500 + "' %}"
NESTED = "{% assign s = deep %}" + "{% assign s = s | concat: s %}" * 10

INPUTS = {**MEGABYTE, "aliases": ALIASES, "empties": EMPTIES,
          "numbers": NUMBERS, "big": BIG, "fraction": FRACTION,
          "nested": NESTED, "range": "{% assign s = (1..1000000000) %}",
          "integer": "{% assign s = 7 %}"}

DATA = {
    "x": "\r\n",
    "deep": [{"k": [[[i % 7], {"k": "v" * 50, "l": [1.5, 2, None]}]], "n": i}
             for i in range(60)],
    "m": {"k": 1},
}

# Filters by the manual; what they are given, once harmless and once long.
ARGUMENTS = ("", ": 1", ": s", ": 'k'", ": 'a', s", ": 2, s", ": f")


def filters():
    """The names in the tables of the engine's sources."""
    names = set()
    folder = TOP / "milter" / "liquid" / "filter"
    for path in sorted(folder.glob("*.c")):
        names.update(re.findall(r'^\t\{ "(\w+)", \w+, \d', path.read_text(),
                                re.M))
    return sorted(names)


def loop(body, turns=TURNS):
    return "{%% for i in (1..%d) %%}%s{%% endfor %%}" % (turns, body)


def record(name, template, data=None, partials=None):
    return {"name": name, "template": template,
            "data": DATA if data is None else data,
            "partials": partials or {}}


def of_filters():
    """Errors are printed and the rendering goes on: all arguments are tried,
    and what is left of the steps goes into the first."""
    for name, (kind, make) in itertools.product(filters(), INPUTS.items()):
        body = "{%% assign y = s | %s%s | slice: 0, 1 %%}"
        yield record("%s of %s" % (name, kind), make + FORMAT + "".join(
            loop(body % (name, words), 3) for words in ARGUMENTS)
            + loop(body % (name, "")))


OPERATIONS = {
    "print": "{{ s }}",
    "capture": "{% capture c %}{{ s }}{% endcapture %}",
    "if": "{% if s %}{% endif %}",
    "==": "{% if s == t %}{% endif %}",
    "== blank": "{% if s == blank %}{% endif %}",
    "!= empty": "{% if s != empty %}{% endif %}",
    "<": "{% if s < t %}{% endif %}",
    "contains": "{% if s contains t %}{% endif %}",
    "contains itself": "{% if s contains s %}{% endif %}",
    "case": "{% case s %}{% when t, t, t, s %}{% endcase %}",
    "size": "{% assign y = s.size %}",
    "first": "{% assign y = s.first %}",
    "index": "{% assign y = m[s] %}",
    "index of it": "{% assign y = s[s] %}",
    "range": "{% for j in (s..t) %}{% break %}{% endfor %}",
    "for": "{% for j in s %}{% endfor %}",
    "for reversed": "{% for j in s reversed %}{% endfor %}",
    "for limit": "{% for j in m limit: s offset: s %}{% endfor %}",
    "tablerow": "{% tablerow j in s cols: s %}{% endtablerow %}",
    "cycle": "{% cycle s: 1, 2 %}",
    "ifchanged": "{% ifchanged %}{{ s }}{% endifchanged %}",
    "include": "{% include s %}",
    "include for": "{% include 'p' for s %}",
    "render for": "{% render 'p' for s as y %}",
    "render": "{% render 'p', y: s %}",
    "increment": "{% increment n %}{% decrement n %}",
}


def of_operations():
    partials = {"p": "{{ y | strip }}", "q": ""}
    for kind, make in INPUTS.items():
        for name, body in OPERATIONS.items():
            template = make + "{% assign t = s | append: 'b' %}" + loop(body)
            yield record("%s of %s" % (name, kind), template, None, partials)


def of_compiling():
    for count in (20000,):
        yield record("many options of one name", "{% case a %}" + "".join(
            "{%% when 'a%d' %%}x" % i for i in range(count)) + "{% endcase %}")
        yield record("many counters", "".join(
            "{%% increment v%d %%}" % i for i in range(count)))
        yield record("many captures", "".join(
            "{%% capture v%d %%}{%% endcapture %%}" % i for i in range(count)))
        yield record("many arguments of include", "{% include 'p', " + ", ".join(
            "v%d: 1" % i for i in range(count)) + " %}", None,
            {"p": "".join("{{ w%d }}" % i for i in range(count))})
        yield record("deep paths under a guard", "{% if a %}{{ b"
                     + ".c" * count + " }}{{ a" + ".c" * count
                     + " }}{% endif %}")
        yield record("many unless", "{% unless a %}{% endunless %}" * count)
        yield record("many floats", "{{ x }}" * count,
                     {"x": 1.7976931348623157e308})
        yield record("many ranges", "{% for i in (1..2) %}{% endfor %}" * count)
        yield record("long string", "{{ '" + "\\" * 50 * count + "' }}")
        yield record("many bars", "{{ a " + "|" * 50 * count + " }}")
        yield record("many dots", "{{ a" + "." * 50 * count + " }}")
        yield record("many commas", "{% cycle a" + "," * 50 * count + " %}")
        yield record("many signs", "{{ " + "-" * 50 * count + "1 }}")
        yield record("many comments", "{% # a %}" * count)
        yield record("comment of raws", "{% comment %}" + "{% raw %}" * count
                     + "{% endcomment %}")


def records():
    yield from hostile_rendering.RECORDS
    yield from hostile_compiling.RECORDS
    yield from hostile_mail.RECORDS
    yield from of_compiling()
    yield from of_operations()
    yield from of_filters()


if __name__ == "__main__":
    for one in records():
        print(json.dumps(one))
