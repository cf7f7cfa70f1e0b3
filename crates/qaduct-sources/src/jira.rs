//! Jira Cloud (version 3 of its API) and Jira Data Center (version 2).
//!
//! * [`jql`], [`zone`]: questions with bounds, in the time zone of the user.
//! * [`issue`], [`inside`], [`adf`]: the columns of an issue and of what stands in it.
//! * [`changes`], [`worklogs`], [`lists`]: the other streams.
//! * [`edition`]: what differs between the two.

pub mod adf;
pub mod changes;
mod connect;
pub mod edition;
pub mod inside;
pub mod issue;
mod issues;
pub mod jql;
pub mod lists;
mod question;
pub mod worklogs;
pub mod zone;

use qaduct_records::Table;
use qaduct_records::stream::{Again, Count, Cursor, Deletes, Finality, Parts, Stream, gone};

use crate::choice::{self, Choice};
use crate::rest::{How, Kind, RestStream};

const OPTIONS: &[Choice] = &[
    Choice {
        name: "edition",
        words: &["cloud", "datacenter"],
        about: "who hosts it: Atlassian or somebody else",
    },
    Choice {
        name: "comments",
        words: choice::SWITCH,
        about: "whether the comments of issues are read",
    },
];

/// Jira Cloud.
pub static CLOUD: Kind = Kind {
    name: "jira",
    about: "Jira Cloud: issues, changes, booked work, projects, sprints",
    streams: &[
        &FIELDS, &USERS, &STATUSES, &PROJECTS, &VERSIONS, &FILTERS, &BOARDS, &SPRINTS, &ISSUES,
        &CHANGES, &WORKLOGS,
    ],
    contracts: &[
        &FIELDS_CONTRACT,
        &USERS_CONTRACT,
        &STATUSES_CONTRACT,
        &PROJECTS_CONTRACT,
        &VERSIONS_CONTRACT,
        &FILTERS_CONTRACT,
        &BOARDS_CONTRACT,
        &SPRINTS_CONTRACT,
        &ISSUES_CONTRACT,
        &CHANGES_CONTRACT,
        &WORKLOGS_CONTRACT,
    ],
    counted_apart: &[],
    variables: &[
        ("url", "ATLASSIAN_HOST"),
        ("user", "ATLASSIAN_USERNAME"),
        ("token", "ATLASSIAN_API_TOKEN"),
    ],
    options: OPTIONS,
    connect: connect::cloud,
    refusals: &[],
    scopes: question::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// Jira Data Center: `edition = "datacenter"`.
pub static DATACENTER: Kind = Kind {
    name: "jira-datacenter",
    about: "Jira Data Center and Server: the same, of a server of your own",
    streams: &[
        &FIELDS,
        &USERS,
        &STATUSES,
        &PROJECTS,
        &VERSIONS,
        &FILTERS,
        &BOARDS,
        &SPRINTS,
        &ISSUES_COUNTED,
        &CHANGES,
        &WORKLOGS,
    ],
    contracts: &[
        &FIELDS_CONTRACT,
        &USERS_CONTRACT,
        &STATUSES_CONTRACT,
        &PROJECTS_CONTRACT,
        &VERSIONS_CONTRACT,
        &FILTERS_CONTRACT,
        &BOARDS_CONTRACT,
        &SPRINTS_CONTRACT,
        &ISSUES_COUNTED_CONTRACT,
        &CHANGES_CONTRACT,
        &WORKLOGS_CONTRACT,
    ],
    counted_apart: &[],
    variables: &[],
    options: OPTIONS,
    connect: connect::datacenter,
    refusals: &[],
    scopes: question::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// JQL has minutes; what was changed a moment ago may not be found yet.
const BY_JQL: Cursor = Cursor {
    column: "updated_at",
    immutable: false,
    overlap: 120,
    settle: 60,
};

const fn issues_contract(count: Count) -> Stream {
    Stream {
        name: "issues",
        table: &issue::ISSUE.table,
        nested: inside::TABLES,
        parts: Parts::Scopes,
        part_columns: &[],
        cursor: Some(BY_JQL),
        finality: Finality::Mutable,
        deletes: Deletes::Census(gone::LEFT),
        count,
    }
}

const fn issues_stream(contract: &'static Stream) -> RestStream {
    RestStream {
        contract,
        spec: &issue::ISSUE,
        nested: inside::INSIDE,
        read: How::Own(issues::read),
        one: Some(issues::one),
        census: Some(question::census),
        count: Some(question::count),
        page: 100,
        flagged: None,
    }
}

static ISSUES_CONTRACT: Stream = issues_contract(Count::Estimate);
static ISSUES: RestStream = issues_stream(&ISSUES_CONTRACT);
static ISSUES_COUNTED_CONTRACT: Stream = issues_contract(Count::Exact);
static ISSUES_COUNTED: RestStream = issues_stream(&ISSUES_COUNTED_CONTRACT);

static CHANGES_CONTRACT: Stream = Stream {
    name: "changes",
    table: &changes::CHANGE.table,
    nested: &[],
    parts: Parts::Scopes,
    part_columns: &[],
    cursor: Some(Cursor {
        column: "changed_at",
        immutable: true,
        ..BY_JQL
    }),
    finality: Finality::Immutable,
    deletes: Deletes::Never,
    count: Count::None,
};
static CHANGES: RestStream = RestStream {
    contract: &CHANGES_CONTRACT,
    spec: &changes::CHANGE,
    nested: &[],
    read: How::Details {
        of: "issues",
        together: |_| 1000,
        read: changes::read,
        poll: changes::poll,
    },
    one: None,
    census: None,
    count: None,
    page: 1000,
    flagged: None,
};

static WORKLOGS_CONTRACT: Stream = Stream {
    name: "worklogs",
    table: &worklogs::WORKLOG.table,
    nested: &[],
    parts: Parts::Scopes,
    part_columns: &[],
    cursor: Some(Cursor {
        column: "updated_at",
        immutable: false,
        overlap: 60,
        settle: 60,
    }),
    finality: Finality::Mutable,
    deletes: Deletes::Feed,
    count: Count::None,
};
static WORKLOGS: RestStream = RestStream {
    contract: &WORKLOGS_CONTRACT,
    spec: &worklogs::WORKLOG,
    nested: &[],
    read: How::Own(worklogs::read),
    one: None,
    census: None,
    count: None,
    page: 1000,
    flagged: None,
};

/// A list that is always read whole; what is missing in it was deleted.
const fn whole(
    name: &'static str,
    table: &'static Table,
    parts: &'static [&'static str],
) -> Stream {
    Stream {
        name,
        table,
        nested: &[],
        parts: Parts::Scopes,
        part_columns: parts,
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    }
}

const fn list(
    contract: &'static Stream,
    spec: &'static crate::field::Spec,
    read: How,
    page: u64,
) -> RestStream {
    RestStream {
        contract,
        spec,
        nested: &[],
        read,
        one: None,
        census: None,
        count: None,
        page,
        flagged: None,
    }
}

static FIELDS_CONTRACT: Stream = whole("fields", &lists::FIELD.table, &[]);
static FIELDS: RestStream = list(
    &FIELDS_CONTRACT,
    &lists::FIELD,
    How::List(lists::fields),
    1000,
);

static USERS_CONTRACT: Stream = whole("users", &lists::USER.table, &[]);
static USERS: RestStream = list(
    &USERS_CONTRACT,
    &lists::USER,
    How::List(lists::users),
    edition::USERS,
);

static STATUSES_CONTRACT: Stream = whole("statuses", &lists::STATUS.table, &[]);
static STATUSES: RestStream = list(
    &STATUSES_CONTRACT,
    &lists::STATUS,
    How::List(lists::statuses),
    1000,
);

static PROJECTS_CONTRACT: Stream = whole("projects", &lists::PROJECT_ROW.table, &[]);
static PROJECTS: RestStream = list(
    &PROJECTS_CONTRACT,
    &lists::PROJECT_ROW,
    How::Own(lists::projects),
    50,
);

static VERSIONS_CONTRACT: Stream = whole("versions", &lists::VERSION.table, &[question::PROJECT]);
static VERSIONS: RestStream = list(
    &VERSIONS_CONTRACT,
    &lists::VERSION,
    How::List(lists::versions),
    1000,
);

static BOARDS_CONTRACT: Stream = whole("boards", &lists::BOARD.table, &[]);
static BOARDS: RestStream = list(
    &BOARDS_CONTRACT,
    &lists::BOARD,
    How::List(lists::boards_of),
    50,
);

static SPRINTS_CONTRACT: Stream = Stream {
    parts: Parts::Each {
        parent: "boards",
        columns: &["board_id"],
        only: Some(("board_type", &["scrum", "simple"])),
        again: Again::Always,
    },
    ..whole("sprints", &lists::SPRINT.table, &[])
};
static SPRINTS: RestStream = list(
    &SPRINTS_CONTRACT,
    &lists::SPRINT,
    How::Own(lists::sprints),
    50,
);

static FILTERS_CONTRACT: Stream = Stream {
    deletes: Deletes::Polled,
    ..whole("filters", &lists::FILTER_ROW.table, &[])
};
static FILTERS: RestStream = RestStream {
    one: Some(lists::one_filter),
    ..list(
        &FILTERS_CONTRACT,
        &lists::FILTER_ROW,
        How::Own(lists::filters),
        1,
    )
};
