from tests import helpers
from tests.helpers import Marks


@helpers.flaky
def test_flaky():
    pass


@helpers.stopped("why")
def test_stopped():
    pass


@Marks.held
def test_held():
    pass
