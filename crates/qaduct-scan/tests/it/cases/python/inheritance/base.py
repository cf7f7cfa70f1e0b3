import pytest


class Mixin:
    @pytest.mark.skip(reason="inherited elsewhere")
    def test_inherited(self):
        pass


class Alone:
    @pytest.mark.skip(reason="nobody inherits")
    def test_alone(self):
        pass


class TestHere:
    @pytest.mark.skip(reason="this file is not searched")
    def test_here(self):
        pass
