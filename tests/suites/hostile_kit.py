"""What hostile templates are built of."""

MILLION = 1000000


def adder(records):
    def add(name, template, data=None, partials=None):
        records.append({"name": name, "template": template,
                        "data": data or {}, "partials": partials or {}})
    return add


def loop(body, turns=MILLION):
    return "{%% for i in (1..%d) %%}%s{%% endfor %%}" % (turns, body)


def doubled(seed, times):
    return "{%% assign s = '%s' %%}" % seed + (
        "{% assign s = s | append: s %}" * times)


def piled(times):
    return "{% assign s = s | concat: s %}" * times
