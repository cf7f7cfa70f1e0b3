//! A baseline lets pass what was there, by identity, and only shrinks.

use std::fs;

use super::{BEFORE, pull_request};
use crate::Home;
use crate::repo::Repo;

#[test]
fn a_baseline_lets_pass_what_was_there_wherever_it_moves() {
    let home = Home::new();
    let mut repo = pull_request(&home);
    insta::assert_snapshot!(home.qaduct("baseline write").run(), @r#"
        [stderr]
        3 findings in qaduct-baseline.toml
        next: add `baseline = "qaduct-baseline.toml"` to `[check]` in qaduct.toml, and commit both
        [status 0]
        "#);
    let baseline = fs::read_to_string(home.path("work/qaduct-baseline.toml")).unwrap();
    insta::assert_snapshot!(baseline, @r#"
        # What `qaduct check` found when this file was written, and lets pass since then.
        # It can only shrink: `qaduct baseline prune` takes out what is mended.
        version = 1
        findings = [
          { test = "tests/test_moved.py::test_moves", rule = "QM001", form = "pytest.mark.skip" },
          { test = "tests/test_shop.py::test_added", rule = "QM001", form = "pytest.mark.skip" },
          { test = "tests/test_shop.py::test_renewed", rule = "QM003", form = "pytest.mark.xfailflake", about = "2026-11-01" },
        ]
        "#);
    // Other lines, and another file.
    repo.commit("Accepted");
    let text = fs::read_to_string(home.path("work/tests/test_shop.py")).unwrap();
    repo.file("tests/test_shop.py", format!("import os\n\n\n{text}"));
    repo.git(&["mv", "tests/test_moved.py", "tests/test_again.py"]);
    let run = home.qaduct("check --baseline qaduct-baseline.toml").run();
    assert_eq!(run.status, Some(0), "{run}");
    // What is new is not let pass.
    repo.file(
        "tests/test_new.py",
        "import pytest\n\n@pytest.mark.skip(reason='x')\ndef test_n(): pass\n",
    );
    let run = home.qaduct("check --baseline qaduct-baseline.toml").run();
    insta::assert_snapshot!(run, @r"
        tests/test_new.py:3  error    QM001 no-ticket  no ticket  [test_n]

        1 error; 5 mutes
        let pass: 3 by the baseline, 0 by comments
        QM002 ticket-closed not judged for 2 mutes: no tracker of the ticket is in the database
        QM004 too-old not judged for 4 mutes: nobody knows since when the mute is there
        QM006 no-owner not judged for 5 mutes: neither CODEOWNERS nor the settings name owners
        next: name the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address (`qaduct explain QM001`)
        [status 1]
        ");
}

#[test]
fn a_baseline_shrinks_and_grows_only_when_it_is_told_to() {
    let home = Home::new().file("work/qaduct.toml", "[check]\nbaseline = 'accepted.toml'\n");
    let mut repo = pull_request(&home);
    assert_eq!(home.qaduct("baseline write").run().status, Some(0));
    repo.file("tests/test_shop.py", BEFORE);
    insta::assert_snapshot!(home.qaduct("check").run(), @r"
        tests/test_shop.py:9  error    QM003 expired  expired on 2026-10-01  [test_renewed]

        1 error; 4 mutes
        let pass: 1 by the baseline, 0 by comments
        QM002 ticket-closed not judged for 3 mutes: no tracker of the ticket is in the database
        QM004 too-old not judged for 3 mutes: nobody knows since when the mute is there
        QM006 no-owner not judged for 4 mutes: neither CODEOWNERS nor the settings name owners
        2 entries of the baseline look mended: run `qaduct baseline prune --baseline accepted.toml`
        next: take the mute away, or say until when it is needed (`qaduct explain QM003`)
        [status 1]
        ");
    insta::assert_snapshot!(home.qaduct("baseline prune --dry-run").run(), @r"
        [stderr]
        mended: QM001 of tests/test_shop.py::test_added
        mended: QM003 of tests/test_shop.py::test_renewed
        2 would be taken out of accepted.toml, 1 left
        [status 0]
        ");
    insta::assert_snapshot!(home.qaduct("baseline prune").run(), @r"
        [stderr]
        mended: QM001 of tests/test_shop.py::test_added
        mended: QM003 of tests/test_shop.py::test_renewed
        2 taken out of accepted.toml, 1 left
        [status 0]
        ");
    repo.file(
        "tests/test_new.py",
        "import pytest\n\n@pytest.mark.skip(reason='x')\ndef test_n(): pass\n",
    );
    insta::assert_snapshot!(home.qaduct("baseline write").run(), @r"
        [stderr]
        error[QK400]: the baseline accepted.toml would grow by 2
          the first new one is QM001 of tests/test_new.py::test_n
          help: mend what is new; `--grow` accepts it
          help: `qaduct baseline prune` takes out what is mended, and adds nothing
        [status 2]
        ");
    insta::assert_snapshot!(home.qaduct("baseline write --grow").run(), @r"
        [stderr]
        3 findings in accepted.toml
        [status 0]
        ");
    assert_eq!(home.qaduct("check").run().status, Some(0));
}

#[test]
fn what_is_no_baseline_is_refused() {
    let home = Home::new().file("work/wrong.toml", "findings = 1\n");
    pull_request(&home);
    let run = home.qaduct("check --baseline wrong.toml").run();
    assert_eq!(run.status, Some(2), "{run}");
    insta::assert_snapshot!(home.qaduct("check --baseline nowhere.toml").run(), @r"
        [stderr]
        error[QK400]: the baseline nowhere.toml cannot be read: No such file or directory (os error 2)
          help: `qaduct baseline write --baseline nowhere.toml` makes one
        [status 2]
        ");
}

const MUTED: &str = "import pytest\n\n@pytest.mark.skip\ndef test_a(): pass\n";

/// What `baseline prune` says it would take out.
fn mended(home: &Home, environment: &[(&str, &str)]) -> Vec<String> {
    let run = home.qaduct("baseline prune --dry-run");
    let run = environment
        .iter()
        .fold(run, |run, (name, value)| run.env(name, value));
    let run = run.run();
    let check = home.qaduct("check --baseline qaduct-baseline.toml").run();
    let lines = run.stderr.lines().filter(|it| it.starts_with("mended"));
    let lines: Vec<_> = lines.map(str::to_owned).collect();
    if environment.is_empty() {
        assert_eq!(
            check.stdout.contains("mended"),
            !lines.is_empty(),
            "{check}"
        );
    }
    lines
}

#[test]
fn what_could_not_be_judged_is_not_mended() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    repo.file("test_a.py", MUTED).file(".gitignore", "*.db\n");
    repo.commit("Before");
    let scan = home.qaduct("scan -qq --store seen.db");
    let scan = scan.env("QADUCT_CLOCK", "2026-08-01T07:00:00Z").run();
    assert_eq!(scan.status, Some(0), "{scan}");
    let write = home.qaduct("baseline write --store seen.db").run();
    assert_eq!(write.status, Some(0), "{write}");
    let baseline = fs::read_to_string(home.path("work/qaduct-baseline.toml")).unwrap();
    assert!(baseline.contains("QM004"), "{baseline}");
    // Without the database nobody knows how old the mute is.
    assert!(mended(&home, &[]).is_empty());
    // A rule that is off was not asked.
    repo.file("qaduct.toml", "[check.rules]\nQM001 = 'off'\n");
    assert!(mended(&home, &[]).is_empty());
    fs::remove_file(home.path("work/qaduct.toml")).unwrap();
    // A file that cannot be read may hold anything.
    repo.file(
        "test_a.py",
        "import pytest\n\n@pytest.mark.skip(\ndef test_a(:\n",
    );
    assert!(mended(&home, &[]).is_empty());
    repo.file("test_a.py", "def test_a(): pass\n");
    assert_eq!(mended(&home, &[]).len(), 3);
}

#[test]
fn what_only_the_other_branch_mutes_is_not_mended_where_only_a_change_is_judged() {
    let home = Home::new().file("work/qaduct.toml", "[check]\nreference = 'release'\n");
    let mut repo = Repo::new(home.path("work"));
    repo.file("test_a.py", MUTED);
    repo.commit("There");
    repo.git(&["branch", "release"]);
    repo.file("test_a.py", "def test_a(): pass\n");
    repo.commit("Here");
    assert_eq!(home.qaduct("baseline write").run().status, Some(0));
    for since in ["HEAD", "HEAD~1", "release"] {
        let arguments = format!("check --baseline qaduct-baseline.toml --since {since}");
        let run = home.qaduct(&arguments).run();
        assert!(!run.stdout.contains("mended"), "{run}");
    }
}

#[test]
fn an_entry_of_a_file_that_is_gone_lets_nothing_else_pass() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    repo.file("tests/test_x.py", MUTED);
    repo.commit("Before");
    assert_eq!(home.qaduct("baseline write").run().status, Some(0));
    repo.commit("Baseline");
    fs::remove_file(home.path("work/tests/test_x.py")).unwrap();
    repo.commit("Gone");
    let other = format!(
        "import os\nimport sys\n\n\ndef test_more():\n    assert os.sep in sys.path\n\n{MUTED}"
    );
    repo.file("other/test_new.py", other);
    repo.commit("Something else");
    let run = home.qaduct("check --baseline qaduct-baseline.toml").run();
    assert!(run.stdout.contains("other/test_new.py:10"), "{run}");
    assert_eq!(run.status, Some(1));
    assert_eq!(home.qaduct("baseline prune").run().status, Some(0));
    let baseline = fs::read_to_string(home.path("work/qaduct-baseline.toml")).unwrap();
    assert!(!baseline.contains("test ="), "{baseline}");
}

#[test]
fn an_entry_goes_with_its_file_when_it_is_pruned() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    repo.file("tests/test_x.py", MUTED)
        .file("tests/test_z.py", MUTED);
    repo.commit("Before");
    assert_eq!(home.qaduct("baseline write").run().status, Some(0));
    repo.commit("Baseline");
    repo.git(&["mv", "tests/test_x.py", "tests/test_y.py"]);
    repo.file("tests/test_z.py", "def test_a(): pass\n");
    repo.commit("Renamed");
    assert_eq!(
        home.qaduct("check --baseline qaduct-baseline.toml")
            .run()
            .status,
        Some(0)
    );
    insta::assert_snapshot!(home.qaduct("baseline prune").run(), @r"
        [stderr]
        mended: QM001 of tests/test_z.py::test_a
        mended: QM005 of tests/test_z.py::test_a
        2 taken out of qaduct-baseline.toml, 2 left
        [status 0]
        ");
    let baseline = fs::read_to_string(home.path("work/qaduct-baseline.toml")).unwrap();
    assert!(baseline.contains("tests/test_y.py::test_a"), "{baseline}");
    assert!(!baseline.contains("test_x"), "{baseline}");
}

#[test]
fn an_entry_belongs_to_what_was_there_and_not_to_what_is_new_and_like_it() {
    let home = Home::new().file("work/qaduct.toml", "[check]\nbaseline = 'accepted.toml'\n");
    let mut repo = Repo::new(home.path("work"));
    let test = |more: &str| {
        let old = "\tif os.Getenv(\"SLOW\") == \"\" {\n\t\tt.Skip(\"broken\")\n\t}\n";
        let head = "package a\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\n";
        format!("{head}func TestA(t *testing.T) {{\n{more}{old}}}\n")
    };
    repo.file("a_test.go", test("")).commit("Before");
    assert_eq!(home.qaduct("baseline write").run().status, Some(0));
    repo.commit("Accepted");
    repo.file("a_test.go", test("\tt.Skip(\"broken\")\n"));
    let run = home.qaduct("check --since HEAD").run();
    assert!(run.to_string().contains("a_test.go:9"), "{run}");
    assert_eq!(run.status, Some(1), "{run}");
}
