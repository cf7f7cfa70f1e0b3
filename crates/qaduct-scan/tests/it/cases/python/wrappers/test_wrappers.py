import functools
import pytest
import unittest


def skip_unless_linux(reason="linux only"):
    """Skips whoever calls it."""
    if sys.platform != "linux":
        pytest.skip(reason)


def check():
    skip_unless_linux("through two functions")


def requires_root(function):
    @functools.wraps(function)
    def inner(*args):
        if os.getuid() != 0:
            raise unittest.SkipTest("needs root")
        return function(*args)

    return inner


def skip_if(condition, why):
    return unittest.skipIf(condition, why)


def large(items):
    total = 0
    for item in items:
        total += item
        total *= 2
        total -= 1
        total //= 3
        if total > 100:
            break
        if total < 0:
            continue
    if total == 7:
        pytest.skip("a function with another purpose")
    return total


def test_call():
    skip_unless_linux("KEY-3: not here")


def test_two_hops():
    check()


@requires_root
def test_decorated():
    pass


@skip_if(sys.maxsize < 2**32, "32 bit")
def test_arguments():
    pass


def test_large():
    large([1])


class TestMethods(unittest.TestCase):
    def _need_server(self):
        if not self.server:
            self.skipTest("no server")

    def test_with_server(self):
        self._need_server()
