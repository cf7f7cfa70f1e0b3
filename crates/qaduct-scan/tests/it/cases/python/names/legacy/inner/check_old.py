import pytest


@pytest.mark.skip
def check_old():
    pass
