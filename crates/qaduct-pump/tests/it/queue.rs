//! What the queue of jobs promises, on every store: time is told by the tests.

mod hour;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex};

use jiff::{SignedDuration, Timestamp};
use qaduct_pump::PumpError;
use qaduct_pump::queue::{Claim, Ending, Notice, Plan, Queue, Status};
use qaduct_pump::schedule::Schedule;
use qaduct_records::job::{JobRun, JobState, Occasion};
use qaduct_records::{Clock, Direction, Query, Row as _, Store, TABLES};

use crate::database_server::Database;

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn plan(job: &str, schedule: &str) -> Plan {
    in_zone(job, schedule, "UTC")
}

fn in_zone(job: &str, schedule: &str, zone: &str) -> Plan {
    Plan {
        job: job.to_owned(),
        schedule: Schedule::parse(schedule, zone, None).unwrap(),
        late: SignedDuration::from_mins(10),
        catch_up: true,
        retries: 3,
        retry_after: SignedDuration::from_mins(1),
        jitter: SignedDuration::ZERO,
    }
}

/// The seconds since 1970, shared by all who ask.
#[derive(Clone)]
struct Time(Arc<AtomicI64>);

impl Time {
    fn at(text: &str) -> Self {
        Self(Arc::new(AtomicI64::new(at(text).as_second())))
    }

    fn set(&self, text: &str) {
        self.0.store(at(text).as_second(), SeqCst);
    }

    fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, SeqCst);
    }
}

impl Clock for Time {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(SeqCst)).unwrap()
    }
}

/// A database that several workers open.
enum Place {
    File(tempfile::TempDir),
    Server(Database),
}

impl Place {
    fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    fn url(&self) -> String {
        match self {
            Self::File(folder) => folder.path().join("qaduct.db").display().to_string(),
            Self::Server(database) => database.url(),
        }
    }

    fn open(&self) -> Box<dyn Store> {
        let mut store = qaduct_stores::open(&self.url(), None).unwrap();
        store.migrate(TABLES, &[]).unwrap();
        store
    }
}

/// A worker, and what it does.
struct Worker {
    name: String,
    store: Box<dyn Store>,
    time: Time,
}

impl Worker {
    fn new(place: &Place, time: &Time, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            store: place.open(),
            time: time.clone(),
        }
    }

    fn queue(&mut self) -> Queue<'_> {
        Queue {
            store: self.store.as_mut(),
            clock: &self.time,
            worker: &self.name,
            lease: LEASE,
        }
    }

    /// Plans, and takes what is due.
    fn look(&mut self, plans: &[Plan]) -> Option<Claim> {
        self.queue().plan(plans).unwrap();
        self.queue().claim(plans).unwrap().0
    }

    fn end(&mut self, claim: &mut Claim, plan: &Plan, status: Status) -> Result<(), PumpError> {
        let error = (status != Status::Code(0)).then(|| "no answer".to_owned());
        let ending = Ending {
            status,
            steps_done: 0,
            error,
        };
        self.queue().finish(claim, plan, &ending)
    }

    fn runs(&self) -> Vec<JobRun> {
        let query = Query::of(JobRun::TABLE.name, JobRun::TABLE.columns)
            .order_by("fire_at", Direction::Up)
            .order_by("job_run", Direction::Up);
        let batch = self.store.reader().unwrap().query(&query).unwrap();
        JobRun::rows(&batch).unwrap()
    }

    /// The runs in a line each.
    fn told(&self) -> String {
        let line = |it: JobRun| {
            let error = it.error.map_or(String::new(), |it| format!(": {it}"));
            format!(
                "{} {} {} missed {} attempt {} failures {}{error}\n",
                it.job_run, it.occasion, it.state, it.missed, it.attempt, it.failures
            )
        };
        self.runs().into_iter().map(line).collect()
    }
}

const DONE: Status = Status::Code(0);

#[test]
fn a_job_that_is_new_or_has_other_times_is_due_from_then_on() {
    let (place, time) = (Place::file(), Time::at("2026-11-20T07:59:00Z"));
    let mut worker = Worker::new(&place, &time, "one");
    let daily = [plan("nightly", "daily 08:00")];
    assert!(worker.look(&daily).is_none());
    time.set("2026-11-20T08:00:00Z");
    let mut claim = worker.look(&daily).unwrap();
    assert!(worker.look(&daily).is_none());
    worker.end(&mut claim, &daily[0], DONE).unwrap();
    assert!(worker.look(&daily).is_none());
    // 07:00 has passed when it is written down.
    let other = [plan("nightly", "daily 07:00")];
    assert!(worker.look(&other).is_none());
    time.set("2026-11-21T08:30:00Z");
    let claim = worker.look(&other).unwrap();
    assert_eq!(claim.run.fire_at, at("2026-11-21T07:00:00Z"));
}

#[test]
fn after_two_days_without_anybody_each_job_runs_once() {
    let (place, time) = (Place::file(), Time::at("2026-11-20T07:30:00Z"));
    let mut worker = Worker::new(&place, &time, "one");
    let mut plans = vec![
        plan("hours", "hourly"),
        plan("nightly", "daily 08:00"),
        plan("weekly", "weekly sun 08:00"),
        Plan {
            catch_up: false,
            ..plan("not-late", "daily 09:00")
        },
    ];
    worker.look(&plans);
    // Friday to Sunday.
    time.set("2026-11-22T07:30:00Z");
    let notices = worker.queue().plan(&plans).unwrap();
    let caught_up = |job: &str, times| Notice::CaughtUp {
        job: job.to_owned(),
        times,
    };
    let missed = Notice::Missed {
        job: "not-late".to_owned(),
        times: 2,
    };
    assert_eq!(
        notices,
        [caught_up("hours", 48), caught_up("nightly", 2), missed]
    );
    while let Some(mut claim) = worker.look(&plans) {
        let plan = plans.iter().find(|it| it.job == claim.run.job).unwrap();
        worker.end(&mut claim, plan, DONE).unwrap();
    }
    insta::assert_snapshot!(worker.told(), @r"
        nightly@2026-11-21T08:00:00Z caught_up complete missed 1 attempt 1 failures 0
        not-late@2026-11-21T09:00:00Z caught_up skipped missed 1 attempt 0 failures 0: nobody was there at its time, and `catch_up` is `none`
        hours@2026-11-22T07:00:00Z caught_up complete missed 47 attempt 1 failures 0
        ");
    // The next time is the next one.
    time.set("2026-11-22T08:00:00Z");
    plans.truncate(1);
    let claim = worker.look(&plans).unwrap();
    assert_eq!(claim.run.occasion, Occasion::Slot);
}

#[test]
fn a_clock_that_goes_back_brings_no_time_twice() {
    let (place, time) = (Place::file(), Time::at("2026-11-20T07:30:00Z"));
    let mut worker = Worker::new(&place, &time, "one");
    let hourly = [plan("hours", "hourly")];
    worker.look(&hourly);
    let mut fired = BTreeSet::new();
    let mut go = |worker: &mut Worker, from: &str, minutes: i64| {
        time.set(from);
        for _ in 0..minutes / 5 {
            while let Some(mut claim) = worker.look(&hourly) {
                assert!(
                    fired.insert(claim.run.fire_at),
                    "{} again",
                    claim.run.fire_at
                );
                worker.end(&mut claim, &hourly[0], DONE).unwrap();
            }
            time.pass(300);
        }
    };
    go(&mut worker, "2026-11-20T07:30:00Z", 240);
    // Two hours back, and on to where it was and beyond.
    go(&mut worker, "2026-11-20T09:30:00Z", 240);
    // Somebody had set the wrong year, for an hour.
    go(&mut worker, "2031-01-01T00:30:00Z", 60);
    go(&mut worker, "2026-11-20T13:30:00Z", 120);
    // 08:00 to 15:00, and of 2031 one for all until then and the one that came.
    let hours: Vec<_> = fired
        .iter()
        .map(|it| it.strftime("%F %H").to_string())
        .collect();
    insta::assert_debug_snapshot!(hours, @r#"
        [
            "2026-11-20 08",
            "2026-11-20 09",
            "2026-11-20 10",
            "2026-11-20 11",
            "2026-11-20 12",
            "2026-11-20 13",
            "2026-11-20 14",
            "2026-11-20 15",
            "2031-01-01 00",
            "2031-01-01 01",
        ]
        "#);
}

#[test]
fn a_job_whose_worker_is_not_heard_of_is_taken_over_after_its_lease() {
    let (place, time) = (Place::file(), Time::at("2026-11-20T07:59:00Z"));
    let (mut one, mut two) = (
        Worker::new(&place, &time, "one"),
        Worker::new(&place, &time, "two"),
    );
    let daily = [plan("nightly", "daily 08:00")];
    one.look(&daily);
    time.set("2026-11-20T08:00:00Z");
    let mut lost = one.look(&daily).unwrap();
    time.pass(40);
    one.queue().beat(&mut lost, 1).unwrap();
    time.pass(59);
    assert!(two.look(&daily).is_none(), "the lease is still on");
    time.pass(1);
    let mut taken = two.look(&daily).unwrap();
    assert!(taken.taken_over);
    assert_eq!((taken.run.attempt, taken.run.steps_done), (2, 1));
    // Who comes back too late is told so, and what it says is not kept.
    let refused = one.queue().beat(&mut lost, 1).unwrap_err();
    assert!(matches!(refused, PumpError::LostRun { .. }), "{refused}");
    let refused = one.end(&mut lost, &daily[0], DONE).unwrap_err();
    insta::assert_snapshot!(refused, @r"nightly@2026-11-20T08:00:00Z was taken over by another process");
    two.end(&mut taken, &daily[0], Status::Code(4)).unwrap();
    insta::assert_snapshot!(two.told(), @r"nightly@2026-11-20T08:00:00Z slot failed missed 0 attempt 2 failures 2: no answer");
}

#[test]
fn a_worker_that_is_late_and_was_not_missed_goes_on() {
    let (place, time) = (Place::file(), Time::at("2026-11-20T07:59:00Z"));
    let mut one = Worker::new(&place, &time, "one");
    let daily = [plan("nightly", "daily 08:00")];
    one.look(&daily);
    time.set("2026-11-20T08:00:00Z");
    let mut claim = one.look(&daily).unwrap();
    time.pass(600);
    one.queue().beat(&mut claim, 0).unwrap();
    one.end(&mut claim, &daily[0], DONE).unwrap();
    assert_eq!(one.runs()[0].state, JobState::Complete);
}

#[test]
fn a_job_that_takes_its_workers_with_it_is_given_up() {
    let (place, time) = (Place::file(), Time::at("2026-11-20T07:59:00Z"));
    let mut one = Worker::new(&place, &time, "one");
    let daily = [plan("nightly", "daily 08:00")];
    one.look(&daily);
    time.set("2026-11-20T08:00:00Z");
    let mut begun = 0;
    for _ in 0..10 {
        begun += i32::from(one.look(&daily).is_some());
        time.pass(61);
    }
    assert_eq!(begun, 4, "once, and three times again");
    insta::assert_snapshot!(one.told(), @r"nightly@2026-11-20T08:00:00Z slot failed missed 0 attempt 4 failures 4: one was not heard of after 2026-11-20T08:03:03Z");
}

#[test]
fn what_may_pass_is_tried_again_and_what_is_refused_is_not() {
    let mut told = String::new();
    for (name, status) in [
        ("remote", Status::Code(5)),
        ("partial", Status::Code(3)),
        ("database", Status::Code(6)),
        ("killed", Status::Broken),
        ("slow", Status::TimedOut),
        ("settings", Status::Code(2)),
        ("credential", Status::Code(4)),
        ("findings", Status::Code(1)),
    ] {
        let (place, time) = (Place::file(), Time::at("2026-11-20T07:59:00Z"));
        let mut one = Worker::new(&place, &time, "one");
        let daily = [plan(name, "daily 08:00")];
        one.look(&daily);
        time.set("2026-11-20T08:00:00Z");
        let mut minutes = Vec::new();
        for minute in 0..30 {
            if let Some(mut claim) = one.look(&daily) {
                minutes.push(minute);
                one.end(&mut claim, &daily[0], status).unwrap();
            }
            time.pass(60);
        }
        told.extend([format!(
            "{name}: minutes {minutes:?}, {}\n",
            one.runs()[0].state
        )]);
    }
    insta::assert_snapshot!(told, @r"
        remote: minutes [0, 1, 3, 7], failed
        partial: minutes [0, 1, 3, 7], incomplete
        database: minutes [0, 1, 3, 7], failed
        killed: minutes [0, 1, 3, 7], failed
        slow: minutes [0, 1, 3, 7], failed
        settings: minutes [0], failed
        credential: minutes [0], failed
        findings: minutes [0], failed
        ");
}

#[test]
fn a_later_time_stands_for_one_that_waits_to_be_tried_again() {
    let (place, time) = (Place::file(), Time::at("2026-11-20T07:59:00Z"));
    let mut one = Worker::new(&place, &time, "one");
    let often = [plan("often", "* * * * *")];
    one.look(&often);
    time.set("2026-11-20T08:00:00Z");
    let mut claim = one.look(&often).unwrap();
    // It takes longer than until the next two.
    time.pass(130);
    one.queue().beat(&mut claim, 0).unwrap();
    assert!(one.look(&often).is_none(), "never two at a time");
    time.pass(50);
    assert!(one.look(&often).is_none());
    one.end(&mut claim, &often[0], Status::Code(5)).unwrap();
    let mut claim = one.look(&often).unwrap();
    one.end(&mut claim, &often[0], DONE).unwrap();
    time.pass(60);
    let mut claim = one.look(&often).unwrap();
    one.end(&mut claim, &often[0], DONE).unwrap();
    insta::assert_snapshot!(one.told(), @r"
        often@2026-11-20T08:00:00Z slot failed missed 0 attempt 1 failures 1: no answer
        often@2026-11-20T08:02:00Z caught_up skipped missed 1 attempt 0 failures 0: not begun before the next one, of 2026-11-20T08:03:00Z
        often@2026-11-20T08:03:00Z slot complete missed 0 attempt 1 failures 0
        often@2026-11-20T08:04:00Z slot complete missed 0 attempt 1 failures 0
        ");
}

#[test]
fn who_was_asked_to_stop_gives_back_what_the_next_one_goes_on_with() {
    let (place, time) = (Place::file(), Time::at("2026-11-20T07:59:00Z"));
    let mut one = Worker::new(&place, &time, "one");
    let mut two = Worker::new(&place, &time, "two");
    let daily = [plan("nightly", "daily 08:00")];
    one.look(&daily);
    time.set("2026-11-20T08:00:00Z");
    let mut claim = one.look(&daily).unwrap();
    one.end(&mut claim, &daily[0], Status::Stopped).unwrap();
    let mut claim = two.look(&daily).unwrap();
    assert!(!claim.taken_over);
    assert_eq!((claim.run.attempt, claim.run.failures), (2, 0));
    two.end(&mut claim, &daily[0], DONE).unwrap();
    assert_eq!(two.runs().len(), 1);
}

#[test]
fn by_hand_a_job_runs_at_once_unless_somebody_is_at_it() {
    let (place, time) = (Place::file(), Time::at("2026-11-20T07:59:00Z"));
    let mut one = Worker::new(&place, &time, "one");
    let mut two = Worker::new(&place, &time, "two");
    let daily = [plan("nightly", "daily 08:00")];
    one.look(&daily);
    let mut by_hand = one.queue().claim_by_hand("nightly").unwrap();
    let refused = two.queue().claim_by_hand("nightly").unwrap_err();
    insta::assert_snapshot!(refused, @r"job `nightly` is being run by one since 2026-11-20T07:59:00Z");
    // Nor does its time begin it.
    time.set("2026-11-20T08:00:00Z");
    one.queue().beat(&mut by_hand, 0).unwrap();
    assert!(two.look(&daily).is_none());
    one.end(&mut by_hand, &daily[0], Status::Code(5)).unwrap();
    let mut claim = two.look(&daily).unwrap();
    two.end(&mut claim, &daily[0], DONE).unwrap();
    // One that was killed is not begun again by a schedule: nobody waits for it.
    time.pass(60);
    one.queue().claim_by_hand("nightly").unwrap();
    time.pass(61);
    assert!(two.look(&daily).is_none());
    insta::assert_snapshot!(two.told(), @r"
        nightly@2026-11-20T07:59:00Z by_hand failed missed 0 attempt 1 failures 1: no answer
        nightly@2026-11-20T08:00:00Z slot complete missed 0 attempt 1 failures 0
        nightly@2026-11-20T08:01:00Z by_hand failed missed 0 attempt 1 failures 1: one was not heard of after 2026-11-20T08:01:00Z
        ");
}

#[test]
fn jitter_spreads_jobs_and_is_the_same_for_all_who_plan() {
    let due = |job: &str| {
        let (place, time) = (Place::file(), Time::at("2026-11-20T07:59:00Z"));
        let mut one = Worker::new(&place, &time, "one");
        let daily = [Plan {
            jitter: SignedDuration::from_mins(10),
            ..plan(job, "daily 08:00")
        }];
        one.look(&daily);
        time.set("2026-11-20T08:00:00Z");
        one.queue().plan(&daily).unwrap();
        let run = one.runs().pop().unwrap();
        run.due_at.duration_since(run.fire_at).as_secs()
    };
    let all: Vec<i64> = ["a", "b", "c", "d", "e"].map(due).into();
    assert!(all.iter().all(|it| (0..600).contains(it)), "{all:?}");
    assert!(all.iter().collect::<BTreeSet<_>>().len() > 3, "{all:?}");
    assert_eq!(due("a"), all[0]);
}

#[test]
fn of_what_is_pruned_the_newest_run_of_a_job_stays() {
    let (place, time) = (Place::file(), Time::at("2026-11-20T07:59:00Z"));
    let mut one = Worker::new(&place, &time, "one");
    let daily = [plan("nightly", "daily 08:00")];
    one.look(&daily);
    for _ in 0..5 {
        time.pass(24 * 3600);
        let mut claim = one.look(&daily).unwrap();
        one.end(&mut claim, &daily[0], DONE).unwrap();
    }
    let ledger = qaduct_pump::Ledger {
        command: "prune",
        subject: "*".to_owned(),
        started_at: time.now(),
        version: "0",
        salt: 0,
    };
    let mut prune = |cutoff| {
        let (store, cutoff) = (one.store.as_mut(), at(cutoff));
        qaduct_pump::prune(store, &[], cutoff, false, &ledger, &time).unwrap()
    };
    assert_eq!(prune("2026-11-23T00:00:00Z").job_runs, 2);
    assert_eq!(prune("2027-01-01T00:00:00Z").job_runs, 2);
    assert_eq!(one.runs().len(), 1);
}
