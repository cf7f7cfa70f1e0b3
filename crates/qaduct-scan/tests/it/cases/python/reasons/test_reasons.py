import pytest

import constants
from constants import QUARANTINED, TICKET

WHY = "a constant"
WHAT = "and " + WHY


@pytest.mark.skip(reason="two " "strings")
def test_adjacent():
    pass


@pytest.mark.skip(reason="one " + "and " + WHY)
def test_plus():
    pass


@pytest.mark.skip(reason=("in parentheses, "
                          "on two lines"))
def test_parentheses():
    pass


@pytest.mark.skip(reason=("a comma too many",))
def test_tuple():
    pass


@pytest.mark.skip(reason=f"{QUARANTINED}: {name!r} and {constants.TICKET}")
def test_interpolated():
    pass


@pytest.mark.skip(reason="{} and {name}".format("one", name=WHY))
def test_format():
    pass


@pytest.mark.skip(reason="%s" % unknown())
def test_percent():
    pass


@pytest.mark.skip(reason=WHAT)
def test_constant():
    pass


@pytest.mark.skip(reason=TICKET)
def test_imported():
    pass


@pytest.mark.skip(reason=UNKNOWN)
def test_unknown():
    pass


@pytest.mark.skip(reason=None)
def test_none():
    pass


@pytest.mark.skip(reason="""
    three quotes
""")
def test_block():
    pass


@pytest.mark.skip(reason="emoji 😀 and 'quotes'; DROP TABLE mutes")
def test_odd():
    pass
