//! Messages to Slack, against a server that stands in for it and judges each by Slack's limits.

mod alerts;
mod desk;
mod limits;
mod once;

use insta::assert_snapshot;
use qaduct_publish::Effect;

use desk::{BOT, Desk, HOOK, SECRET};

/// Rates of three versions: one is fine, one is not, one is not known.
const RATES: &[&str] = &[
    "app=ios version=147.0.10 day=2026-11-20 adoption_percent=61.254 crash_free_sessions_percent=99.91234 crash_free_users_percent=99.84321 upcoming=0",
    "app=ios version=147.0.9 day=2026-11-20 adoption_percent=3 crash_free_sessions_percent=99.4 crash_free_users_percent=98.7 upcoming=0",
    "app=ios version=148.0 day=2026-11-20 adoption_percent=1.5 crash_free_sessions_percent=NULL crash_free_users_percent=99.9 upcoming=1",
    "app=ios version=140.0 day=2026-11-20 adoption_percent=0.4 crash_free_sessions_percent=10 crash_free_users_percent=10 upcoming=0",
    "app=ios version=139.0 day=2026-11-20 adoption_percent=NULL crash_free_sessions_percent=10 crash_free_users_percent=10 upcoming=0",
    // Not over yet, and over for longer.
    "app=ios version=147.0.10 day=2026-11-21 adoption_percent=61 crash_free_sessions_percent=1 crash_free_users_percent=1 upcoming=0",
    "app=ios version=147.0.10 day=2026-11-19 adoption_percent=61 crash_free_sessions_percent=2 crash_free_users_percent=2 upcoming=0",
    "app=fenix version=1.0 day=2026-11-20 adoption_percent=61 crash_free_sessions_percent=2 crash_free_users_percent=2 upcoming=0",
];

const HEALTH: &str = r#"
to = "team"
title = ":testops-apple: Firefox for iOS"
links = { Trends = "https://looker.example.org/dashboards/2667", Report = "https://wiki.example.org/health?a=1&b=2" }
[[items]]
use = "release-health"
where = { app = ["ios"] }
warn = "crash_free_sessions_percent < 99.5 or crash_free_users_percent < 99.5"
"#;

/// New issues of two versions, and one of an older one.
const ISSUES: &[&str] = &[
    "app=ios question=new version=148.0 issue_id=1 short_id=IOS-1A title='NSInvalid<Argument> & *bold* _x_: a title of more than fifty letters' events=5432 users=501 url=https://sentry.example.org/1?a=b|c&d",
    "app=ios question=new version=148.0 issue_id=2 short_id=IOS-2B title='🦊 crash' events=12999 users=NULL url=https://sentry.example.org/2",
    "app=ios question=new version=148.0 issue_id=3 short_id=IOS-3C title='third' events=900 users=2 url=https://sentry.example.org/3",
    "app=ios question=new version=148.0 issue_id=4 short_id=IOS-4D title='fourth' events=600 users=2 url=https://sentry.example.org/4",
    "app=ios question=new version=148.0 issue_id=5 short_id=IOS-5E title='few' events=500 users=500 url=https://sentry.example.org/5",
    "app=ios question=new version=147.1 issue_id=6 short_id=IOS-6F title='without a page' events=700 users=1 url=NULL",
    "app=ios question=new version=147.0 issue_id=7 short_id=IOS-7G title='of an older version' events=9000 users=1 url=NULL",
];

const NEW_ISSUES: &str = r#"
to = "team"
title = "New issues"
[[items]]
use = "new-issues"
url = "https://sentry.example.org/issues/?query=firstRelease:{version}"
where = { app = ["ios"] }
"#;

#[test]
fn health_is_a_table_with_warnings_and_what_is_not_known_is_said() {
    let mut desk = Desk::with("v_release_health", RATES);
    let shown = desk.show("health", HEALTH);
    assert_snapshot!(shown, @r"
        # :testops-apple: Firefox for iOS
        Crash-free rates by version – 2026-11-20 (UTC)
        :warning: 148.0 (Beta): no data for Crash-free sessions
        :warning: 147.0.9: Crash-free sessions 99.4000 is below 99.5
        :warning: 147.0.9: Crash-free users 98.7000 is below 99.5
        Version       Crash-free sessions  Crash-free users  Adoption
        148.0 (Beta)              no data           99.9000      1.50
        147.0.10                  99.9123           99.8432     61.25
        147.0.9                   99.4000           98.7000      3.00
        (1 row is left out, as a value is missing: adoption_percent > 1)
        [Report] <https://wiki.example.org/health?a=1&b=2>
        [Trends] <https://looker.example.org/dashboards/2667>
        (as stored on 2026-11-21 08:00 UTC)
        ");
    desk.send("health", HEALTH).unwrap();
    assert_eq!(desk.violations(), [""; 0]);
}

#[test]
fn health_without_a_day_that_is_over_says_that_there_is_no_data() {
    let mut desk = Desk::with("v_release_health", &[]);
    assert_snapshot!(desk.show("health", HEALTH), @r"
        # :testops-apple: Firefox for iOS
        Crash-free rates by version
        no data: v_release_health has no day that is over
        [Report] <https://wiki.example.org/health?a=1&b=2>
        [Trends] <https://looker.example.org/dashboards/2667>
        (as stored on 2026-11-21 08:00 UTC)
        ");
    let mut desk = Desk::with("v_release_health", &RATES[3..4]);
    assert_snapshot!(desk.show("health", HEALTH), @r"
        # :testops-apple: Firefox for iOS
        Crash-free rates by version – 2026-11-20 (UTC)
        no version has an adoption above 1 %
        [Report] <https://wiki.example.org/health?a=1&b=2>
        [Trends] <https://looker.example.org/dashboards/2667>
        (as stored on 2026-11-21 08:00 UTC)
        ");
}

#[test]
fn new_issues_are_the_worst_of_the_newest_versions() {
    let mut desk = Desk::with("v_release_issues", ISSUES);
    assert_snapshot!(desk.show("new", NEW_ISSUES), @r"
        # New issues
        New issues in 148.0 <https://sentry.example.org/issues/?query=firstRelease:148.0>
        • IOS-2B <https://sentry.example.org/2> · 🦊 crash · 12k events · no data for users
        • IOS-1A <https://sentry.example.org/1?a=b|c&d> · NSInvalid<Argument> & *bold* _x_: a title of more… · 5.4k events · 501 users
        • IOS-3C <https://sentry.example.org/3> · third · 900 events · 2 users
        (… and 1 more)
        New issues in 147.1 <https://sentry.example.org/issues/?query=firstRelease:147.1>
        • IOS-6F · without a page · 700 events · 1 users
        (as stored on 2026-11-21 08:00 UTC)
        ");
    desk.send("new", NEW_ISSUES).unwrap();
    assert_eq!(desk.violations(), [""; 0]);
}

#[test]
fn a_thread_has_a_heading_and_a_reply_for_each_version() {
    let mut desk = Desk::with("v_release_issues", ISSUES);
    let settings = NEW_ISSUES.replace("title = \"New", "thread = true\ntitle = \"New");
    desk.send("deep", &settings).unwrap();
    let posted = desk.posted();
    assert_eq!(posted.len(), 3);
    let threads: Vec<_> = posted.iter().map(|it| it["thread_ts"].as_str()).collect();
    let first = posted[0]["ts"].as_str();
    assert_eq!(threads, [None, first, first]);
    assert_snapshot!(desk.show_again("deep", &settings), @r"
        # New issues
        (as stored on 2026-11-21 08:00 UTC)
        --- reply
        New issues in 148.0 <https://sentry.example.org/issues/?query=firstRelease:148.0>
        • IOS-2B <https://sentry.example.org/2> · 🦊 crash · 12k events · no data for users
        • IOS-1A <https://sentry.example.org/1?a=b|c&d> · NSInvalid<Argument> & *bold* _x_: a title of more… · 5.4k events · 501 users
        • IOS-3C <https://sentry.example.org/3> · third · 900 events · 2 users
        (… and 1 more)
        --- reply
        New issues in 147.1 <https://sentry.example.org/issues/?query=firstRelease:147.1>
        • IOS-6F · without a page · 700 events · 1 users
        ");

    let error = desk.send_to(HOOK, "deep", &settings).unwrap_err();
    assert_snapshot!(error, @r"[message.deep]: `thread` needs a bot, and [slack.team] is a webhook; give it `token` and `channel`");
}

#[test]
fn numbers_stand_beside_each_other_and_lists_without_rows_are_left_out() {
    let settings = r#"
to = "team"
title = "Tests this week"
[[items]]
text = "Who can fix one? Ask in <#C0123456789>."
[[items]]
use = "muted-now"
[[items]]
title = "Newly muted"
view = "v_mutes_changes"
where = { event = ["muted"] }
show = "number"
[[items]]
use = "overdue-mutes"
[[items]]
use = "unmuted-this-week"
"#;
    let mut desk = Desk::with(
        "v_mutes_changes",
        &[
            "event=muted cause=commit test_id='tests/a.py::test_*_`a`' branch=main happened_at=2026-11-20T10:00:00.000000Z",
            "event=unmuted cause=commit test_id='b' ticket=SHOP-1 branch=main happened_at=2026-11-01T10:00:00.000000Z",
        ],
    );
    desk.view(
        "v_mutes_current",
        &[
            "test_id='c' until_declared=2026-11-20 branch=main ticket=NULL effective=1",
            "test_id='d' until_declared=2026-11-21 branch=main effective=1",
            "test_id='e' branch=main effective=1",
            "test_id='f' until_declared=2026-11-20 branch=main effective=0",
        ],
    );
    assert_snapshot!(desk.show("week", settings), @r"
        # Tests this week
        Who can fix one? Ask in <#C0123456789>.
        3 Muted now, on all branches
        1 Newly muted
        Overdue mutes
        • c · 2026-11-20 · no ticket · main
        (as stored on 2026-11-21 08:00 UTC)
        ");
    desk.send("week", settings).unwrap();
    assert_eq!(desk.violations(), [""; 0]);
    // Nothing that a view has: nothing is sent.
    let nothing = "to = \"team\"\ntitle = \"x\"\n[[items]]\ntext = \"y\"\n[[items]]\nuse = \"unmuted-this-week\"\n";
    let change = desk.send("nothing", nothing).unwrap();
    assert_eq!(
        (change.effect, change.detail.as_str()),
        (Effect::Unchanged, "nothing to tell")
    );
}

#[test]
fn rows_of_which_nobody_knows_are_told_of_also_where_no_other_is_there() {
    let settings = r#"
to = "team"
[[items]]
title = "Soon over"
view = "v_mutes_current"
when = "until_declared < 2030-01-01"
columns = ["test_id"]
"#;
    let mut desk = Desk::with("v_mutes_current", &["test_id='c' until_declared=NULL"]);
    assert_snapshot!(desk.show("soon", settings), @r"
        Soon over
        (1 row is left out, as a value is missing: until_declared < 2030-01-01)
        (as stored on 2026-11-21 08:00 UTC)
        ");
    desk.view("v_mutes_current", &[]);
    assert_eq!(desk.show("soon", settings), "nothing to tell");
}

#[test]
fn what_a_service_refuses_is_named_with_what_to_do() {
    let mut desk = Desk::with("v_release_health", RATES);
    let mut said = Vec::new();
    for to in ["C0WITHOUT", "C0ARCHIVED", "C0UNKNOWN"] {
        let error = desk.send_to(to, "health", HEALTH).unwrap_err();
        said.push(format!(
            "{}\n  {}",
            desk.clean(&error.to_string()),
            error.hint().unwrap_or("-")
        ));
    }
    for to in ["wrong token", "wrong hook"] {
        let error = desk.send_to(to, "health", HEALTH).unwrap_err();
        said.push(format!(
            "{}\n  {}",
            desk.clean(&error.to_string()),
            error.hint().unwrap_or("-")
        ));
    }
    assert_snapshot!(said.join("\n"), @r"
        [slack.team]: http://HOST/slack/api/chat.postMessage: not_in_channel
          invite the bot: write `/invite @NAME` in the channel
        [slack.team]: http://HOST/slack/api/chat.postMessage: is_archived
          take the channel out of the archive, or name another
        [slack.team]: http://HOST/slack/api/chat.postMessage: channel_not_found
          write the id of the channel, and invite the bot where it is private
        [slack.team]: http://HOST/slack/api/chat.postMessage: invalid_auth
          make a new token on the page of the app, and put it where `token` refers to
        [slack.team]: POST http://HOST/***: status 404: no_service
          the webhook was removed; make a new one and put it where `webhook` refers to
        ");
}

#[test]
fn the_address_of_a_webhook_is_in_no_error_and_not_in_the_database() {
    let mut desk = Desk::with("v_release_health", RATES);
    desk.send_to(HOOK, "health", HEALTH).unwrap();
    assert_eq!(desk.posted().len(), 1);
    for fault in [
        "404@/slack:/1",
        "500@/slack:/1",
        "reset@/slack:/1",
        "html@/slack:/1",
    ] {
        desk.fault(fault);
        desk.pass_hours(24);
        desk.view("v_release_health", &RATES[..1]);
        if let Err(error) = desk.send_to(HOOK, "other", HEALTH) {
            let said = format!("{error} {error:?}");
            assert!(!said.contains(SECRET) && !said.contains("T0000"), "{said}");
        }
    }
    assert!(
        !desk
            .database()
            .windows(SECRET.len())
            .any(|it| it == SECRET.as_bytes())
    );
    let to = desk.destination(HOOK);
    assert!(!format!("{to:?}").contains(SECRET));
}

#[test]
fn a_limit_is_waited_for() {
    let mut desk = Desk::with("v_release_issues", ISSUES);
    desk.fault("429+7@chat.postMessage:1");
    let settings = NEW_ISSUES.replace("title = \"New", "thread = true\ntitle = \"New");
    desk.send_to(BOT, "deep", &settings).unwrap();
    assert_eq!(desk.posted().len(), 3);
    assert!(desk.slept() >= 7);
}
