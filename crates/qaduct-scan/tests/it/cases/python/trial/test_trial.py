from twisted.trial.unittest import TestCase, SkipTest


class Trial(TestCase):
    if not ready:
        skip = "not ready"

    def test_a(self):
        raise SkipTest("raised")

    test_a.todo = "KEY-4: some day"

    def test_b(self):
        pass


Trial.test_b.skip = "from outside"
