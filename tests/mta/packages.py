"""Debian packages that tests need and a machine may not have installed, as
sendmail's, which conflict with Postfix's: unpacked into the build folder."""

import fcntl
import subprocess

from lab import BUILD, Trouble


def unpacked(name, packages):
    """The folder where the packages' files lie; fetched once. Trouble where
    they cannot be had."""
    cache = BUILD / name
    root = cache / "root"
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = cache / "complete"
        if not complete.exists() or complete.read_text().split() != packages:
            fetch(cache, root, packages)
            complete.write_text("\n".join(packages))
    return root


def fetch(cache, root, packages):
    for package in packages:
        got = subprocess.run(["apt-get", "-q", "download", package],
                             cwd=cache, capture_output=True, text=True)
        if got.returncode != 0:
            raise Trouble("cannot download %s: %s"
                          % (package, got.stderr.strip().splitlines()[-1:]))
    for file in cache.glob("*.deb"):
        subprocess.run(["dpkg", "-x", file, root], check=True)
