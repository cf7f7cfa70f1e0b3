//! Pictures that Looker draws: its states, and what becomes of each.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_records::Clock;
use qaduct_records::source::{Failure, SourceError};
use qaduct_replay::{Server, World};
use qaduct_sources::Setup;
use qaduct_sources::looker::{Picture, Renderer, Subject};
use serde_json::{Value, json};

use crate::reader::{Still, TOKEN, serve, setup};

const DEADLINE: Duration = Duration::from_secs(120);

struct Bench {
    server: Server,
    renderer: Renderer,
    clock: Arc<Still>,
    began: Timestamp,
}

impl Bench {
    /// A Looker whose look 2800 is changed.
    fn new(change: impl FnOnce(&mut Value)) -> Self {
        let server = serve(World::of("looker", 7, 40), &[]);
        server.world().change("looker.looks", "2800", change);
        let setup = setup(&server, "looker", "looker");
        let began = setup.now;
        let clock = Arc::new(Still::at(began));
        let (time, sleep) = (Arc::clone(&clock) as _, Arc::clone(&clock) as _);
        let renderer = Renderer::open(setup, DEADLINE, time, sleep).unwrap();
        Self {
            server,
            renderer,
            clock,
            began,
        }
    }

    fn render(&self, subject: Subject) -> Result<Vec<u8>, SourceError> {
        let picture = Picture {
            subject,
            width: 400,
            height: 300,
        };
        self.renderer.render(&picture)
    }

    fn look(&self) -> Result<Vec<u8>, SourceError> {
        self.render(Subject::Look("2800".to_owned()))
    }

    /// Seconds that have passed.
    fn seconds(&self) -> i64 {
        self.clock.now().as_second() - self.began.as_second()
    }
}

/// Draws a look and a dashboard.
pub(crate) fn draw(setup: Setup) {
    let clock = Arc::new(Still::at(setup.now));
    let (time, sleep) = (Arc::clone(&clock) as _, clock as _);
    let renderer = Renderer::open(setup, DEADLINE, time, sleep).unwrap();
    for subject in [
        Subject::Look("2800".to_owned()),
        Subject::Dashboard("test_health::overview_0".to_owned()),
    ] {
        let picture = Picture {
            subject,
            width: 400,
            height: 300,
        };
        renderer.render(&picture).unwrap();
    }
    renderer.looks_in("1820").unwrap();
}

/// An error without its address.
fn told(error: &SourceError) -> String {
    let text = error.to_string();
    assert!(!format!("{error:?}").contains(TOKEN));
    match (text.find("http://"), text.find("/api/4.0/")) {
        (Some(from), Some(to)) => format!("{}{}", &text[..from], &text[to..]),
        _ => text,
    }
}

#[test]
fn a_look_a_dashboard_and_one_in_code_are_drawn_in_the_size_that_is_asked_for() {
    let bench = Bench::new(|_| ());
    for (subject, note) in [
        (Subject::Look("2800".to_owned()), "look 2800 400x300"),
        (
            Subject::Dashboard("2600".to_owned()),
            "dashboard 2600 400x300",
        ),
        (
            Subject::Dashboard("test_health::overview_0".to_owned()),
            "dashboard test_health::overview_0 400x300",
        ),
    ] {
        let bytes = bench.render(subject).unwrap();
        assert!(bytes.starts_with(b"\x89PNG") && bytes.ends_with(note.as_bytes()));
    }
    assert_eq!(bench.server.violations(), Vec::<String>::new());
    assert!(!format!("{:?}", bench.server.log()).contains(TOKEN));
}

#[test]
fn a_task_is_asked_about_a_little_later_each_time() {
    let bench = Bench::new(|_| ());
    bench.look().unwrap();
    let polls = bench.server.log();
    let polls = polls
        .iter()
        .filter(|it| it.target.contains("status_detail"));
    assert_eq!(polls.count(), 5);
    // 1, 1.5, 2.25 and 3.375 s.
    assert_eq!(bench.seconds(), 8);
}

#[test]
fn one_deadline_holds_for_all_states_and_those_that_nobody_knows() {
    for state in [
        "enqueued_for_query",
        "querying",
        "enqueued_for_render",
        "rendering",
        "dreaming",
    ] {
        let bench = Bench::new(|it| it["_states"] = json!(["enqueued_for_query", state]));
        let error = bench.look().unwrap_err();
        assert_eq!(error.kind, Failure::Unavailable);
        assert_eq!(
            told(&error),
            format!("tools.pictures (look 2800): was not drawn in 120 s: its state is `{state}`")
        );
        assert!(
            (115..=120).contains(&bench.seconds()),
            "{}",
            bench.seconds()
        );
    }
}

#[test]
fn a_state_that_nobody_knows_may_lead_to_a_picture() {
    let bench = Bench::new(|it| it["_states"] = json!(["dreaming", null, "success"]));
    assert!(bench.look().unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn a_task_that_fails_tells_why() {
    let bench = Bench::new(|it| it["_states"] = json!(["querying", "failure"]));
    let error = bench.look().unwrap_err();
    assert_eq!(error.kind, Failure::Answer);
    let task = "1".to_owned();
    assert_eq!(
        told(&error),
        format!(
            "tools.pictures (look 2800): the answer to /api/4.0/render_tasks/{task:0>32}\
             ?fields=id%2Cstatus%2Cstatus_detail is that it failed: the query took too long"
        )
    );
    assert_eq!(bench.seconds(), 1);
}

#[test]
fn a_picture_that_is_not_ready_is_waited_for_as_long_as_the_service_asks_and_no_longer() {
    let bench = Bench::new(|it| it["_results"] = json!([202, 202, 200]));
    assert!(bench.look().unwrap().starts_with(b"\x89PNG"));
    assert_eq!(bench.seconds(), 8 + 2 * 3);

    let bench = Bench::new(|it| it["_results"] = json!([202]));
    let error = bench.look().unwrap_err();
    assert_eq!(
        told(&error),
        "tools.pictures (look 2800): was not drawn in 120 s: its picture is not ready"
    );
    assert!((115..=120).contains(&bench.seconds()));
}

#[test]
fn a_picture_that_has_expired_is_an_error() {
    let bench = Bench::new(|it| it["_results"] = json!([404]));
    let error = bench.look().unwrap_err();
    assert_eq!(error.kind, Failure::Answer);
    assert!(
        told(&error).ends_with("/results is that the picture has expired"),
        "{error}"
    );
}

#[test]
fn what_is_not_there_cannot_be_drawn() {
    let bench = Bench::new(|_| ());
    let error = bench.render(Subject::Look("77".to_owned())).unwrap_err();
    assert_eq!(error.kind, Failure::Missing);
    assert!(
        told(&error).starts_with("tools.pictures (look 77): POST "),
        "{error}"
    );
}

#[test]
fn what_is_no_picture_is_not_given_for_one() {
    let bench = Bench::new(|_| ());
    bench
        .server
        .set_faults(&["html@results:1!".parse().unwrap()]);
    let error = bench.look().unwrap_err();
    assert!(told(&error).ends_with("/results is no PNG"), "{error}");
}

#[test]
fn faults_on_the_way_are_outlived() {
    for fault in [
        "429+1@render_tasks:1",
        "503@render_tasks:3",
        "cut@results:1",
        "401@render_tasks:4",
    ] {
        let bench = Bench::new(|_| ());
        bench.server.set_faults(&[fault.parse().unwrap()]);
        assert!(bench.look().unwrap().starts_with(b"\x89PNG"), "{fault}");
        assert_eq!(bench.server.counters().faults, 1);
    }
}

#[test]
fn the_looks_of_a_folder_are_told_with_their_titles() {
    let bench = Bench::new(|it| {
        it["folder_id"] = "1946".into();
        it["title"] = "Pass rate".into();
    });
    let looks = bench.renderer.looks_in("1946").unwrap();
    assert_eq!(looks[0], ("2800".to_owned(), "Pass rate".to_owned()));
    assert!(looks.len() > 3);
    assert_eq!(
        bench.renderer.looks_in("9").unwrap_err().kind,
        Failure::Missing
    );
}

#[test]
fn another_kind_of_source_draws_nothing() {
    let server = serve(World::of("jira", 7, 20), &[]);
    let setup = setup(&server, "jira", "jira");
    let clock = Arc::new(Still::at(setup.now));
    let (time, sleep) = (Arc::clone(&clock) as _, clock as _);
    let error = Renderer::open(setup, DEADLINE, time, sleep).err().unwrap();
    assert_eq!(error.trouble, "draws nothing: it is of kind `jira`");
}
