"""A file that talks of mutes and has none.

@pytest.mark.skip(reason="in the documentation")
def test_x(): ...
"""
import pytest
from other import mark
from other import skip as other_skip

SOURCE = '''
import pytest
@pytest.mark.xfail
def test_a():
    pytest.skip("in a string")
'''


# @pytest.mark.skip
def test_commented():
    # pytest.skip("in a comment")
    text = "pytest.skip('x')"  # pytest.xfail("x")
    f"""pytest.importorskip("x")"""


@mark.skip(reason="another library's mark")
def test_other_mark(skip):
    skip("a parameter")
    reader.skip(3)
    self.skip = True


def test_local():
    pytest = make()
    pytest.skip("not that pytest")
    skipif = 1
    other_skip


def skip(reason):
    print(reason)


def test_own_function():
    skip("prints")
