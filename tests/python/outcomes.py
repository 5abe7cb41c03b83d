# SPDX-License-Identifier: Apache-2.0
"""Runs modules of CPython's own test suite and prints one line for each test: its id and its outcome.

usage: outcomes.py MODULE...   (test_json, test_zlib...)
What a test itself prints is thrown away: outcomes are compared, natively and in the sandbox.
"""
import io
import os
import sys
import tempfile
import unittest

if __name__ == "__main__":
    os.environ.setdefault("TMPDIR", "/tmp")
    os.chdir(tempfile.mkdtemp())

from test import support  # noqa: E402  (the directory comes first: the suite writes into it)

support.verbose = 0
support.use_resources = []  # no network, no gigabytes, no minutes of CPU


class Outcomes(unittest.TestResult):
    """Remembers how each test ended."""

    def __init__(self):
        super().__init__()
        self.lines = {}

    def note(self, test, outcome):
        """The worst outcome counts: a test with a failed subtest has failed."""
        if self.lines.get(test.id(), "ok") in ("ok", "skipped"):
            self.lines[test.id()] = outcome

    def addSuccess(self, test):
        self.note(test, "ok")

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "ERROR")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "FAIL")

    def addSkip(self, test, reason):
        self.note(test, "skipped")

    def addExpectedFailure(self, test, err):
        self.note(test, "ok")

    def addUnexpectedSuccess(self, test):
        self.note(test, "unexpected success")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            super().addSubTest(test, subtest, err)
            self.note(test, "FAIL")


def run(module):
    """All tests of one module."""
    result = Outcomes()
    try:
        suite = unittest.defaultTestLoader.loadTestsFromName("test." + module)
        suite.run(result)
    except unittest.SkipTest:
        result.lines[module] = "skipped"
    for name, outcome in sorted(result.lines.items()):
        print(name, outcome, file=out)
    return result


def main():
    """All modules; not in children of multiprocessing that start with this file, too."""
    global out
    out = os.fdopen(os.dup(1), "w")
    details = os.environ.get("OUTCOMES_DETAILS")
    sys.stdout = io.TextIOWrapper(open(os.devnull, "wb"))
    if not details:
        sys.stderr = io.TextIOWrapper(open(os.devnull, "wb"))
    for module in sys.argv[1:]:
        result = run(module)
        if details:
            for test, text in result.errors + result.failures:
                print("==", test, "\n", text, file=out)
    out.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
