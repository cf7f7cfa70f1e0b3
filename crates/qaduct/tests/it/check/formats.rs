//! Each format is read by something that is not ours.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::pull_request;
use crate::Home;
use crate::repo::Repo;

/// Written by OASIS; see the comment in it.
const SARIF: &str = include_str!("schemas/sarif-2.1.0.json");
/// What Jenkins takes, by the xUnit plug-in.
const JUNIT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/it/check/schemas/junit-10.xsd"
);

fn printed(home: &Home, format: &str) -> String {
    let run = home
        .qaduct(&format!("check --since main -f {format}"))
        .run();
    assert_eq!(run.status, Some(1), "{run}");
    assert_eq!(run.stderr, "");
    run.stdout
}

fn assert_valid(schema: &Value, document: &Value) {
    let schema = jsonschema::validator_for(schema).unwrap();
    let wrong: Vec<_> = schema
        .iter_errors(document)
        .map(|it| format!("{}: {it}", it.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn json_follows_its_schema_and_is_the_same_twice() {
    let home = Home::new();
    pull_request(&home);
    let text = printed(&home, "json");
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_valid(&qaduct_check::format::json::schema(), &document);
    assert_eq!(text, printed(&home, "json"));
    let rules: Vec<_> = document["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["rule"])
        .collect();
    assert_eq!(rules, ["QM003", "QM001"]);
}

#[test]
fn sarif_follows_the_schema_of_oasis() {
    let home = Home::new();
    pull_request(&home);
    let document: Value = serde_json::from_str(&printed(&home, "sarif")).unwrap();
    let schema: Value = serde_json::from_str(SARIF).unwrap();
    assert_valid(&schema, &document);
    // The schema finds what is wrong.
    let mut broken = document.clone();
    broken["runs"][0]["results"][0]["level"] = "bad".into();
    assert!(
        !jsonschema::validator_for(&schema)
            .unwrap()
            .is_valid(&broken)
    );
    // A finding is known by its test, wherever that stands.
    let prints = |document: &Value| {
        let results = document["runs"][0]["results"].as_array().unwrap();
        let prints = results
            .iter()
            .map(|it| it["partialFingerprints"].to_string());
        prints.collect::<Vec<_>>()
    };
    let path = home.path("work/tests/test_shop.py");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("# a line more\n{text}")).unwrap();
    let moved: Value = serde_json::from_str(&printed(&home, "sarif")).unwrap();
    assert_ne!(moved["runs"][0]["results"], document["runs"][0]["results"]);
    assert_eq!(prints(&moved), prints(&document));
}

#[test]
fn sarif_of_what_is_let_pass_of_files_and_of_strange_signs_follows_the_schema_too() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let text = "import pytest\n\n# qaduct: allow[QM001] reason=\"later\"\n@pytest.mark.skip(reason='\\x01 \u{7} \u{202e}')\n\
                class TestAll:\n    def test_x(self): pass\n";
    repo.file("tests/ü b%#/test_all.py", text);
    repo.file(
        "tests/test_broken.py",
        "import pytest\n@pytest.mark.skip\ndef (((\n",
    );
    repo.commit("Before");
    home.qaduct("baseline write").run();
    repo.file(
        "tests/test_new.py",
        "import pytest\n@pytest.mark.skip\ndef test_n(): pass\n",
    );
    let run = home
        .qaduct("check --baseline qaduct-baseline.toml -f sarif")
        .run();
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let schema: Value = serde_json::from_str(SARIF).unwrap();
    assert_valid(&schema, &document);
    let asked = r#"[.runs[0].results[].suppressions[]?.kind] | unique == ["external", "inSource"]"#;
    assert!(jq(asked, &run.stdout), "{run}");
    assert!(
        jq(
            "any(.runs[0].results[]; .suppressions == null)",
            &run.stdout
        ),
        "{run}"
    );
}

#[test]
fn junit_follows_the_schema_that_jenkins_takes() {
    let home = Home::new();
    let mut repo = pull_request(&home);
    let text = "import pytest\n\n# qaduct: allow[QM001]\n@pytest.mark.skip(reason='\\x01 & <x>')\nclass TestAll:\n    def test_x(self): pass\n";
    repo.file("tests/test_all.py", text);
    let run = home.qaduct("check --since main -o check.xml").run();
    assert_eq!(run.status, Some(1), "{run}");
    let checked = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema", JUNIT])
        .arg(home.path("work/check.xml"))
        .output()
        .unwrap();
    let said = String::from_utf8(checked.stderr).unwrap();
    assert!(checked.status.success(), "{said}");
}

/// What `jq` makes of a document; it fails where the expression is false.
fn jq(expression: &str, document: &str) -> bool {
    let mut child = Command::new("jq")
        .args(["--exit-status", expression])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, document.as_bytes()).unwrap();
    drop(input);
    child.wait().unwrap().success()
}

#[test]
fn code_quality_has_what_gitlab_asks_for() {
    let home = Home::new();
    pull_request(&home);
    let text = printed(&home, "gitlab");
    // The keys of docs.gitlab.com/ci/testing/code_quality, and its words for severity.
    let asked = r#"type == "array" and length == 2 and all(.[];
        (.description | type == "string") and (.check_name | type == "string")
        and (.fingerprint | test("^[0-9a-f]+$"))
        and (.severity | IN("info", "minor", "major", "critical", "blocker"))
        and (.location.path | startswith("./") or startswith("/") | not)
        and (.location.lines.begin | type == "number"))
        and ([.[].fingerprint] | unique | length == 2)"#;
    assert!(jq(asked, &text), "{text}");
    assert!(!jq(asked, &text.replace("major", "bad")));
}

/// A repository whose change adds so many mutes without tickets.
fn many(home: &Home, count: usize) {
    let mut repo = Repo::new(home.path("work"));
    repo.file("test_a.py", "def test_a(): pass\n");
    repo.commit("Before");
    let mutes = (0..count).map(|it| {
        let reason = "w|th `signs` @team ".repeat(20);
        format!(
            "@pytest.mark.skip(reason='{reason}')\ndef test_{it}_{}(): pass\n",
            "x".repeat(200)
        )
    });
    repo.file(
        "test_a.py",
        format!("import pytest\n\n{}", mutes.collect::<String>()),
    );
}

#[test]
fn annotations_are_ten_the_worst_first_and_the_last_says_how_many_more() {
    let home = Home::new();
    many(&home, 12);
    let run = home.qaduct("check --since HEAD -f github").run();
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 10);
    assert!(
        lines[0].starts_with("::error file=test_a.py,line=3,"),
        "{run}"
    );
    assert_eq!(
        lines[9],
        "::error title=qaduct::and 3 more in the summary of the job"
    );
    let home = Home::new();
    pull_request(&home);
    insta::assert_snapshot!(printed(&home, "github"), @r"
        ::error file=tests/test_shop.py,line=9,endLine=9,title=QM003 expired::tests/test_shop.py::test_renewed: expired on 2026-11-01%0Atake the mute away, or say until when it is needed
        ::error file=tests/test_shop.py,line=18,endLine=18,title=QM001 no-ticket::tests/test_shop.py::test_added: no ticket%0Aname the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address
        ");
}

#[test]
fn markdown_fits_a_comment_however_much_there_is_to_say() {
    let home = Home::new();
    many(&home, 400);
    let run = home.qaduct("check --since HEAD -f markdown").run();
    let length = run.stdout.chars().count();
    assert!((50_000..=60_000).contains(&length), "{length}");
    assert!(run.stdout.starts_with("<!-- qaduct check -->\n"), "{run}");
    assert!(run.stdout.trim_end().ends_with("findings more"), "{run}");
    let home = Home::new();
    pull_request(&home);
    insta::assert_snapshot!(printed(&home, "markdown"), @r"
        <!-- qaduct check -->
        ### qaduct check ❌ fails

        2 errors; since main: +1 muted, -1 un-muted, 1 edited, 1 moved; 4 mutes now, +0

        - QM002 ticket-closed not judged for 1 mute: no tracker of the ticket is in the database
        - QM006 no-owner not judged for 2 mutes: neither CODEOWNERS nor the settings name owners

        | | Rule | Test | What is wrong |
        |---|---|---|---|
        | ❌ error | [QM003](https://github.com/qaduct/qaduct/blob/main/docs/rules.md#qm003) expired | `tests/test_shop.py::test_renewed`<br>tests/test\_shop.py:9 | expired on 2026-11-01<br>*take the mute away, or say until when it is needed* |
        | ❌ error | [QM001](https://github.com/qaduct/qaduct/blob/main/docs/rules.md#qm001) no-ticket | `tests/test_shop.py::test_added`<br>tests/test\_shop.py:18 | no ticket<br>*name the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address* |
        ");
}

#[test]
fn one_run_writes_several_files() {
    let home = Home::new();
    pull_request(&home);
    let run = home
        .qaduct("check --since main -f github -o - -o summary.md -o check.sarif -o check.json")
        .run();
    assert!(run.stdout.starts_with("::error "), "{run}");
    for (file, begin) in [
        ("summary.md", "<!-- qaduct check -->"),
        ("check.sarif", "{\n  \"$schema\""),
        ("check.json", "{\n  \"schema_version\""),
    ] {
        let text = std::fs::read_to_string(home.path("work").join(file)).unwrap();
        assert!(text.starts_with(begin), "{file}: {text}");
    }
}
