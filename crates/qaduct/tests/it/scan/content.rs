//! Marks of one's own, and texts that break weaker programs.

use insta::assert_snapshot;

use crate::Home;
use crate::repo::Repo;
use crate::rows::Rows;

#[test]
fn marks_of_ones_own_are_a_matter_of_configuration() {
    let home = Home::new().file(
        "work/qaduct.toml",
        "[[mark]]\nname = \"broken\"\nkind = \"quarantine\"\nticket = [\"issue\"]\n\
         reason = [\"0\"]\nsince = [\"since\"]\nuntil = [\"until\"]\n",
    );
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file(
        "test_own.py",
        "import pytest\n\n\n\
         @pytest.mark.broken(\"no printer\", issue=\"HW-7\", since=\"2026-01-31\", until=\"3 May 2027\")\n\
         def test_prints():\n    pass\n",
    );
    repo.commit("A mark");
    let columns = "test,kind,form,ticket,reason,since_declared,until_declared,until_text";
    let with = home
        .qaduct(&format!(
            "scan repo --name repo -q -f csv --columns {columns}"
        ))
        .run();
    assert_snapshot!(with, @"
    test,kind,form,ticket,reason,since_declared,until_declared,until_text
    test_prints,quarantine,pytest.mark.broken,HW-7,no printer,2026-01-31,2027-05-03,3 May 2027
    [status 0]
    ");
    let without = home
        .qaduct("scan repo --name repo -q -f csv --no-config --columns test")
        .run();
    assert_snapshot!(without, @"
    test
    [status 0]
    ");
}

#[test]
fn emoji_nul_long_reasons_and_sql_survive_into_store_and_json() {
    let home = Home::new();
    let long = "x\u{1f40c}".repeat(60_000);
    assert_eq!(long.len(), 300_000);
    let reasons = [
        "\u{1f525} \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{202e}",
        "a\\x00b",
        &long,
        "'; DROP TABLE mutes; --",
    ];
    let mut text = "import pytest\n\n\n".to_owned();
    for (n, reason) in reasons.iter().enumerate() {
        let mark = format!("@pytest.mark.skip(reason=\"{reason}\")\n");
        text.extend([mark, format!("def test_{n}():\n    pass\n\n\n")]);
    }
    text += "@pytest.mark.parametrize(\"sql\", [pytest.param(1, id=\"'); DELETE FROM mutes; --\", \
             marks=pytest.mark.xfail(reason='\"quoted\", and, commas'))])\n\
             def test_sql(sql):\n    pass\n";
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file("test_texts.py", text).commit("Texts");

    let outcome = home.qaduct("scan repo --name repo -q --format json").run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let items = document["items"].as_array().unwrap();
    let found: Vec<_> = items
        .iter()
        .map(|it| it["reason"].as_str().unwrap())
        .collect();
    let quoted = "\"quoted\", and, commas";
    assert_eq!(found, [reasons[0], "a\0b", reasons[2], reasons[3], quoted]);
    let id = "test_texts.py::test_sql['); DELETE FROM mutes; --]";
    assert_eq!(items[4]["test_id"], id);

    let stored = Rows::of(home.path("work/qaduct.db")).all();
    let declarations: Vec<serde_json::Value> = stored
        .lines()
        .skip_while(|line| *line != "== mute_declarations")
        .skip(1)
        .take_while(|line| !line.starts_with("== "))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut kept: Vec<_> = declarations
        .iter()
        .map(|it| it["reason"].as_str().unwrap())
        .collect();
    kept.sort_unstable();
    let mut found = found;
    found.sort_unstable();
    assert_eq!(kept, found);
}
