//! Confluence Cloud: spaces, pages, their versions, and what hangs on them.
//!
//! * [`pages`], [`versions`], [`spaces`]: lists of version 2 of the API.
//! * [`labels`]: labels of pages.
//! * [`search`]: attachments and comments. Version 2 lists them of a page or of the whole site;
//!   of a space, only a search by CQL knows them.
//! * [`connect`]: address, credential, spaces of the settings.
//!
//! Bodies of pages and files are not read.

mod connect;
mod labels;
mod pages;
mod search;
mod spaces;
mod versions;

use qaduct_http::Call;
use qaduct_records::Table;
use qaduct_records::source::Scope;
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};
use serde_json::Value as Json;

use crate::field::{Spec, at};
use crate::listing::{Listing, Paging};
use crate::rest::{How, Kind, Rest, RestStream};

/// Confluence Cloud.
pub static CONFLUENCE: Kind = Kind {
    name: "confluence",
    about: "Confluence Cloud: spaces, pages with their versions and labels, attachments, comments",
    streams: &[
        &spaces::SPACES,
        &pages::PAGES,
        &versions::VERSIONS,
        &labels::LABELS,
        &search::ATTACHMENTS,
        &search::COMMENTS,
    ],
    contracts: &[
        &spaces::CONTRACT,
        &pages::CONTRACT,
        &versions::CONTRACT,
        &labels::CONTRACT,
        &search::ATTACHMENTS_CONTRACT,
        &search::COMMENTS_CONTRACT,
    ],
    counted_apart: &[],
    // Those of Atlassian are Jira's: who reads issues does not ask for all of a wiki.
    variables: &[],
    options: &[],
    connect: connect::connect,
    refusals: &[],
    scopes: connect::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// Rows a page, the most there are.
const PAGE: u64 = 250;
/// Names of the values of a scope.
const SPACE_ID: &str = "space_id";
const SPACE_KEY: &str = "space_key";

/// A stream that is divided by spaces.
const fn of_spaces(name: &'static str, table: &'static Table) -> Stream {
    Stream {
        name,
        table,
        nested: &[],
        parts: Parts::Scopes,
        part_columns: &[SPACE_ID],
        cursor: None,
        finality: Finality::Mutable,
        // What is purged and what we may no longer see is answered alike.
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    }
}

const fn reading(contract: &'static Stream, spec: &'static Spec, read: How) -> RestStream {
    RestStream {
        contract,
        spec,
        nested: &[],
        read,
        one: None,
        census: None,
        count: None,
        page: PAGE,
        flagged: None,
    }
}

/// A list that names its next page.
fn linked(first: Call) -> Listing {
    Listing {
        first,
        items: &["results"],
        paging: Paging::Next {
            at: "_links.next",
            path: below,
        },
        total: None,
    }
}

/// A link below the address of the API. Those of version 2 begin at the root of the site,
/// whatever stands before it in the address of a gateway; those of version 1 below `/wiki`.
fn below(link: &str) -> String {
    let link = link.strip_prefix("/wiki").unwrap_or(link);
    link.trim_start_matches('/').to_owned()
}

/// Adds to each item its page as an address: the service tells the path of it.
fn with_addresses(rest: &Rest, _scope: &Scope, mut items: Vec<Json>) -> Vec<Json> {
    let site = connect::site(&rest.setup);
    for item in &mut items {
        let path = at(item, "_links.webui").and_then(Json::as_str);
        let url = site
            .as_deref()
            .zip(path)
            .map(|(site, path)| format!("{site}{path}"));
        if let (Some(url), Json::Object(fields)) = (url, item) {
            fields.insert("#url".to_owned(), url.into());
        }
    }
    items
}
