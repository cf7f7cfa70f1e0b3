//! Which stream each request was for, and which of them a fault met.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use qaduct_pump::pull::{Progress, Watch};
use qaduct_replay::{Kind, Seen, Server};

/// A question of a stream; a page of a list is a question of its own.
pub(super) type Question = (String, String);

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) question: Question,
    /// Path and query.
    pub(super) target: String,
    /// The fault that it met.
    pub(super) fault: Option<String>,
    /// The faults of pages that would change its answer.
    pub(super) open_to: Vec<Kind>,
}

/// Watches a pull: what was asked since the last news is of the stream that they tell of.
pub(super) struct Journal<'s> {
    server: &'s Server,
    news: RefCell<Vec<(u64, String)>>,
}

impl<'s> Journal<'s> {
    /// Begins with an empty log.
    pub(super) fn new(server: &'s Server) -> Self {
        server.clear_log();
        Self {
            server,
            news: RefCell::default(),
        }
    }

    /// All requests since.
    pub(super) fn asked(self) -> Vec<Asked> {
        let news = self.news.into_inner();
        let stream = |nth: u64| {
            let told = news.iter().find(|(requests, _)| *requests > nth);
            told.map_or("", |(_, stream)| stream).to_owned()
        };
        let log = self.server.log().into_iter();
        (0..)
            .zip(log)
            .map(|(nth, seen): (u64, Seen)| Asked {
                question: (
                    stream(nth),
                    format!("{} {} {}", seen.method, seen.target, seen.body),
                ),
                target: seen.target,
                fault: seen.fault,
                open_to: seen.open_to,
            })
            .collect()
    }
}

impl Watch for Journal<'_> {
    fn progress(&self, progress: &Progress<'_>) {
        let requests = self.server.counters().requests;
        let stream = progress.run.stream.clone();
        self.news.borrow_mut().push((requests, stream));
    }

    fn stopped(&self) -> bool {
        false
    }
}

/// The questions that each kind of fault has met.
#[derive(Debug, Default)]
pub(super) struct Covered(BTreeMap<String, BTreeSet<Question>>);

impl Covered {
    /// Counts what a pull has met; gives how often.
    pub(super) fn count(&mut self, kind: &str, asked: &[Asked]) -> usize {
        let met: Vec<_> = asked.iter().filter(|it| it.fault.is_some()).collect();
        let questions = met.iter().map(|it| it.question.clone());
        self.0.entry(kind.to_owned()).or_default().extend(questions);
        met.len()
    }

    /// Whether a kind of fault has met a question.
    pub(super) fn has(&self, kind: &str, question: &Question) -> bool {
        self.0.get(kind).is_some_and(|it| it.contains(question))
    }

    /// For each stream its questions, and how many of them each kind has met.
    pub(super) fn table(&self, undisturbed: &[Asked]) -> String {
        let mut streams: BTreeMap<&str, BTreeSet<&Question>> = BTreeMap::new();
        for Asked { question, .. } in undisturbed {
            streams.entry(&question.0).or_default().insert(question);
        }
        let mut lines = Vec::new();
        for (stream, questions) in streams {
            let mut line = format!("  {stream}: {} questions", questions.len());
            for (kind, met) in &self.0 {
                let met = questions.iter().filter(|it| met.contains(**it)).count();
                line += &[", ", kind, " ", &met.to_string()].concat();
            }
            lines.push(line);
        }
        lines.join("\n")
    }
}
