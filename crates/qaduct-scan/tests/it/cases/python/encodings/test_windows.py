# coding: cp1252
import pytest


@pytest.mark.skip(reason="“quoted”")
def test_windows():
    pass
