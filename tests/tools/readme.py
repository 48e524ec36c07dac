#!/usr/bin/env python3
"""Runs README.md word for word.

A fenced block whose info string names a file ("```yaml spring.yaml") is
written to that file; a "```console" block is run line by line and what each
command prints must be what the README shows. "```sh" blocks belong to other
tests (make demo, make check) and to the reader.

usage: readme.py BUILD_DIR [README.md]
"""
import os
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(\S*)[ \t]*(\S*)\n(.*?)^```$", re.M | re.S)


def commands(text):
    """Pairs of a command and the output shown below it."""
    pairs = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            pairs.append([line[2:].rstrip("\n"), ""])
        elif pairs:
            pairs[-1][1] += line
    return pairs


def run(readme, build):
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        env = dict(os.environ, INLAY_CONF=os.path.join(folder, "inlay.conf"),
                   PATH=build + os.pathsep + os.environ["PATH"],
                   LC_ALL="C.UTF-8", TZ="UTC")
        with open(env["INLAY_CONF"], "w") as conf:
            conf.write("store = %s\n" % os.path.join(folder, "store"))
        for kind, name, text in FENCE.findall(readme):
            if kind == "console":
                for command, shown in commands(text):
                    done = subprocess.run(
                        ["sh", "-c", command], cwd=folder, env=env,
                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT, timeout=60)
                    got = done.stdout.decode("utf-8", "replace")
                    if got.strip() == shown.strip():
                        passed += 1
                        continue
                    failed += 1
                    print("FAIL $ %s\n--- README.md\n%s\n--- printed\n%s" %
                          (command, shown.strip(), got.strip()))
            elif name:
                with open(os.path.join(folder, name), "w", newline="") as out:
                    out.write(text)
    return passed, failed


def main():
    build = os.path.abspath(sys.argv[1])
    with open(sys.argv[2] if len(sys.argv) > 2 else "README.md") as readme:
        passed, failed = run(readme.read(), build)
    if passed == 0:
        failed += 1
    print("readme: %d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
