//! Stream `page_labels`: the labels of the pages of a space that are current.
//!
//! A label makes no version of its page, and version 2 lists labels of one page or the pages of
//! one label; a search by CQL brings those of a hundred pages at a time, a scan in Data Center those
//! of two hundred. Each space is read whole each time. Confluence tells 200 labels of a page at
//! most.

use qaduct_records::source::{Reading, Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::{Value as Json, json};

use super::edition::Edition;
use super::{of_spaces, reading, search};
use crate::field::at;
use crate::listing::Listing;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// A label of a page that is current.
    pub(super) static LABEL in "confluence_page_labels" key ["page_id", "prefix", "label"]
    ignoring ["label"]
    {
        /// The page.
        page_id: Int = "#page",
        /// Whose it is: `global` is everybody's, `team` a team's, `my` one's own.
        prefix: Text = "prefix",
        /// The label.
        label: Text = "name",
        /// The space.
        space_id: ScopeInt("space_id") = "",
        /// Its id, the same on all pages.
        label_id: Int = "id",
    }
}

pub(super) static CONTRACT: Stream = of_spaces("page_labels", &LABEL.table);
pub(super) static LABELS: RestStream = RestStream {
    page: search::ROWS,
    ..reading(&CONTRACT, &LABEL, How::Shaped(pages, labels))
};

fn pages(rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    Ok(Edition::of(rest).labelled(&reading.scope, search::ROWS))
}

/// From pages to their labels.
fn labels(_rest: &Rest, _scope: &Scope, pages: Vec<Json>) -> Vec<Json> {
    let of_page = |page: &Json| {
        let labels = at(page, "metadata.labels.results").and_then(Json::as_array);
        let labels = labels.cloned().unwrap_or_default().into_iter();
        let id = page["id"].clone();
        let label = labels.map(move |mut label| {
            label["#page"] = json!(id);
            label
        });
        label.collect::<Vec<_>>()
    };
    pages.iter().flat_map(of_page).collect()
}
