//! Issues of Sentry. Without a question the list leaves out what is not open.

use jiff::Timestamp;
use serde_json::Value;

use super::lists::By;
use super::{Ask, missing, refuse};
use crate::answer::Answer;
use crate::service::Context;
use crate::world::{served, text};

const KNOWN: &[&str] = &[
    "environment",
    "project",
    "statsPeriod",
    "start",
    "end",
    "groupStatsPeriod",
    "shortIdLookup",
    "query",
    "viewId",
    "sort",
    "limit",
    "expand",
    "collapse",
    "cursor",
];

impl Ask<'_> {
    pub(super) fn issues(&self, context: &mut Context<'_>) -> Answer {
        self.known(context, KNOWN);
        let by = match self.get("sort").unwrap_or("date") {
            "date" => By::Newest("lastSeen"),
            "new" => By::Newest("firstSeen"),
            other => {
                context.violation(
                    self.request,
                    format_args!("sorting by {other} is not served"),
                );
                return refuse(400, "Invalid sort");
            }
        };
        if self.get("shortIdLookup") == Some("1") {
            let name = self.get("query").unwrap_or_default();
            let all = context.world.collection("sentry.issues").all();
            let found = all.filter(|it| it["shortId"] == name).cloned();
            let found = found.collect();
            return self.page(context, ("sentry.issues", found), "limit", &by);
        }
        let Some(terms) = terms(self.get("query").unwrap_or("is:unresolved")) else {
            context.violation(self.request, "the query is no question that is served");
            return refuse(400, "Error parsing search query");
        };
        let bound = |name: &str| self.get(name).and_then(|it| it.parse::<Timestamp>().ok());
        let (start, end) = (bound("start"), bound("end"));
        if start.is_some() != end.is_some() {
            context.violation(self.request, "`start` and `end` belong together");
            return refuse(400, "start and end are both required");
        }
        let projects = self.wanted_projects(context);
        let environments: Vec<_> = self.all("environment").collect();
        let is_wanted = |it: &Value| {
            let seen = |name: &str| {
                it[name]
                    .as_str()
                    .and_then(|at| at.parse::<Timestamp>().ok())
            };
            projects.contains(&text(&it["_project"]))
                && (environments.is_empty()
                    || environments.iter().any(|of| it["_environment"] == **of))
                && start.is_none_or(|start| seen("lastSeen").is_some_and(|at| at >= start))
                && end.is_none_or(|end| seen("firstSeen").is_some_and(|at| at < end))
                && terms.iter().all(|term| term.fits(it))
        };
        let all = context.world.collection("sentry.issues").all();
        let mut rows: Vec<_> = all.filter(|it| is_wanted(it)).cloned().collect();
        if !self.all("expand").any(|it| it == "inbox") {
            for row in rows.iter_mut().filter_map(|it| it.as_object_mut()) {
                row.remove("inbox");
            }
        }
        self.page(context, ("sentry.issues", rows), "limit", &by)
    }

    /// One that was merged answers with the one that it went into.
    pub(super) fn issue(&self, id: &str, context: &mut Context<'_>) -> Answer {
        self.known(context, &["environment", "expand", "collapse"]);
        let merged = context.world.get("sentry.merged", id);
        let id = merged.map_or_else(|| id.to_owned(), |it| text(&it["into"]));
        let Some(found) = context.world.get("sentry.issues", &id) else {
            return missing();
        };
        let mut issue = served(found);
        if let Some(issue) = issue.as_object_mut() {
            // Lists only.
            issue.remove("lifetime");
            issue.remove("inbox");
        }
        Answer::ok(issue)
    }
}

/// A condition of a query.
enum Term {
    Status(String),
    ForReview,
    Package(String),
    Version(String),
    First(Vec<String>),
}

impl Term {
    fn fits(&self, issue: &Value) -> bool {
        let releases = || issue["_releases"].as_array().into_iter().flatten();
        let names = || releases().filter_map(Value::as_str);
        match self {
            Self::Status(status) => issue["status"] == status.as_str(),
            Self::ForReview => issue["status"] == "unresolved" && issue["inbox"].is_object(),
            Self::Package(package) => {
                names().any(|it| it.split('@').next() == Some(package.as_str()))
            }
            Self::Version(version) => names().any(|it| {
                let version_of = it.split('@').nth(1).and_then(|it| it.split('+').next());
                version_of == Some(version.as_str())
            }),
            Self::First(names) => names.iter().any(|it| issue["_first"] == it.as_str()),
        }
    }
}

/// The conditions of a query, `None` where one is not served. Names have no blanks in them.
fn terms(query: &str) -> Option<Vec<Term>> {
    let term = |word: &str| {
        let (key, value) = word.split_once(':')?;
        Some(match (key, value) {
            ("is", "for_review") => Term::ForReview,
            ("is", "unresolved" | "resolved" | "ignored") => Term::Status(value.to_owned()),
            ("release.package", package) => Term::Package(package.to_owned()),
            ("release.version", version) => Term::Version(version.to_owned()),
            ("firstRelease", list) => {
                let list = list.strip_prefix('[')?.strip_suffix(']')?;
                let name = |it: &str| it.trim().trim_matches('"').to_owned();
                Term::First(list.split(',').map(name).collect())
            }
            _ => return None,
        })
    };
    query.split_whitespace().map(term).collect()
}
