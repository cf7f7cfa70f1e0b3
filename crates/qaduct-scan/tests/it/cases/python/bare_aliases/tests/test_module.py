from tests import helpers
from tests.plain import join


@helpers.flaky
def test_flaky():
    pass


@helpers.stopped("why")
def test_stopped():
    pass
