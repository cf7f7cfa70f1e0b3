//! Whatever rows hold, Slack takes the message, and what is left out is counted.

use proptest::prelude::*;

use super::desk::{BOT, Desk, HOOK};

/// A desk whose issues are these: title, events, address.
fn desk(rows: &str) -> Desk {
    let mut desk = Desk::with("v_release_issues", &[]);
    desk.rows("v_release_issues", rows);
    desk
}

const ALL: &str = r#"
to = "team"
title = "All issues"
[[items]]
view = "v_release_issues"
title = "Issues of {version}"
each = "version"
columns = ["title", "events", "culprit"]
link = "url"
order = ["issue_id"]
limit = 100
"#;

#[test]
fn of_ten_thousand_rows_all_that_are_not_shown_are_counted() {
    for (to, show) in [
        (BOT, "list"),
        (HOOK, "list"),
        (BOT, "table"),
        (HOOK, "table"),
    ] {
        let mut desk = desk(
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 10000) \
             SELECT n AS issue_id, '🦊 <issue> & more ' || n AS title, n AS events, 'https://e.org/' || n AS url, \
             '1.' || (n % 40) AS version FROM n",
        );
        let settings = format!("{ALL}show = \"{show}\"\n");
        desk.send_to(to, "all", &settings).unwrap();
        assert_eq!(desk.violations(), [""; 0], "{to} {show}");
        let seen = desk.show_again("all", &settings);
        // What is shown and what is counted is all there is.
        let shown = seen.matches("🦊 <issue> & more").count();
        let counted: usize = seen
            .lines()
            .filter_map(|it| {
                let it = it.strip_prefix("(… and ")?.strip_suffix(" more)")?;
                it.parse::<usize>().ok()
            })
            .sum();
        assert_eq!(shown + counted, 10_000, "{seen}");
        let posted = desk.posted();
        match to {
            BOT => assert!(posted.len() > 30, "{}", posted.len()),
            _ => assert!(
                posted[0]["blocks"]
                    .to_string()
                    .contains("parts that do not fit")
            ),
        }
    }
}

/// A literal of SQL.
fn quoted(text: &str) -> String {
    // In the SQL of a view a brace means something.
    let text = text.replace('\'', "''").replace('\0', "");
    let text = text.replace('{', "\u{1}").replace('}', "'||char(125)||'");
    format!("'{}'", text.replace('\u{1}', "'||char(123)||'"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn slack_takes_every_message(
        rows in prop::collection::vec(("\\PC{0,400}", any::<Option<i64>>(), ".{0,80}", 0..4), 0..30),
        title in ".{0,400}",
        show in prop::sample::select(vec!["list", "table", "number"]),
        thread: bool,
    ) {
        let selects: Vec<String> = rows.iter().enumerate().map(|(at, (name, events, url, version))| {
            let events = events.map_or("NULL".to_owned(), |it| it.to_string());
            format!(
                "SELECT {at} AS issue_id, {} AS title, {events} AS events, 'https://e.org/' || {} AS url, {} AS culprit, '{version}' AS version",
                quoted(name), quoted(url), quoted(url),
            )
        }).collect();
        prop_assume!(!selects.is_empty());
        let mut desk = desk(&selects.join(" UNION ALL "));
        let title = toml::Value::from(title).to_string();
        let item = ALL.replace("\"All issues\"", &title).replace("\"Issues of {version}\"", &title);
        let item = item.replacen("to =", &format!("thread = {thread}\nto ="), 1);
        let columns = match show {
            "number" => item.replace("\"title\", \"events\", \"culprit\"", ""),
            _ => item,
        };
        desk.send_to(BOT, "any", &format!("{columns}show = \"{show}\"\n")).unwrap();
        prop_assert_eq!(desk.violations(), Vec::<String>::new());
    }
}

#[test]
fn texts_of_the_settings_are_cut_where_slack_would_refuse_them() {
    let long = "x".repeat(5_000);
    let settings = |url: &str| {
        format!(
            "to = \"team\"\ntitle = \"{long}\"\nlinks = {{ \"{long}\" = \"{url}\" }}\n[[items]]\ntext = \"{long}\"\n"
        )
    };
    let mut desk = Desk::with("v_release_issues", &[]);
    desk.send("long", &settings("https://e.org/")).unwrap();
    assert_eq!(desk.violations(), [""; 0]);
    for url in ["javascript:1", "e.org", &format!("https://e.org/{long}")] {
        let error = desk.send("wrong", &settings(url)).unwrap_err().to_string();
        assert!(error.starts_with("[message.wrong]: `links`: "), "{error}");
    }
}
