//! `[page.NAME]`: a page of Confluence.

mod pictures;

use qaduct_models::panel::built_in;
use qaduct_publish::PublishError;
use qaduct_publish::confluence::{self, Edition, Materials, Missing, Page, Pictures, Site};
use qaduct_records::View;
use qaduct_sources::confluence::DATACENTER;

use jiff::tz::TimeZone;

use super::{Desk, Kind, Made, trouble};
use crate::config::Config;
use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::sources::{self, Configured};
use pictures::Looker;

pub(super) const PAGE: Kind = Kind {
    word: "page",
    names: |settings| settings.page.keys().map(String::as_str).collect(),
    publish,
};

fn publish(name: &str, desk: &mut Desk<'_>) -> Result<Made, CommandError> {
    let settings = desk.settings;
    let page = &settings.page[name];
    let place = format!("[page.{name}]");
    alone(name, settings)?;
    let source = wiki(&place, page, settings)?;
    let client = source.client(desk.context, desk.clock, desk.stop)?;
    let ships = built_in();
    let own = &settings.panel;
    let pictures = Looker::of(&place, page, desk)?;
    let mut reader = desk.store.reader()?;
    let mut with = Materials {
        panel: &|name| own.get(name).or_else(|| ships.get(name)).cloned(),
        views: desk.views,
        reader: reader.as_mut(),
        pictures: pictures.as_ref().map(|it| it as &dyn Pictures),
        today: desk.clock.now().to_zoned(TimeZone::UTC).date(),
    };
    let rendered = confluence::render(&place, page, &mut with)?;
    let edition = match source.kind.name == DATACENTER.name {
        true => Edition::DataCenter,
        false => Edition::Cloud,
    };
    let site = Site::new(&client, edition);
    let changes = confluence::publish(&place, page, &rendered, &site, desk.mode)?;
    let missing = rendered.missing.iter();
    let lacks = missing.map(|it| lack(&place, it)).collect();
    Ok(Made { changes, lacks })
}

/// What is said of a picture that the page is without.
fn lack(place: &str, missing: &Missing) -> Report {
    let message = format!("{place}: the picture of {} is missing", missing.what);
    let mut report = Report::new(Code::PublishPartial, message);
    report = report.note(format!("because: {}", missing.why));
    report.help.extend(missing.why.hint.clone());
    report
}

/// What does not fit in a page, without asking anybody.
pub(super) fn check(name: &str, settings: &Config, views: &[View]) -> Vec<CommandError> {
    let page = &settings.page[name];
    let place = format!("[page.{name}]");
    let mut wrong = Vec::new();
    // What is said of a source does not say for which page.
    let of_source = |error| trouble(&format!("page.{name}"), error).into();
    wrong.extend(wiki(&place, page, settings).err().map(of_source));
    let looker = pictures::source(&place, page, settings);
    // A source that is wrong is told once, and no item for its sake.
    let has_looker = !matches!(looker, Ok(None));
    wrong.extend(looker.err().map(of_source));
    let (own, ships) = (&settings.panel, built_in());
    let panel = |name: &str| own.get(name).or_else(|| ships.get(name)).cloned();
    let of_page = confluence::check(&place, page, &panel, views, has_looker);
    wrong.extend(of_page.into_iter().map(CommandError::from));
    wrong.extend(alone(name, settings).err());
    wrong
}

/// The source that a page is written to.
fn wiki<'s>(
    place: &str,
    page: &Page,
    settings: &'s Config,
) -> Result<Configured<'s>, CommandError> {
    let source = sources::named(settings, page.source())?;
    if !source.kind.name.starts_with("confluence") {
        return Err(CommandError::usage(format!(
            "{place}: `target`: the source `{}` is of kind `{}`, no wiki",
            source.name, source.kind.name
        ))
        .help("name a `[source.NAME]` of kind `confluence`"));
    }
    Ok(source)
}

/// Two publications of one page would write over each other each time.
fn alone(name: &str, settings: &Config) -> Result<(), CommandError> {
    let place = |name: &str| format!("[page.{name}]");
    let page = &settings.page[name];
    let target = page.target(&place(name))?;
    let twin = settings.page.iter().find(|(other, it)| {
        let is_same = it.target(&place(other)).is_ok_and(|it| it == target);
        *other != name && it.source() == page.source() && is_same
    });
    match twin {
        None => Ok(()),
        Some((other, _)) => Err(PublishError::Settings {
            place: place(name),
            why: format!("{} has the same target", place(other)),
        }
        .into()),
    }
}
