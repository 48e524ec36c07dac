"""Groups of tests beside each other, each in a process of its own."""

import os
import re
import signal
import sys
import tempfile
import unittest

from lab import Lab
from sentences import tell

CLOSING = re.compile(r"(?m)^(\d+) passed, (\d+) failed\n")


def interrupted():
    """What a terminal says with Ctrl-C, others say with these."""
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, signal.default_int_handler)


class Job:
    """A process that runs some tests, and what it says."""

    def __init__(self, tests):
        self.name = unittest.util.strclass(type(tests[0]))
        self.said = tempfile.TemporaryFile("w+", errors="replace")
        self.passed = self.bad = 0
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            self.work(tests)

    def work(self, tests):
        """Never returns; whatever happens, what the tests started ends."""
        status = 1
        interrupted()
        try:
            os.dup2(self.said.fileno(), 1)
            os.dup2(self.said.fileno(), 2)
            status = tell(tests)
        except KeyboardInterrupt:
            pass
        finally:
            for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
                signal.signal(number, signal.SIG_IGN)
            Lab.close_all()
            sys.stdout.flush()
            os._exit(status)

    def ended(self, status):
        """Counts; a process that did not come to its end is a failure."""
        self.pid = None
        self.said.seek(0)
        text = self.said.read()
        self.said.close()
        closing = CLOSING.findall(text)
        if closing:
            self.passed, self.bad = map(int, closing[-1])
        self.text = CLOSING.sub("", text)
        code = os.waitstatus_to_exitcode(status)
        skipped = closing and self.passed == self.bad == 0
        if code != 0 and self.bad == 0 and not skipped:
            self.bad = 1
            self.text += "FAIL %s: its process ended with %d\n" % (
                self.name, code)


def tell_beside(groups, limit):
    """Runs at most so many groups at once and tells each as a whole, in
    their order; 0, or 1 where a test failed or none passed."""
    interrupted()
    groups, jobs, told = list(groups), [], 0
    try:
        while told < len(jobs) or groups:
            running = {job.pid: job for job in jobs if job.pid}
            if groups and len(running) < limit:
                jobs.append(Job(groups.pop(0)))
                continue
            pid, status = os.wait()
            running[pid].ended(status)
            while told < len(jobs) and not jobs[told].pid:
                print(jobs[told].text, end="", flush=True)
                told += 1
    except BaseException:
        for job in jobs:
            if job.pid:
                os.kill(job.pid, signal.SIGTERM)
        for job in jobs:
            if job.pid:
                os.waitpid(job.pid, 0)
        raise
    passed = sum(job.passed for job in jobs)
    bad = sum(job.bad for job in jobs)
    print("%d passed, %d failed" % (passed, bad))
    return 1 if bad or not passed else 0
