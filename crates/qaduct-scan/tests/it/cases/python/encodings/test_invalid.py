import pytest


@pytest.mark.skip(reason="café")
def test_invalid():
    pass
