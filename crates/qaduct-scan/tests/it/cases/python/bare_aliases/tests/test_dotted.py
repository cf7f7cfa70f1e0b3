import tests.helpers


@tests.helpers.flaky
def test_flaky():
    pass
