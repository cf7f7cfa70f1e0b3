//! What follows a pull: projects, releases and parameters are written, rules applied, the
//! counts of the day kept.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use qaduct_pump::rules::{Rule, Ruled};
use qaduct_pump::{calendar, rules, settled, snapshot};
use qaduct_records::report::{Parameter, Project, ProjectGroup, ProjectSource};
use qaduct_records::{Clock, Store, Value};

use crate::config::Config;
use crate::config::calendar::Calendar;
use crate::context::Context;
use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::stop::Stop;
use crate::{freshness, sources, wire};

/// What followed a pull.
#[derive(Debug, Default)]
pub struct Followed {
    /// What each rule did.
    pub rules: Vec<Ruled>,
    /// Rows that were kept of the day.
    pub kept: u64,
    /// Counts of the day that were not kept.
    pub not_kept: Vec<NotKept>,
    /// What went wrong; the rest was done.
    pub reports: Vec<Report>,
}

/// Counts of a day that were not kept.
#[derive(Debug)]
pub struct NotKept {
    /// Where they would stand.
    pub table: &'static str,
    /// The day.
    pub day: Date,
    /// The streams of the pull that were not read whole on it.
    pub lacks: Vec<String>,
}

impl std::fmt::Display for NotKept {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (table, day, lacks) = (self.table, self.day, self.lacks.join(", "));
        write!(
            out,
            "`{table}` of {day} is not kept: not read whole on that day: {lacks}"
        )
    }
}

/// Does what follows a pull of these streams, as `SOURCE.STREAM`. The rows of the pull are stored already; what fails here is
/// told, and done by the next pull.
///
/// # Errors
/// When the store fails.
pub fn after_pull(
    context: &Context,
    store: &mut dyn Store,
    settings: &Config,
    pulled: &[String],
    clock: &Arc<dyn Clock>,
    stop: &Stop,
) -> Result<Followed, CommandError> {
    let mut followed = Followed::default();
    write_settings(store, settings, &hidden_authors(context, settings)?)?;
    let names: Vec<_> = settings
        .release_calendar
        .keys()
        .map(String::as_str)
        .collect();
    calendar::forget_others(store, &names)?;
    for (name, calendar) in &settings.release_calendar {
        match releases(name, calendar, clock, stop) {
            Ok(releases) => drop(calendar::keep(store, name, &releases, clock.now())?),
            Err(report) => {
                calendar::keep_failure(store, name, &report.message, clock.now())?;
                followed.reports.push(*report);
            }
        }
    }
    let rules: Result<Vec<Rule>, String> = settings.extract.iter().map(|it| it.rule()).collect();
    match rules {
        Ok(rules) => {
            let rich_text = |json: &serde_json::Value| {
                let document = json.get("type").is_some_and(|it| it == "doc");
                match qaduct_sources::jira::adf::text(json) {
                    Ok(Value::Text(text)) if document => Some(text),
                    _ => None,
                }
            };
            followed.rules =
                rules::apply(store, &rules, &wire::tables(), &rich_text, clock.as_ref())?;
        }
        Err(trouble) => followed
            .reports
            .push(Report::new(Code::WrongValue, trouble)),
    }
    let today = clock.now().to_zoned(TimeZone::UTC).date();
    let mut whole = Vec::new();
    for snapshot in qaduct_models::SNAPSHOTS {
        match lacks(store, settings, snapshot.needs, today)? {
            None => {}
            Some(lack) if lack.is_empty() => whole.push(*snapshot),
            Some(mut lacks) => {
                // Whoever pulls other streams need not be told.
                lacks.retain(|it| pulled.contains(it));
                if !lacks.is_empty() {
                    followed.not_kept.push(NotKept {
                        table: snapshot.table.name,
                        day: today,
                        lacks,
                    });
                }
            }
        }
    }
    let taken = snapshot::take(store, &whole, today)?;
    followed.kept = taken.iter().map(|it| it.rows).sum();
    Ok(followed)
}

/// The streams that bring these tables and were not read whole on a day; `None` where the
/// settings name no source for one of them, so that there is nothing to count.
fn lacks(
    store: &mut dyn Store,
    settings: &Config,
    tables: &[&str],
    day: Date,
) -> Result<Option<Vec<String>>, CommandError> {
    let mut lacks = Vec::new();
    let sources = sources::configured(settings)?;
    let mut reader = store.reader()?;
    for table in tables {
        let mut is_brought = false;
        for source in &sources {
            for stream in source.streams().filter(|it| it.table.name == *table) {
                is_brought = true;
                let last = freshness::last_success(reader.as_mut(), source.name, stream.name)?;
                if last.map(|it| it.to_zoned(TimeZone::UTC).date()) != Some(day) {
                    lacks.push(format!("{}.{}", source.name, stream.name));
                }
            }
        }
        if !is_brought {
            return Ok(None);
        }
    }
    Ok(Some(lacks))
}

/// The authors whose issues need no triage, as rows name them where people are hashed.
fn hidden_authors(context: &Context, settings: &Config) -> Result<Vec<String>, CommandError> {
    let authors = &settings.reports.ignored_authors;
    let mut hidden = Vec::new();
    if authors.is_empty() {
        return Ok(hidden);
    }
    let mut sources = sources::configured(settings)?;
    sources.retain(|it| it.streams().any(|it| it.table.name == "github_issues"));
    for source in sources {
        match source.people(context) {
            Ok(people) => hidden.extend(authors.iter().filter_map(|it| people.person(it))),
            // Another source was pulled: that one's salt need not be at hand.
            Err(error) => error.reports().iter().for_each(|it| context.ui.warn(it)),
        }
    }
    hidden.retain(|it| !authors.contains(it));
    Ok(hidden)
}

/// Writes what the settings say of projects, and the parameters of views.
fn write_settings(
    store: &mut dyn Store,
    settings: &Config,
    hidden_authors: &[String],
) -> Result<(), CommandError> {
    let (mut projects, mut groups, mut scopes) = (Vec::new(), Vec::new(), Vec::new());
    for (name, project) in &settings.project {
        projects.push(Project {
            project: name.clone(),
            title: project.title.clone().unwrap_or_else(|| name.clone()),
        });
        groups.extend(project.groups.iter().map(|group| ProjectGroup {
            project: name.clone(),
            group_name: group.clone(),
        }));
        for (key, values) in &project.sources {
            // A kind stands for all sources of it.
            let of_key = settings.source.iter();
            let of_key = of_key.filter(|(source, it)| *source == key || it.kind(source) == key);
            for (source, _) in of_key {
                scopes.extend(values.iter().map(|scope| ProjectSource {
                    project: name.clone(),
                    source: source.clone(),
                    scope: scope.clone(),
                }));
            }
        }
    }
    let mut parameters = settings.reports.parameters();
    let only = settings.release_calendar.keys().next().cloned();
    let only = only.filter(|_| settings.release_calendar.len() == 1);
    let calendar = settings.reports.calendar.clone().or(only);
    parameters.extend(calendar.map(|it| ("calendar", it)));
    let hidden = hidden_authors.iter().cloned();
    parameters.extend(hidden.map(|it| ("ignored_author", it)));
    let parameters: Vec<_> = (0..)
        .zip(parameters)
        .map(|(ordinal, (name, value))| Parameter {
            name: name.to_owned(),
            ordinal,
            number: value.parse().ok(),
            value,
        })
        .collect();
    settled::replace(store, &projects)?;
    settled::replace(store, &groups)?;
    settled::replace(store, &scopes)?;
    settled::replace(store, &parameters)?;
    Ok(())
}

/// The releases of a calendar: those of its addresses, and over them its own.
fn releases(
    name: &str,
    calendar: &Calendar,
    clock: &Arc<dyn Clock>,
    stop: &Stop,
) -> Result<Vec<calendar::Dated>, Box<Report>> {
    let mut releases = std::collections::BTreeMap::new();
    for url in &calendar.urls {
        let found = qaduct_sources::calendar::fetch(name, url, clock, Arc::new(stop.clone()));
        releases.extend(found.map_err(|error| Box::new(Report::from(&error)))?);
    }
    for (version, day) in &calendar.releases {
        let day: Date = day.parse().map_err(|_| {
            let message = format!("`release_calendar.{name}.releases.{version}` cannot be `{day}`");
            Box::new(Report::new(Code::WrongValue, message).help("write a day such as 2025-08-19"))
        })?;
        releases.insert(version.clone(), Some(day));
    }
    Ok(releases.into_iter().collect())
}
