import pytest
from mylib import skip_if_open
from elsewhere import quarantine


@pytest.mark.quarantine("Q-1", why="flaky", since="2024-01-02", until="soon", polarion="CNV-5")
def test_quarantined():
    pass


@pytest.mark.jira("A-1", "B-2", run=False)
def test_jira():
    pass


@skip_if_open("SAT-35643")
def test_decorator():
    pass


@quarantine("Q-2")
def test_by_its_name():
    pass


@pytest.mark.xfailflake(
    jira="DCOS-46146",
    reason="Upgrade docker to version 17.12.x.",
    since="2018-12-11",
)
def test_preset():
    pass
