import pytest as pt
from pytest import mark, param, skip
from unittest import skip as nope

import common
from common import REASON, Marks, needs, requires_y, xfailflake

skipif = mark.skipif
local = pt.mark.skipif(WINDOWS, reason="local")
both = [mark.skip(reason="one"), mark.xfail(reason="two")]
maybe = mark.skip(reason="slow") if SLOW else (lambda f: f)
partial_mark = functools.partial(mark.skipif, NO_GPU)


@common.xfailflake(reason="DCOS-1 - by attribute")
def test_attribute():
    pass


@xfailflake(reason="by name", strict=True)
def test_name():
    pass


@xfailflake
def test_bare():
    pass


@nope("renamed")
def test_renamed():
    pass


@skipif(A, B or C, reason=REASON)
def test_conditions():
    pass


@local
@maybe
def test_local():
    pass


@common.on_windows
def test_guarded_alias():
    pass


@needs("network", reason="no network")
@needs("disk")
def test_factory():
    pass


@Marks.broken
def test_namespace():
    pass


@requires_y
def test_part():
    pass


@partial_mark(reason="partial")
def test_partial():
    pass


@pt.mark.parametrize("x", [param(1, marks=local)])
def test_param(x):
    skip("imported by name")


class TestList:
    pytestmark = both
