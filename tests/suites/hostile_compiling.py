"""Hostile templates of one kind each, for the compiler."""

from hostile_kit import MILLION, adder, loop

RECORDS = []
add = adder(RECORDS)
add("raw flood", "{% raw %}{{{% endraw %}" * 60000)
add("raw ends false", "{% raw %}" + "{% endraw " * 100000)
add("raw then percent braces", "{% raw %}" + "{%" * 500000)
add(
    "comment nests",
    "{% comment %}" * 99 + "x" * MILLION + "{% endcomment %}" * 99,
)
add("comment with endfalse", "{% comment %}" + "{% endcommen %}" * 60000)
add("doc flood", "{% doc %}" + "{% enddo" * 100000)
add("inline comment long", "{% # " + "x" * MILLION + " %}")
add(
    "liquid tag nest",
    "{% liquid\n" + "if a\n" * 99 + "echo a\n" * 10000 + "endif\n" * 99 + "%}",
)
add("liquid with comments", "{% liquid\n" + "# x\n" * 200000 + "%}")
add("liquid comment open", "{% liquid\ncomment\n" + "raw\n" * 200000 + "%}")
add("unknown tags", "{% nosuch %}" * 100000)
add("end tags", "{% endif %}" * 100000)
add("elses", "{% if a %}" + "{% else %}" * 100000 + "{% endif %}")
add(
    "nested cases 90",
    "{% case a %}{% when 1 %}" * 90
    + "{% when 2 %}x" * 20000
    + "{% endcase %}" * 90,
)
add(
    "guards wide and deep",
    "".join(
        "{%% if %s %%}"
        % " and ".join("a%d.b" % (i * 300 + j) for j in range(300))
        for i in range(90)
    )
    + "".join("{{ a%d.b }}" % i for i in range(30000))
    + "{% endif %}" * 90,
)
add(
    "guards unless",
    "{% unless "
    + " or ".join("a%d" % i for i in range(20000))
    + " %}"
    + "".join("{{ a%d }}" % i for i in range(20000))
    + "{% endunless %}",
)
add(
    "guards of one field",
    "{% if "
    + " and ".join(["a"] * 50000)
    + " %}"
    + "{{ a }}" * 50000
    + "{% endif %}",
)
add("guards default chains", "{{ a " + "| default: b " * 50000 + "}}")
add(
    "guards long paths",
    "{% if "
    + " and ".join("a" + ".b" * k for k in range(300))
    + " %}"
    + "".join("{{ a" + ".b" * (k % 300) + " }}" for k in range(3000))
    + "{% endif %}",
)
add(
    "guards elsif",
    "{% if a %}"
    + "".join(
        "{%% elsif b%d %%}{{ b%d }}{{ b%d }}" % (i, i, i - 1)
        for i in range(20000)
    )
    + "{% endif %}",
)
add(
    "names share prefix",
    "".join("{{ " + "a" * 200 + "%d }}" % i for i in range(5000)),
)
add("long name once", "{{ " + "a" * MILLION + " }}")
add("long tag name", "{% " + "a" * MILLION + " %}")
add("long filter name", "{{ a | " + "a" * MILLION + " }}")
add("long number", "{{ " + "1" * MILLION + " }}")
add("long fraction", "{{ 1." + "1" * MILLION + " }}")
add("many long numbers", ("{{ " + "1" * 4600 + " }}") * 200)
add("many fractions", ("{{ 1." + "1" * 4600 + " }}") * 200)
add("number with dots", "{{ " + "1." * 300000 + " }}")
add("brackets of strings", "{{ a" + "['b']" * 100000 + " }}")
add("brackets of paths", "{{ a" + "[b]" * 100000 + " }}")
add("index chain in loop", loop("{% assign y = a" + "[b]" * 5000 + " %}"))
add("ranges of ranges", "{{ " + "(" * 100000 + "1..2" + ")" * 100000 + " }}")
add("open parens", "{{ " + "(" * 500000 + " }}")
add("quotes flood", "{{ " + "'" * 500001 + " }}")
add("pipes and quotes", "{{ a | append: '|' " * 50000)
add(
    "named args",
    "{{ a | default: b, "
    + ", ".join("allow_false: true" for i in range(30000))
    + " }}",
)
add("for attrs", "{% for i in a " + "limit: 1 " * 50000 + "%}{% endfor %}")
add(
    "render attrs of one name",
    "{% render 'p', " + ", ".join(["v: 1"] * 50000) + " %}",
    None,
    {"p": "{{ v }}"},
)
add("whitespace control flood", "{%- if a -%}   \n  {%- endif -%}" * 30000)
add("whitespace in tag", "{{" + " " * MILLION + "a }}")
add("newlines with error at the end", "\n" * MILLION + "{{ 'a }}")
add("many dashes", "{{-" * 200000)
add("open dash ends", "{{- a -" * 200000)
add(
    "case when empties",
    "{% case a %}" + "{% when %}" * 50000 + "{% endcase %}",
)
add("echo chain", "{% liquid\n" + "echo a | append: 'b'\n" * 50000 + "%}")
add("curly quotes", "{{ a | append: \u201cb\u201d }}" * 20000)
add("operators", "{% if " + " == ".join(["a"] * 100000) + " %}{% endif %}")
add(
    "contains chain",
    "{% if " + " contains ".join(["a"] * 100000) + " %}{% endif %}",
)
add(
    "snippet of tablerow attrs",
    "{% tablerow i in a " + "cols: 2 " * 50000 + "%}{% endtablerow %}",
)
add("deep braces in strings", "{{ '" + "}}{{" * 100000 + "' }}")
