import pytest


@pytest.mark.skip(reason="before")
def test_before():
    pass


def test_broken():
    x = = 1
    print "python 2"
    pytest.skip("in the broken one")


@pytest.mark.skip(reason="after")
def test_after():
    pass


class TestUnclosed:
    @pytest.mark.xfail(reason="in a class")
    def test_method(self):
        foo(1, 2


@pytest.mark.skip(reason="at the end")
def test_end():
    pass
