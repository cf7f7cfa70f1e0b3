//! What a page is made of and merged with, for the targets in `fuzz/` alone.

use super::markdown;
use super::xml::Xml;
use super::{RegionError, region, tree, words};

/// Markdown as storage XML.
#[must_use]
pub fn markdown(text: &str) -> String {
    Xml::of(|xml| markdown::markdown(xml, text))
}

/// Whether a text is storage XML.
#[must_use]
pub fn is_storage(text: &str) -> bool {
    tree::parse(text).is_ok()
}

/// A page with this as our part, and whether it holds what was written.
///
/// # Errors
/// When it is not clear what of the page is ours.
pub fn merged(page: &str, ours: &str) -> Result<(String, bool), RegionError> {
    let lines = tree::parse(ours).map_err(RegionError::Unreadable)?;
    let seal = region::seal(ours, &words::lines(&lines.nodes));
    let page = match region::find(page)? {
        Some(found) => found.replaced(page, ours, &seal),
        None => region::appended(page, ours, &seal)?,
    };
    let holds = region::find(&page)?.is_some_and(|it| it.holds(&seal));
    Ok((page, holds))
}
