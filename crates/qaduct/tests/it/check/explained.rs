//! Rules, codes and muted tests are explained.

use qaduct_check::RULES;

use super::pull_request;
use crate::Home;
use crate::repo::Repo;

#[test]
fn every_rule_is_explained_by_its_page() {
    let home = Home::new();
    for rule in RULES {
        let run = home.qaduct(&format!("explain {}", rule.id)).run();
        assert_eq!(run.status, Some(0), "{run}");
        assert!(run.stdout.contains(rule.page), "{run}");
    }
    insta::assert_snapshot!(home.qaduct("explain qk400").run(), @r"
        QK400: A baseline cannot be read, or would grow.
        a command that ends with it has status 2
        [status 0]
        ");
}

#[test]
fn a_muted_test_is_explained_by_what_is_known_of_it() {
    let home = Home::new();
    pull_request(&home);
    insta::assert_snapshot!(home.qaduct("explain test_renewed").run(), @r"
        tests/test_shop.py::test_renewed
          kind            xfail
          mark            pytest.mark.xfailflake
          scope           test
          place           tests/test_shop.py:9
          purpose         debt
          reason          flaky
          ticket          SHOP-2, no tracker was pulled that knows it; from argument
          since           2026-11-10 as declared
          until           2026-11-01
          runs            its body runs, its result does not count
          recognised      exact
          rule            QM003 error: expired on 2026-11-01
        [status 0]
        ");
    insta::assert_snapshot!(home.qaduct("explain test_renewd").run(), @r"
        [stderr]
        error[QK404]: no muted test, rule, code or table is called `test_renewd`
          help: did you mean `test_renewed`?
        [status 2]
        ");
    let run = home.qaduct("explain test_added -f json").run();
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        document["items"][0]["test"],
        "tests/test_shop.py::test_added"
    );
}

#[test]
fn a_muted_test_says_who_brought_it_where_the_history_was_read() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let text = "import pytest\n\n@pytest.mark.skip(reason='x')\ndef test_a(): pass\n";
    repo.file("test_a.py", text).file(".gitignore", "*.db\n");
    repo.file("CODEOWNERS", "* @acme/shop\n");
    repo.commit("Before");
    assert_eq!(home.qaduct("scan --history -qq").run().status, Some(0));
    insta::assert_snapshot!(home.qaduct("explain test_a").run(), @r"
        test_a.py::test_a
          kind            skip
          mark            pytest.mark.skip
          scope           test
          place           test_a.py:3
          purpose         unknown
          reason          x
          since           2026-08-30 by git: 252afa16919d230337460802f2c4b3937b41b2a3 of Ada
          first seen      2026-11-21
          owner           @acme/shop, by CODEOWNERS or the settings
          recognised      exact
          rule            QM001 error: no ticket
          rule            QM004 warning: muted for 83 days, since 2026-08-30 by git
        [status 0]
        ");
}

/// The blocks of an example, with the language that they are in.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let example = page.split("### Example").nth(1).unwrap();
    let blocks = example.split("```").skip(1).step_by(2);
    blocks.map(|it| it.split_once('\n').unwrap()).collect()
}

#[test]
fn what_the_page_of_a_rule_shows_is_found_where_it_says_and_nowhere_else() {
    let mut shown = 0;
    for rule in RULES {
        let home = Home::new();
        let mut repo = Repo::new(home.path("work"));
        let mut marked = Vec::new();
        for (language, text) in blocks(rule.page) {
            let (name, head) = match language {
                "python" => ("test_example.py", "import pytest, unittest\n"),
                "js" => ("example.test.js", ""),
                "toml" if text.starts_with("# qaduct.toml") => ("qaduct.toml", ""),
                _ => continue,
            };
            let text = [head, text].concat();
            let lines = (1..).zip(text.lines());
            let signed = lines.filter(|(_, it)| it.contains(&format!(" {}", rule.id)));
            marked.extend(signed.map(|(line, _)| format!("{name}:{line} {}", rule.id)));
            repo.file(name, text);
        }
        repo.commit("Example");
        if marked.is_empty() {
            continue;
        }
        shown += 1;
        let json = home.qaduct("check -f json").run().stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let items = json["items"].as_array().unwrap().iter();
        let items = items.filter(|it| it["rule"] == rule.id);
        let found = items.map(|it| {
            let path = it["path"].as_str().unwrap();
            format!("{path}:{} {}", it["line"], rule.id)
        });
        assert_eq!(found.collect::<Vec<_>>(), marked, "{}", rule.id);
    }
    assert!(shown >= 7, "{shown} pages show something");
}
