//! pytest's own collector as judge: what it resolves is found, and nothing else.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Home;

/// Tests whose mutes pytest resolves by inheritance, parameters, aliases and
/// modules; the last ones mute nothing.
const TESTS: &str = r#"
import sys
import unittest

import pytest
from marks import flaky_here

pytestmark = [pytest.mark.skipif(sys.version_info < (3, 0), reason="needs Python 3")]
slow = pytest.mark.skip(reason="slow")


@slow
@pytest.mark.xfail(strict=True, reason="QA-7")
def test_stacked():
    assert False


@flaky_here(reason="QA-8 - sometimes")
def test_alias_of_another_file():
    assert False


@pytest.mark.parametrize(
    "n",
    [
        1,
        pytest.param(2, marks=pytest.mark.skip(reason="two")),
        pytest.param(3, marks=[pytest.mark.xfail, slow], id="three"),
    ],
)
def test_parameters(n):
    assert n


class TestBase:
    pytestmark = pytest.mark.xfail(reason="base")

    class TestInner:
        def test_inner(self):
            assert False

    @pytest.mark.skip
    def test_own(self):
        assert False


class TestDerived(TestBase):
    def test_more(self):
        assert False


class OldStyle(unittest.TestCase):
    @unittest.skip("old")
    def test_skipped(self):
        self.fail()

    @unittest.expectedFailure
    def test_fails(self):
        self.fail()


def test_text():
    assert '@pytest.mark.skip(reason="only text")'
    # @pytest.mark.skip(reason="only a comment")
"#;

/// A test that the settings of the tree leave out of every run.
const DESELECTED: &str = r#"
import pytest


@pytest.mark.stress
@pytest.mark.skip(reason="slow")
def test_stress():
    assert False
"#;

#[test]
fn pytest_resolves_the_same_mutes() {
    let home = Home::new()
        .file(
            "tree/marks.py",
            "import pytest\n\nflaky_here = pytest.mark.xfail(strict=False)\n",
        )
        .file("tree/test_story.py", TESTS)
        .file(
            "tree/pytest.ini",
            "[pytest]\naddopts = -m 'not stress'\nmarkers =\n    stress: takes long\n",
        )
        .file("tree/test_stress.py", DESELECTED);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(root.join("tools/pytest-oracle/run"))
        .arg(env!("CARGO_BIN_EXE_qaduct"))
        .arg(home.path("tree"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", home.path(""))
        .env("PYTHON", python_with_pytest())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}{errors}");
    assert!(said.contains("missing 0, extra 0"), "{said}{errors}");
    let matched = said
        .split("matched ")
        .nth(1)
        .and_then(|it| it.split(',').next())
        .unwrap();
    assert!(matched.parse::<u32>().unwrap() >= 12, "{said}");
}

/// A Python that has pytest; the packages of the system are not those of every `python3`.
fn python_with_pytest() -> PathBuf {
    let candidates = ["python3", "/usr/bin/python3"];
    let found = candidates.into_iter().find(|python| {
        let has = Command::new(python).args(["-c", "import pytest"]).output();
        has.is_ok_and(|it| it.status.success())
    });
    found
        .expect("no python3 has pytest: `apt install python3-pytest`")
        .into()
}
