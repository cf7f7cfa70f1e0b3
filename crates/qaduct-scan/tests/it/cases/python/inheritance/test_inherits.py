import base


class TestThere(base.Mixin):
    pass
