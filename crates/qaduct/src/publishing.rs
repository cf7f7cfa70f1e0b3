//! Publications of the settings: which there are, and making them.
//!
//! A kind of publication is a file in `publishing/` and an entry of [`KINDS`]; it is named
//! `kind.name`, as its table in the settings.

mod check;
mod export;
pub mod import;
mod page;
mod slack;

pub use check::problems;

use std::sync::Arc;

use qaduct_publish::{Change, Mode};
use qaduct_records::{Clock, Store, View, nearest};

use crate::config::Config;
use crate::context::Context;
use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::stop::Stop;

/// What a publication is made with.
pub struct Desk<'a> {
    /// Screen, environment, secrets.
    pub context: &'a Context,
    /// The settings.
    pub settings: &'a Config,
    /// The views that can be shown.
    pub views: &'a [View],
    /// The database, brought up to these views.
    pub store: &'a mut dyn Store,
    /// The time.
    pub clock: &'a Arc<dyn Clock>,
    /// The wish to stop.
    pub stop: &'a Stop,
    /// The time of a job that it is done for, where a job does it.
    pub slot: Option<String>,
    /// Whether something is written.
    pub mode: Mode,
}

/// A kind of publication.
struct Kind {
    /// Its word, and its table in the settings.
    word: &'static str,
    /// The names that the settings give.
    names: fn(&Config) -> Vec<&str>,
    /// Makes the one of that name.
    publish: fn(&str, &mut Desk<'_>) -> Result<Made, CommandError>,
}

/// A publication that was made.
pub struct Made {
    /// What was changed, or would be.
    pub changes: Vec<Change>,
    /// What it should show and does not.
    pub lacks: Vec<Report>,
}

impl From<Vec<Change>> for Made {
    fn from(changes: Vec<Change>) -> Self {
        let lacks = Vec::new();
        Self { changes, lacks }
    }
}

/// All kinds, in the order in which they are made.
static KINDS: &[Kind] = &[export::EXPORT, page::PAGE, slack::MESSAGE, slack::ALERT];

/// The words of all kinds: the tables of the settings that hold publications.
pub fn words() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|it| it.word)
}

/// A publication that was asked for.
pub struct Publication<'s> {
    kind: &'static Kind,
    name: &'s str,
}

/// What became of a publication.
pub struct Published {
    /// Its name: `export.weekly`.
    pub name: String,
    /// What was made of it; or why it was not made.
    pub made: Result<Made, CommandError>,
}

/// The publications that are named: `export.weekly`, or `export` for all of a kind;
/// all of the settings where nothing is named.
///
/// # Errors
/// When a name is none of the settings'.
pub fn select<'s>(
    settings: &'s Config,
    names: &[String],
) -> Result<Vec<Publication<'s>>, CommandError> {
    let all = KINDS.iter().flat_map(|kind| {
        let names = (kind.names)(settings).into_iter();
        names.map(move |name| Publication { kind, name })
    });
    let all: Vec<_> = all.collect();
    for name in names {
        if !all.iter().any(|it| it.is(name)) {
            return Err(unknown(name, &all));
        }
    }
    let is_wanted = |it: &Publication<'_>| names.is_empty() || names.iter().any(|name| it.is(name));
    Ok(all.into_iter().filter(is_wanted).collect())
}

impl Publication<'_> {
    /// Its name: `export.weekly`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.kind.word, self.name)
    }

    fn is(&self, name: &str) -> bool {
        name == self.kind.word || name == self.name()
    }

    /// Makes it. What it changed before it failed stays.
    #[must_use]
    pub fn publish(&self, desk: &mut Desk<'_>) -> Published {
        Published {
            name: self.name(),
            made: (self.kind.publish)(self.name, desk).map(|mut made| {
                let lacks = made.lacks.into_iter().map(|it| next(&self.name(), it));
                made.lacks = lacks.collect();
                made
            }),
        }
    }
}

fn unknown(name: &str, all: &[Publication<'_>]) -> CommandError {
    let known: Vec<_> = all.iter().map(Publication::name).collect();
    let report = CommandError::usage(format!("there is no publication `{name}`"));
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => report.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => report.help(
            "the settings have none; `qaduct config default` shows how to write one".to_owned(),
        ),
        None => report.help(format!("there are {}", known.join(", "))),
    }
}

/// What is said of a publication that was not made.
#[must_use]
pub fn trouble(name: &str, error: CommandError) -> Report {
    next(name, error.into_report())
}

/// The same with its publication, and with what to type next where nothing is said of that.
fn next(name: &str, report: Report) -> Report {
    let next = match report.code {
        _ if !report.help.is_empty() => None,
        Code::PublishRefused => Some((" --dry-run", "shows what would be written")),
        Code::PublishUnavailable | Code::PublishLeft | Code::PublishPartial => {
            Some(("", "tries it again"))
        }
        _ => None,
    };
    let report = report.note(format!("publication {name}"));
    match next {
        Some((flag, does)) => report.help(format!("`qaduct publish {name}{flag}` {does}")),
        None => report,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_reads_of_a_failure_reads_what_to_type_next() {
        let help = |code| {
            let report = Report::new(code, "why");
            trouble("page.health", report.into()).help.join("; ")
        };
        assert_eq!(
            [
                Code::PublishUnavailable,
                Code::PublishLeft,
                Code::PublishRefused
            ]
            .map(help),
            [
                "`qaduct publish page.health` tries it again",
                "`qaduct publish page.health` tries it again",
                "`qaduct publish page.health --dry-run` shows what would be written",
            ]
        );
        let report = Report::new(Code::PublishUnavailable, "why").help("wait for a minute");
        let report = trouble("page.health", report.into());
        assert_eq!(report.help, ["wait for a minute"]);
    }
}
