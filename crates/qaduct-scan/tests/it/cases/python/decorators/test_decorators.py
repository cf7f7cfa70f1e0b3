import pytest


@pytest.mark.skip
def test_bare():
    pass


@pytest.mark.skip("positional reason")
def test_positional():
    pass


@pytest.mark.skip(reason="DCOS-1: two on one test")
@pytest.mark.xfail(raises=ValueError, reason="DCOS-2: second")
@pytest.mark.parametrize("x", [1, 2])
async def test_stacked(x):
    pass


@pytest.mark.skipif(sys.platform == "win32", reason="not there")
class TestClass:
    @pytest.mark.xfail
    def test_method(self):
        pass

    class TestInner:
        @pytest.mark.skip(reason="inner")
        def test_deep(self):
            pass


@pytest.mark.xfail(run=False, reason="crashes")
def test_not_run():
    pass


@pytest.mark.xfail(strict=True)
def test_strict():
    pass


@pytest.mark.flaky(reruns=5, reason="net")
def test_flaky():
    pass


@pytest.mark.skip()
def helper():
    """Not a test."""


@pytest.mark.slow
def test_not_muted():
    pass
