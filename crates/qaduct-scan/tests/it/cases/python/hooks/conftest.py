import pytest

collect_ignore = ["setup.py", "old/"]
collect_ignore_glob = ["*_py2.py"]
if sys.platform == "win32":
    collect_ignore.append("test_unix.py")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--slow"):
        return
    skip_slow = pytest.mark.skip(reason="need --slow to run")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip_slow)
        item.add_marker(pytest.mark.asyncio)


def pytest_runtest_setup(item):
    if "gpu" in item.keywords:
        pytest.skip("no gpu")


def forward(item):
    for marker in item.iter_markers("flake"):
        item.add_marker(pytest.mark.xfail(*marker.args, **marker.kwargs))
