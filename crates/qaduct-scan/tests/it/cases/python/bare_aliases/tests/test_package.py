from tests.helpers import mark as its


@its.skip
def test_skip():
    pass
