import os

import pytest
from pytest import mark as m
from unittest import skip as stopped
from unittest import skipIf

# Each of these is a name for something that mutes, and nothing else.
flaky = pytest.mark.skip
broken = pytest.mark.xfail
mark = pytest.mark
later = mark.skip
soon = m.skipif
join = os.path.join
