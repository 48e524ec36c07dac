"""A laboratory: one temporary directory, the processes that live in it, and
the promise that when it closes, both are gone."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD") or TOP / "build").resolve()


class Trouble(Exception):
    """Something in the laboratory itself did not work."""


HELD = []


def free_ports(count):
    """Loopback ports nobody listens on. They stay bound as long as this
    process lives, so that nobody beside it is given one of them; who listens
    says SO_REUSEADDR, as servers do."""
    ports = []
    for _ in range(count):
        holder = socket.socket()
        holder.bind(("127.0.0.1", 0))
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        HELD.append(holder)
        ports.append(holder.getsockname()[1])
    return ports


def wait_for(what, test, seconds=30.0, pause=0.02):
    """The first true value of test(); Trouble after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Trouble("waited %g s for %s" % (seconds, what))
        time.sleep(pause)


def listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def group(leader):
    """Whether a process group still has anybody in it."""
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


class Process:
    """A child with its output in a file; a leader has a process group of
    its own."""

    def __init__(self, name, command, log, env=None, leader=False):
        self.name = name
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as output:
            self.child = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, env=env, cwd="/",
                start_new_session=leader)
        self.pid = self.child.pid

    def running(self):
        return self.child.poll() is None

    def signal(self, number):
        if self.running():
            self.child.send_signal(number)

    def wait(self, seconds=30):
        """The exit status; killed when it takes too long."""
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise Trouble("%s did not end in %g s" % (self.name, seconds))

    def stop(self, seconds=30):
        self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.child.wait()

    def output(self):
        return self.log.read_text(errors="replace")


class Heir(Process):
    """What a process handed its work over to: nobody's child here."""

    def __init__(self, name, pid, log):
        self.name = name
        self.pid = pid
        self.log = pathlib.Path(log)

    def running(self):
        """Its first thread may be gone before the last one, and the sockets
        go with that."""
        proc = pathlib.Path("/proc/%d" % self.pid)
        try:
            state = (proc / "stat").read_text().rpartition(")")[2].split()[0]
            return state not in "ZX" or len(list((proc / "task").iterdir())) > 1
        except OSError:
            return False

    def signal(self, number):
        if self.running():
            os.kill(self.pid, number)

    def wait(self, seconds=30):
        """Nobody learns its exit status."""
        wait_for("the end of " + self.name, lambda: not self.running(),
                 seconds)
        return 0

    def kill(self):
        self.signal(signal.SIGKILL)
        self.wait()


class Lab:
    """with Lab() as lab: lab.dir is private; lab.owns(thing) closes thing
    when the block ends, the last one first."""

    open = []

    def __init__(self, keep=False):
        self.keep = keep or bool(os.environ.get("KEEP_LAB"))
        self.things = []
        self.dir = None

    def __enter__(self):
        # /tmp and not $TMPDIR: a Unix socket's path has 108 bytes.
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="inlay-",
                                                 dir="/tmp"))
        self.dir.chmod(0o755)
        Lab.open.append(self)
        return self

    @staticmethod
    def close_all():
        """For who is told to stop in the midst of tests."""
        while Lab.open:
            Lab.open[-1].__exit__(KeyboardInterrupt)

    def owns(self, thing):
        self.things.append(thing)
        return thing

    def __exit__(self, kind=None, *_):
        Lab.open.remove(self)
        troubles = []
        for thing in reversed(self.things):
            try:
                thing.close()
            except Exception as trouble:        # the others must still go
                troubles.append("%s: %s" % (type(thing).__name__, trouble))
        if self.keep:
            print("lab: kept " + str(self.dir), file=sys.stderr)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)
        if troubles and kind is None:
            raise Trouble("closing: " + "; ".join(troubles))
        for trouble in troubles:
            print("lab: " + trouble, file=sys.stderr)


class Tmpfs:
    """A small file system that can be filled."""

    def __init__(self, path, size):
        self.path = pathlib.Path(path)
        self.path.mkdir(parents=True, exist_ok=True)
        result = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=%d" % size, "none",
             str(self.path)], capture_output=True, text=True)
        if result.returncode != 0:
            raise Trouble("mount: " + result.stderr.strip())

    def fill(self):
        """Takes every byte that is left; returns the file that has them."""
        ballast = self.path / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            for piece in (65536, 4096, 512):
                try:
                    while True:
                        file.write(bytes(piece))
                except OSError:
                    continue
        return ballast

    def close(self):
        subprocess.run(["umount", "-l", str(self.path)], check=False,
                       capture_output=True)
