import pytest

# far away


# one
# two
@pytest.mark.skip
def test_above():
    pass


# above all decorators
@pytest.mark.slow
@pytest.mark.skip  # at the end
def test_above_others():
    pass


# of the first
@pytest.mark.skip
# of the second
@pytest.mark.xfail(  # of its first line
    # within
    reason="x",
)  # of its last line
def test_stacked():
    pass


@pytest.mark.skip
# between
def test_between():
    """Issue 77 is about this."""


def test_code():
    # of the if
    if a:
        pytest.skip("first")
    # of the call
    pytest.skip("second")  # and behind

    # cut off by a blank line

    pytest.skip("third")
