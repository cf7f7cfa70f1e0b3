from tests.helpers import broken, flaky, later, skipIf, soon, stopped
from tests.handed_on import wobbly


@flaky
def test_flaky():
    pass


@flaky(reason="BUG-1: now and then")
def test_flaky_with_reason():
    pass


@broken
def test_broken():
    pass


@later
def test_later():
    pass


@soon("sys.platform == 'win32'", reason="no such thing there")
def test_soon():
    pass


@stopped("until it is mended")
def test_stopped():
    pass


@skipIf(True, "always")
def test_skip_if():
    pass


@wobbly
def test_handed_on():
    pass
