import unittest
import unittest as ut
from unittest import TestCase, expectedFailure, skipIf
from unittest.case import SkipTest


class PlainTests(unittest.TestCase):
    @unittest.skip("why")
    def test_skip(self):
        pass

    @ut.skip
    def test_bare(self):
        pass

    @skipIf(A and B, "why if")
    @unittest.skipUnless(C or D, "why unless")
    def test_conditions(self):
        pass

    @unittest.skipUnless(not WINDOWS, "windows")
    def test_not_not(self):
        pass

    @expectedFailure
    def test_expected_failure(self):
        pass

    def test_method(self):
        if E:
            self.skipTest("method")
        raise SkipTest("raised")

    @unittest.skip("a helper that tests call")
    def helper(self):
        pass


@unittest.skip("class")
class Skipped(TestCase):
    def setUp(self):
        self.skipTest("set up")

    @classmethod
    def setUpClass(cls):
        raise unittest.SkipTest("class set up")

    test_assigned = unittest.skip("assigned")(PlainTests.test_skip)


class Tools(testtools.TestCase):
    def test_exception(self):
        raise self.skipException("of testtools")


def setUpModule():
    raise unittest.SkipTest("module")


def test_pytest_style():
    pass


class Nested:
    def test_not_collected(self):
        self.skipTest("no test case")


def make():
    class Inner(TestCase):
        @unittest.skip("made by a function")
        def test_inner(self):
            pass

    return Inner


def test_skipping():
    class Inner(TestCase):
        @unittest.skip("within a test")
        def test_inner(self):
            pass
