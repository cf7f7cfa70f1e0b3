import sys

import pytest


@pytest.mark.skipif(False, reason="never")
def test_never():
    pass


@pytest.mark.skipif(True, reason="always")
def test_always():
    pass


@pytest.mark.skipif(reason="without a condition")
def test_unconditional():
    pass


@pytest.mark.skipif("sys.platform == 'win32'")
def test_text():
    pass


@pytest.mark.skipif(
    # a comment
    sys.version_info < (3, 8)
    or not hasattr(
        sys,
        "x",
    ),
    reason="many lines",
)
def test_lines():
    pass


@pytest.mark.xfail(a if b else c, d or e, condition=f, reason="named wins")
def test_many():
    pass


@pytest.mark.skipif(a if b else c, d and e, reason="or")
def test_or():
    pass


def test_constant():
    if False:
        pytest.skip("never")


def test_else():
    if not a:
        pass
    elif b == 1:
        pass
    else:
        pytest.skip("else")
