import pytest

LIST = [
    "good",
    pytest.param("bad", marks=pytest.mark.xfail(reason="in a list")),  # BUG-9
]
UNUSED = [pytest.param(1, marks=pytest.mark.skip(reason="nobody uses it"))]
ONE = pytest.param(5, id="five", marks=[pytest.mark.skip(reason="by its own name")])


@pytest.mark.parametrize(
    "x, y",
    [
        (1, 2),
        pytest.param(1, 2.5, marks=pytest.mark.skip),
        pytest.param(1, "é", marks=(pytest.mark.xfail(strict=True), pytest.mark.flaky)),
        pytest.param(object(), None, marks=[pytest.mark.skip(reason="no literal")]),
        pytest.param(1, 2, id="named", marks=pytest.mark.skipif("sys.platform == 'win32'")),
        pytest.param(3, 4, marks=pytest.mark.slow),
    ],
)
def test_values(x, y):
    pass


@pytest.mark.parametrize("x", LIST)
@pytest.mark.parametrize("y", LIST + [pytest.param(3, marks=pytest.mark.skip)])
def test_list(x, y):
    pass


@pytest.mark.parametrize("x", [ONE, *LIST], ids=["a", "b", "c"])
def test_names(x):
    pass


@pytest.mark.parametrize("x", [pytest.param(i, marks=pytest.mark.skip) for i in range(3)])
class TestClass:
    def test_it(self, x):
        pass


@pytest.mark.parametrize("x", [1, pytest.mark.xfail(2), pytest.mark.skip(reason="old")(3)])
def test_before_pytest_4(x):
    pass


@pytest.fixture(params=["a", pytest.param("b", marks=pytest.mark.skip(reason="fixture"))])
def letters(request):
    return request.param


cases = pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.skip)])


@cases
def test_alias(x):
    pass


def cases_of(*texts):
    values = []
    for text in texts:
        values.append(pytest.param(text, marks=[pytest.mark.xfail] if "bad" in text else []))
    return pytest.mark.parametrize("x", values)


@cases_of("good", "bad")
def test_made_by_a_function(x):
    pass
