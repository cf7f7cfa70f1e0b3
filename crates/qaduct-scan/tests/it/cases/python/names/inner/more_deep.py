import pytest


@pytest.mark.skip
def check_deep():
    pass
