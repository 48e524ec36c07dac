"""Whatever a template holds, the daemon answers in time: by its steps, or by
the deadline, and not again for five days."""

import os
import pathlib

from mailing import message
from test_milter import ANNA, BOB, OnMilter

BLANKS = "{% assign s = '" + " " * 1024 + "' %}"
LETTERS = "{% assign s = '" + "a" * 1024 + "' %}"
WORDS = "{% assign s = '" + "a " * 512 + "' %}"
DOUBLE = "{% assign s = s | append: s %}"
LOOP = "{%% for i in (1..100000000) %%}%s{%% endfor %%}"

BOMBS = {
    "strip": BLANKS + DOUBLE * 10 + LOOP % "{{ s | strip }}",
    "contains": LETTERS + DOUBLE * 10
    + LOOP % "{% if s contains 'ab' %}x{% endif %}",
    "truncatewords": WORDS + DOUBLE * 10
    + LOOP % "{{ s | truncatewords: 2000000 | first }}",
    "sort_natural": LETTERS + DOUBLE * 6
    + "{% assign a = s | split: 'b' %}"
    + "{% assign a = a | concat: a %}" * 12
    + LOOP % "{% assign b = a | sort_natural %}",
}


def bomb(ident, text):
    return message(ident, text=text, html="<p>x</p>")


class Steps(OnMilter):
    conf = "deadline = 2s\n"

    def cpu(self):
        stat = pathlib.Path("/proc/%d/stat" % self.inlay.pid).read_text()
        fields = stat.rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def test_bombs_end_by_their_steps(self):
        for name, text in BOMBS.items():
            with self.subTest(name):
                before = self.cpu()
                self.assertRefused(554, "", bomb(name, text))
                self.assertLess(self.cpu() - before, 3)
                self.assertIn("steps", self.inlay.text().splitlines()[-1])
        self.assertNotIn("others kept writing", self.inlay.text())


class Shared(OnMilter):
    conf = "render-steps = 20000\n"

    def test_steps_are_those_of_all_parts_and_headers(self):
        loop = "{% for i in (1..2500) %}{% endfor %}."
        self.accepted(message("one", text=loop, html="x"))
        self.accepted(message("other", text="x", html=loop))
        self.assertRefused(554, "", message("both", text=loop, html=loop))
        self.assertRefused(554, "", message(
            "header", text=loop, html="x",
            subject="{% for i in (1..2500) %}{% endfor %}News"))


class Deadline(OnMilter):
    conf = "deadline = 100ms\nrender-steps = 1000000000000\n"

    def test_the_second_missed_deadline_is_the_last(self):
        data = bomb("late", BOMBS["strip"])
        for to, codes in ((ANNA, "451 554 554"), (BOB, "451 554")):
            for code in codes.split():
                self.assertRefused(int(code), "", data, to=to)
                self.assertIn("deadline", self.inlay.text().splitlines()[-1])
        self.assertRefused(451, "", bomb("later", BOMBS["strip"]))
        self.assertNotIn("others kept writing", self.inlay.text())
