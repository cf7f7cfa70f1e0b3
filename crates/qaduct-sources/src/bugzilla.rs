//! Bugzilla: bugs, how they changed, and what was said.
//!
//! Reads the REST API of bugzilla.mozilla.org and of stock servers of version 5. The
//! two differ in how they take a key and in what a search may hold; the setting
//! `edition` tells which it is where the address does not.
//!
//! Which bugs is said by `projects` (products) and `queries` (parameters of a search as
//! in the address of its page, or `meta=1935100&depth=2` for all that a bug depends on).

mod bugs;
mod comments;
mod connect;
mod details;
mod fields;
mod history;
mod meta;
mod parameters;
mod poll;
mod products;
mod question;
mod tables;
mod walk;

use qaduct_records::stream::{Cursor, Stream};

use crate::choice::Choice;
use crate::rest::{Kind, RestStream};

/// Bugzilla.
pub static BUGZILLA: Kind = Kind {
    name: "bugzilla",
    about: "bugs of a Bugzilla, with their history and comments",
    streams: STREAMS,
    contracts: CONTRACTS,
    variables: &[("url", "BUGZILLA_URL"), ("token", "BUGZILLA_API_KEY")],
    options: &[Choice {
        name: "edition",
        words: &["mozilla", "stock"],
        about: "whose server it is: Mozilla's takes the key in a header and gives history in a \
                search, a stock one does neither; its address tells where this is not set",
    }],
    counted_apart: &[],
    connect: connect::connect,
    // To a key that it does not know.
    refusals: &[("API key", qaduct_http::error::Kind::Credential)],
    scopes: connect::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// Bugs tell when they changed to the second; so do their comments and changes.
const fn by(column: &'static str) -> Cursor {
    Cursor {
        column,
        immutable: false,
        overlap: 60,
        settle: 60,
    }
}

static STREAMS: &[&RestStream] = &[
    &fields::FIELDS,
    &products::PRODUCTS,
    &bugs::BUGS,
    &history::HISTORY,
    &comments::COMMENTS,
];

static CONTRACTS: &[&Stream] = &[
    fields::FIELDS.contract,
    products::PRODUCTS.contract,
    bugs::BUGS.contract,
    history::HISTORY.contract,
    comments::COMMENTS.contract,
];
