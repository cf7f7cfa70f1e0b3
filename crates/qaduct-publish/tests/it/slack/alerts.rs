//! What turns bad is told once, and once when it is well again.

use insta::assert_snapshot;
use qaduct_publish::slack::alert::Fact;
use qaduct_publish::{Effect, Mode};

use super::desk::{BOT, Desk, HOOK};

const ALERT: &str = r#"
to = "alerts"
title = "Crash-free users"
use = "release-health"
where = { app = ["ios"] }
fires = "crash_free_users_percent < 99.5"
remind = "1day"
links = { Dashboard = "https://qa.example.org/" }
"#;

fn rates(of: &[(&str, &str)]) -> Vec<String> {
    let row = |(version, rate): &(&str, &str)| {
        format!(
            "app=ios version={version} day=2026-11-20 adoption_percent=5 crash_free_users_percent={rate} upcoming=0"
        )
    };
    of.iter().map(row).collect()
}

fn let_be(desk: &mut Desk, of: &[(&str, &str)]) {
    let rows = rates(of);
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    desk.view("v_release_health", &rows);
}

/// What an alert says, and how many messages there are then.
fn look(desk: &mut Desk, to: &str) -> (String, usize) {
    let shown = desk.alert_as(to, ALERT, None, Mode::DryRun).unwrap();
    desk.alert(to, ALERT, None).unwrap();
    (shown.detail, desk.posted().len())
}

#[test]
fn an_alert_fires_once_reminds_and_is_well_again_once() {
    for to in [BOT, HOOK] {
        let mut desk = Desk::with("v_release_health", &[]);
        let_be(&mut desk, &[("1.0", "99.9"), ("2.0", "99.4999")]);
        let (shown, count) = look(&mut desk, to);
        assert_eq!(count, 1);
        if to == BOT {
            assert_snapshot!(shown, @r"
                1 firing, 0 unknown
                # Crash-free users
                :rotating_light: Now
                • 2.0: Crash-free users 99.4999 is below 99.5
                [Dashboard] <https://qa.example.org/>
                ");
        }
        desk.pass_hours(1);
        assert_eq!(look(&mut desk, to), ("1 firing, 0 unknown".to_owned(), 1));
        // Worse is nothing new; nobody knows is not well.
        let_be(&mut desk, &[("1.0", "NULL"), ("2.0", "12")]);
        assert_eq!(look(&mut desk, to), ("1 firing, 1 unknown".to_owned(), 1));
        let_be(&mut desk, &[("1.0", "99.9"), ("2.0", "NULL")]);
        assert_eq!(look(&mut desk, to), ("1 firing, 1 unknown".to_owned(), 1));
        // A day later it still is.
        desk.pass_hours(24);
        let_be(&mut desk, &[("1.0", "99.9"), ("2.0", "12")]);
        let (shown, count) = look(&mut desk, to);
        assert_eq!(count, 2);
        if to == BOT {
            assert_snapshot!(shown, @r"
                1 firing, 0 unknown
                # Crash-free users
                :hourglass: Still
                • 2.0: Crash-free users 12.0000 is below 99.5, since 2026-11-21 08:00 UTC
                [Dashboard] <https://qa.example.org/>
                ");
        }
        desk.pass_hours(24);
        assert_eq!(
            look(&mut desk, to).1,
            3,
            "the same reminder on another day is another"
        );
        let_be(&mut desk, &[("1.0", "98"), ("2.0", "99.5")]);
        let (shown, count) = look(&mut desk, to);
        assert_eq!(count, 4);
        if to == BOT {
            assert_snapshot!(shown, @r"
                1 firing, 0 unknown
                # Crash-free users
                :rotating_light: Now
                • 1.0: Crash-free users 98.0000 is below 99.5
                :white_check_mark: Well again
                • 2.0: Crash-free users 99.5000
                [Dashboard] <https://qa.example.org/>
                ");
        }
        assert_eq!(look(&mut desk, to).1, 4);
        let_be(&mut desk, &[("2.0", "99.6")]);
        let (shown, count) = look(&mut desk, to);
        assert_eq!(count, 5);
        if to == BOT {
            assert_snapshot!(shown, @r"
                0 firing, 0 unknown
                # Crash-free users
                :white_check_mark: No longer there
                • 1.0
                [Dashboard] <https://qa.example.org/>
                ");
        }
        // It fires and is well again in the same words as the first time.
        let_be(&mut desk, &[("1.0", "99.9"), ("2.0", "99.4999")]);
        assert_eq!(look(&mut desk, to).1, 6);
        assert_eq!(desk.violations(), [""; 0]);
    }
}

#[test]
fn an_alert_whose_answer_got_lost_is_told_once() {
    let mut desk = Desk::with("v_release_health", &[]);
    let_be(&mut desk, &[("2.0", "12")]);
    desk.fault("reset@chat.postMessage:1");
    assert!(desk.alert(BOT, ALERT, None).unwrap_err().is_in_doubt());
    assert_eq!(look(&mut desk, BOT).1, 1);
    assert_eq!(look(&mut desk, BOT), ("1 firing, 0 unknown".to_owned(), 1));
}

#[test]
fn a_condition_that_could_never_be_known_is_refused() {
    let mut desk = Desk::with("v_mutes_current", &[]);
    let mut told = |condition: &str| {
        let settings = format!(
            "to = \"alerts\"\nview = \"v_mutes_current\"\ncolumns = [\"test_id\"]\n{condition}\n"
        );
        let told = desk.alert(BOT, &settings, None);
        told.err().map_or_else(String::new, |it| it.to_string())
    };
    assert_snapshot!(
        [
            told("fires = \"until_declared < many\""),
            told("when = \"until_declared < 7\""),
        ]
        .join("\n"),
        @r"
        [alert.crash-free]: `until_declared` is compared with a day such as `2026-11-21` or `today`, not with `many`
        [alert.crash-free]: `until_declared` is compared with a day such as `2026-11-21` or `today`, not with `7`
        "
    );
}

#[test]
fn a_listed_row_that_lacks_the_value_is_neither_well_nor_gone() {
    let settings = r#"
to = "alerts"
view = "v_mutes_current"
when = "until_declared < 2030-01-01"
columns = ["test_id", "until_declared"]
"#;
    let mut desk = Desk::with(
        "v_mutes_current",
        &["test_id='c' until_declared=2026-11-20"],
    );
    let mut told = |row: &str| {
        desk.view("v_mutes_current", &[row]);
        let change = desk.alert(BOT, settings, None).unwrap();
        (change.detail, desk.posted().len())
    };
    let firing = ("1 firing, 0 unknown".to_owned(), 1);
    assert_eq!(told("test_id='c' until_declared=2026-11-20"), firing);
    assert_eq!(
        told("test_id='c' until_declared=NULL"),
        ("1 firing, 1 unknown".to_owned(), 1)
    );
    assert_eq!(told("test_id='c' until_declared=2026-11-20"), firing);
    assert_eq!(
        told("test_id='c' until_declared=2031-01-01"),
        ("0 firing, 0 unknown".to_owned(), 2)
    );
}

#[test]
fn a_version_whose_adoption_is_missing_or_that_has_no_day_that_is_over_is_unknown() {
    let mut desk = Desk::with("v_release_health", &[]);
    let_be(&mut desk, &[("2.0", "12")]);
    assert_eq!(look(&mut desk, BOT).1, 1);
    let unknown = ("1 firing, 1 unknown".to_owned(), 1);
    let row =
        "app=ios version=2.0 day=2026-11-20 adoption_percent=NULL crash_free_users_percent=12";
    desk.view("v_release_health", &[row]);
    assert_eq!(look(&mut desk, BOT), unknown);
    // Only the day that is not over yet, and no day at all.
    let today = "app=ios version=2.0 day=2026-11-21 adoption_percent=5 crash_free_users_percent=12";
    desk.view("v_release_health", &[today]);
    assert_eq!(look(&mut desk, BOT), unknown);
    desk.view("v_release_health", &[]);
    assert_eq!(look(&mut desk, BOT), unknown);
    let_be(&mut desk, &[("2.0", "12")]);
    assert_eq!(look(&mut desk, BOT), ("1 firing, 0 unknown".to_owned(), 1));
}

#[test]
fn streams_that_are_too_old_are_told_of() {
    let mut desk = Desk::with("v_release_health", &[]);
    let settings = "to = \"alerts\"\non = \"stale\"\n";
    let facts = |bad| {
        vec![Fact {
            subject: "jira issues".to_owned(),
            bad,
            text: "last read whole on 2026-11-01 07:00 UTC; status 401".to_owned(),
        }]
    };
    let shown = desk
        .alert_as(BOT, settings, Some(facts(Some(true))), Mode::DryRun)
        .unwrap();
    assert_snapshot!(shown.detail, @r"
        1 firing, 0 unknown
        # alert.crash-free
        :rotating_light: Now
        • jira issues: last read whole on 2026-11-01 07:00 UTC; status 401
        ");
    let mut tell = |facts| desk.alert(BOT, settings, Some(facts)).unwrap().effect;
    assert_eq!(tell(facts(Some(true))), Effect::Created);
    assert_eq!(tell(facts(None)), Effect::Unchanged);
    assert_eq!(tell(facts(Some(false))), Effect::Updated);
    assert_eq!(tell(facts(Some(false))), Effect::Unchanged);
}
