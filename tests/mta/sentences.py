"""Tests told as sentences."""

import time
import unittest


class Sentences(unittest.TestResult):
    """One line per test, its name read as a sentence."""

    def __init__(self):
        super().__init__()
        self.passed = 0
        self.bad = 0

    @staticmethod
    def sentence(test):
        case = getattr(test, "test_case", test)     # of a subtest
        name = getattr(case, "_testMethodName", str(case))
        name = name.removeprefix("test_").replace("_", " ")
        return name if case is test else "%s: %s" % (
            name, test._subDescription())

    def startTest(self, test):
        super().startTest(test)
        self.begin = time.monotonic()

    def say(self, word, test, more=""):
        seconds = time.monotonic() - getattr(self, "begin",
                                             time.monotonic())
        print("%-4s %s%s (%.1f s)" % (word, self.sentence(test), more,
                                      seconds), flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self.say("ok", test)

    def addSkip(self, test, reason):
        self.say("skip", test, ": " + reason)

    def fail(self, test, error):
        self.bad += 1
        self.say("FAIL", test)
        print("     " + self._exc_info_to_string(error, test).replace(
            "\n", "\n     ").rstrip(), flush=True)

    def addFailure(self, test, err):
        self.fail(test, err)

    def addError(self, test, err):
        self.fail(test, err)

    def addSubTest(self, test, subtest, err):
        if err:
            self.fail(subtest, err)


def tell(tests):
    """Runs them; 0, or 1 where one failed or none passed."""
    result = Sentences()
    unittest.TestSuite(tests).run(result)
    print("%d passed, %d failed" % (result.passed, result.bad))
    return 1 if result.bad or not result.passed else 0
