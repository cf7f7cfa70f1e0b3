//! Confluence Cloud and Confluence Data Center: spaces, pages, their versions, and what hangs on
//! them.
//!
//! * [`pages`], [`versions`], [`spaces`]: lists, in the Cloud of version 2 of the API.
//! * [`labels`]: labels of pages.
//! * [`search`]: attachments and comments. Version 2 lists them of a page or of the whole site;
//!   of a space, only a search by CQL knows them.
//! * [`connect`]: address, credential, spaces of the settings.
//! * [`edition`]: what differs between the two.
//!
//! Bodies of pages and files are not read.

mod connect;
mod edition;
mod labels;
mod pages;
mod search;
mod spaces;
mod versions;

use qaduct_records::Table;
use qaduct_records::source::Scope;
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};
use serde_json::Value as Json;

use crate::choice::Choice;
use crate::field::{Spec, at};
use crate::rest::{How, Kind, Rest, RestStream};

const STREAMS: &[&RestStream] = &[
    &spaces::SPACES,
    &pages::PAGES,
    &versions::VERSIONS,
    &labels::LABELS,
    &search::ATTACHMENTS,
    &search::COMMENTS,
];
const CONTRACTS: &[&Stream] = &[
    &spaces::CONTRACT,
    &pages::CONTRACT,
    &versions::CONTRACT,
    &labels::CONTRACT,
    &search::ATTACHMENTS_CONTRACT,
    &search::COMMENTS_CONTRACT,
];
const OPTIONS: &[Choice] = &[Choice {
    name: "edition",
    words: &["cloud", "datacenter"],
    about: "who hosts it: Atlassian or somebody else",
}];

/// Confluence Cloud.
pub static CLOUD: Kind = Kind {
    name: "confluence",
    about: "Confluence Cloud: spaces, pages with their versions and labels, attachments, comments",
    streams: STREAMS,
    contracts: CONTRACTS,
    counted_apart: &[],
    // Those of Atlassian are Jira's: who reads issues does not ask for all of a wiki.
    variables: &[],
    options: OPTIONS,
    connect: connect::cloud,
    refusals: &[],
    scopes: connect::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// Confluence Data Center: `edition = "datacenter"`.
pub static DATACENTER: Kind = Kind {
    name: "confluence-datacenter",
    about: "Confluence Data Center and Server from 7.18 on: the same, of a server of your own",
    connect: connect::datacenter,
    ..CLOUD
};

/// Rows a page, for predictions: the most there are, give or take.
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

/// Adds to each item its page as an address: the service tells the path of it.
fn with_addresses(rest: &Rest, _scope: &Scope, mut items: Vec<Json>) -> Vec<Json> {
    let site = connect::site(rest);
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
