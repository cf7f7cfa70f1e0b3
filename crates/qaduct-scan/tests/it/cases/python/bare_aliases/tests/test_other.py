from tests.plain import join


def test_join():
    assert join("a", "b")
