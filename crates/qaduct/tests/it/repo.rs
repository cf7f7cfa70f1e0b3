//! Real git repositories, made by the real git, the same in every run: fixed
//! names, fixed dates, and so fixed commit ids.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository with a work tree.
pub(crate) struct Repo {
    folder: PathBuf,
    /// Seconds since 1970 of the next commit.
    clock: i64,
}

impl Repo {
    pub(crate) fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        fs::create_dir_all(&folder).unwrap();
        let repo = Self {
            folder,
            clock: 1_788_000_000,
        };
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// One that exists, to go on with it long after its newest commit.
    pub(crate) fn again(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            clock: 1_789_000_000,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// Writes a file of the work tree.
    pub(crate) fn file(&mut self, name: &str, text: impl AsRef<[u8]>) -> &mut Self {
        let file = self.folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        self
    }

    /// Commits all of the work tree, a day after the commit before.
    pub(crate) fn commit(&mut self, subject: &str) -> String {
        self.clock += 86_400;
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", subject]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs git with nothing of the machine's settings.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let date = format!("{} +0200", self.clock);
        let output = Command::new("git")
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", &self.folder)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .envs([
                ("GIT_AUTHOR_NAME", "Ada"),
                ("GIT_AUTHOR_EMAIL", "ada@example.org"),
            ])
            .envs([
                ("GIT_COMMITTER_NAME", "Ada"),
                ("GIT_COMMITTER_EMAIL", "ada@example.org"),
            ])
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "git {arguments:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The repository of the documentation: a web shop with a few muted tests
    /// on two branches.
    pub(crate) fn shop(folder: impl Into<PathBuf>) -> Self {
        let mut shop = Self::new(folder);
        shop.git(&[
            "remote",
            "add",
            "origin",
            "https://github.com/acme/shop.git",
        ]);
        shop.file(
            "shop/cart.py",
            "def total(prices):\n    return sum(prices)\n",
        );
        shop.file(
            "tests/test_cart.py",
            "from shop.cart import total\n\n\ndef test_adds_up():\n    assert total([1, 2]) == 3\n",
        );
        shop.file("tests/test_checkout.py", CHECKOUT);
        shop.file("tests/test_login.py", LOGIN);
        shop.commit("Take cards");
        shop.git(&["branch", "release-1"]);
        shop.file("tests/test_search.py", SEARCH);
        shop.commit("Search");
        shop
    }
}

const CHECKOUT: &str = r#"import sys

import pytest


@pytest.mark.xfailflake(
    jira="SHOP-412",
    reason="payment gateway times out",
    since="2026-09-14",
)
def test_pays_by_card():
    assert False


@pytest.mark.skipif(sys.platform == "win32", reason="no sockets on Windows")
class TestInvoice:
    def test_prints(self):
        pass

    @pytest.mark.xfail(strict=True, reason="rounding: https://github.com/acme/shop/issues/77")
    def test_rounds(self):
        assert False
"#;

const LOGIN: &str = r#"import unittest


class LoginTest(unittest.TestCase):
    # flaky since the captcha, SHOP-388
    @unittest.skip("captcha")
    def test_remembers(self):
        pass
"#;

const SEARCH: &str = r#"import pytest


def test_finds_shoes():
    pytest.skip("index is empty in CI")
"#;
