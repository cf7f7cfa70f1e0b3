//! The tables that reports need beside what was pulled: what the configuration says of
//! projects, releases and limits, and counts that are kept day by day.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Table, table};

table! {
    /// A project of the configuration: `[project.NAME]`.
    pub struct Project in "projects" key ["project"] {
        /// Its name.
        pub project: String,
        /// Its name for people.
        pub title: String,
    }
}

table! {
    /// That a project is of a group.
    pub struct ProjectGroup in "project_groups" key ["project", "group_name"] {
        /// The project.
        pub project: String,
        /// The group.
        pub group_name: String,
    }
}

table! {
    /// What a project is called at a source.
    pub struct ProjectSource in "project_sources" key ["project", "source", "scope"] {
        /// The project.
        pub project: String,
        /// Name of the configured source.
        pub source: String,
        /// The id, key, product or `owner/name` of the project at the source.
        pub scope: String,
    }
}

table! {
    /// A release of a calendar: `[release_calendar.NAME]`.
    pub struct Release in "releases" key ["calendar", "version"] {
        /// Name of the calendar.
        pub calendar: String,
        /// The version, whole: `142.0.1`.
        pub version: String,
        /// Its first number.
        pub major: Option<i64>,
        /// The day of the release, planned or past; NULL where nobody says.
        pub release_date: Option<Date>,
        /// `release`, `beta`, `nightly` or `esr`, by how the version is written.
        pub channel: String,
    }
}

table! {
    /// How the last pull got on with the addresses of a calendar.
    pub struct ReleaseCalendar in "release_calendars" key ["calendar"] {
        /// Name of the calendar.
        pub calendar: String,
        /// When all its addresses were read last; NULL where they never were.
        pub read_at: Option<Timestamp>,
        /// When they were asked last.
        pub tried_at: Timestamp,
        /// Why they could not be read then; NULL where they could.
        pub error: Option<String>,
    }
}

table! {
    /// A number or word of the configuration that views need: `[reports]`.
    pub struct Parameter in "report_parameters" key ["name", "ordinal"] {
        /// Its name, such as `capacity`.
        pub name: String,
        /// Number among those of that name, from 0.
        pub ordinal: i64,
        /// The value as text.
        pub value: String,
        /// The value as a number, where it is one.
        pub number: Option<f64>,
    }
}

/// A view whose rows are kept day by day, and where.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot {
    /// The view. It has all columns of the table but the day and the key.
    pub view: &'static str,
    /// The table; its first columns are `snapshot_date` and `row_key`.
    pub table: &'static Table,
    /// The columns that say what was counted.
    pub dimensions: &'static [&'static str],
    /// The tables of the streams that it counts: it is kept when all of them were read
    /// whole on the day.
    pub needs: &'static [&'static str],
}

/// A table of daily counts: columns of a view, with the day.
macro_rules! snapshot {
    (
        $(#[doc = $about:literal])*
        $name:ident in $table:literal { $($(#[doc = $doc:literal])* $field:ident: $type:ty,)* }
    ) => {
        table! {
            $(#[doc = $about])*
            pub struct $name in $table key ["snapshot_date", "row_key"] {
                /// The day, in UTC; the last run of a day counts.
                pub snapshot_date: Date,
                /// The columns that say what was counted, joined by commas; `-` is NULL.
                pub row_key: String,
                $($(#[doc = $doc])* pub $field: $type,)*
            }
        }
    };
}

snapshot! {
    /// How many cases had a state of automation on a day: `v_coverage`, kept.
    CoverageSnapshot in "coverage_snapshots" {
        /// Name of the configured source.
        source: String,
        /// The project.
        project_id: Option<i64>,
        /// The suite.
        suite_id: Option<i64>,
        /// The sub-suite; NULL for cases in none.
        sub_suite_id: Option<i64>,
        /// Status of automation; NULL for cases without one.
        automation_status_id: Option<i64>,
        /// Coverage; NULL for cases without one.
        automation_coverage_id: Option<i64>,
        /// Whether the cases are marked as test automation engineering.
        tae: bool,
        /// Cases; a case of two sub-suites counts in both.
        cases: i64,
    }
}

snapshot! {
    /// How much of a suite was automated on a day: `v_coverage_suites`, kept.
    SuiteSnapshot in "coverage_suite_snapshots" {
        /// Name of the configured source.
        source: String,
        /// The project.
        project_id: Option<i64>,
        /// The suite.
        suite_id: Option<i64>,
        /// Cases, each once.
        cases: i64,
        /// Cases that are automated.
        automated: i64,
        /// Cases that could be automated and are not.
        suitable: i64,
        /// Cases that cannot be automated.
        unsuitable: i64,
        /// Cases of which nobody has said.
        untriaged: i64,
    }
}

snapshot! {
    /// How many issues of a query needed QA on a day: `v_qa_needed`, kept.
    QaNeededSnapshot in "qa_needed_snapshots" {
        /// Name of the configured source.
        source: String,
        /// Name of the query.
        query: String,
        /// Issues.
        total: i64,
        /// Issues with a label that means verified.
        verified: i64,
        /// The others.
        not_verified: i64,
    }
}

snapshot! {
    /// How many fixes waited for QA on a day: `v_qe_verify_counts`, kept.
    QeVerifySnapshot in "qe_verify_snapshots" {
        /// Name of the configured source.
        source: String,
        /// Name of the query.
        query: String,
        /// Bugs of the query with the flag `qe-verify+`.
        waiting: i64,
    }
}

snapshot! {
    /// A user of the test management on a day: `v_testrail_users`, kept without names.
    UserSnapshot in "testrail_user_snapshots" {
        /// Name of the configured source.
        source: String,
        /// The user.
        user_id: i64,
        /// Whether the user could log in.
        is_active: Option<bool>,
        /// The role.
        role: Option<String>,
    }
}

snapshot! {
    /// An issue of a live version of an app on a day: `v_release_issues`, kept.
    ReleaseIssueSnapshot in "release_issue_snapshots" {
        /// Name of the configured source.
        source: String,
        /// Name of the query that says what the app is.
        app: String,
        /// Why it was there: `for_review` or `new`.
        question: String,
        /// The version.
        version: String,
        /// The issue.
        issue_id: i64,
        /// What it was.
        title: Option<String>,
        /// Events in the last day (`for_review`) or the last 7 days (`new`).
        events: Option<i64>,
        /// Users that it happened to in that time.
        users: Option<i64>,
        /// All events that there were.
        lifetime_events: Option<i64>,
        /// All users that it happened to.
        lifetime_users: Option<i64>,
    }
}
