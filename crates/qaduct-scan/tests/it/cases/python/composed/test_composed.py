import functools
import unittest

import pytest

_flaky = pytest.mark.flaky(reruns=5, reruns_delay=2)
_timeout = pytest.mark.timeout(timeout=300)


def flaky(fn):
    return _timeout(_flaky(fn))


def xfail_broken(fn):
    fn = pytest.mark.xfail(reason="SHOP-12: broken")(fn)
    return unittest.expectedFailure(fn)


def timed(fn):
    return _timeout(functools.wraps(fn))


class TestTasks:
    @flaky
    def test_retried(self):
        pass

    @xfail_broken
    def test_broken(self):
        pass

    @timed
    def test_timed(self):
        pass
