//! Faults at every question of every stream: the same tables as after an undisturbed
//! pull, or an error that is named, and then the same tables after the next pull. Each
//! service is read into an empty store, and once more some hours later.
//!
//! A fault that does not come is a failure of the matrix, as is a stream that is not
//! asked; which fault met how many questions of which stream is printed.
//! What passes meets every question, the rest the first one of each stream;
//! `QADUCT_MATRIX_STEP=1` meets each, which takes long, and
//! `QADUCT_MATRIX_ONLY="401@27! drop@30 html"` tries these faults alone.

mod asked;
mod bench;
mod confluence;
mod stored;
mod subjects;

use std::collections::BTreeSet;

use qaduct_records::Outcome;
use qaduct_replay::{Fault, Kind};
use qaduct_sources::Patience;

use asked::{Asked, Covered, Question};
use bench::{Bench, Ended, Subject, is_endless};
use stored::Rows;
use subjects::{BITRISE, BUGZILLA, GITHUB, JIRA, LOOKER, SENTRY, TASKCLUSTER, TESTRAIL};

/// Faults that pass when the same is asked again: at all questions of one pull.
const PASSING: &[&str] = &[
    "429+1",
    "429",
    "500",
    "503+1",
    "cut",
    "cut-chunk",
    "cut-gzip",
    "reset",
    "skew",
    "slow",
    "silent",
];
/// Passes at GitHub, which knows it.
const SECONDARY: &str = "secondary";
/// Faults of one question.
const LOCAL: &[&str] = &["html", "again", "loop", "403", GONE];
/// Where the service says so of a row that is asked for by its key, the row is gone.
const GONE: &str = "410";
/// A credential that expires: from then on.
const EXPIRED: &str = "401";
/// At each how many requests it expires.
const EXPIRIES: usize = 25;
/// Faults that change the world while it is read: nothing that stays may be lost.
const CHANGING: &[&str] = &["move", "drop"];
/// What does not end.
const LASTING: &[&str] = &["500", "429", "html", "reset"];

/// The faults of one service, and what they have met.
struct Matrix {
    bench: Bench,
    name: String,
    undisturbed: Vec<Asked>,
    expected: Rows,
    /// What is stored after one more pull.
    twice: Rows,
    covered: Covered,
    wrong: Vec<String>,
    /// Each how many questions are met; `None` for the first of each stream.
    step: Option<usize>,
    pulls: usize,
}

impl Matrix {
    fn new(bench: Bench, name: String) -> Self {
        let (undisturbed, expected, twice) = bench.undisturbed();
        let step = std::env::var("QADUCT_MATRIX_STEP");
        Self {
            bench,
            name,
            undisturbed,
            expected,
            twice,
            covered: Covered::default(),
            wrong: Vec::new(),
            step: step.ok().map(|it| it.parse().unwrap()),
            pulls: 0,
        }
    }

    /// All faults.
    fn all(mut self) {
        if let Ok(only) = std::env::var("QADUCT_MATRIX_ONLY") {
            for fault in only.split_whitespace() {
                match fault.split_once('@') {
                    Some((kind, _)) => self.one(kind, &[fault.parse().unwrap()]),
                    None if PASSING.contains(&fault) => self.everywhere(fault),
                    None => self.one_by_one(fault),
                }
            }
            return self.end();
        }
        let secondary = self.name.starts_with("github").then_some(SECONDARY);
        for kind in PASSING.iter().copied().chain(secondary) {
            self.everywhere(kind);
        }
        for kind in LOCAL.iter().chain(CHANGING) {
            self.one_by_one(kind);
        }
        for nth in (1..=self.undisturbed.len()).step_by(self.step.unwrap_or(EXPIRIES)) {
            self.one(EXPIRED, &[from(EXPIRED, nth)]);
        }
        for (n, kind) in LASTING.iter().enumerate() {
            self.one(kind, &[from(kind, n + 2)]);
        }
        self.end();
    }

    /// A fault at the first request and at each second one: each retry succeeds.
    fn everywhere(&mut self, kind: &str) {
        let faults = match kind.parse().unwrap() {
            // Nothing is asked again then.
            Kind::Skew => vec![from(kind, 1)],
            endless if is_endless(&endless) => {
                // Each one moves what is asked later by a request.
                let mut faults: Vec<Fault> = Vec::new();
                for nth in self.wanted(kind) {
                    let target = target(&self.undisturbed[nth]);
                    let before = faults.iter();
                    let before = before.filter(|it| it.when.pattern.contains(target));
                    let before = before.count();
                    faults.push(self.question(kind, nth, before));
                }
                faults
            }
            _ => vec![at(kind, 1), at(kind, "/2")],
        };
        self.passes(kind, &faults);
        // An answer without a body cannot be cut, and so is not asked for again: what comes
        // behind it was passed over.
        let missed = self.wanted(kind).into_iter();
        let faults: Vec<_> = missed.map(|nth| self.question(kind, nth, 0)).collect();
        if !faults.is_empty() {
            self.passes(kind, &faults);
        }
        let missed = self.wanted(kind).into_iter();
        let missed = missed.map(|nth| &self.undisturbed[nth].question);
        let missed: Vec<_> = missed
            .map(|it| format!("{kind} did not meet {it:?}"))
            .collect();
        self.wrong.extend(missed);
    }

    /// A pull with faults that pass: the same as without.
    fn passes(&mut self, kind: &str, faults: &[Fault]) {
        let (_folder, mut store) = self.bench.store();
        let ended = self.bench.disturbed(store.as_mut(), faults);
        self.pulls += 1;
        self.covered.count(kind, &ended.asked);
        if let Some(why) = incomplete(&ended) {
            return self.wrong.push(format!("{kind} everywhere: {why}"));
        }
        let difference = stored::difference(&self.expected, &self.bench.rows(store.as_ref()));
        let difference = difference.map(|it| format!("{kind} everywhere: {it}"));
        self.wrong.extend(difference);
    }

    /// Places among the undisturbed requests that a kind has still to meet: the first of
    /// each question, or of each stream, as always where who asks has to wait for real.
    fn wanted(&self, kind: &str) -> Vec<usize> {
        let needs: Kind = kind.parse().unwrap();
        let of_page = [Kind::Again, Kind::Loop, Kind::Move, Kind::Drop].contains(&needs);
        let mut known: BTreeSet<&Question> = BTreeSet::new();
        let mut streams = BTreeSet::new();
        let fits = |asked: &Asked| !of_page || asked.open_to.contains(&needs);
        let step = self.step.filter(|_| !is_endless(&needs));
        let asked = self.undisturbed.iter().enumerate();
        asked
            .filter(|(_, it)| fits(it) && known.insert(&it.question))
            .filter(|(_, it)| step.is_some() || streams.insert(&it.question.0))
            .step_by(step.unwrap_or(1))
            .filter(|(_, it)| !self.covered.has(kind, &it.question))
            .map(|(nth, _)| nth)
            .collect()
    }

    /// A fault at each question by itself: in one pull at one of each stream.
    fn one_by_one(&mut self, kind: &str) {
        loop {
            let wanted = self.wanted(kind);
            if wanted.is_empty() {
                return;
            }
            let mut streams = BTreeSet::new();
            let places = wanted.iter().filter(|nth| {
                let (stream, _) = &self.undisturbed[**nth].question;
                streams.insert(stream.as_str())
            });
            // What is gone takes the questions with it that hang on it.
            let at_once = if kind == GONE { 1 } else { usize::MAX };
            let places = places.take(at_once);
            let faults: Vec<_> = places.map(|nth| self.question(kind, *nth, 0)).collect();
            self.one(kind, &faults);
            if self.wanted(kind).len() == wanted.len() {
                // What stands in the way of each other comes alone.
                self.one(kind, &[at(kind, wanted[0] + 1)]);
                if self.wanted(kind).len() == wanted.len() {
                    let question = &self.undisturbed[wanted[0]].question;
                    return self
                        .wrong
                        .push(format!("{kind} does not meet {question:?}"));
                }
            }
        }
    }

    /// The fault at a question, however many others were asked before; the same so many
    /// times more.
    fn question(&self, kind: &str, nth: usize, more: usize) -> Fault {
        let target = target(&self.undisturbed[nth]);
        let like = self.undisturbed[..=nth].iter();
        let like = like.filter(|it| it.target.contains(target)).count();
        let mut fault = at(kind, like + more);
        target.clone_into(&mut fault.when.pattern);
        fault
    }

    /// A pull with faults, and where it was not complete a second one without.
    fn one(&mut self, kind: &str, faults: &[Fault]) {
        let texts: Vec<_> = faults.iter().map(ToString::to_string).collect();
        let world = self.bench.server.world().clone();
        let (_folder, mut store) = self.bench.store();
        let ended = self.bench.disturbed(store.as_mut(), faults);
        self.pulls += 1;
        let met = self.covered.count(kind, &ended.asked);
        let mut wrong = Vec::new();
        if met == 0 {
            wrong.push("it did not come".to_owned());
        }
        let mut errors = Vec::new();
        let complete = incomplete(&ended).is_none();
        if !complete {
            wrong.extend(unnamed(&ended));
            let again = self.bench.pull(store.as_mut(), 2, Patience::default());
            self.pulls += 1;
            errors = again.pulled.errors;
        }
        let mut rows = self.bench.rows(store.as_ref());
        if CHANGING.contains(&kind) {
            let (_folder, mut beside) = self.bench.store();
            let fresh = self.bench.pull(beside.as_mut(), 3, Patience::default());
            self.pulls += 1;
            // What a question of the settings needs may be gone, and is missed each time.
            if !complete && errors.len() != fresh.pulled.errors.len() {
                wrong.push(format!("{errors:?}, then {:?}", fresh.pulled.errors));
            }
            let fresh = self.bench.rows(beside.as_ref());
            let mut lost = stored::lost(&fresh, &rows);
            if complete && lost.iter().all(|it| self.bench.may_slip(it)) && !lost.is_empty() {
                self.bench.full(store.as_mut(), 4);
                self.bench.full(beside.as_mut(), 5);
                self.pulls += 2;
                rows = self.bench.rows(store.as_ref());
                let fresh = self.bench.rows(beside.as_ref());
                lost = stored::lost(&fresh, &rows);
            }
            wrong.extend(lost.first().map(|it| format!("lost {it}")));
        } else {
            if !errors.is_empty() {
                wrong.push(format!("the pull after it says {errors:?}"));
            }
            if kind == GONE && complete {
                believe(&self.expected, &mut rows, self.bench.hanging);
            }
            if !complete {
                stored::equate(&mut rows, &self.twice, &self.expected);
            }
            wrong.extend(stored::difference(&self.expected, &rows));
        }
        *self.bench.server.world() = world;
        let wrong = wrong.into_iter();
        self.wrong
            .extend(wrong.map(|it| format!("{}: {it}", texts.join(" "))));
    }

    fn end(self) {
        let table = self.covered.table(&self.undisturbed);
        println!(
            "{}: {} pulls, {} requests undisturbed, {} rows\n{table}",
            self.name,
            self.pulls,
            self.undisturbed.len(),
            self.expected.len()
        );
        let wrong = self.wrong;
        assert!(
            wrong.is_empty(),
            "{} of them:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}

/// Why a pull is not complete.
fn incomplete(ended: &Ended) -> Option<String> {
    let run = &ended.pulled.run;
    match run.outcome {
        Outcome::Complete | Outcome::Unchanged
            if ended.pulled.errors.is_empty() && ended.pulled.unreached.is_empty() =>
        {
            None
        }
        outcome => Some(format!(
            "{outcome}, {:?}, {:?}",
            run.error, ended.pulled.errors
        )),
    }
}

/// What is wrong with the words of a pull that is not complete.
fn unnamed(ended: &Ended) -> Option<String> {
    let run = &ended.pulled.run;
    if !matches!(run.outcome, Outcome::Incomplete | Outcome::Failed) {
        return Some(format!(
            "{} in spite of {:?}",
            run.outcome, ended.pulled.errors
        ));
    }
    let streams = ended.pulled.streams.iter();
    let said: Vec<_> = streams
        .filter_map(|it| it.error.as_deref())
        .chain(run.error.as_deref())
        .collect();
    said.iter()
        .all(|it| it.is_empty())
        .then(|| format!("{} without a word", run.outcome))
}

/// Takes the word of a service that says of a row that it is gone: that row, the entry
/// that names one that was never there, and what hangs on such a one.
fn believe(expected: &Rows, rows: &mut Rows, hanging: &[&str]) {
    let is_named = |key: &str, text: &str| {
        key.starts_with("row_problems ")
            && text.contains("it is listed")
            && !expected.contains_key(key)
    };
    let named = rows.len();
    rows.retain(|key, text| !is_named(key, text));
    let is_lacking = rows.len() < named;
    for (key, text) in expected {
        let table = key.split(' ').next().unwrap_or_default();
        let is_gone = match rows.get(key) {
            Some(found) => found.contains("_gone=deleted"),
            None => is_lacking && hanging.contains(&table),
        };
        if is_gone {
            rows.insert(key.clone(), text.clone());
        }
    }
}

/// Path and query without the credential, which the log does not tell.
fn target(asked: &Asked) -> &str {
    let parts = asked.target.split("Bugzilla_api_key");
    parts.into_iter().next().unwrap_or_default()
}

/// A fault at these of all requests: `3`, `3!`, `/2`.
fn at(kind: &str, which: impl std::fmt::Display) -> Fault {
    format!("{kind}@{which}").parse().unwrap()
}

fn from(kind: &str, nth: usize) -> Fault {
    at(kind, format_args!("{nth}!"))
}

fn first(subject: &Subject) {
    let matrix = Matrix::new(Bench::new(subject), format!("{} at first", subject.kind));
    let asked: BTreeSet<&str> = matrix
        .undisturbed
        .iter()
        .map(|it| it.question.0.as_str())
        .collect();
    let missing: Vec<_> = matrix
        .bench
        .streams
        .iter()
        .filter(|it| !asked.contains(**it))
        .collect();
    assert!(missing.is_empty(), "nothing is asked for {missing:?}");
    matrix.all();
}

fn later(subject: &Subject) {
    let mut bench = Bench::new(subject);
    bench.hours_later(3);
    Matrix::new(bench, format!("{} later", subject.kind)).all();
}

#[test]
fn testrail_survives_faults_at_its_requests() {
    first(&TESTRAIL);
}

#[test]
fn testrail_survives_faults_hours_later() {
    later(&TESTRAIL);
}

#[test]
fn bugzilla_survives_faults_at_its_requests() {
    first(&BUGZILLA);
}

#[test]
fn bugzilla_survives_faults_hours_later() {
    later(&BUGZILLA);
}

#[test]
fn jira_survives_faults_at_its_requests() {
    first(&JIRA);
}

#[test]
fn jira_survives_faults_hours_later() {
    later(&JIRA);
}

#[test]
fn github_survives_faults_at_its_requests() {
    first(&GITHUB);
}

#[test]
fn github_survives_faults_hours_later() {
    later(&GITHUB);
}

#[test]
fn sentry_survives_faults_at_its_requests() {
    first(&SENTRY);
}

#[test]
fn sentry_survives_faults_hours_later() {
    later(&SENTRY);
}

#[test]
fn bitrise_survives_faults_at_its_requests() {
    first(&BITRISE);
}

#[test]
fn bitrise_survives_faults_hours_later() {
    later(&BITRISE);
}

#[test]
fn looker_survives_faults_at_its_requests() {
    first(&LOOKER);
}

#[test]
fn looker_survives_faults_hours_later() {
    later(&LOOKER);
}

#[test]
fn taskcluster_survives_faults_at_its_requests() {
    first(&TASKCLUSTER);
}

#[test]
fn taskcluster_survives_faults_hours_later() {
    later(&TASKCLUSTER);
}
