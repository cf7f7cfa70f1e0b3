from tests.helpers import flaky as wobbly
