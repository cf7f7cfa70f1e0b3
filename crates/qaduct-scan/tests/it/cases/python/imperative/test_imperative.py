import os
import sys

import pytest
from unittest import SkipTest

np = pytest.importorskip("numpy", minversion="1.20", reason="needs numpy")
if sys.platform == "win32":
    pytest.skip("not on windows", allow_module_level=True)
pytest.skip("forgotten argument")


def test_plain():
    pytest.skip("always")


def test_guarded():
    if os.name == "nt":
        # TICKET-1
        pytest.skip("nt")
    elif os.name == "java":
        pytest.skip(reason="java")
    else:
        pytest.xfail("elsewhere")


def test_early_return():
    if not broken():
        return
    pytest.xfail("broken")


def test_nested():
    for _ in range(3):
        if a or b:
            with c:
                if not d:
                    pytest.skip("deep")


def test_raise():
    try:
        import thing
    except ImportError:
        raise pytest.skip.Exception("no thing")
    raise SkipTest


def test_expressions():
    value = compute() or pytest.skip("no value")
    x = pytest.skip("x") if cond else 1
    cond2 and pytest.xfail("y")


def test_expected():
    with pytest.raises(pytest.skip.Exception):
        pytest.skip("this is what is tested")
    try:
        pytest.skip("caught")
    except pytest.skip.Exception:
        pass


def test_match(command):
    match command:
        case "go":
            pytest.skip("going")


# https://example.org/issues/3
def test_request(request):
    if flag:  # see #12
        request.applymarker(pytest.mark.xfail(reason="marked late"))
    mark = pytest.mark.skip(reason="by a local name")
    request.node.add_marker(mark)
    request.node.add_marker("xfail")


class TestClass:
    def setup_method(self):
        if not ready():
            pytest.skip("setup")

    def test_a(self):
        pass


def setup_module():
    pytest.skip("whole module")


if __name__ == "__main__":
    pytest.skip("not when imported", allow_module_level=True)
