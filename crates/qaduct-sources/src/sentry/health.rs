//! Streams `app_health` and `release_health`: sessions, users and crash-free rates of an
//! app day by day, in all and of each release.
//!
//! Users are counted, not added: who used two releases is one user of the app. So the
//! number of all of them is asked for, and it is what adoption is a share of. Every number
//! is of the same project, environment and package.

use qaduct_http::Call;
use qaduct_records::source::{Pages, Reading, Scope, SourceError};
use qaduct_records::stream::Stream;

use super::series::{self, Question};
use super::{APP, BY_DAY, ENVIRONMENT, PACKAGE, PROJECT_ID, divided, paths, reading};
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// How an app did on a day, all its releases together.
    pub(super) static APP_DAY in "sentry_app_health" key ["app", "day"]
    ignoring ["by"]
    {
        /// Name of the query that says what the app is.
        app: Scope("app") = "",
        /// The day: its first moment, in UTC.
        day: Instant = "day",
        /// Its project.
        project_id: ScopeInt("project_id") = "",
        /// Its environment.
        environment: Scope("environment") = "",
        /// Its package.
        package: Scope("package") = "",
        /// Builds that are shipped: `any`, `odd`, `even` or `none`; NULL is any.
        builds: Scope("builds") = "",
        /// Whether its live releases are those of the `release` or the `beta` train; NULL
        /// where the calendar of releases says nothing about them.
        train: Scope("train") = "",
        /// How many major versions are live; NULL is 2 of the release train, and the one to
        /// come and those after it of the beta train.
        majors: ScopeInt("majors") = "",
        /// Sessions that began.
        sessions: Int = "of.sum(session)",
        /// Users.
        users: Int = "of.count_unique(user)",
        /// Share of the sessions that did not crash, 0 to 1; NULL where there is none to tell.
        crash_free_sessions: Float = "of.crash_free_rate(session)",
        /// Share of the users that met no crash, 0 to 1; NULL where there is none to tell.
        crash_free_users: Float = "of.crash_free_rate(user)",
    }
}

spec! {
    /// How a release of an app did on a day.
    pub(super) static RELEASE_DAY in "sentry_release_health" key ["app", "day", "release_name"] {
        /// Name of the query that says what the app is.
        app: Scope("app") = "",
        /// The day: its first moment, in UTC.
        day: Instant = "day",
        /// The whole name of the release: `org.mozilla.firefox@142.0.1+2016110943`.
        exact release_name: Text = "by.release",
        /// Its project.
        project_id: ScopeInt("project_id") = "",
        /// Its environment.
        environment: Scope("environment") = "",
        /// Its package.
        package: Scope("package") = "",
        /// The version in the name; NULL where a name has none, as with the next ones.
        version: TextBy(crate::sentry::release::version) = "by.release",
        /// The first number of the version.
        major: IntBy(crate::sentry::release::major) = "by.release",
        /// The build in the name.
        build: TextBy(crate::sentry::release::build) = "by.release",
        /// The build, where it is a number.
        build_number: IntBy(crate::sentry::release::build_number) = "by.release",
        /// Sessions that began.
        sessions: Int = "of.sum(session)",
        /// Users.
        users: Int = "of.count_unique(user)",
        /// Share of the sessions that did not crash, 0 to 1; NULL where there is none to tell.
        crash_free_sessions: Float = "of.crash_free_rate(session)",
        /// Share of the users that met no crash, 0 to 1; NULL where there is none to tell.
        crash_free_users: Float = "of.crash_free_rate(user)",
    }
}

/// The columns that say whose numbers they are.
pub(super) const OF_APP: &[&str] = &[APP, PROJECT_ID, ENVIRONMENT, PACKAGE];

pub(super) static APPS_CONTRACT: Stream = Stream {
    cursor: Some(BY_DAY),
    ..divided("app_health", &APP_DAY.table, OF_APP)
};
pub(super) static APPS: RestStream = reading(
    &APPS_CONTRACT,
    &APP_DAY,
    How::Own(|rest, stream, reading| read(rest, stream, reading, false)),
);

pub(super) static RELEASES_CONTRACT: Stream = Stream {
    cursor: Some(BY_DAY),
    ..divided("release_health", &RELEASE_DAY.table, OF_APP)
};
pub(super) static RELEASES: RestStream = reading(
    &RELEASES_CONTRACT,
    &RELEASE_DAY,
    How::Own(|rest, stream, reading| read(rest, stream, reading, true)),
);

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
    by_release: bool,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let mut call = sessions(&reading.scope);
    if by_release {
        call = call
            .with("groupBy", "release")
            .with("orderBy", "-sum(session)");
    }
    let question = Question {
        call,
        counts: &["sum(session)", "count_unique(user)"],
        limited: by_release,
    };
    series::read(rest, stream, reading, question)
}

fn sessions(scope: &Scope) -> Call {
    let mut call = paths::of_project("sessions/", scope);
    for field in [
        "sum(session)",
        "count_unique(user)",
        "crash_free_rate(session)",
        "crash_free_rate(user)",
    ] {
        call = call.with("field", field);
    }
    call.with("environment", scope.text(ENVIRONMENT))
        .with("query", format!("release.package:{}", scope.text(PACKAGE)))
        .with("includeTotals", 0)
}
