import pytest

CASES = ["a", pytest.param("b", marks=pytest.mark.xfail(reason="listed elsewhere"))]
OTHERS = [pytest.param("c", marks=pytest.mark.skip)]
