from lent import needs
from common import *


@needs("gpu")
def test_handed_on():
    pass


@requires_y
def test_star():
    pass
