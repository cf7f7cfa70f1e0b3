import pytest

REASON = "KEY-7: from another file"
xfailflake = pytest.mark.xfail(strict=False)
if WINDOWS:
    on_windows = pytest.mark.skip(reason="windows")
else:
    on_windows = lambda function: function


def needs(name, reason="needs something"):
    return pytest.mark.skipif(not has(name), reason=f"{reason}: {name}")


class Marks:
    broken = pytest.mark.skip(reason="broken")


has_x, requires_x = probe = None, None


def importorskip(module):
    return False, pytest.mark.skipif(True, reason=f"requires {module}")


has_y, requires_y = importorskip("y")
