"""Hostile templates of what only a mail has: places in HTML, slots, options,
variants, mended tags; and what the tags and filters of money, dates and texts
can be made to do by many or long words."""

from hostile_kit import MILLION, adder, doubled, loop

RECORDS = []
PARTIALS = {"p": "{{ y }}"}
plain = adder(RECORDS)


def add(name, template, data=None, partials=None, place="html"):
    plain(name, template, data, partials)
    RECORDS[-1]["place"] = place


def many(count, body):
    return "".join(body % i for i in range(count))


# ---- places in HTML: what the compiler walks through ----
SCRIPT = "<script type=\"application/ld+json\">{\"a\": %s}</script>"
add("values in URLs", "<a href=\"{{ a }}?x={{ b }}#{{ c }}\">" * 10000)
add("values in styles", "<p style=\"color: {{ a }}; b: url({{ b }})\">" * 8000)
add("values in scripts", SCRIPT % "\"{{ a }}\"" * 5000)
add("values in one script", SCRIPT % (
    "[" + "\"{{ a }}\", {{ b }}, " * 10000 + "1]"))
add("values in handlers", "<p onclick=\"f('{{ a }}', {{ b }})\">" * 10000)
add("values in a style element", "<style>"
    + "a { b: {{ a }}; c: url({{ b }}) } " * 10000 + "</style>")
add("values in comments", "<!-- {{ a }} -->" * 20000)
add("ifs within a tag", "<p " + "{% if a %}b=\"{{ a }}\"{% else %}c{% endif %} "
    * 10000 + ">")
add("ifs within a value", "<p a=\"" + "{% if a %}{{ a }}{% endif %}" * 5000
    + "\">")
add("ifs within a URL", "<a href=\"" + "{% if a %}/{{ a }}{% else %}?{% endif %}"
    * 10000 + "\">")
add("nested ifs in a URL", "<a href=\"" + "{% if a %}/{{ a }}" * 99
    + "{% else %}?b={{ b }}{% endif %}" * 99 + "\">")
add("branches that end apart", ("<p {% if a %}b=\"{% endif %}>") * 20000)
add("cases within a script", SCRIPT % (
    "{% case a %}{% when 1 %}\"{{ a }}\", {% when 2 %}{{ a }}, {% endcase %}"
    * 4000 + "1"))
add("loops within tags", "<p " + "{% for i in a %}b=\"{{ i }}\" {% endfor %}" * 8000
    + ">")
add("open quotes", "<a href=\"" + "x" * MILLION)
add("open comment", "<!--" + "-" * MILLION)
add("open CDATA", "<![CDATA[" + "]" * MILLION)
add("open script", "<script>" + "</scrip" * 100000)
add("open script comments", "<script>" + "/*" * 300000)
add("regexes or divisions", "<script>" + "a/b/" * 200000 + "</script>")
add("script templates", "<script>" + "`${" * 200000 + "</script>")
add("open tags", "<" * MILLION)
add("long tag", "<" + "a" * MILLION + " {{ a }}>")
add("long attribute name", "<p " + "a" * MILLION + "={{ a }}>")
add("many attributes", "<p " + "a=1 " * 200000 + "b={{ a }}>")
add("entities", "<a href=\"" + "&#106;" * 100000 + "{{ a }}\">")
add("open entities", "<a href=\"" + "&" * MILLION + "\">{{ a }}")
add("blanks before a scheme", "<a href=\"" + " " * MILLION + "{{ a }}\">")
add("conditional comments", "<!--[if mso]>{{ a }}<![endif]-->" * 20000)
add("titles", "<title>{{ a }}</title>" * 30000)
add("metas", "<meta name=\"a\" content=\"{{ a }}\">" * 10000)
add("srcsets", "<img srcset=\"{{ a }} 1x, {{ b }} 2x\">" * 15000)

# ---- slots, options, variants ----
SLOT = "{%% slot 's%d' %%}{%% option 'o' %%}{{ a }}{%% endslot %%}"
add("many slots", many(5000, SLOT))
add("many slots of one name",
    "{% slot 's' %}{% option 'o' %}x{% endslot %}" * 5000)
add("many slots of one pool", many(
    20000, "{%% slot 's%d', pool: 'p' %%}{%% endslot %%}"))
add("many options", "{% slot 's' %}" + many(20000, "{%% option 'o%d' %%}x")
    + "{% endslot %}")
add("many options of one name", "{% slot 's' %}" + "{% option 'o' %}x" * 20000
    + "{% endslot %}")
add("many options of blocks", "{% slot 's' %}" + many(
    20000, "{%% option 'o%d', block: 'b' %%}") + "{% endslot %}")
add("many conditions", "{% slot 's' %}" + many(
    5000, "{%% option 'o%d' if a == 1 and b contains 'c' %%}x")
    + "{% endslot %}")
add("a long condition", "{% slot 's' %}{% option 'o' if "
    + " or ".join(["a == b"] * 9000) + " %}x{% endslot %}")
add("conditions over a long text", "{% slot 's' %}" + many(
    2000, "{%% option 'o%d' if s contains 'b' %%}x") + "{% endslot %}",
    {"s": "a" * 300000})
add("conditions over long lists", "{% slot 's' %}" + many(
    2000, "{%% option 'o%d' if s == t %%}x") + "{% endslot %}",
    {"s": ["a" * 100] * 3000, "t": ["a" * 100] * 3000})
add("slots in ifs", many(5000, "{%% if a%d %%}{%% slot 's' %%}{%% option 'o' %%}"
                         "{{ a }}{%% endslot %%}{%% endif %%}"))
add("many variants", many(5000, "{%% variant 'v%d' %%}{%% when 'a' %%}x"
                          "{%% endvariant %%}"))
add("many whens", "{% variant 'v' %}" + many(20000, "{%% when 'w%d' %%}x")
    + "{% endvariant %}")
add("many whys", "{% why %}" * 50000)
add("whys in a loop", loop("{% why %}", 1000))
add("many aborts", "{% if a %}{% abort_message('x') %}{% endif %}" * 9000)
add("many tables", many(5000, "{{ ref.t%d[a].b }}"))
add("many fields", many(20000, "{{ profile.f%d }}"))
add("many blocks", many(20000, "{{ content_blocks.b%d }}"))
add("long slot names", many(500, "{%% slot '" + "s" * 2000
                            + "%d' %%}{%% endslot %%}"))
add("slot never closed", "{% slot 's' %}{% option 'o' %}" * 50000)

# ---- what editors do to tags, mended ----
add("entities in tags", "{{ a | default: &#39;b&quot; &amp;nbsp; }}" * 10000)
add("spans in tags", "{{ <span>a</span><b> | </b>upcase }}" * 10000)
add("a long tag of spans", "{{ a " + "<span></span>" * 80000 + "}}")
add("open tags in tags", "{{ a " + "<" * 500000 + " }}")
add("open spans in tags", "{{ a " + "<b " * 200000 + " }}")
add("many words in a span", "{{ a " + "<b" * 100000 + ">" * 100000 + " }}")
add("percent signs in tags", "%7B%7B%20a%20%7D%7D" * 30000)
add("entities never closed", "{{ " + "&" * 500000 + " }}")
add("spans between braces", "{<b></b>{ a }<b></b>}" * 30000)

# ---- values, in each place ----
for where in ("html", "text", "card", "header"):
    for kind, seed in (("quotes", "\"&<"), ("lines", "\r\n"), ("nul", "\0 "),
                       ("letters", "\u00e4\u20ac"), ("commas", ",;\\")):
        add("print %s in %s" % (kind, where), loop("{{ s }}"),
            {"s": seed * 60000}, None, where)
for kind, body in (
        ("a URL", "<a href=\"{{ s }}\">"), ("a query", "<a href=\"?a={{ s }}\">"),
        ("a style", "<p style=\"a: {{ s }}\">"), ("no quotes", "<p a={{ s }}>"),
        ("a string", SCRIPT % "\"{{ s }}\""),
        ("a script", SCRIPT % "{{ s }}"),
        ("a handler", "<p onclick=\"f({{ s }})\">"),
        ("a comment", "<!-- {{ s }} -->"), ("a title", "<title>{{ s }}</title>")):
    for what, value in (("text", "<'\"&: " * 30000),
                        ("list", [["<'\"&"] * 50] * 500),
                        ("map", {str(i): "<" * 20 for i in range(3000)}),
                        ("escaped", "&amp;" * 30000)):
        add("%s in %s" % (what, kind), loop(
            "{% capture c %}" + body + "{% endcapture %}"
            if what != "escaped" else "{% capture c %}"
            + body.replace(" s }}", " s | escape }}") + "{% endcapture %}"),
            {"s": value})

# ---- literals, dates, money ----
plain("a date of many directives",
      loop("{{ 'now' | date: '" + "%c" * 10000 + "' | size }}"))
plain("a date of widths", loop("{{ 'now' | date: '" + "%1000Y" * 500
                               + "' | size }}"))
plain("a date of offsets",
      loop("{{ 'now' | date: '" + "%1000:::z" * 500 + "' | size }}"))
plain("a date of plain text",
      doubled("a", 20) + loop("{% assign y = 'now' | date: s | size %}"))
plain("money of a long number", loop("{% assign y = '" + "9" * 4000
                                     + ".5' | money: 'EUR', 'de' %}"))
plain("money in a long currency", doubled("X", 18) + loop(
    "{% assign y = 1 | money: s | size %}"))
plain("money in a long locale", doubled("X", 18) + loop(
    "{% assign y = 1 | money: 'EUR', s | size %}"))
plain("delimiters of a long number", loop(
    "{% assign y = '" + "9" * 4000 + "' | number_with_delimiter %}"))
plain("rounding to many places", loop(
    "{% assign y = '1." + "5" * 4000 + "' | round: 3999 %}"))
plain("dividing long numbers", loop("{% assign y = '" + "9" * 4000
                                    + "' | divided_by: '" + "7" * 2000
                                    + "' %}"))
plain("modulo of long numbers", loop("{% assign y = '" + "9" * 4000
                                     + "' | modulo: '" + "7" * 2000 + "' %}"))
plain("powers", "{% assign s = 3 %}" + "{% assign s = s | times: s %}" * 30)
plain("sizes of a big integer", "{% assign s = '" + "9" * 4500
      + "' | plus: 0 %}" + loop("{% assign y = s.size %}"))
plain("partials of partials", "{% render 'p' %}", None,
      {"p": "{% include 'q' %}" * 50, "q": "{% render 'r' for a as b %}" * 50,
       "r": "{% render 's' %}" * 50, "s": "x"})
plain("partials for a range", "{% render 'p' for (1..1000000) as y %}", None,
      PARTIALS)
plain("captures of captures", "{% capture a %}x{% endcapture %}"
      + "{% capture a %}{{ a }}{{ a }}{% endcapture %}" * 40)
plain("split and join", "{% assign s = 'a,' %}" + loop(
    "{% assign s = s | split: '' | join: ',,' %}"))
