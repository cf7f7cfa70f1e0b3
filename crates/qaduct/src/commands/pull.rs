//! `qaduct pull`: reads services and keeps what they say.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use qaduct_pump::pull::Wanted;
use qaduct_records::source::{Failure, SourceError};
use qaduct_records::{Clock, Outcome};

use crate::config::Moment;
use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::format::{Plain, planned, pulled, table};
use crate::planning::plan_one;
use crate::pulling::{Done, Job, pull_all};
use crate::report::{Code, Report};
use crate::reports::{self, NotKept};
use crate::sources::{self, Narrow};
use crate::stop::Stop;
use crate::wire::{StoreArgs, StoreSettings};

/// How many errors of one kind are shown of a stream.
const SHOWN: u64 = 2;

/// Pull test cases, issues and builds from the services around the tests
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct pull
  qaduct pull testrail.cases testrail.runs jira
  qaduct pull bugzilla --from 2026-01-01 --to 2026-01-31
  qaduct pull --platform mobile --dry-run
  qaduct pull -q   # only streams that changed or failed; -qq: only errors")]
pub struct Args {
    /// Sources, or streams of them with those that they need; else all
    #[arg(value_name = "SOURCE[.STREAM]")]
    names: Vec<String>,

    #[command(flatten)]
    narrow: Narrow,

    /// Only what changed in the last N days
    #[arg(
        long,
        value_name = "N",
        conflicts_with_all = ["from", "to"],
        value_parser = clap::value_parser!(u32).range(1..),
        hide_short_help = true
    )]
    num_days: Option<u32>,

    /// Only what changed from this day or instant on
    #[arg(long, value_name = "DATE")]
    from: Option<Moment>,

    /// Only what changed up to this day, it included
    #[arg(long, value_name = "DATE", hide_short_help = true)]
    to: Option<Moment>,

    /// Everything from the start, whatever was read before
    #[arg(long, conflicts_with_all = ["from", "to", "num_days"])]
    full: bool,

    /// Stop a stream after the page that brings its Nth row, to have a look
    ///
    /// Pages are read and stored whole, so that a stream may bring more rows than N.
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..),
        hide_short_help = true
    )]
    limit: Option<u64>,

    /// Ask for counts only: what it would cost; writes nothing
    #[arg(short = 'n', long)]
    dry_run: bool,

    #[command(flatten)]
    store: StoreArgs,

    #[command(flatten)]
    format: Plain,
}

impl Args {
    /// Pulls, keeps and tells.
    ///
    /// # Errors
    /// When a part of it failed.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&self.store.flags())?.config;
        let clock = context.clock()?;
        let wanted = self.wanted(clock.now())?;
        let selected = sources::select(&settings, &self.names, &self.narrow)?;
        let store = StoreSettings::new(context, &settings)?;
        let stop = context.stop()?;
        let mut jobs = Vec::new();
        for it in &selected {
            jobs.push(Job {
                source: it.open(context, &clock, &stop)?,
                wanted: Wanted {
                    streams: it.streams.clone(),
                    since: it.source.settings.since.map(Moment::start),
                    narrowed: it.is_narrowed(),
                    ..wanted.clone()
                },
            });
        }
        for line in jobs.iter().flat_map(|it| off(it, self.dry_run)) {
            context.ui.say(&line);
        }
        if self.dry_run {
            return self.plan(context, jobs, &store, clock.as_ref(), &stop);
        }
        let location = store.open_for_pulls()?.location();
        let done = pull_all(jobs, &store, &clock, &stop, &context.ui);
        let pulled = done.iter().filter_map(|it| it.pulled.as_ref().ok());
        for notice in pulled.flat_map(|it| &it.notices) {
            context.ui.warn(&Report::from(notice));
        }
        let (mut reports, mut kind) = troubles(&done);
        let names: Vec<String> = done.iter().flat_map(asked).collect();
        let mut writing = store.connect()?;
        let followed =
            reports::after_pull(context, writing.as_mut(), &settings, &names, &clock, &stop)?;
        if !followed.reports.is_empty() {
            kind = kind.or(Some(Kind::Partial));
        }
        reports.extend(followed.reports);
        if self.format.is_json() {
            context.ui.data(|out| {
                pulled::json(out, &done, &followed.rules, &followed.not_kept, &reports)
            })?;
        } else {
            let look = table::Look {
                width: context.ui.width(),
            };
            match context.ui.verbosity() {
                0.. => context.ui.text(&pulled::table(&done, look))?,
                -1 => context.ui.text(&pulled::changes(&done, look))?,
                _ => {}
            }
            if context.ui.verbosity() >= -1 {
                context.ui.text(&pulled::rules(&followed.rules, look))?;
            }
            let told = done.iter().flat_map(|it| [needed(it), again(it)]).flatten();
            for line in told {
                context.ui.say(&line);
            }
            if done.iter().any(has_stored) {
                context.ui.say(&format!("stored in {location}"));
            }
        }
        // Whoever asked it to stop knows why it is not complete.
        stop.check()?;
        if !reports.is_empty() {
            context.ui.error(&CommandError::all(reports));
        }
        if !self.format.is_json()
            && let Some(report) = not_kept(&followed.not_kept)
        {
            // It is what a part of the data is expected to do.
            if self.is_partial() {
                context.ui.detail(1, &report.message);
            } else {
                context.ui.warn(&report);
            }
        }
        match kind {
            None => Ok(()),
            Some(kind) => Err(CommandError::silent(kind)),
        }
    }

    /// Whether less is asked for than there is of the streams.
    fn is_partial(&self) -> bool {
        let days = self.num_days.is_some() || self.from.is_some() || self.to.is_some();
        days || self.limit.is_some() || self.narrow.is_some()
    }

    /// Tells what it would cost.
    fn plan(
        &self,
        context: &Context,
        jobs: Vec<Job>,
        store: &StoreSettings,
        clock: &dyn Clock,
        stop: &Stop,
    ) -> Result<(), CommandError> {
        let (mut store, _folder) = store.look()?;
        let mut plans = Vec::new();
        for mut job in jobs {
            let source = job.source.as_mut();
            plans.push(plan_one(store.as_mut(), source, &job.wanted, clock, stop)?);
            stop.check()?;
        }
        for notice in plans.iter().flat_map(|it| &it.notices) {
            context.ui.warn(&Report::from(notice));
        }
        let errors = plans.iter().flat_map(|it| &it.errors);
        let reports: Vec<Report> = errors.map(Report::from).collect();
        if self.format.is_json() {
            context
                .ui
                .data(|out| planned::json(out, &plans, &reports))?;
        } else {
            let look = table::Look {
                width: context.ui.width(),
            };
            context.ui.text(&planned::table(&plans, look))?;
            for plan in plans.iter().filter(|it| !it.streams.is_empty()) {
                context.ui.say(&planned::line(plan));
            }
        }
        if reports.is_empty() {
            return Ok(());
        }
        Err(CommandError::all(reports))
    }

    fn wanted(&self, now: Timestamp) -> Result<Wanted, CommandError> {
        let days = self.num_days.map(|days| {
            let span = SignedDuration::from_hours(i64::from(days) * 24);
            // From midnight: all pulls of a day have the same range, and one goes on with
            // what another has begun.
            let today = now.to_zoned(TimeZone::UTC).start_of_day();
            today
                .map(|it| it.timestamp())
                .and_then(|it| it.checked_sub(span))
                .map_err(|_| CommandError::usage(format!("{days} days are longer than time")))
        });
        let from = days.transpose()?.or(self.from.map(Moment::start));
        let to = self.to.map(Moment::end);
        if let (Some(from), Some(to)) = (from, to)
            && from >= to
        {
            return Err(CommandError::usage("`--from` is not before `--to`"));
        }
        Ok(Wanted {
            streams: Vec::new(),
            narrowed: false,
            from,
            to,
            since: None,
            full: self.full,
            limit: self.limit,
        })
    }
}

/// The streams that the settings leave off and how they are switched on: those that were
/// named, or all.
fn off(job: &Job, all: bool) -> Vec<String> {
    let source = job.source.as_ref();
    let named = &job.wanted.streams;
    let is_told = |name: &str| match named.is_empty() {
        true => all,
        false => named.iter().any(|it| it == name),
    };
    let streams = source.streams().iter().filter(|it| is_told(it.name));
    let off = streams.filter_map(|it| Some((it.name, source.off(it)?)));
    off.map(|(stream, how)| format!("{}.{stream} is off: {how}", source.name()))
        .collect()
}

/// All counts that were not kept of the day, in a line.
fn not_kept(counts: &[NotKept]) -> Option<Report> {
    let day = counts.first()?.day;
    let mut lacks: Vec<&str> = counts
        .iter()
        .flat_map(|it| &it.lacks)
        .map(String::as_str)
        .collect();
    lacks.sort_unstable();
    lacks.dedup();
    let tables: Vec<String> = counts.iter().map(|it| format!("`{}`", it.table)).collect();
    let message = format!(
        "the counts of {day} are not kept in {}: not read whole on that day: {}",
        tables.join(", "),
        lacks.join(", ")
    );
    Some(Report::new(Code::NotKept, message))
}

/// Whether a source brought anything to store, or was found as it is stored.
fn has_stored(done: &Done) -> bool {
    let stores = |it: Outcome| !matches!(it, Outcome::Failed | Outcome::Interrupted);
    done.pulled
        .as_ref()
        .is_ok_and(|it| it.streams.iter().any(|it| stores(it.outcome)))
}

/// The streams that nobody has named, and others need.
fn needed(done: &Done) -> Option<String> {
    let needed = &done.pulled.as_ref().ok()?.needed;
    let streams = needed.join(", ");
    (!needed.is_empty()).then(|| format!("{}: read {streams}, too: others need them", done.source))
}

/// The streams that were asked for, as `SOURCE.STREAM`.
fn asked(done: &Done) -> Vec<String> {
    let Ok(pulled) = &done.pulled else {
        return Vec::new();
    };
    let read = pulled.streams.iter().map(|it| it.stream.as_str());
    let all = read.chain(pulled.unreached.iter().copied());
    all.map(|it| format!("{}.{it}", done.source)).collect()
}

/// The streams that were read from their start although they were read before.
fn again(done: &Done) -> Option<String> {
    let streams = &done.pulled.as_ref().ok()?.again;
    let names = streams.join(", ");
    (!streams.is_empty()).then(|| {
        format!(
            "{}: read from the start, because its settings or its questions are others now, or a clock was ahead: {names}",
            done.source
        )
    })
}

/// The first errors of each stream and kind; thousands of parts may fail for one reason.
fn grouped(errors: &[SourceError]) -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    let mut more: BTreeMap<(&str, Failure), u64> = BTreeMap::new();
    for error in errors {
        // The place begins with source and stream; part and page differ.
        let stream = error.place.split(' ').next().unwrap_or_default();
        let count = more.entry((stream, error.kind)).or_default();
        *count += 1;
        if *count <= SHOWN {
            let report = Report::from(error);
            reports.push(match report.help.is_empty() {
                true => report.help(once_more(stream)),
                false => report,
            });
        }
    }
    for ((stream, _), count) in more {
        if count > SHOWN {
            let message = format!(
                "{stream}: {} more parts failed in the same way",
                count - SHOWN
            );
            let help = "`error` of the table `stream_runs` names all of them";
            reports.push(Report::new(Code::PullPartial, message).help(help));
        }
    }
    reports
}

/// Why a stream is incomplete, and what to do.
fn incomplete(place: &str, why: &str) -> Report {
    let report = Report::new(Code::PullPartial, why);
    // Where something else helps, the reason says so itself.
    match why.contains("`qaduct ") {
        true => report,
        false => report.help(once_more(place)),
    }
}

/// What helps where nothing better is known: parts that are not complete are asked for again,
/// and the rows of other streams that they need with them.
fn once_more(place: &str) -> String {
    format!("`qaduct pull {place}` asks for it again")
}

/// What went wrong, and the status to end with; `None` when nothing did.
fn troubles(done: &[Done]) -> (Vec<Report>, Option<Kind>) {
    let mut reports: Vec<Report> = Vec::new();
    let mut stored = false;
    for it in done {
        match &it.pulled {
            Err(error) => reports.extend(error.reports().iter().cloned()),
            Ok(pulled) => {
                stored |= has_stored(it);
                let told: Vec<String> = pulled.errors.iter().map(ToString::to_string).collect();
                reports.extend(grouped(&pulled.errors));
                // What the source did not fail at and is incomplete all the same.
                for stream in &pulled.streams {
                    let lines = stream.error.as_deref().into_iter().flat_map(str::lines);
                    let lines = lines.filter(|line| !told.iter().any(|it| it.contains(line)));
                    let place = format!("{}.{}", it.source, stream.stream);
                    reports.extend(lines.map(|it| incomplete(&place, it)));
                }
                if !pulled.unreached.is_empty() {
                    let streams = pulled.unreached.join(", ");
                    let message = format!("{}: not asked for: {streams}", it.source);
                    reports
                        .push(Report::new(Code::PullPartial, message).help(once_more(&it.source)));
                }
            }
        }
    }
    let kind = reports.first().map(|first| match stored {
        true => Kind::Partial,
        false => first.code.kind(),
    });
    (reports, kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_goes_wrong_names_the_next_command() {
        for why in [
            "tools.runs: the source counts 3 rows and sent 2",
            "tools.runs: its parts are rows of `plans`, which was never read to its end",
            "tools.runs: Sentry gives 100 groups of 2026-01-31 at most and has more",
            "tools.runs: 2 records have no key and cannot be stored",
            "stopped before the end",
        ] {
            let help = incomplete("tools.runs", why).help;
            assert_eq!(
                help,
                ["`qaduct pull tools.runs` asks for it again"],
                "{why}"
            );
        }
        let why = "tools.runs: there are none; `qaduct sources test tools` tells who you are";
        assert_eq!(incomplete("tools.runs", why).help, [""; 0]);
        for kind in [Failure::Answer, Failure::Position, Failure::Unavailable] {
            let error = SourceError::new(kind, "tools.runs (suite=1) page 2", "is no JSON");
            let told = grouped(&[error.clone(), error.hint("`other` helps")]);
            let help: Vec<_> = told.iter().map(|it| it.help.join("\n")).collect();
            let again = "`qaduct pull tools.runs` asks for it again";
            assert_eq!(help, [again, "`other` helps"]);
        }
    }
}
