"""Hostile templates of one kind each: bodies of many instructions in loops,
what filters read beyond what they give, and partials."""

from hostile_kit import MILLION, adder, doubled, loop, piled

RECORDS = []
add = adder(RECORDS)
# Each pattern of dates goes over them from every place again.
DATES = (
    "0" * 60 + " th" * 20,
    "1-" * 60,
    "-" * 120,
    "W1-1-" * 24,
    "1jan" * 30,
    "'1 " * 40,
    "1:1:" * 30,
    "mon " * 30,
)

add("loop over 50,000 assigns", loop("{% assign a = 1 %}" * 50000))
add("loop over 50,000 false ifs", loop("{% if a %}x{% endif %}" * 50000))
add(
    "loop over one if of 50,000 ors",
    loop("{% if " + " or ".join(["a"] * 50000) + " %}x{% endif %}"),
)
add(
    "loop over one if of 50,000 ands",
    loop("{% if " + " and ".join(["t"] * 50000) + " %}{% endif %}"),
    dict(t=True),
)
add("loop over 20,000 nil prints", loop("{{ a }}" * 20000))
add("loop over 20,000 deep nil paths", loop("{{ a" + ".b" * 20000 + " }}"))
add(
    "loop over deep path",
    loop("{% assign y = a" + ".b" * 5000 + " %}"),
    dict(a={}),
)
deep = {}
for _ in range(900):
    deep = {"b": deep}
add(
    "loop over real deep path",
    loop("{% assign y = a" + ".b" * 900 + " %}" * 20),
    dict(a=deep),
)
add(
    "loop over 20,000 elsifs",
    loop("{% if a %}" + "{% elsif b == 1 %}x" * 20000 + "{% endif %}"),
)
add(
    "loop over case of 20,000 whens",
    loop("{% case a %}" + "{% when 1 %}x" * 20000 + "{% endcase %}"),
)
add(
    "loop over when of 20,000 ors",
    loop(
        "{% case a %}{% when "
        + " or ".join(["1"] * 20000)
        + " %}x{% endcase %}"
    ),
)
add(
    "loop over matching when x 20,000",
    loop(
        "{% case 1 %}{% when " + ", ".join(["1"] * 20000) + " %}{% endcase %}"
    ),
)
add("loop over 20,000 cycles", loop("{% cycle '' %}" * 20000))
add(
    "loop over 20,000 increments captured",
    loop("{% capture c %}" + "{% increment n %}" * 20000 + "{% endcapture %}"),
)
add(
    "loop over 20,000 empty fors",
    loop("{% for j in e %}{% endfor %}" * 20000),
    dict(e=[]),
)
add(
    "loop over 20,000 for elses",
    loop("{% for j in e %}{% else %}{% endfor %}" * 20000),
    dict(e=[]),
)
add(
    "loop over 20,000 breaks",
    loop("{% for j in (1..2) %}{% break %}{% endfor %}" * 20000),
)
add(
    "loop over 20,000 captures",
    loop("{% capture c %}{% endcapture %}" * 20000),
)
add(
    "loop over 20,000 comments", loop("{% comment %}x{% endcomment %}" * 20000)
)
add(
    "loop capturing 1 MILLION of text",
    loop("{% capture c %}" + "x" * MILLION + "{% endcapture %}"),
)
add(
    "loop capturing 64 kB of text",
    loop("{% capture c %}" + "x" * 65536 + "{% endcapture %}"),
)
add(
    "loop capturing blanks in ifs",
    loop(
        "{% capture c %}"
        + "{% if t %}y{% endif %}" * 5000
        + "{% endcapture %}"
    ),
    dict(t=1),
)
add(
    "capture in capture 90 deep",
    loop("{% capture c %}" * 90 + "x" * 1000 + "{{ c }}{% endcapture %}" * 90),
)
add(
    "ifchanged nested 90 deep",
    loop("{% ifchanged %}" * 90 + "{{ i }}" + "{% endifchanged %}" * 90),
)
add(
    "ifchanged of 1 MILLION constant",
    loop("{% ifchanged %}" + "x" * MILLION + "{% endifchanged %}"),
)
add(
    "many ifchanged in loop",
    loop("{% ifchanged %}{{ i }}{% endifchanged %}" * 20000),
)
add(
    "loop over 20,000 elses of unless",
    loop("{% unless t %}{% else %}{% endunless %}" * 20000),
    dict(t=1),
)
add(
    "loop over 20,000 ranges assigned",
    loop("{% assign r = (1..1000000000) %}" * 20000),
)
add(
    "loop over range ends of text",
    loop("{% for j in (s..s) %}{% endfor %}"),
    dict(s="1" * 200000),
)
add(
    "range of long texts with offset",
    loop("{% for j in (1..9) limit: s offset: s %}{% endfor %}" * 50),
    dict(s="9" * 100000),
)
add(
    "tablerow in capture",
    loop(
        "{% capture c %}{% tablerow j in (1..100) cols: 3 %}{% endtablerow"
        " %}{% endcapture %}"
    ),
)
add(
    "nested tablerow",
    (
        "{% tablerow i in (1..100000) cols: 1 %}{% tablerow j in (1..100000)"
        " cols: 1 %}{% endtablerow %}{% endtablerow %}"
    ),
)
add(
    "for offset continue",
    loop("{% for j in a limit: 1 offset: continue %}{% endfor %}"),
    dict(a=list(range(50000))),
)
add(
    "for reversed limit one",
    loop("{% for j in a reversed limit: 1 %}{% endfor %}"),
    dict(a=list(range(50000))),
)
add(
    "for over map limit one",
    loop("{% for j in m limit: 1 %}{% endfor %}"),
    dict(m={str(i): i for i in range(30000)}),
)
add(
    "for over string",
    loop("{% for j in s %}{% endfor %}"),
    dict(s="x" * 300000),
)
add(
    "tablerow over map limit one",
    loop("{% tablerow j in m limit: 0 %}{% endtablerow %}"),
    dict(m={str(i): i for i in range(30000)}),
)
add(
    "tablerow over map in capture",
    loop(
        "{% capture c %}{% tablerow j in m limit: 1 %}{% endtablerow %}{%"
        " endcapture %}"
    ),
    dict(m={str(i): i for i in range(30000)}),
)
add(
    "print a map",
    loop("{% capture c %}{{ m }}{% endcapture %}"),
    dict(m={str(i): i for i in range(3000)}),
)
add(
    "print nested empties",
    loop("{% capture c %}{{ a }}{% endcapture %}"),
    dict(a=[[[[] for _ in range(30)] for _ in range(30)] for _ in range(30)]),
)
add(
    "map first",
    loop("{% assign y = m.first %}"),
    dict(m={str(i): i for i in range(30000)}),
)
add(
    "map size",
    loop("{% assign y = m.size %}"),
    dict(m={str(i): i for i in range(30000)}),
)
add(
    "map == map",
    loop("{% if m == n %}{% endif %}"),
    dict(
        m={str(i): i for i in range(3000)}, n={str(i): i for i in range(3000)}
    ),
)
nest = [1]
for _ in range(20):
    nest = [nest, nest] if _ < 11 else [nest]
add("== nested", loop("{% if m == n %}{% endif %}"), dict(m=nest, n=nest))
add(
    "contains nested",
    loop("{% if m contains n %}{% endif %}"),
    dict(m=[nest] * 20, n=nest),
)
ALIASES = "{% assign s = a %}" + piled(13)
add(
    "json of aliases",
    ALIASES + loop("{% assign y = s | json | size %}"),
    dict(a=[{"k": ["v" * 100]}]),
)
add(
    "aliases nested by assign map",
    "{% assign s = a %}"
    + ("{% assign s = s | concat: a | uniq %}" * 200)
    + loop("{% assign y = s | uniq %}"),
    dict(a=[{"k": [i]} for i in range(300)]),
)
add(
    "map twice",
    ALIASES + loop("{% assign y = s | map: 'k' | map: 'k' %}"),
    dict(a=[{"k": {"k": 1}}]),
)
add(
    "map then join",
    ALIASES + loop("{% assign y = s | map: 'k' | join: ',' | size %}"),
    dict(a=[{"k": "v" * 1000}]),
)
add(
    "where missing",
    ALIASES + loop("{% assign y = s | where: 'q', 1 %}"),
    dict(a=[{"k": "v" * 1000}]),
)
add(
    "where long value",
    ALIASES + loop("{% assign y = s | where: 'k', v %}"),
    dict(a=[{"k": "v" * 10000 + "a"}], v="v" * 10000 + "b"),
)
add(
    "reject long value",
    ALIASES + loop("{% assign y = s | reject: 'k', v %}"),
    dict(a=[{"k": "v" * 10000 + "a"}], v="v" * 10000 + "b"),
)
add(
    "find long value",
    ALIASES + loop("{% assign y = s | find: 'k', v %}"),
    dict(a=[{"k": "v" * 10000 + "a"}], v="v" * 10000 + "b"),
)
add(
    "has long value",
    ALIASES + loop("{% assign y = s | has: 'k', v %}"),
    dict(a=[{"k": "v" * 10000 + "a"}], v="v" * 10000 + "b"),
)
add(
    "find_index long key",
    ALIASES + loop("{% assign y = s | find_index: v, v %}"),
    dict(a=[{"k": "v"}], v="v" * 100000),
)
add(
    "sort by long key name",
    ALIASES + loop("{% assign y = s | sort: v %}"),
    dict(a=[{"k": "v"}], v="v" * 100000),
)
add(
    "map by long dotted key",
    ALIASES + loop("{% assign y = s | map: v %}"),
    dict(a=[{"k": "v"}], v="k." * 50000),
)
add(
    "sum over number texts",
    ALIASES + loop("{% assign y = s | sum: 'k' %}"),
    dict(a=[{"k": "9" * 4000}]),
)
add(
    "sum of fractions",
    ALIASES + loop("{% assign y = s | sum %}"),
    dict(a=["0." + "9" * 4000, "9" * 4000]),
)
add(
    "sort numbers as long texts",
    ALIASES + loop("{% assign y = s | sort_numeric %}"),
    dict(a=["9" * 4000, "9" * 3999 + "8"]),
)
add(
    "sort of one equal long",
    "{% assign s = a %}" + piled(12) + loop("{% assign y = s | sort %}"),
    dict(a=["v" * 50000 + "b", "v" * 50000 + "a"]),
)
add(
    "compact by",
    ALIASES + loop("{% assign y = s | compact: 'k' %}"),
    dict(a=[{"k": None}, {"k": 1}]),
)
add(
    "uniq by list",
    ALIASES + loop("{% assign y = s | uniq: 'k' %}"),
    dict(a=[{"k": [[i]]} for i in range(100)]),
)
add(
    "uniq colliding floats",
    "{% assign s = a | uniq %}",
    dict(a=[i + 0.5 for i in range(60000)]),
)
add(
    "uniq of ints and floats",
    "{% assign s = a | uniq %}",
    dict(a=[i * 1.0 for i in range(30000)] + list(range(30000))),
)
add(
    "uniq of lists of same head",
    "{% assign s = a | uniq %}",
    dict(a=[[1, 2, 3, 4, 5, 6, 7, 8, i] for i in range(20000)]),
)
add(
    "uniq of maps of one key",
    "{% assign s = a | uniq %}",
    dict(a=[{"k": i} for i in range(30000)]),
)
add(
    "uniq of long near texts",
    "{% assign s = a | uniq %}",
    dict(a=["x" * 300 + str(i) for i in range(3000)]),
)
add(
    "append to growing string",
    "{% assign s = '' %}" + loop("{% assign s = s | append: 'x' %}"),
)
add(
    "prepend growing",
    "{% assign s = '' %}" + loop("{% assign s = s | prepend: 'xy' %}"),
)
add("capture growing", loop("{% capture s %}{{ s }}x{% endcapture %}"))
add(
    "concat growing by one",
    "{% assign s = a %}" + loop("{% assign s = s | concat: a %}"),
    dict(a=[1]),
)
add(
    "join split growing",
    "{% assign s = 'a' %}"
    + loop("{% assign s = s | append: ',a' | split: ',' | join: ',' %}"),
)
add(
    "replace growing",
    "{% assign s = 'ab' %}"
    + loop("{% assign s = s | replace: 'b', 'abab' %}"),
)
add(
    "replace_first in long",
    doubled("a", 20) + loop("{% assign y = s | replace_first: 'b', '' %}"),
)
add(
    "remove_last in long",
    doubled("a", 20) + loop("{% assign y = s | remove_last: 'b' | size %}"),
)
add(
    "slice huge letters",
    doubled("ä", 19) + loop("{% assign y = s | slice: -1, 1 %}"),
)
add(
    "slice middle letters",
    doubled("ä", 19) + loop("{% assign y = s | slice: 262144, 1 %}"),
)
add(
    "truncate letters",
    doubled("ä", 19)
    + loop("{% assign y = s | truncate: 500000, '' | size %}"),
)
add(
    "truncate long ellipsis",
    doubled("a", 20) + loop("{% assign y = 'abc' | truncate: 2, s | size %}"),
)
add(
    "truncatewords long ellipsis",
    doubled("a", 20)
    + loop("{% assign y = 'abc d' | truncatewords: 1, s | size %}"),
)
add(
    "combining marks",
    "{% assign s = '\u0301' %}"
    + "{% assign s = s | append: s %}" * 18
    + loop("{% assign y = s | capitalize | size %}"),
)
add(
    "camelcase of marks",
    "{% assign s = 'a_\u0301-' %}"
    + "{% assign s = s | append: s %}" * 17
    + loop("{% assign y = s | camelize | size %}"),
)
add(
    "bad UTF-8 escapes",
    "{% assign s = '%FF%C3' | url_decode %}"
    + "{% assign s = s | append: s %}" * 17
    + loop("{% assign y = s | escape | upcase | size %}"),
)
add(
    "base64 bad", doubled("!", 20) + loop("{% assign y = s | base64_decode %}")
)
add(
    "date width sums",
    loop("{% assign y = 0 | date: '%1023d%1023H%1023Y%1023N%1023z' %}"),
)
add(
    "date unknown zone text",
    loop("{% assign y = '2024-01-01 00:00 Nowhere/Land' | date: '%s' %}"),
)
add(
    "date in zones",
    loop(
        "{% assign z ="
        " 'Europe/Berlin,Asia/Tokyo,America/New_York,Australia/Lord_Howe' |"
        " split: ',' %}{% for t in z %}{% assign y = 0 | date: '%c %Z', t %}{%"
        " endfor %}"
    ),
)
add(
    "date_format of 100 kB text",
    loop("{% assign y = s | date: '%s' %}"),
    dict(s="Mon " * 25000),
)
add(
    "date of many digits",
    loop("{% assign y = s | date: '%s' %}"),
    dict(s="1" * 200000),
)
add(
    "date of minus signs",
    loop("{% assign y = s | date: '%s' %}"),
    dict(s="-" * 200000),
)
add(
    "date of colons",
    loop("{% assign y = s | date: '%s' %}"),
    dict(s="1:1:" * 50000),
)
add(
    "locales turning",
    loop(
        "{% assign y = 1234567.891 | money: 'EUR', 'de' %}{% assign y ="
        " 1234567.891 | format_number: 'fr' %}{% assign y = 0 | date: '%A %B',"
        " 'ja' %}"
    ),
)
add(
    "pluralize and ordinals",
    loop("{% assign y = i | pluralize: 'a', 'b' %}" * 100),
)
add(
    "divided by big",
    "{% assign n = '"
    + "9" * 4500
    + "' | plus: 0 %}{% assign m = '"
    + "7" * 2250
    + "' | plus: 0 %}"
    + loop("{% assign y = n | divided_by: m %}"),
)
add(
    "modulo big",
    "{% assign n = '"
    + "9" * 4500
    + "' | plus: 0 %}{% assign m = '"
    + "7" * 2250
    + "' | plus: 0 %}"
    + loop("{% assign y = n | modulo: m %}"),
)
add(
    "compare big",
    "{% assign n = '"
    + "9" * 4500
    + "' | plus: 0 %}{% assign m = n | plus: 1 %}"
    + loop("{% if n < m %}{% endif %}" * 100),
)
add(
    "big vs decimal",
    "{% assign n = '"
    + "9" * 4500
    + "' | plus: 0 %}{% assign m = '0."
    + "9" * 4500
    + "' | plus: 0 %}"
    + loop(
        "{% if n < m %}{% endif %}{% assign y = n | plus: m %}{% assign y = n"
        " | times: m %}" * 10
    ),
)
add(
    "ceil floor of decimals",
    "{% assign m = '9."
    + "9" * 4500
    + "' | plus: 0 %}"
    + loop(
        "{% assign y = m | ceil %}{% assign y = m | floor %}{% assign y = m |"
        " abs %}{% assign y = m | round: 5 %}"
    ),
)
add(
    "divide decimals",
    "{% assign m = '9."
    + "9" * 4500
    + "' | plus: 0 %}{% assign n = '7."
    + "3" * 4500
    + "' | plus: 0 %}"
    + loop("{% assign y = m | divided_by: n %}"),
)
add(
    "1e-4000 text",
    loop(
        "{% assign y = '1e-4000' | plus: 1 | times: 3 | size %}{% assign y ="
        " '1e4000' | plus: 1 | size %}"
    ),
)
add(
    "at_most at_least big",
    "{% assign n = '"
    + "9" * 4500
    + "' | plus: 0 %}"
    + loop("{% assign y = n | at_most: n | at_least: n %}" * 20),
)
add(
    "numeric text 1 MILLION",
    loop("{% assign y = s | plus: 1 %}"),
    dict(s="1" * MILLION),
)
add(
    "numeric text zeros",
    loop("{% assign y = s | plus: 1 %}"),
    dict(s="0" * MILLION),
)
add(
    "numeric text blanks",
    loop("{% assign y = s | plus: 1 %}{% assign y = s | times: 1 %}"),
    dict(s=" " * MILLION),
)
add(
    "index by big number",
    loop("{% assign y = a[n] %}{% assign y = a[s] %}"),
    dict(a=[1], n=10**30, s="1" * 200000),
)
# partials
add(
    "render for over aliases",
    ALIASES + loop("{% render 'p' for s as x %}"),
    dict(a=[1]),
    {"p": ""},
)
add(
    "include fan out",
    "{% include 'a' %}",
    None,
    {
        chr(97 + i): (
            ("{%% include '%s' %%}" % chr(98 + i)) * 20 if i < 12 else ""
        )
        for i in range(13)
    },
)
add(
    "render many params",
    loop(
        "{% render 'p', "
        + ", ".join("v%d: 1" % i for i in range(5000))
        + " %}"
    ),
    None,
    {"p": ""},
)
add(
    "render of 1 MILLION partial in capture",
    loop("{% capture c %}{% render 'p' %}{% endcapture %}"),
    None,
    {"p": "x" * MILLION},
)
add(
    "render of 50,000 ops",
    loop("{% render 'p' %}"),
    None,
    {"p": "{% assign a = 1 %}" * 50000},
)
add(
    "render of missing partial",
    loop("{% capture c %}{% render 'nope' %}{% endcapture %}" * 1000),
)
add(
    "include of broken partial",
    loop("{% capture c %}{% include n %}{% endcapture %}" * 100),
    dict(n="p"),
    {"p": "x" * MILLION + "{% if"},
)
add(
    "include dynamic long name",
    loop("{% capture c %}{% include n %}{% endcapture %}"),
    dict(n="p" * 500000),
    {"p": "x"},
)
add(
    "depth 90 partials",
    "{% for i in (1..1000000) %}{% include 'p', n: i %}{% endfor %}",
    None,
    {
        "p": (
            "{% if d < 80 %}{% assign d = d | plus: 1 %}{% include 'p' %}{%"
            " endif %}"
        )
    },
)
add(
    "locals many lookups last",
    "".join("{%% assign v%d = 1 %%}" % i for i in range(2000))
    + loop("{{ zz }}" * 100),
)
add(
    "include sees many locals",
    "".join("{%% assign v%d = 1 %%}" % i for i in range(20000))
    + loop("{% include 'p' %}"),
    None,
    {"p": "{% assign q = v1 %}{% assign r = nosuch %}"},
)
add(
    "include assigns new names",
    loop("{% include 'p' %}"),
    None,
    {"p": "".join("{%% assign v%d = 1 %%}" % i for i in range(20000))},
)
add(
    "find of name in locals",
    "".join("{%% assign v%d = 1 %%}" % i for i in range(20000))
    + loop("{% assign q = [n] %}"),
    dict(n="nosuch"),
)
add(
    "hmac of big text",
    doubled("a", 21) + loop("{% assign y = s | hmac_sha256: s | size %}"),
)
add(
    "sha of growing",
    "{% assign s = 'a' %}"
    + loop("{% assign s = s | append: s | sha256 | sha1 | md5 %}"),
)
add(
    "xml escape of quotes",
    doubled("<>&", 19)
    + loop("{% assign y = s | escape | escape_once | escape | size %}"),
)
add(
    "newline_to_br",
    "{% assign s = n %}"
    + "{% assign s = s | append: s %}" * 20
    + loop("{% assign y = s | newline_to_br | strip_newlines | size %}"),
    dict(n="\r\n"),
)
add(
    "strip_html comment half",
    "{% assign s = '<!--->' %}"
    + "{% assign s = s | append: s %}" * 17
    + loop("{% assign y = s | strip_html | size %}"),
)
add(
    "strip_html script half",
    "{% assign s = '<script></script' %}"
    + "{% assign s = s | append: s %}" * 15
    + loop("{% assign y = s | strip_html | size %}"),
)
add(
    "strip_html style case",
    "{% assign s = '<sTyLe>' %}"
    + "{% assign s = s | append: s %}" * 17
    + loop("{% assign y = s | strip_html | size %}"),
)

for text in DATES:
    for filter in ("date: '%s'", "age", "time_zone: 'UTC'"):
        add(
            "%s of %s" % (filter, text[:8]),
            loop("{%% assign y = s | %s %%}" % filter),
            {"s": text},
        )
add("short captures", loop("{% capture c %}x{% endcapture %}" * 20))
