from tests.helpers import *

pytestmark = flaky


@stopped("why")
def test_stopped():
    pass
