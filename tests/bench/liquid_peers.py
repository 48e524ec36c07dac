#!/usr/bin/env python3
"""Renders per second of other template engines on the bench's mail.

    liquid_peers.py BENCH_LIQUID [TEMPLATE DATA.json]

Runs the project's bench first, then liquidjs and handlebars (npm) and Jinja2
(pip), each installed under build/peers when it can be, and prints all as
ratios to the project's engine. What cannot be installed is left out and named.
"""
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "data", "bench")
PEERS = os.path.join(os.environ.get("BUILD", "build"), "peers")
SECONDS = 2.0

NODE = """
const fs = require('fs');
const [kind, file, json, seconds] = process.argv.slice(2);
const data = JSON.parse(fs.readFileSync(json));
const source = fs.readFileSync(file, 'utf8');
const money = n => Number(n).toFixed(2);
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July',
  'August', 'September', 'October', 'November', 'December'];
const day = n => { const d = new Date(n * 1000);
  return months[d.getUTCMonth()] + ' ' + d.getUTCDate() + ', ' +
    d.getUTCFullYear(); };
const cap = s => String(s).charAt(0).toUpperCase() + String(s).slice(1);
let render;
if (kind === 'liquidjs') {
  const { Liquid } = require('liquidjs');
  const engine = new Liquid();
  engine.registerFilter('money', money);
  const parsed = engine.parse(source);
  render = () => engine.renderSync(parsed, data);
} else {
  const hb = require('handlebars');
  hb.registerHelper('money', money);
  hb.registerHelper('date', day);
  hb.registerHelper('capitalize', cap);
  hb.registerHelper('default', (a, b) => a || b);
  const compiled = hb.compile(source);
  compiled(data);
  render = () => compiled(data);
}
const until = (s) => { const end = process.hrtime.bigint() +
  BigInt(Math.round(s * 1e9)); let n = 0;
  while (process.hrtime.bigint() < end) { render(); n++; } return n / s; };
until(0.5);
console.log(until(Number(seconds)));
"""


def tag_filters(text):
    """Splits "path | filter: 'a'" into the path and [(filter, args)]."""
    parts = [part.strip() for part in text.split("|")]
    filters = []
    for part in parts[1:]:
        name, _, args = part.partition(":")
        filters.append((name.strip(), args.strip()))
    return parts[0], filters


def to_jinja(source):
    def output(match):
        path, filters = tag_filters(match.group(1))
        out = path
        for name, args in filters:
            if name == "default":
                args += ", true"
            name = {"date": "day", "escape": "e"}.get(name, name)
            out += "|%s%s" % (name, "(%s)" % args if args else "")
        return "{{ %s }}" % out
    return re.sub(r"{{\s*(.*?)\s*}}", output, source)


def to_handlebars(source):
    loops = []

    def output(match):
        path, filters = tag_filters(match.group(1))
        for name in loops:
            path = re.sub(r"^%s\." % name, "this.", path)
        escape = filters and filters[-1][0] == "escape"
        for name, args in filters:
            if name != "escape":
                path = "(%s %s%s)" % (name, path, " " + args if args else "")
        path = path[1:-1] if path.startswith("(") else path
        return ("{{%s}}" if escape else "{{{%s}}}") % path

    def tag(match):
        word, _, rest = match.group(1).partition(" ")
        if word == "for":
            name, _, items = rest.partition(" in ")
            loops.append(name.strip())
            return "{{#each %s}}" % items.strip()
        return {"if": "{{#if %s}}" % rest, "else": "{{else}}",
                "endif": "{{/if}}", "endfor": "{{/each}}"}[word]

    out = re.sub(r"{%\s*(.*?)\s*%}", tag, source)
    return re.sub(r"(?<!{){{(?![{#/]|else)\s*(.*?)\s*}}", output, out)


def quietly(*command, **more):
    return subprocess.run(command, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False,
                          **more).returncode == 0


def write(name, text):
    path = os.path.join(PEERS, name)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    return path


def node_rate(kind, template, data):
    if not os.path.isdir(os.path.join(PEERS, "node_modules", kind)):
        quietly("npm", "install", "--prefix", PEERS, kind)
    script = write("peer.js", NODE)
    run = subprocess.run(["node", script, kind, template, data, str(SECONDS)],
                         capture_output=True, text=True, check=False)
    return float(run.stdout) if run.returncode == 0 else None


def jinja_here(template, data):
    """The rate, measured in this interpreter; ImportError without Jinja2."""
    sys.path.append(os.path.join(PEERS, "python"))
    import jinja2
    with open(template, encoding="utf-8") as text:
        source = text.read()
    with open(data, encoding="utf-8") as text:
        values = json.load(text)
    env = jinja2.Environment()
    env.filters["money"] = "{:.2f}".format
    env.filters["day"] = lambda n, form: time.strftime(form, time.gmtime(n))
    compiled = env.from_string(to_jinja(source))
    compiled.render(values)
    start = time.process_time()
    count = 0
    while time.process_time() - start < SECONDS:
        compiled.render(values)
        count += 1
    return count / (time.process_time() - start)


def jinja_rate(template, data):
    """Debian's python3-jinja2 where it is installed, else from pip."""
    folder = os.path.join(PEERS, "python")
    for python in ("/usr/bin/python3", sys.executable):
        if python == sys.executable and not os.path.isdir(folder):
            quietly(python, "-m", "pip", "install", "--target", folder,
                    "jinja2")
        run = subprocess.run([python, __file__, "--jinja", template, data],
                             capture_output=True, text=True, check=False)
        if run.returncode == 0:
            return float(run.stdout)
    return None


def main():
    if sys.argv[1] == "--jinja":
        print(jinja_here(*sys.argv[2:]))
        return
    bench = sys.argv[1]
    template = sys.argv[2] if len(sys.argv) > 3 else os.path.join(
        DATA, "mail.liquid")
    data = sys.argv[3] if len(sys.argv) > 3 else os.path.join(
        DATA, "mail.json")
    os.makedirs(PEERS, exist_ok=True)
    with open(template, encoding="utf-8") as text:
        source = text.read()
    print(subprocess.run([bench, template, data], capture_output=True,
                         text=True, check=True).stdout, end="")
    own = subprocess.run([bench, "--json", template, data],
                         capture_output=True, text=True, check=True)
    rates = {row["name"]: row["per_second"] for row in
             map(json.loads, own.stdout.splitlines())}
    base = rates["escaping off"]
    handlebars = write("mail.hbs", to_handlebars(source))
    peers = [
        ("handlebars", node_rate("handlebars", handlebars, data)),
        ("Jinja2", jinja_rate(template, data)),
        ("liquidjs", node_rate("liquidjs", template, data)),
    ]
    for name, rate in peers:
        if rate is None:
            print("%-18s not to be had here" % name)
        else:
            print("%-18s %10.0f/s  1 : %.0f" % (name, rate, base / rate))


if __name__ == "__main__":
    main()
