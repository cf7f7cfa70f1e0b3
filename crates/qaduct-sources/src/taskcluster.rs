//! Taskcluster: what ran, how often, how long and how it ended.
//!
//! * [`index`]: what the settings watch, and the tasks that it leads to.
//! * [`decisions`]: those tasks, which tell the groups that are followed.
//! * [`tasks`]: the tasks of the groups, with their runs.
//! * [`artifacts`]: what the runs left.
//!
//! A service keeps a task until it expires and then knows nothing of it: what was stored
//! stays, and is marked as expired where it was asked for afterwards.

mod artifacts;
mod connect;
mod decisions;
mod expired;
mod index;
mod single;
mod tasks;
mod watched;

use qaduct_records::Table;
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};

use crate::choice::{Choice, SWITCH};
use crate::field::Spec;
use crate::listing::{Listing, Paging};
use crate::rest::{How, Kind, RestStream};

/// Taskcluster.
pub static TASKCLUSTER: Kind = Kind {
    name: "taskcluster",
    about: "Taskcluster: tasks of watched index paths, namespaces and decision tasks, with their runs",
    streams: &[
        &index::INDEX,
        &decisions::DECISIONS,
        &tasks::TASKS,
        &artifacts::ARTIFACTS,
    ],
    contracts: &[
        &index::CONTRACT,
        &decisions::CONTRACT,
        &tasks::CONTRACT,
        &artifacts::CONTRACT,
    ],
    variables: &[
        ("url", "TASKCLUSTER_ROOT_URL"),
        ("user", "TASKCLUSTER_CLIENT_ID"),
        ("token", "TASKCLUSTER_ACCESS_TOKEN"),
    ],
    options: &[Choice {
        name: "artifacts",
        words: SWITCH,
        about: "whether the artifacts of runs are listed, which takes a call for each run",
    }],
    counted_apart: &[],
    connect: connect::connect,
    refusals: &[],
    scopes: watched::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// Items a page, the most there are.
const PAGE: u64 = 1000;

const fn contract(name: &'static str, table: &'static Table, parts: Parts) -> Stream {
    Stream {
        name,
        table,
        nested: &[],
        parts,
        part_columns: &["task_id"],
        cursor: None,
        finality: Finality::Immutable,
        deletes: Deletes::Listed(gone::EXPIRED),
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

/// A list in pages, each of which may be short or empty and have one after it.
fn paged(path: String, items: &'static [&'static str]) -> Listing {
    Listing {
        first: qaduct_http::Call::get(path).with("limit", PAGE),
        items,
        paging: Paging::Token {
            at: "continuationToken",
            name: "continuationToken",
            last: None,
        },
        total: None,
    }
}

/// A text as one piece of a path.
fn encoded(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}
