"""A machine of its own: a minimal Debian in a directory, booted with
systemd-nspawn, whose network is its loopback alone."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENV = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8",
       "DEBIAN_FRONTEND": "noninteractive"}
PROXY = {name: os.environ[name] for name in ("http_proxy", "https_proxy")
         if name in os.environ}
HOST = "mail.shop.example"
BASE = "systemd,systemd-sysv,dbus,ca-certificates,procps"
BOOT_SECONDS = 90


class Unable(Exception):
    """This machine cannot do what the test needs."""


def mirror(suite):
    found = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)",
         "Codename: " + suite, "Created-By: Packages"],
        capture_output=True, text=True).stdout.split()
    if not found:
        raise Unable("apt-get names no source of packages for " + suite)
    return found[0]


class Machine:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.nspawn = self.leader = None

    def make(self, suite, cache):
        """Fetches and unpacks; what was fetched once is in the cache."""
        if not shutil.which("debootstrap"):
            raise Unable("needs debootstrap")
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", "--include=" + BASE,
             "--cache-dir=%s" % cache, suite, self.root, mirror(suite)],
            capture_output=True, text=True)
        if done.returncode != 0:
            raise Unable("debootstrap: " + done.stdout[-500:])
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        for conf in pathlib.Path("/etc/apt/apt.conf.d").glob("*proxy*"):
            shutil.copy(conf, self.root / "etc/apt/apt.conf.d")
        (self.root / "etc/hostname").write_text(HOST + "\n")
        (self.root / "etc/hosts").write_text(
            "127.0.0.1 localhost\n127.0.1.1 %s mail\n" % HOST)

    def chroot(self, script):
        """Before it is booted, with this machine's network."""
        return self.checked(subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh",
             "-ec", "mount -t proc proc '%s/proc'; exec chroot '%s' sh -ec "
             "\"$1\"" % (self.root, self.root), "sh", script],
            env={**PROXY, **ENV}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))

    def boot(self):
        if not shutil.which("systemd-nspawn"):
            raise Unable("needs systemd-nspawn")
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit",
             "--private-network", "--hostname=" + HOST,
             "--resolv-conf=off", "--console=pipe", "-D", self.root,
             "--boot", "systemd.log_color=0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        os.set_blocking(self.nspawn.stdout.fileno(), False)
        end = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < end and self.nspawn.poll() is None:
            self.nspawn.stdout.read()       # nobody else does
            self.leader = self.find_leader()
            if self.leader and self.is_up():
                return
            time.sleep(0.5)
        self.stop()
        raise Unable("systemd-nspawn does not boot here")

    def find_leader(self):
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                status = (process / "status").read_text()
                name = (process / "comm").read_text().strip()
            except OSError:
                continue
            if "PPid:\t%d\n" % self.nspawn.pid in status and \
                    name == "systemd":
                return int(process.name)
        return None

    def is_up(self):
        said = self.run("systemctl is-system-running", check=False).stdout
        return said.strip() in ("running", "degraded")

    def run(self, script, check=True, input=None):
        """As root at its console."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p",
             "-r", "-w", "env", "-i",
             *["%s=%s" % pair for pair in ENV.items()], "sh", "-ec", script],
            stdin=None if input else subprocess.DEVNULL, input=input,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return self.checked(done) if check else done

    @staticmethod
    def checked(done):
        if done.returncode != 0:
            raise AssertionError("exit %d: %s" % (done.returncode,
                                                  done.stdout[-3000:]))
        return done

    def path(self, name):
        return self.root / name.lstrip("/")

    def stop(self):
        if self.nspawn is None:
            return
        if self.leader and self.nspawn.poll() is None:
            os.kill(self.leader, signal.SIGRTMIN + 4)       # power off
        try:
            self.nspawn.wait(30)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait()
        self.nspawn = self.leader = None
