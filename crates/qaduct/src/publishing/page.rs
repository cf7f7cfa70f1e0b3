//! `[page.NAME]`: a page of Confluence.

mod pictures;

use qaduct_models::panel::built_in;
use qaduct_publish::confluence::{self, Materials, Page, Pictures, Site};
use qaduct_publish::{Change, PublishError};

use jiff::tz::TimeZone;

use super::{Desk, Kind};
use crate::error::CommandError;
use crate::sources;
use pictures::Looker;

pub(super) const PAGE: Kind = Kind {
    word: "page",
    names: |settings| settings.page.keys().map(String::as_str).collect(),
    publish,
};

fn publish(name: &str, desk: &mut Desk<'_>) -> Result<Vec<Change>, CommandError> {
    let settings = desk.settings;
    let page = &settings.page[name];
    let place = format!("[page.{name}]");
    alone(name, page, desk)?;
    let source = sources::named(settings, page.source())?;
    if !source.kind.name.starts_with("confluence") {
        return Err(CommandError::usage(format!(
            "{place}: `target`: the source `{}` is of kind `{}`, no wiki",
            source.name, source.kind.name
        ))
        .help("name a `[source.NAME]` of kind `confluence`"));
    }
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
    let site = Site::new(&client);
    Ok(confluence::publish(
        &place, page, &rendered, &site, desk.mode,
    )?)
}

/// Two publications of one page would write over each other each time.
fn alone(name: &str, page: &Page, desk: &Desk<'_>) -> Result<(), CommandError> {
    let place = |name: &str| format!("[page.{name}]");
    let target = page.target(&place(name))?;
    let twin = desk.settings.page.iter().find(|(other, it)| {
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
