//! Sentry: which releases are live, how healthy they are, how many issues projects have.

use serde_json::{Value, json};

use super::{Story, everywhere};

const DAY: &str = "2026-03-01";

fn calendar(story: &mut Story) {
    story.parameters(&[("calendar", "firefox")]);
    let release = |version: &str, major: i64, day: &str| json!({ "calendar": "firefox", "version": version, "major": major, "release_date": day, "channel": "release" });
    story.put(
        "releases",
        json!([
            release("147.0", 147, "2026-01-13"),
            release("148.0", 148, "2026-02-10"),
            release("149.0", 149, "2026-03-10"),
        ]),
    );
}

/// What an app is, and how many users it has on the day.
fn app(app: &str, users: Value, rules: &Value) -> Value {
    json!({
        "app": app, "day": DAY, "project_id": 7, "environment": "release", "package": "p", "sessions": 9_000,
        "users": users, "builds": rules["builds"], "train": rules["train"], "majors": rules["majors"],
    })
}

/// A release of an app with its sessions and users, and the shares of each without a crash.
fn release(
    app: &str,
    name: &str,
    (sessions, users): (i64, i64),
    (free_sessions, free_users): (Option<f64>, Option<f64>),
) -> Value {
    let (version, build) = name.split_once('+').unwrap_or((name, ""));
    let build = (!build.is_empty()).then_some(build);
    json!({
        "app": app, "day": DAY, "release_name": format!("p@{name}"), "project_id": 7, "environment": "release",
        "package": "p", "version": version, "major": version.split('.').next().unwrap().parse::<i64>().unwrap(),
        "build": build, "build_number": build.and_then(|it| it.parse::<i64>().ok()), "sessions": sessions,
        "users": users, "crash_free_sessions": free_sessions, "crash_free_users": free_users,
    })
}

fn plain(app: &str, name: &str) -> Value {
    release(app, name, (10, 5), (Some(1.0), Some(1.0)))
}

#[test]
fn live_is_what_is_shipped_of_the_majors_that_are_current() {
    everywhere(|story| {
        calendar(story);
        let odd = json!({ "builds": "odd", "train": "release" });
        let one = json!({ "builds": "none", "train": "release", "majors": 1 });
        let beta = json!({ "builds": "odd", "train": "beta" });
        let apps = [
            app("fenix", json!(100), &odd),
            app("ios", json!(100), &one),
            app("beta", json!(100), &beta),
            app("any", json!(100), &Value::Null),
        ];
        story.put("sentry_app_health", json!(apps));
        let mut releases = Vec::new();
        for name in [
            "149.0+9",
            "148.0.1+21",
            "148.0.1+23",
            "148.0.1+24",
            "147.0+5",
            "147.1+6",
            "146.0+3",
        ] {
            releases.push(plain("fenix", name));
        }
        for name in ["148.1", "148.2+7", "147.0"] {
            releases.push(plain("ios", name));
        }
        for name in ["150.0+3", "149.0+1", "149.0+2", "148.0+1"] {
            releases.push(plain("beta", name));
        }
        releases.push(plain("any", "12.0+4"));
        story.put("sentry_release_health", releases.into());
        assert_eq!(
            story.rows(
                "v_live_releases",
                "app, day, version, release_name, current_major"
            ),
            [
                "any | 2026-03-01 | 12.0 | p@12.0+4 | -",
                "beta | 2026-03-01 | 149.0 | p@149.0+1 | 149",
                "beta | 2026-03-01 | 150.0 | p@150.0+3 | 149",
                "fenix | 2026-03-01 | 147.0 | p@147.0+5 | 148",
                "fenix | 2026-03-01 | 148.0.1 | p@148.0.1+23 | 148",
                "ios | 2026-03-01 | 148.1 | p@148.1 | 148",
            ]
        );
        // The calendar knows of no 150.
        assert_eq!(
            story.rows("v_release_health", "app, version, upcoming"),
            [
                "any | 12.0 | false",
                "beta | 149.0 | true",
                "beta | 150.0 | false",
                "fenix | 147.0 | false",
                "fenix | 148.0.1 | false",
                "ios | 148.1 | false",
            ]
        );
    });
}

#[test]
fn without_a_calendar_all_majors_are_live() {
    everywhere(|story| {
        let rules = json!({ "train": "release" });
        story.put(
            "sentry_app_health",
            json!([app("fenix", json!(100), &rules)]),
        );
        let releases = json!([plain("fenix", "148.0"), plain("fenix", "12.0")]);
        story.put("sentry_release_health", releases);
        assert_eq!(
            story.rows("v_live_releases", "version, current_major"),
            ["12.0 | -", "148.0 | -"]
        );
    });
}

/// Two builds of a version, one that knows nothing of users, one that nobody knows.
fn health(story: &mut Story) {
    let odd = json!({ "builds": "odd" });
    let apps = json!([app("fenix", json!(400), &odd), app("quiet", json!(0), &odd)]);
    story.put("sentry_app_health", apps);
    let releases = json!([
        // 990 of 1,000 and 2,400 of 3,000 sessions; 90 of 100 and 270 of 300 users.
        release("fenix", "148.0+1", (1_000, 100), (Some(0.99), Some(0.9))),
        release("fenix", "148.0+2", (3_000, 300), (Some(0.8), Some(0.9))),
        release("fenix", "148.1+3", (500, 0), (Some(1.0), None)),
        release("fenix", "148.2+5", (0, 20), (None, Some(0.0))),
        release("quiet", "1.0+1", (5, 0), (Some(0.0), None)),
    ]);
    story.put("sentry_release_health", releases);
}

#[test]
fn a_version_counts_with_all_its_builds_and_what_is_not_known_is_null() {
    everywhere(|story| {
        health(story);
        assert_eq!(
            story.rows(
                "v_release_health",
                "app, version, release_name, sessions, users, app_users, crash_free_sessions_percent, \
                 crash_free_users_percent, adoption_percent"
            ),
            [
                "fenix | 148.0 | p@148.0+1 | 4000 | 400 | 400 | 84.75 | 90.00 | 100.00",
                "fenix | 148.1 | p@148.1+3 | 500 | 0 | 400 | 100.00 | - | 0.00",
                "fenix | 148.2 | p@148.2+5 | 0 | 20 | 400 | - | 0.00 | 5.00",
                "quiet | 1.0 | p@1.0+1 | 5 | 0 | 0 | 0.00 | - | -",
            ]
        );
    });
}

#[test]
fn the_old_table_of_rates_has_days_that_are_over() {
    everywhere(|story| {
        health(story);
        let columns = "release_version, crash_free_rate_session, crash_free_rate_user, \
                       adoption_rate_user, created_at, sentry_project_id";
        story.read("release_health", "app=fenix", "2026-03-01T08:00:00Z");
        assert_eq!(story.rows("report_sentry_rates", columns), [""; 0]);
        story.read("release_health", "app=quiet", "2026-03-02T08:00:00Z");
        assert_eq!(
            story.rows("report_sentry_rates", columns),
            [
                "1.0 | 0.00 | - | - | 2026-03-01 | 7",
                "148.0 | 84.75 | 90.00 | 100.00 | 2026-03-01 | 7",
                "148.1 | 100.00 | - | 0.00 | 2026-03-01 | 7",
                "148.2 | - | 0.00 | 5.00 | 2026-03-01 | 7",
            ]
        );
    });
}

fn issue(id: i64, status: &str, more: &Value) -> Value {
    let mut issue = json!({
        "issue_id": id, "project_id": 7, "project": "fenix", "title": format!("issue {id}"), "culprit": "run",
        "status": status, "events": 10, "users": 5, "first_seen": "2026-01-01", "last_seen": "2026-02-28",
        "is_unhandled": false, "assigned_to": null, "assigned_type": "user",
    });
    for (name, value) in more.as_object().unwrap() {
        issue[name] = value.clone();
    }
    issue
}

fn issues(story: &mut Story) {
    story.put(
        "sentry_issues",
        json!([
            issue(1, "unresolved", &json!({ "review_reason": 0, "is_unhandled": true, "lifetime_events": 99, "lifetime_users": 44 })),
            issue(2, "unresolved", &json!({ "assigned_type": null, "first_seen": "2026-02-27", "last_seen": "2026-03-01" })),
            issue(3, "resolved", &json!({ "review_reason": 2, "last_seen": "2026-03-02" })),
            issue(4, "unresolved", &json!({ "_gone_at": "2026-03-01" })),
            issue(5, "unresolved", &json!({ "review_reason": 1, "is_unhandled": null })),
            issue(6, "ignored", &json!({ "project_id": 8, "project": "ios" })),
        ]),
    );
    story.read("issues", "project_id=7", "2026-03-02T06:00:00Z");
}

#[test]
fn issues_of_a_project_are_counted_by_what_is_to_be_done() {
    everywhere(|story| {
        issues(story);
        assert_eq!(
            story.rows(
                "v_sentry_issues",
                "project, issues, unresolved, for_review, unhandled, unassigned, fresh, events, last_seen"
            ),
            [
                "fenix | 4 | 3 | 2 | 1 | 1 | 1 | 30 | 2026-03-01T00:00:00Z",
                "ios | 1 | 0 | 0 | 0 | 0 | 0 | - | -",
            ]
        );
    });
}

fn of_release(question: &str, version: &str, id: i64, gone: &Value) -> Value {
    json!({
        "app": "fenix", "question": question, "version": version, "issue_id": id, "project_id": 7,
        "environment": "release", "package": "p", "title": format!("issue {id}"), "culprit": "run",
        "events": 3, "users": 2, "lifetime_events": 99, "lifetime_users": 44, "_gone_at": gone,
    })
}

/// Issues of versions, of which 12.0 is not live.
fn release_issues(story: &mut Story) {
    health(story);
    story.put(
        "sentry_release_issues",
        json!([
            of_release("for_review", "148.0", 1, &Value::Null),
            of_release("for_review", "148.1", 1, &Value::Null),
            of_release("new", "148.1", 1, &Value::Null),
            of_release("for_review", "12.0", 1, &Value::Null),
            of_release("for_review", "148.0", 2, &json!("2026-03-01")),
            of_release("new", "148.2", 3, &Value::Null),
        ]),
    );
}

#[test]
fn issues_of_live_versions_are_those_of_the_last_day_that_is_over() {
    everywhere(|story| {
        release_issues(story);
        let columns = "question, version, major, adoption_percent, issue_id, events, users";
        // The only day is not over.
        story.read("release_issues", "app=fenix", "2026-03-01T08:00:00Z");
        assert_eq!(story.rows("v_release_issues", columns), [""; 0]);
        story.read("release_issues", "app=quiet", "2026-03-02T08:00:00Z");
        assert_eq!(
            story.rows("v_release_issues", columns),
            [
                "for_review | 148.0 | 148 | 100.00 | 1 | 3 | 2",
                "for_review | 148.1 | 148 | 0.00 | 1 | 3 | 2",
                "new | 148.1 | 148 | 0.00 | 1 | 3 | 2",
                "new | 148.2 | 148 | 5.00 | 3 | 3 | 2",
            ]
        );
    });
}

#[test]
fn the_old_table_of_issues_has_what_waits_for_review_in_live_versions() {
    everywhere(|story| {
        release_issues(story);
        story.read("release_issues", "app=fenix", "2026-03-02T08:00:00Z");
        assert_eq!(
            story.rows(
                "report_sentry_issues",
                "sentry_id, release_version, count, user_count, culprit, title, sentry_project_id"
            ),
            [
                "1 | 148.0 | 99 | 44 | run | issue 1 | 7",
                "1 | 148.1 | 99 | 44 | run | issue 1 | 7",
            ]
        );
    });
}
