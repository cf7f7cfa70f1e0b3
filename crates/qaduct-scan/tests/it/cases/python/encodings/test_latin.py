# -*- coding: latin-1 -*-
import pytest


@pytest.mark.skip(reason="café")
def test_latin():
    pass
