//! A baseline lets pass what was there, by identity, and only shrinks.

use std::fs;

use super::{BEFORE, pull_request};
use crate::Home;

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
