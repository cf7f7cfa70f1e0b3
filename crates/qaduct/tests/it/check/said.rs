//! Comments, focus, other branches, and what was asked for by name.

use super::pull_request;
use crate::Home;
use crate::repo::Repo;

fn repo(home: &Home, files: &[(&str, &str)]) -> Repo {
    let mut repo = Repo::new(home.path("work"));
    for (path, text) in files {
        repo.file(path, text);
    }
    repo.commit("Before");
    repo
}

/// The findings, and nothing else.
fn findings(home: &Home, arguments: &str) -> String {
    let run = home.qaduct(arguments).run();
    let levels = ["  error  ", "  warning  ", "  info  "];
    let is_finding = |it: &&str| levels.iter().any(|level| it.contains(level));
    let lines = run.stdout.lines().filter(is_finding);
    let lines: Vec<_> = lines.map(str::trim_end).collect();
    lines.join("\n")
}

#[test]
fn a_focus_is_an_error_whatever_it_names() {
    let home = Home::new();
    let text =
        "describe.only(\"cart\", () => {\n  test.only(\"SHOP-412 pays by card\", () => {});\n});\n";
    repo(&home, &[("cart.test.js", text)]);
    insta::assert_snapshot!(findings(&home, "check"), @r"
        cart.test.js:1  error    QM012 focus  the focus on this class or suite silences all others  [cart]
        cart.test.js:2  error    QM012 focus  the focus on this test silences all others  [cart::SHOP-412 pays by card]
        ");
    assert_eq!(home.qaduct("check").run().status, Some(1));
}

#[test]
fn a_comment_that_stands_at_no_mute_is_told() {
    let home = Home::new();
    let text = r#"import pytest

# qaduct: allow[QM001] reason="not muted any more"
def test_open(): pass

@pytest.mark.skip(reason="x")
# qaduct: allow[QM001] reason="between"
def test_between(): pass

@pytest.mark.skip(reason="x")
def test_behind(): pass  # qaduct: allow[QM001] reason="behind the name"

# qaduct: allow[QM001] reason="a line above"

@pytest.mark.skip(reason="x")
def test_above(): pass

# qaduct: allow[QM001] reason="right"
@pytest.mark.skip(reason="x")
def test_right(): pass

TEXT = "qaduct: allow[QM001] is how it is written"
"#;
    let mut repo = repo(&home, &[("test_a.py", text)]);
    insta::assert_snapshot!(findings(&home, "check"), @r"
        test_a.py:3   warning  QM011 stale-allow  this comment stands at no mute, and lets nothing pass
        test_a.py:6   error    QM001 no-ticket    no ticket  [test_between]
        test_a.py:7   warning  QM011 stale-allow  this comment stands at no mute, and lets nothing pass
        test_a.py:10  error    QM001 no-ticket    no ticket  [test_behind]
        test_a.py:11  warning  QM011 stale-allow  this comment stands at no mute, and lets nothing pass
        test_a.py:13  warning  QM011 stale-allow  this comment stands at no mute, and lets nothing pass
        test_a.py:15  error    QM001 no-ticket    no ticket  [test_above]
        ");
    // Of a change, only in the files that it touches.
    assert_eq!(findings(&home, "check --since HEAD"), "");
    repo.file("test_a.py", text.replace("pass", "assert 1"));
    let told = findings(&home, "check --since HEAD");
    assert_eq!(
        told.lines().filter(|it| it.contains("QM011")).count(),
        4,
        "{told}"
    );
}

#[test]
fn a_new_comment_asks_only_the_rules_that_it_names_about_an_old_mute() {
    let home = Home::new();
    let text = "import pytest\n\n@pytest.mark.skip\ndef test_a(): pass\n";
    let mut repo = repo(&home, &[("test_a.py", text)]);
    let allowed = |comment: &str| text.replace("@pytest", &format!("# qaduct: {comment}\n@pytest"));
    repo.file("test_a.py", allowed("allow[QM005]"));
    assert_eq!(findings(&home, "check --since HEAD"), "");
    repo.file("test_a.py", allowed("allow[QM009]"));
    insta::assert_snapshot!(findings(&home, "check --since HEAD"), @r"test_a.py:4  warning  QM011 stale-allow  QM009 is allowed and finds nothing here  [test_a]");
    // One that goes leaves what it let pass.
    repo.file("test_a.py", allowed("allow[QM001]"));
    repo.commit("Allowed");
    repo.file("test_a.py", text);
    insta::assert_snapshot!(findings(&home, "check --since HEAD"), @r"test_a.py:3  error    QM001 no-ticket  no ticket  [test_a]");
}

#[test]
fn a_mark_without_effect_mutes_nothing_on_the_other_branch() {
    let home = Home::new().file("work/qaduct.toml", "[check]\nreference = 'release'\n");
    let text = "import pytest\n\n@pytest.mark.skipif(False, reason='SHOP-1')\ndef test_a(): pass\n";
    let mut repo = repo(&home, &[("test_a.py", text)]);
    repo.git(&["branch", "release"]);
    repo.file("test_a.py", text.replace("skipif(False, ", "skip("));
    repo.commit("Muted");
    let told = findings(&home, "check");
    assert!(
        told.contains("QM008 drift  muted here, not on release"),
        "{told}"
    );
    // And the reverse: what has no effect there is missed by nobody here.
    repo.file("test_a.py", "def test_a(): pass\n");
    repo.commit("Open");
    assert_eq!(findings(&home, "check"), "");
}

#[test]
fn a_rule_that_is_named_and_not_asked_ends_with_a_status_of_its_own() {
    let home = Home::new();
    repo(&home, &[("test_a.py", "def test_a(): pass\n")]);
    insta::assert_snapshot!(home.qaduct("check --fail-on QM008").run(), @r"
        no findings; 0 mutes
        QM008 drift not judged: no `reference` under `[check]` names a branch to compare with
        [stderr]
        error[QK206]: QM008 could not be judged: no `reference` under `[check]` names a branch to compare with
          help: `qaduct explain QM008` tells what it needs
        [status 3]
        ");
    let home = Home::new().file("work/qaduct.toml", "[check.rules]\nQM001 = 'off'\n");
    repo(&home, &[("test_a.py", "def test_a(): pass\n")]);
    insta::assert_snapshot!(home.qaduct("check --fail-on QM001").run(), @r"
        no findings; 0 mutes
        QM001 no-ticket not judged: it is off in the settings
        [stderr]
        error[QK206]: QM001 could not be judged: it is off in the settings
          help: `qaduct explain QM001` tells what it needs
        [status 3]
        ");
}

#[test]
fn every_format_says_that_less_was_judged_than_was_asked_for() {
    let home = Home::new();
    pull_request(&home);
    let run = |format: &str| {
        let arguments = format!("check --since main --fail-on QM002 -f {format}");
        home.qaduct(&arguments).run()
    };
    let markdown = run("markdown");
    assert_eq!(markdown.status, Some(3));
    assert!(
        markdown
            .stdout
            .contains("### qaduct check ❌ could not judge all\n"),
        "{markdown}"
    );
    let json: serde_json::Value = serde_json::from_str(&run("json").stdout).unwrap();
    assert_eq!(json["summary"]["outcome"], "incomplete");
    assert_eq!(json["summary"]["fails"], false);
}

#[test]
fn a_finding_keeps_its_name_whether_others_like_it_are_judged_or_not() {
    let home = Home::new();
    let one = "import pytest\n\n@pytest.mark.skip(reason='x')\ndef test_a(): pass\n";
    let two = one.replace("@pytest", "@pytest.mark.skip(reason='y')\n@pytest");
    let mut repo = repo(&home, &[("test_a.py", one)]);
    repo.file("test_a.py", two);
    let names = |arguments: &str| -> Vec<String> {
        let json = home.qaduct(arguments).run().stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let items = json["items"].as_array().unwrap().iter();
        let items = items.filter(|it| it["rule"] == "QM001");
        items
            .map(|it| it["fingerprint"].as_str().unwrap().to_owned())
            .collect()
    };
    let (all, new) = (names("check -f json"), names("check --since HEAD -f json"));
    assert_eq!((all.len(), new.len()), (2, 1));
    assert_eq!(new[0], all[0]);
}
