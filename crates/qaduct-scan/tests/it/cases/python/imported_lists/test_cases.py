import pytest
from cases import CASES


@pytest.mark.parametrize("x", CASES)
def test_case(x):
    pass
