//! The pictures that Looker draws for a page.

use qaduct_publish::PublishError;
use qaduct_publish::chart::Size;
use qaduct_publish::confluence::{Page, Pictures, Subject};
use qaduct_sources::looker::{self, Picture, Renderer};

use crate::config::Config;
use crate::error::CommandError;
use crate::publishing::Desk;
use crate::sources::{self, Configured};

/// The Looker that a page shows pictures of.
pub(super) struct Looker(Renderer);

impl Looker {
    /// See [`source`].
    pub(super) fn of(
        place: &str,
        page: &Page,
        desk: &Desk<'_>,
    ) -> Result<Option<Self>, CommandError> {
        let Some(source) = source(place, page, desk.settings)? else {
            return Ok(None);
        };
        let renderer = source.renderer(desk.context, desk.clock, desk.stop)?;
        Ok(Some(Self(renderer)))
    }
}

/// The source that the page names, or the only one there is; `None` where the page shows
/// nothing of it.
pub(super) fn source<'s>(
    place: &str,
    page: &Page,
    settings: &'s Config,
) -> Result<Option<Configured<'s>>, CommandError> {
    let mut items = page.section.iter().flat_map(|it| &it.item);
    if !items.any(|it| it.look.is_some() || it.dashboard.is_some()) {
        return Ok(None);
    }
    if let Some(name) = &page.looker {
        return Ok(Some(sources::named(settings, name)?));
    }
    let all = sources::configured(settings)?;
    let is_looker = |it: &&Configured<'_>| it.kind.name == looker::LOOKER.name;
    match *all.iter().filter(is_looker).collect::<Vec<_>>() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        [one, ..] => Err(CommandError::usage(format!(
            "{place}: several sources are of kind `looker`"
        ))
        .help(format!("say which one draws: `looker = \"{}\"`", one.name))),
    }
}

impl Pictures for Looker {
    fn picture(&self, subject: Subject<'_>, size: Size) -> Result<Vec<u8>, PublishError> {
        let subject = match subject {
            Subject::Look(id) => looker::Subject::Look(id.to_owned()),
            Subject::Dashboard(id) => looker::Subject::Dashboard(id.to_owned()),
        };
        let Size { width, height } = size;
        Ok(self.0.render(&Picture {
            subject,
            width,
            height,
        })?)
    }
}
