import sys

import pytest

pytestmark = [
    pytest.mark.slow,
    # https://example.org/issues/7
    pytest.mark.skipif(sys.platform == "darwin", reason="mac"),
    pytest.mark.xfail(reason="module"),
]
if sys.version_info < (3, 9):
    pytestmark += [pytest.mark.skip(reason="old python")]
pytestmark.append(pytest.mark.flaky)


class TestAnnotated:
    pytestmark: list = [pytest.mark.skip(reason="class")]

    def test_a(self):
        pass


def test_b():
    pytestmark = pytest.mark.skip(reason="a local name is no mute")


TestAnnotated.test_a.pytestmark = pytest.mark.skip(reason="from outside")
