collect_ignore = ["nothing.py"]


class TestClient:
    __test__ = False


class Client:
    __test__ = False


def test_function():
    pass


test_function.__test__ = False
