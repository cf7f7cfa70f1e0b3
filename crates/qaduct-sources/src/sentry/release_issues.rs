//! Stream `release_issues`: of each release of an app that is in use, what waits for review
//! and what happened in it first.
//!
//! An issue does not say in which releases it happens; it can only be asked for by one. The
//! releases are those of the last day with the most sessions, of builds that are shipped.
//! Lists are by the first event, which nothing moves.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Page, Pages, Reading, Scope, SourceError};
use qaduct_records::stream::{Deletes, Stream, gone};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::health::OF_APP;
use super::{ENVIRONMENT, PACKAGE, PAGE, divided, paths, reading, release};
use crate::error;
use crate::listing::{Listing, Walk};
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// An issue of a version of an app. An issue may be of several versions.
    pub(super) static RELEASE_ISSUE in "sentry_release_issues"
    key ["app", "question", "version", "issue_id"]
    ignoring ["stats", "isBookmarked", "hasSeen", "isSubscribed", "subscriptionDetails",
        "isPublic", "shareId", "matchingEventId", "matchingEventEnvironment", "owners", "filtered",
        "annotations", "pluginActions", "pluginContexts", "pluginIssues", "integrationIssues",
        "sentryAppIssues", "activity", "seenBy", "participants", "userReportCount", "tags",
        "project", "assignedTo", "inbox", "latestEventHasAttachments", "derivedData", "type",
        "firstRelease", "lastRelease", "metadata", "logger", "platform", "priority", "issueType",
        "issueCategory", "numComments", "statusDetails", "status", "substatus",
        "priorityLockedAt", "seerFixabilityScore", "seerAutofixLastTriggered"]
    {
        /// Name of the query that says what the app is.
        app: Scope("app") = "",
        /// Why it is here: `for_review` waits for review and happened in the last day, `new`
        /// is open, happened in this version first, and in the last 7 days.
        question: Text = "#question",
        /// The version, without a build.
        version: Text = "#version",
        /// The issue.
        issue_id: Int = "id",
        /// Its project.
        project_id: ScopeInt("project_id") = "",
        /// The environment of the app.
        environment: Scope("environment") = "",
        /// The package of the app.
        package: Scope("package") = "",
        /// Its name for people: `FENIX-1A`.
        short_id: Text = "shortId",
        /// What it is.
        title: Text = "title",
        /// Where it happens.
        culprit: Text = "culprit",
        /// `error`, `fatal`, `warning`, `info` or `debug`.
        level: Text = "level",
        /// Whether nothing in the program caught it.
        is_unhandled: Bool = "isUnhandled",
        /// Events in the time that was asked about: the last day, or the last 7 days.
        events: Int = "count",
        /// Users that it happened to in that time.
        users: Int = "userCount",
        /// All events that there were.
        lifetime_events: Int = "lifetime.count",
        /// All users that it happened to.
        lifetime_users: Int = "lifetime.userCount",
        /// When it happened first.
        first_seen: Instant = "firstSeen",
        /// When it happened last.
        last_seen: Instant = "lastSeen",
        /// Its page.
        url: Text = "permalink",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    deletes: Deletes::Listed(gone::LEFT),
    ..divided("release_issues", &RELEASE_ISSUE.table, OF_APP)
};
pub(super) static RELEASE_ISSUES: RestStream = reading(&CONTRACT, &RELEASE_ISSUE, How::Own(read));

/// Versions of an app whose issues are asked for.
const VERSIONS: usize = 12;
const SESSIONS: &str = "sum(session)";

/// Why an issue is asked for.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Question {
    ForReview,
    New,
}

impl Question {
    const fn word(self) -> &'static str {
        match self {
            Self::ForReview => "for_review",
            Self::New => "new",
        }
    }

    const fn days(self) -> i64 {
        match self {
            Self::ForReview => 1,
            Self::New => 7,
        }
    }
}

/// A list that is to be read.
#[derive(Serialize, Deserialize)]
struct Wanted {
    question: Question,
    version: String,
    /// The names of its releases, with their builds.
    names: Vec<String>,
}

/// Where a reading stands.
#[derive(Default, Serialize, Deserialize)]
struct State {
    /// The lists that are to be read, the one at hand last; `None` before they are known.
    wanted: Option<Vec<Wanted>>,
    /// Where the one at hand goes on; `None` at its start.
    list: Option<String>,
}

struct IssuePages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    state: State,
    walk: Option<Walk>,
    page: u64,
}

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let wrong = || error::position(&rest.setup.name, stream.contract.name);
    let state = match &reading.position {
        None => State::default(),
        Some(position) => serde_json::from_str(position).map_err(|_| wrong())?,
    };
    let mut walk = None;
    if let (Some(list), Some(wanted)) = (&state.list, state.wanted.iter().flatten().last()) {
        let listing = listing(&reading.scope, wanted, reading.upper);
        walk = Some(Walk::at(listing, list).ok_or_else(wrong)?);
    }
    Ok(Box::new(IssuePages {
        rest,
        stream,
        reading: reading.clone(),
        state,
        walk,
        page: 0,
    }))
}

/// Sessions of the releases of an app in a day.
fn releases(scope: &Scope, upper: Timestamp) -> Call {
    paths::of_project("sessions/", scope)
        .with("field", SESSIONS)
        .with("groupBy", "release")
        .with("orderBy", format!("-{SESSIONS}"))
        .with("environment", scope.text(ENVIRONMENT))
        .with("query", format!("release.package:{}", scope.text(PACKAGE)))
        .with("includeSeries", 0)
        .with("per_page", PAGE)
        .with("interval", "1d")
        .with("start", before(upper, 1))
        .with("end", paths::instant(upper))
}

fn before(upper: Timestamp, days: i64) -> String {
    paths::instant(upper - SignedDuration::from_hours(24 * days))
}

/// Issues of a version. A package in front of it, as other apps have versions, too.
fn listing(scope: &Scope, wanted: &Wanted, upper: Timestamp) -> Listing {
    let quoted = |it: &String| format!("\"{it}\"");
    let query = match wanted.question {
        Question::ForReview => format!(
            "is:for_review release.package:{} release.version:{}",
            scope.text(PACKAGE),
            wanted.version
        ),
        Question::New => {
            let names: Vec<_> = wanted.names.iter().map(quoted).collect();
            format!("is:unresolved firstRelease:[{}]", names.join(","))
        }
    };
    paths::linked(
        paths::of_project("issues/", scope)
            .with("environment", scope.text(ENVIRONMENT))
            .with("query", query)
            .with("sort", "new")
            .with("limit", PAGE)
            .with("start", before(upper, wanted.question.days()))
            .with("end", paths::instant(upper)),
    )
}

/// The lists of the versions with the most sessions, the first of them last; `None` where
/// an answer holds no releases.
fn wanted(answer: &Json, builds: &str) -> Option<Vec<Wanted>> {
    let mut versions: BTreeMap<String, (f64, Vec<String>)> = BTreeMap::new();
    for group in answer["groups"].as_array()? {
        let name = &group["by"]["release"];
        let (Ok(Value::Text(version)), Some(text)) = (release::version(name), name.as_str()) else {
            continue;
        };
        let sessions = group["totals"][SESSIONS].as_f64()?;
        // What would be more than a name in a query is none that an app has.
        let is_plain = text
            .chars()
            .all(|it| it.is_alphanumeric() || ".-_@+".contains(it));
        if sessions > 0.0 && is_plain && release::is_shipped(name, builds) {
            let found = versions.entry(version.clone()).or_default();
            found.0 += sessions;
            found.1.push(text.to_owned());
        }
    }
    let mut versions: Vec<_> = versions.into_iter().collect();
    versions.sort_by(|one, other| other.1.0.total_cmp(&one.1.0));
    versions.truncate(VERSIONS);
    let lists = versions
        .into_iter()
        .rev()
        .flat_map(|(version, (_, names))| {
            [Question::New, Question::ForReview].map(|question| Wanted {
                question,
                version: version.clone(),
                names: names.clone(),
            })
        });
    Some(lists.collect())
}

impl IssuePages<'_> {
    /// Which lists there are.
    fn choose(&mut self) -> Result<Page, SourceError> {
        let scope = &self.reading.scope;
        let place = self.rest.place(self.stream, scope, self.page);
        let answer = self
            .rest
            .send(&place, &releases(scope, self.reading.upper))?;
        let found = wanted(&answer.json, &scope.text("builds"));
        if found.is_none() {
            return Err(error::of_call(&place, answer.wrong("holds no releases")));
        }
        self.state.wanted = found;
        Ok(Page {
            exchange: Some(answer.exchange),
            ..Page::default()
        })
    }

    /// A page of the list at hand.
    fn list(&mut self) -> Result<Option<Page>, SourceError> {
        let scope = &self.reading.scope;
        let Some(all) = &mut self.state.wanted else {
            return Ok(None);
        };
        let Some(wanted) = all.last() else {
            return Ok(None);
        };
        let upper = self.reading.upper;
        let walk = self
            .walk
            .get_or_insert_with(|| Walk::new(listing(scope, wanted, upper)));
        let place = self.rest.place(self.stream, scope, self.page);
        let listed = walk.next(&self.rest.client);
        let mut page = Page::default();
        if let Some(mut listed) = listed.map_err(|it| error::of_call(&place, it))? {
            for item in listed.items.iter_mut().filter_map(Json::as_object_mut) {
                item.insert("#question".to_owned(), wanted.question.word().into());
                item.insert("#version".to_owned(), wanted.version.as_str().into());
            }
            page = self.rest.page(self.stream, scope, &listed.items);
            page.exchange = Some(listed.answer.exchange);
        }
        self.state.list = walk.position();
        if self.state.list.is_none() {
            self.walk = None;
            all.pop();
        }
        Ok(Some(page))
    }
}

impl Pages for IssuePages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        self.page += 1;
        let page = match self.state.wanted {
            None => Some(self.choose()?),
            Some(_) => self.list()?,
        };
        let is_over = self.state.wanted.as_ref().is_some_and(Vec::is_empty);
        Ok(page.map(|page| Page {
            position: (!is_over).then(|| serde_json::json!(self.state).to_string()),
            ..page
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_those_of_shipped_versions_the_most_used_first() {
        let group = |name: &str, sessions: u64| json!({"by": {"release": name}, "totals": {SESSIONS: sessions}});
        let answer = json!({ "groups": [
            group("a@2.0+3", 50), group("a@2.0+5", 1), group("a@2.0+4", 900), group("a@1.0+1", 70),
            group("a@3.0+1", 0), group("0123456789ab", 80), group("a@1 OR 2+1", 60),
        ]});
        let lists = |builds: &str| -> Vec<String> {
            let lists = wanted(&answer, builds).unwrap().into_iter().rev();
            lists
                .map(|it| {
                    format!(
                        "{} {} {}",
                        it.question.word(),
                        it.version,
                        it.names.join(" ")
                    )
                })
                .collect()
        };
        assert_eq!(
            lists("odd"),
            [
                "for_review 1.0 a@1.0+1",
                "new 1.0 a@1.0+1",
                "for_review 2.0 a@2.0+3 a@2.0+5",
                "new 2.0 a@2.0+3 a@2.0+5",
            ]
        );
        assert_eq!(lists("")[0], "for_review 2.0 a@2.0+3 a@2.0+5 a@2.0+4");
        assert_eq!(lists("none"), [""; 0]);
        assert!(wanted(&json!({}), "").is_none());
        let without = json!({ "groups": [{ "by": { "release": "a@1.0" } }] });
        assert!(wanted(&without, "").is_none());
    }
}
