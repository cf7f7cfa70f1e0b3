//! What lets a mute off: its condition or form, and no word.

use crate::Home;
use crate::repo::Repo;

/// Findings of a file that is new.
fn checked(path: &str, text: &str) -> String {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    repo.file("README", "shop");
    repo.commit("Before");
    repo.file(path, text);
    let said = home.qaduct("check --since HEAD").run().to_string();
    let findings = said.lines().filter(|it| {
        it.trim_start().starts_with(path) || it.contains("asked for") || it.contains("findings")
    });
    findings.map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_excuse_gets_a_test_that_never_runs_past_the_rules() {
    let text = r#"import pytest

@pytest.mark.skip(reason="slow")
def test_a(): pass

@pytest.mark.skip(reason="windows")
def test_b(): pass

@pytest.mark.skip(reason="needs work")
def test_c(): pass

@pytest.mark.skip(reason="unsupported at the moment, by design")
def test_d(): pass

@pytest.mark.skipif(True, reason="windows")
def test_e(): pass
"#;
    insta::assert_snapshot!(checked("test_a.py", text), @r"
        test_a.py:3   error    QM001 no-ticket  no ticket  [test_a]
        test_a.py:6   error    QM001 no-ticket  no ticket  [test_b]
        test_a.py:9   error    QM001 no-ticket  no ticket  [test_c]
        test_a.py:12  error    QM001 no-ticket  no ticket  [test_d]
        test_a.py:15  error    QM001 no-ticket  no ticket  [test_e]
        ");
    let text =
        "// needs work\nit.skip('pays', () => {});\n\n// slow\ntest.skip('sells', () => {});\n";
    insta::assert_snapshot!(checked("a.test.js", text), @r"
        a.test.js:2  error    QM001 no-ticket  no ticket  [pays]
        a.test.js:2  warning  QM005 no-reason  no reason
        a.test.js:5  error    QM001 no-ticket  no ticket  [sells]
        a.test.js:5  warning  QM005 no-reason  no reason
        ");
}

#[test]
fn a_condition_that_says_where_needs_neither_ticket_nor_reason() {
    let text = "import org.junit.jupiter.api.*;\nimport org.junit.jupiter.api.condition.*;\n\nclass ShopTest {\n    \
                @Test @DisabledOnOs(OS.WINDOWS) void sells() {}\n    \
                @Test @Disabled void pays() {}\n}\n";
    insta::assert_snapshot!(checked("src/test/java/ShopTest.java", text), @r"
        src/test/java/ShopTest.java:6  error    QM001 no-ticket  no ticket  [ShopTest::pays]
        src/test/java/ShopTest.java:6  warning  QM005 no-reason  no reason
        asked for no ticket and no age: 1 platform (`qaduct scan --intent platform` lists them)
        ");
    let text = "#[test]\n#[cfg_attr(windows, ignore)]\nfn sells() {}\n\n#[test]\n#[ignore]\nfn pays() {}\n";
    insta::assert_snapshot!(checked("tests/shop.rs", text), @r"
        tests/shop.rs:6  error    QM001 no-ticket  no ticket  [pays]
        tests/shop.rs:6  warning  QM005 no-reason  no reason
        asked for no ticket and no age: 1 platform (`qaduct scan --intent platform` lists them)
        ");
}
