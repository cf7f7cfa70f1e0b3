//! Bitrise: apps, their workflows, builds what builds left and what their tests gave.
//!
//! Reads version 0.1 of the API of bitrise.io. Needs a token, which is sent as it is:
//! without a word such as `Bearer` before it.
//!
//! A build is listed for 200 days and then moves to a list of its own, which has fewer
//! fields: `bitrise_archived_builds`. What was stored before stays in `bitrise_builds`.
//! The parameters a build was started with may hold the values of its environment, and
//! with them secrets: they are never stored.

mod apps;
mod archived;
mod artifacts;
mod builds;
mod connect;
mod test_results;

use jiff::Timestamp;
use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Reading, Scope};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;

use crate::choice::{self, Choice};
use crate::field::{Read, Spec};
use crate::listing::{Listing, Paging};
use crate::rest::{How, Kind, RestStream};

/// Bitrise.
pub static BITRISE: Kind = Kind {
    name: "bitrise",
    about: "Bitrise: apps, workflows, builds, artifacts and what tests gave",
    streams: &[
        &apps::APPS,
        &apps::WORKFLOWS,
        &builds::BUILDS,
        &archived::BUILDS,
        &artifacts::ARTIFACTS,
        &test_results::TEST_RESULTS,
    ],
    contracts: &[
        apps::APPS.contract,
        apps::WORKFLOWS.contract,
        builds::BUILDS.contract,
        archived::BUILDS.contract,
        artifacts::ARTIFACTS.contract,
        test_results::TEST_RESULTS.contract,
    ],
    counted_apart: &[],
    variables: &[("projects", "BITRISE_APP_SLUG"), ("token", "BITRISE_TOKEN")],
    options: &[Choice {
        name: "test_results",
        words: choice::SWITCH,
        about: "whether what tests gave is read of each build, which takes a call for each",
    }],
    connect: connect::connect,
    refusals: &[],
    scopes: connect::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// Rows a page, the most there are.
const PAGE: u64 = 50;
/// Name of the value of a scope that is an app.
const APP: &str = "app_slug";

/// A path of the app of a part.
fn of_app(scope: &Scope, rest: &str) -> String {
    format!("apps/{}/{rest}", scope.text(APP))
}

/// A list that says where it goes on: by the slug of the first item of the next page, so
/// that what comes meanwhile moves nothing.
fn paged(call: Call) -> Listing {
    Listing {
        first: call.with("limit", PAGE),
        items: &["data"],
        paging: Paging::Token {
            at: "paging.next",
            name: "next",
            last: None,
        },
        total: Some("paging.total_item_count"),
    }
}

/// The first and the last second of a reading; Bitrise compares whole seconds, and does
/// not say whether a bound is within.
fn seconds(reading: &Reading) -> (Option<i64>, i64) {
    let upper = reading.upper;
    let to = upper.as_second() + i64::from(upper.subsec_nanosecond() > 0);
    (reading.lower.map(Timestamp::as_second), to)
}

/// A call for what ran from one second to another, both within.
fn between(call: Call, from: i64, to: i64) -> Call {
    call.with("after", from - 1).with("before", to + 1)
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

/// The page of a build, by its slug: the API does not name it.
fn page_of_build(slug: &Json) -> Result<Value, String> {
    Ok(match slug.as_str() {
        Some(slug) => Value::Text(format!("https://app.bitrise.io/build/{slug}")),
        None => Value::Null,
    })
}

/// The number of a pull request; a build of none has 0.
fn pull_request(number: &Json) -> Result<Value, String> {
    match crate::rows::read(Read::Int, number)? {
        Value::Int(0) => Ok(Value::Null),
        number => Ok(number),
    }
}
