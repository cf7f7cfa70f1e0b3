//! Lists of Sentry and their cursors.
//!
//! A cursor is `value:offset:is_before`. In a list by time the value is that of the next row, in
//! milliseconds, so that rows which come above it shift nothing; in others it is nothing.

use jiff::Timestamp;
use serde_json::Value;

use super::{Ask, missing, refuse};
use crate::answer::{Answer, Place};
use crate::service::Context;
use crate::world::{served, text};

/// Most rows of a page.
const MOST: usize = 100;

/// What a list is ordered by.
pub(super) enum By {
    /// As it stands there.
    Place,
    /// An instant, the newest first.
    Newest(&'static str),
}

fn millisecond(record: &Value, field: &str) -> i64 {
    let at = record[field]
        .as_str()
        .and_then(|it| it.parse::<Timestamp>().ok());
    at.map_or(0, Timestamp::as_millisecond)
}

impl Ask<'_> {
    /// The numbers of the projects that are asked for; all where none is named.
    pub(super) fn wanted_projects(&self, context: &Context<'_>) -> Vec<String> {
        let all = context.world.collection("sentry.projects").all();
        let is_wanted = |project: &&Value| {
            let mut wanted = self.all("project").peekable();
            wanted.peek().is_none()
                || wanted.any(|it| it == "-1" || project["id"] == it || project["slug"] == it)
        };
        all.filter(is_wanted).map(|it| text(&it["id"])).collect()
    }

    pub(super) fn projects(&self, context: &mut Context<'_>) -> Answer {
        self.known(context, &["cursor", "per_page", "query"]);
        let rows = context.world.collection("sentry.projects").all();
        let rows: Vec<_> = rows.cloned().collect();
        self.page(context, ("sentry.projects", rows), "per_page", &By::Place)
    }

    pub(super) fn releases(&self, context: &mut Context<'_>) -> Answer {
        let known = ["project", "environment", "query", "per_page", "cursor"];
        self.known(context, &known);
        let projects = self.wanted_projects(context);
        let all = context.world.collection("sentry.releases");
        let rows = projects
            .iter()
            .flat_map(|it| all.of(it).cloned().collect::<Vec<_>>());
        let rows: Vec<_> = rows.collect();
        self.page(
            context,
            ("sentry.releases", rows),
            "per_page",
            &By::Newest("dateCreated"),
        )
    }

    pub(super) fn events(&self, project: &str, context: &mut Context<'_>) -> Answer {
        self.known(
            context,
            &["statsPeriod", "start", "end", "cursor", "full", "sample"],
        );
        let known = context.world.collection("sentry.projects").all();
        let found = known
            .into_iter()
            .find(|it| it["slug"] == project || it["id"] == project);
        let Some(id) = found.map(|it| text(&it["id"])) else {
            return missing();
        };
        let bound = |name: &str| self.get(name).and_then(|it| it.parse::<Timestamp>().ok());
        let (start, end) = (bound("start"), bound("end"));
        if start.is_some() != end.is_some() {
            context.violation(self.request, "`start` and `end` belong together");
            return refuse(400, "start and end are both required");
        }
        let is_within = |it: &&Value| {
            let at = millisecond(it, "dateCreated");
            start.is_none_or(|start| at >= start.as_millisecond())
                && end.is_none_or(|end| at < end.as_millisecond())
        };
        let rows = context.world.collection("sentry.events").of(&id);
        let rows: Vec<_> = rows.filter(is_within).cloned().collect();
        self.page(
            context,
            ("sentry.events", rows),
            "per_page",
            &By::Newest("dateCreated"),
        )
    }

    /// A page of rows; `size` is the parameter of the number of its rows.
    pub(super) fn page(
        &self,
        context: &mut Context<'_>,
        (collection, mut rows): (&'static str, Vec<Value>),
        size: &str,
        by: &By,
    ) -> Answer {
        let asked = self.get(size).map_or(Some(MOST), |it| it.parse().ok());
        let Some(asked) = asked.filter(|it| (1..=MOST).contains(it)) else {
            context.violation(self.request, format_args!("`{size}` is not 1 to 100"));
            return refuse(400, "Invalid per_page value. Must be between 1 and 100.");
        };
        let size = context.options.most(asked);
        let value = |row: &Value| match by {
            By::Place => 0,
            By::Newest(field) => millisecond(row, field),
        };
        if matches!(by, By::Newest(_)) {
            rows.sort_by_key(|row| (-value(row), text(&row["id"])));
        }
        let cursor = self.get("cursor").map(cursor);
        let first = match cursor {
            None => 0,
            Some(None) => return refuse(400, "Invalid cursor parameter."),
            Some(Some((from, offset))) => {
                let above = rows.iter().take_while(|it| value(it) > from);
                above.count() + offset
            }
        };
        let last = (first + size).min(rows.len());
        let at = |place: usize| match rows.get(place) {
            None => format!("0:{place}:0"),
            Some(row) => {
                let of_same = rows[..place].iter().filter(|it| value(it) == value(row));
                format!("{}:{}:0", value(row), of_same.count())
            }
        };
        let link = |rel: &str, cursor: &str, results: bool| {
            let url = self.url(context, cursor);
            format!("<{url}>; rel=\"{rel}\"; results=\"{results}\"; cursor=\"{cursor}\"")
        };
        let links = [
            link(
                "previous",
                &format!("{}:0:1", first.saturating_sub(size)),
                first > 0,
            ),
            link("next", &at(last), last < rows.len()),
        ];
        let here = self.url(context, &at(first));
        let shown = rows.get(first..last).unwrap_or_default();
        let ids = shown.iter().map(|it| text(&it["id"])).collect();
        Answer::ok(shown.iter().map(served).collect())
            .listing(collection, ids)
            .with("Link", links.join(", "))
            .here(Place::Link, here)
    }

    fn url(&self, context: &Context<'_>, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.parameters.iter().filter(|(name, _)| name != "cursor") {
            query.append_pair(name, value);
        }
        query.append_pair("cursor", cursor);
        format!("{}{}?{}", context.base, self.request.path, query.finish())
    }
}

/// The value and the offset of a cursor.
fn cursor(text: &str) -> Option<(i64, usize)> {
    let mut parts = text.split(':');
    let (value, offset) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next()?;
    Some((value, offset))
}
