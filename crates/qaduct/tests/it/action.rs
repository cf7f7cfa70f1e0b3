//! `action.yml`: its scripts are run as the service runs them, with another `gh`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Home;
use crate::repo::Repo;
use crate::schedule::yaml;

const MUTED: &str =
    "import pytest\n\n\n@pytest.mark.skip(reason=\"later\")\ndef test_it():\n    pass\n";

/// A step that ran.
struct Ran {
    status: Option<i32>,
    printed: String,
}

/// A machine of the service, with the repository checked out in `work`.
struct Runner {
    home: Home,
    steps: Value,
}

impl Runner {
    fn new() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../action.yml");
        let action = yaml(&fs::read_to_string(file).unwrap());
        let runner = Self {
            home: Home::new(),
            steps: action["runs"]["steps"].clone(),
        };
        fs::create_dir_all(runner.temp().join("bin")).unwrap();
        runner
    }

    fn temp(&self) -> PathBuf {
        self.home.path("runner")
    }

    /// What stands for the service: it says what it is asked, and then does this.
    fn gh(&self, script: &str) {
        let gh = self.temp().join("bin/gh");
        fs::write(&gh, format!("#!/bin/sh\necho \"gh $*\" >&2\n{script}\n")).unwrap();
        fs::set_permissions(&gh, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs the script of a step as the service does: in bash, with these variables.
    fn step(&self, name: &str, variables: &[(&str, &str)]) -> Ran {
        let steps = self.steps.as_array().unwrap();
        let step = steps.iter().find(|it| it["name"] == name).unwrap();
        let script = self.temp().join("step.sh");
        fs::write(&script, step["run"].as_str().unwrap()).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_qaduct")).parent().unwrap();
        let others = std::env::var_os("PATH").unwrap();
        let folders = [self.temp().join("bin"), program.to_path_buf()];
        let folders = folders.into_iter().chain(std::env::split_paths(&others));
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(&script)
            .current_dir(self.home.path("work"))
            .env_clear()
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("HOME", self.home.path(""))
            .env("QADUCT_CLOCK", "2026-11-21T07:00:00Z")
            .env("RUNNER_TEMP", self.temp())
            .env("GITHUB_OUTPUT", self.temp().join("output"))
            .env("GITHUB_STEP_SUMMARY", self.temp().join("summary"))
            .env("GITHUB_BASE_REF", "main")
            .env("EVENT", "pull_request")
            .env("REPO", "acme/shop")
            .env("NUMBER", "7")
            .env("FORMAT", "text")
            .env("SINCE", "")
            .env("ARGS", "")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran {
            status: output.status.code(),
            printed: text(output.stdout) + &text(output.stderr),
        }
    }

    /// What a step has handed on under this name.
    fn output(&self, name: &str) -> Option<String> {
        let all = fs::read_to_string(self.temp().join("output")).unwrap_or_default();
        let newest = all.lines().rev();
        newest
            .filter_map(|it| it.split_once('='))
            .find_map(|(key, value)| (key == name).then(|| value.to_owned()))
    }

    /// Leaves the newest judgement as if it had been this.
    fn judged(&self, text: Option<&str>) {
        let folder = self.temp().join("qaduct-check");
        fs::create_dir_all(&folder).unwrap();
        match text {
            Some(text) => fs::write(folder.join("qaduct.md"), text).unwrap(),
            None => {
                let _absent = fs::remove_file(folder.join("qaduct.md"));
            }
        }
    }
}

#[test]
fn mutes_of_the_base_are_not_those_of_the_pull_request() {
    let runner = Runner::new();
    let mut repo = Repo::new(runner.home.path("work"));
    repo.file("README", "shop").commit("Begin");
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.file("test_mine.py", "def test_mine():\n    pass\n")
        .commit("Mine");
    repo.git(&["checkout", "-q", "main"]);
    repo.file("test_theirs.py", MUTED).commit("Theirs");
    // What the service checks out: the pull request, merged into its base.
    repo.git(&["merge", "-q", "--no-ff", "--no-edit", "feature"]);
    let merge = repo.git(&["rev-parse", "HEAD"]);
    let ran = runner.step("Check", &[("GITHUB_SHA", merge.trim())]);
    assert_eq!(ran.status, Some(0), "{}", ran.printed);
    assert_eq!(
        runner.output("status").as_deref(),
        Some("0"),
        "{}",
        ran.printed
    );

    repo.file("test_mine.py", MUTED).commit("Mute mine");
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD^"]);
    let ran = runner.step("Check", &[]);
    assert_eq!(
        runner.output("status").as_deref(),
        Some("1"),
        "{}",
        ran.printed
    );
    assert!(ran.printed.contains("test_mine.py:4"), "{}", ran.printed);
    let sarif = fs::read_to_string(runner.output("sarif").unwrap()).unwrap();
    assert!(sarif.contains("QM001"), "{sarif}");
    let result = runner.step("Result", &[("STATUS", "1")]);
    assert_eq!(result.status, Some(1));
}

#[test]
fn a_pull_request_that_is_checked_out_itself_may_end_in_a_merge_of_the_base() {
    let runner = Runner::new();
    let mut repo = Repo::new(runner.home.path("work"));
    repo.file("README", "shop").commit("Begin");
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.file("test_mine.py", MUTED).commit("Mute mine");
    repo.git(&["checkout", "-q", "main"]);
    repo.file("README", "a shop").commit("Theirs");
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    repo.git(&["checkout", "-q", "feature"]);
    repo.git(&["merge", "-q", "--no-ff", "--no-edit", "main"]);
    let ran = runner.step("Check", &[("GITHUB_SHA", "0000")]);
    assert_eq!(
        runner.output("status").as_deref(),
        Some("1"),
        "{}",
        ran.printed
    );
    assert!(ran.printed.contains("test_mine.py:4"), "{}", ran.printed);
}

#[test]
fn every_line_of_the_arguments_counts_and_files_of_the_checkout_are_no_results() {
    let runner = Runner::new();
    let mut repo = Repo::new(runner.home.path("work"));
    repo.file("test_it.py", MUTED)
        .file("qaduct.md", "what stood here before")
        .commit("Begin");
    let ran = runner.step(
        "Check",
        &[("EVENT", "push"), ("ARGS", "--fail-on never\n--no-config")],
    );
    assert_eq!(
        runner.output("status").as_deref(),
        Some("0"),
        "{}",
        ran.printed
    );
    let ran = runner.step(
        "Check",
        &[("EVENT", "push"), ("ARGS", "--fail-on never\n--bogus")],
    );
    assert_eq!(
        runner.output("status").as_deref(),
        Some("2"),
        "{}",
        ran.printed
    );
    let summary = fs::read_to_string(runner.temp().join("summary")).unwrap();
    assert!(!summary.contains("what stood here before"), "{summary}");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
}

#[test]
fn one_comment_is_kept_up_to_date() {
    let runner = Runner::new();
    fs::create_dir_all(runner.home.path("work")).unwrap();
    let comment = |status: &str| runner.step("Comment", &[("STATUS", status)]);
    let asked = |ran: &Ran| {
        assert_eq!(ran.status, Some(0), "{}", ran.printed);
        let lines = ran.printed.lines().filter(|it| it.contains("--method"));
        lines
            .map(|it| it.replace(runner.temp().to_str().unwrap(), "TEMP"))
            .collect::<Vec<_>>()
    };
    let findings = "<!-- qaduct check -->\n### qaduct check\n\n1 error\n";
    let clean = "<!-- qaduct check -->\n### qaduct check\n\nno findings; 5 mutes\n";

    runner.gh("");
    runner.judged(Some(findings));
    let written = "gh api --method POST repos/acme/shop/issues/7/comments --field body=@TEMP/qaduct-check/qaduct.md";
    assert_eq!(asked(&comment("1")), [written]);
    runner.judged(Some(clean));
    assert_eq!(asked(&comment("0")), [""; 0]);

    // The comment of an earlier commit is there.
    runner.gh("case $* in *--paginate*) echo 41;; esac");
    runner.judged(Some(findings));
    let changed = "gh api --method PATCH repos/acme/shop/issues/comments/41 --field body=@TEMP/qaduct-check/qaduct.md";
    assert_eq!(asked(&comment("1")), [changed]);
    runner.judged(Some(clean));
    let removed = "gh api --method DELETE repos/acme/shop/issues/comments/41";
    assert_eq!(asked(&comment("0")), [removed]);
    // A rule that was named could not be judged: that is no pass.
    assert_eq!(asked(&comment("3")), [changed]);
    runner.judged(None);
    assert_eq!(asked(&comment("2")), [changed]);
    let told = fs::read_to_string(runner.temp().join("qaduct-check/qaduct.md")).unwrap();
    assert!(told.contains("could not judge this commit"), "{told}");
}

#[test]
fn a_token_that_may_not_write_is_a_warning() {
    let runner = Runner::new();
    fs::create_dir_all(runner.home.path("work")).unwrap();
    runner.gh("case $* in *--method*) exit 1;; esac");
    runner.judged(Some("<!-- qaduct check -->\n1 error\n"));
    let ran = runner.step("Comment", &[("STATUS", "1")]);
    assert_eq!(ran.status, Some(0), "{}", ran.printed);
    assert!(
        ran.printed.contains("::warning title=qaduct::"),
        "{}",
        ran.printed
    );
}
