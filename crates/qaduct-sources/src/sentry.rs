//! Sentry: crashes and errors of products, their releases, and how healthy those are.
//!
//! * [`projects`], [`issues`], [`events`], [`releases`]: lists of the organisation.
//! * [`health`]: sessions, users and crash-free rates of releases, day by day.
//! * [`release_issues`]: what waits for review or is new in the releases that are in use.
//! * [`stats`]: what Sentry took in and what it turned away.
//! * [`series`]: answers that are series of numbers; [`release`]: names of releases.

mod connect;
mod events;
mod health;
mod issues;
mod paths;
mod projects;
mod release;
mod release_issues;
mod releases;
mod scopes;
mod series;
mod stats;

use qaduct_records::Table;
use qaduct_records::stream::{Count, Cursor, Deletes, Finality, Parts, Stream};

use crate::choice::{self, Choice};
use crate::field::Spec;
use crate::rest::{How, Kind, RestStream};

/// Sentry.
pub static SENTRY: Kind = Kind {
    name: "sentry",
    about: "Sentry: issues, events, releases and their health",
    streams: &[
        &projects::PROJECTS,
        &issues::ISSUES,
        &events::EVENTS,
        &releases::RELEASES,
        &health::APPS,
        &health::RELEASES,
        &release_issues::RELEASE_ISSUES,
        &stats::STATS,
    ],
    contracts: &[
        &projects::CONTRACT,
        &issues::CONTRACT,
        &events::CONTRACT,
        &releases::CONTRACT,
        &health::APPS_CONTRACT,
        &health::RELEASES_CONTRACT,
        &release_issues::CONTRACT,
        &stats::CONTRACT,
    ],
    variables: &[
        ("url", "SENTRY_HOST"),
        ("token", "SENTRY_API_TOKEN"),
        ("options.organization", "SENTRY_ORGANIZATION_SLUG"),
    ],
    options: &[
        Choice {
            name: "organization",
            words: &[],
            about: "the organisation, as it stands in addresses",
        },
        Choice {
            name: "events",
            words: choice::SWITCH,
            about: "whether single events are read, of which there may be very many",
        },
    ],
    counted_apart: &[
        ("issues", "issues"),
        ("release_issues", "issues"),
        ("releases", "releases"),
        ("app_health", "sessions"),
        ("release_health", "sessions"),
        ("stats", "stats"),
    ],
    connect: connect::connect,
    refusals: &[],
    scopes: scopes::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// Rows a page, the most there are.
const PAGE: u64 = 100;
/// Names of the values of a scope.
const PROJECT_ID: &str = "project_id";
const PROJECT: &str = "project";
const APP: &str = "app";
const ENVIRONMENT: &str = "environment";
const PACKAGE: &str = "package";

/// What is counted day by day: a day may still grow for some time after its end.
const BY_DAY: Cursor = Cursor {
    column: "day",
    immutable: true,
    overlap: 2 * 86_400,
    settle: 0,
};

/// A stream that is divided as the settings say and read whole unless it has a cursor.
const fn divided(
    name: &'static str,
    table: &'static Table,
    part_columns: &'static [&'static str],
) -> Stream {
    Stream {
        name,
        table,
        nested: &[],
        parts: Parts::Scopes,
        part_columns,
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Never,
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
