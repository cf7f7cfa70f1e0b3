//! TestRail: projects, cases, plans, runs and what came out of them.
//!
//! Reads API version 2 of TestRail Cloud and of servers old and new: lists in an
//! envelope (since 6.7) and bare ones. Needs a user and an API key.
//!
//! Identifiers are named after what they identify (`case_id`), so that tables join
//! by columns of the same name.

mod asking;
mod cases;
mod connect;
mod fields;
mod history;
mod milestones;
mod plans;
mod projects;
mod results;
mod runs;
mod span;
mod users;

use qaduct_records::stream::{Cursor, Stream};

use crate::choice::{self, Choice};
use crate::rest::{Kind, RestStream};

/// TestRail.
pub static TESTRAIL: Kind = Kind {
    name: "testrail",
    about: "test cases, plans, runs and results of TestRail",
    streams: STREAMS,
    contracts: CONTRACTS,
    counted_apart: &[],
    variables: &[
        ("url", "TESTRAIL_HOST"),
        ("user", "TESTRAIL_USERNAME"),
        ("token", "TESTRAIL_PASSWORD"),
    ],
    options: &[
        Choice {
            name: "edition",
            words: &["professional", "enterprise", "server"],
            about: "which limit it has: 180 or 300 requests a minute, or none",
        },
        Choice {
            name: "case_history",
            words: choice::SWITCH,
            about: "whether the history of cases is read, which takes a call for each case",
        },
        Choice {
            name: "hours_per_day",
            words: &[],
            about: "hours of a day in its time spans, 8 where this is not set",
        },
        Choice {
            name: "days_per_week",
            words: &[],
            about: "days of a week in its time spans, 5 where this is not set",
        },
    ],
    connect: connect::connect,
    // To an id that it does not have.
    refusals: &[("is not a valid", qaduct_http::error::Kind::Missing)],
    scopes: connect::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// What is listed by the time of its making or of its last change: to the second.
const fn by(column: &'static str, immutable: bool) -> Cursor {
    Cursor {
        column,
        immutable,
        overlap: 60,
        settle: 60,
    }
}

static STREAMS: &[&RestStream] = &[
    &projects::PROJECTS,
    &users::USERS,
    &fields::STATUSES,
    &fields::PRIORITIES,
    &fields::CASE_TYPES,
    &fields::CASE_FIELDS,
    &milestones::MILESTONES,
    &cases::SUITES,
    &cases::SECTIONS,
    &cases::CASES,
    &history::CASE_HISTORY,
    &plans::PLANS,
    &runs::RUNS,
    &plans::PLAN_ENTRIES,
    &results::TESTS,
    &results::RESULTS,
];

static CONTRACTS: &[&Stream] = &[
    projects::PROJECTS.contract,
    users::USERS.contract,
    fields::STATUSES.contract,
    fields::PRIORITIES.contract,
    fields::CASE_TYPES.contract,
    fields::CASE_FIELDS.contract,
    milestones::MILESTONES.contract,
    cases::SUITES.contract,
    cases::SECTIONS.contract,
    cases::CASES.contract,
    history::CASE_HISTORY.contract,
    plans::PLANS.contract,
    runs::RUNS.contract,
    plans::PLAN_ENTRIES.contract,
    results::TESTS.contract,
    results::RESULTS.contract,
];
