//! Messages to Slack, from the settings to the channel.

use insta::assert_snapshot;
use qaduct_replay::{Server, World};

use crate::Home;
use crate::repo::Repo;
use crate::stands::{TOKEN, serve};

/// A folder with one muted test in its store, and settings that tell of it.
fn home(server: &Server) -> Home {
    let text = format!(
        r#"
[slack.team]
token = {{ env = "SLACK_BOT_TOKEN" }}
channel = "C0DASHBOARD"
url = "{}"
[slack.hook]
webhook = {{ env = "SLACK_WEBHOOK" }}

[message.week]
to = "team"
title = "Tests this week"
[[message.week.items]]
use = "muted-now"
[[message.week.items]]
title = "Muted tests"
view = "v_mutes_current"
columns = ["test_id", "ticket"]

[alert.muted]
to = "hook"
view = "v_mutes_current"
columns = ["test_id", "form"]

[alert.stale]
to = "hook"
on = "stale"
"#,
        server.url("slack/api/")
    );
    let home = Home::new().file("work/qaduct.toml", &text);
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file(
        "test_a.py",
        "import pytest\n\n\n@pytest.mark.skip(reason=\"SHOP-1\")\ndef test_a():\n    pass\n",
    );
    repo.commit("SHOP-1: mute");
    let outcome = home.qaduct("scan repo -q -o /dev/null").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    home
}

fn publish(home: &Home, server: &Server, arguments: &str) -> crate::home::Outcome {
    let hook = server.url(&format!("slack/services/T1/B1/{TOKEN}"));
    home.qaduct(&format!("publish {arguments}"))
        .env("SLACK_BOT_TOKEN", TOKEN)
        .env("SLACK_WEBHOOK", hook)
        .run()
}

#[test]
fn a_message_is_shown_without_a_credential_and_sent_once_with_one() {
    let server = serve(World::empty(), &[]);
    let home = home(&server);
    let outcome = home.qaduct("publish --dry-run").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_snapshot!(outcome.stdout, @r"
        PUBLICATION   TARGET            EFFECT            DETAIL
        message.week  team C0DASHBOARD  would be created
        alert.muted   hook              would be created  1 firing, 0 unknown
        alert.stale   hook              unchanged         0 firing, 0 unknown

        message.week to team C0DASHBOARD:
        # Tests this week
        1 Muted now, on all branches
        Muted tests
        test id            ticket
        test_a.py::test_a  SHOP-1
        (as stored on 2026-11-21 07:00 UTC)

        alert.muted to hook:
        # alert.muted
        :rotating_light: Now
        • test_a.py::test_a: pytest.mark.skip
        ");
    let outcome = home.qaduct("publish -n -f json message.week").run();
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let blocks = &document["items"][0]["document"][0]["blocks"];
    assert_eq!(blocks[0]["type"], "header", "{document}");
    assert_eq!(server.counters().requests, 0);

    let outcome = publish(&home, &server, "");
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_snapshot!(outcome.stdout, @r"
        PUBLICATION   TARGET            EFFECT     DETAIL
        message.week  team C0DASHBOARD  created
        alert.muted   hook              created    1 firing, 0 unknown
        alert.stale   hook              unchanged  0 firing, 0 unknown
        ");
    let outcome = publish(&home, &server, "");
    assert_snapshot!(outcome.stdout, @r"
        PUBLICATION   TARGET            EFFECT     DETAIL
        message.week  team C0DASHBOARD  unchanged
        alert.muted   hook              unchanged  1 firing, 0 unknown
        alert.stale   hook              unchanged  0 firing, 0 unknown
        ");
    let posted = server.world().collection("slack.messages").len();
    assert_eq!(posted, 2);
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_job_that_is_tried_again_sends_again_nothing_that_it_has_sent() {
    let server = serve(World::empty(), &[]);
    let home = home(&server);
    let path = home.path("work/qaduct.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    // A folder of this name is in the way of the file.
    std::fs::create_dir(home.path("work/out.csv")).unwrap();
    let text = text.replace("to = \"team\"", "to = \"team\"\nalways = true")
        + "[export.stuck]\nview = \"v_mutes_current\"\nto = \"out.csv\"\n\
           [job.daily]\nschedule = \"daily 08:00\"\nretry_after = \"1m\"\n\
           run = [{ publish = [\"message.week\", \"export.stuck\"] }]\n";
    std::fs::write(&path, text).unwrap();
    let posted_at = |time: &str| {
        let run = home.qaduct("run --once").env("SLACK_BOT_TOKEN", TOKEN);
        let outcome = run.env("QADUCT_CLOCK", time).run();
        let is_again = outcome.stderr.contains("begun, again");
        (is_again, server.world().collection("slack.messages").len())
    };
    assert_eq!(posted_at("2026-11-22T07:00:00Z"), (false, 0));
    assert_eq!(posted_at("2026-11-22T08:00:00Z"), (false, 1));
    assert_eq!(posted_at("2026-11-22T08:02:00Z"), (true, 1));
    assert_eq!(posted_at("2026-11-23T08:00:00Z"), (false, 2));
}

#[test]
fn what_is_missing_is_named_with_what_to_write() {
    let server = serve(World::empty(), &[]);
    let home = home(&server);
    let outcome = home.qaduct("publish message").run();
    assert_eq!(outcome.status, Some(4));
    assert_snapshot!(outcome.stderr, @r"
        error[QC009]: cannot read the secret `slack.team.token`: variable SLACK_BOT_TOKEN is not set
          publication message.week
          help: set SLACK_BOT_TOKEN, or let `slack.team.token` refer to another place
        ");

    let settings = "[slack.one]\n[slack.two]\ntoken = { env = \"T\" }\nchannel = \"#general\"\n\
        [message.a]\nto = \"tow\"\n[[message.a.items]]\nview = \"v_mutes_current\"\nwhen = \"many\"\nformats = { test_id = \"short\" }\n";
    std::fs::write(home.path("work/qaduct.toml"), settings).unwrap();
    let outcome = home.qaduct("config check").run();
    assert_eq!(outcome.status, Some(2));
    assert_snapshot!(outcome.stderr, @r#"
        error[QC005]: `message.a.items[0].when` cannot be `many`: `many` is no comparison such as `events > 500`
         --> qaduct.toml:9:8
          |
        9 | when = "many"
          |        ^^^^^^
          = help: write a condition, such as "events > 500 or users > 500"

        error[QC005]: `message.a.items[0].formats.test_id` cannot be `short`: it is none of `4 decimals`, `50 letters` and `thousands`
          --> qaduct.toml:10:23
           |
        10 | formats = { test_id = "short" }
           |                       ^^^^^^^
           = help: write how it is written, such as "4 decimals"

        error[QC006]: `slack.one` needs either `webhook` or `token`
         --> qaduct.toml:1:8
          |
        1 | [slack.one]
          |        ^^^
          = help: write `webhook = { env = "SLACK_WEBHOOK" }`, or `token = { env = "SLACK_BOT_TOKEN" }` and `channel`

        error[QC005]: `slack.two.channel` cannot be `#general`: it is no id
         --> qaduct.toml:2:8
          |
        2 | [slack.two]
          |        ^^^
          = help: write its id, such as C0123456789, at the end of what Slack shows about it: a name does not find messages again

        error[QC005]: `message.a.to`: there is no `slack.tow`
         --> qaduct.toml:6:6
          |
        6 | to = "tow"
          |      ^^^^^ did you mean `two`?
        "#);

    let settings =
        "[slack.two]\ntoken = { env = \"T\" }\nchannel = \"C1\"\n[message.a]\nto = \"tow\"\n";
    std::fs::write(home.path("work/qaduct.toml"), settings).unwrap();
    let outcome = home.qaduct("publish message.a").run();
    assert_snapshot!(outcome.stderr, @r#"
        error[QC005]: `message.a.to`: there is no `slack.tow`
         --> qaduct.toml:5:6
          |
        5 | to = "tow"
          |      ^^^^^ did you mean `two`?
        "#);
}
