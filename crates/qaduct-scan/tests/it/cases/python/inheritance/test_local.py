import pytest


class Base:
    @pytest.mark.skip(reason="inherited here")
    def test_base(self):
        pass


class TestChild(Base):
    pass


class TestInit:
    def __init__(self):
        pass

    @pytest.mark.skip(reason="pytest does not collect it")
    def test_init(self):
        pass
