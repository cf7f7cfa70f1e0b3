import unittest

import pytest


@pytest.mark.xfail
def test_by_config():
    pass


@pytest.mark.xfail(strict=False)
def test_by_mark():
    pass


@pytest.mark.xfail(strict=CI)
def test_unknown():
    pass


@pytest.mark.xfail(run=False, strict=True)
def test_not_run():
    pass


def test_imperative():
    pytest.xfail("never strict")


class TestIt(unittest.TestCase):
    @unittest.expectedFailure
    def test_unittest(self):
        pass
