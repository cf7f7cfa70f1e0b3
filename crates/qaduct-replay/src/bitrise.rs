//! Bitrise, version 0.1.
//!
//! The token stands in `Authorization` as it is, without a word before it. Lists have at most 50
//! rows, the newest first, and name the first row of the next page; builds leave theirs after 200
//! days for a list that has no pages, a thousand rows at most and fewer fields. Follows the
//! specification of the API and the documentation of Bitrise.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::answer::{Answer, Place};
use crate::request::Request;
use crate::service::{Context, Service};
use crate::world::{served, text};

/// Bitrise.
pub(crate) struct Bitrise;

/// Rows of a page.
const MOST: usize = 50;
/// Rows of the list of archived builds.
const ARCHIVED: usize = 1000;
/// Hours after which a build is archived.
const KEPT: i64 = 200 * 24;

fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, json!({ "message": message }))
}

impl Service for Bitrise {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        match status {
            401 => refuse(401, "Unauthorized"),
            404 => refuse(404, "Not Found"),
            502..=504 => Answer::text(status, "text/html", "<html><h1>Bitrise</h1></html>"),
            _ => refuse(status, message),
        }
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        let Some(path) = request.path.strip_prefix("/v0.1/") else {
            context.violation(request, "the call is of no version");
            return refuse(404, "Not Found");
        };
        if request.method != "GET" {
            context.violation(request, "only reading is served");
            return refuse(404, "Not Found");
        }
        let token = request.header("authorization").unwrap_or_default();
        if token.contains(' ') {
            context.violation(request, "something stands before the token");
        }
        if !context.accepts(token) {
            return self.refuse(401, "");
        }
        let ask = Ask {
            request,
            parameters: request.parameters(),
        };
        let parts: Vec<&str> = path.split('/').collect();
        ask.route(&parts, context)
    }
}

/// Why there is no answer: a status and a message.
struct Refused(u16, String);

impl Refused {
    fn missing() -> Self {
        Self(404, "Not Found".to_owned())
    }
}

/// A question.
struct Ask<'a> {
    request: &'a Request,
    parameters: Vec<(String, String)>,
}

impl Ask<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The whole number of a parameter; an error where it is none.
    fn number(&self, name: &str) -> Result<Option<i64>, Refused> {
        let number = self.get(name).map(str::parse).transpose();
        number.map_err(|_| Refused(400, format!("Invalid {name} parameter")))
    }

    fn known(&self, context: &mut Context<'_>, known: &[&str]) {
        let names = self.parameters.iter().map(|(name, _)| name);
        context.known(self.request, names, known);
    }

    fn route(&self, parts: &[&str], context: &mut Context<'_>) -> Answer {
        let found = match parts {
            ["me"] => Ok(Answer::ok(json!({
                "data": { "username": "ada", "slug": "8a", "email": "ada@example.org", "avatar_url": null }
            }))),
            ["apps"] => {
                self.known(
                    context,
                    &["sort_by", "next", "limit", "title", "project_type"],
                );
                let rows = context.world.collection("bitrise.apps").all().rev();
                self.page(context, "bitrise.apps", rows.collect())
            }
            ["apps", app, rest @ ..] => {
                if context.world.get("bitrise.apps", app).is_none() {
                    return refuse(404, "Not Found");
                }
                self.app(app, rest, context)
            }
            _ => Ok(self.nowhere(context)),
        };
        found.unwrap_or_else(|it| refuse(it.0, &it.1))
    }

    fn nowhere(&self, context: &mut Context<'_>) -> Answer {
        context.violation(self.request, "there is no such resource");
        refuse(404, "Not Found")
    }

    fn app(&self, app: &str, rest: &[&str], context: &mut Context<'_>) -> Result<Answer, Refused> {
        let build = |context: &Context<'_>, slug: &str| {
            let found = context.world.get("bitrise.builds", slug);
            found.filter(|it| it["_app"] == app).cloned()
        };
        match rest {
            [] => Ok(Answer::ok(
                json!({ "data": context.world.get("bitrise.apps", app).map(served) }),
            )),
            ["build-workflows"] => {
                self.known(context, &[]);
                let rows: Vec<_> = context
                    .world
                    .collection("bitrise.workflows")
                    .of(app)
                    .collect();
                let ids = rows.iter().map(|it| text(&it["_id"])).collect();
                let names: Vec<_> = rows.iter().map(|it| it["name"].clone()).collect();
                Ok(Answer::ok(json!({ "data": names })).listing("bitrise.workflows", ids))
            }
            ["builds"] => self.builds(app, context),
            ["archived-builds"] => self.archived(app, context),
            // One who knows its slug sees a build of any age.
            ["builds", slug] => {
                self.known(context, &[]);
                let found = build(context, slug).ok_or_else(Refused::missing)?;
                Ok(Answer::ok(json!({ "data": served(&found) }))
                    .listing("bitrise.builds", vec![text(&found["slug"])]))
            }
            ["builds", slug, "artifacts"] => {
                self.known(context, &["next", "limit"]);
                build(context, slug).ok_or_else(Refused::missing)?;
                let rows = context.world.collection("bitrise.artifacts").of(slug);
                self.page(context, "bitrise.artifacts", rows.collect())
            }
            // Which fields there are is made up: the documentation names none.
            ["builds", slug, "test-results"] => {
                self.known(context, &[]);
                let found = build(context, slug).ok_or_else(Refused::missing)?;
                if found["status"] == 0 {
                    return Err(Refused(400, "the build is not finished yet".to_owned()));
                }
                let case =
                    json!({ "name": "starts 🦊", "status": found["status_text"], "duration": 1.5 });
                Ok(Answer::ok(json!({
                    "test_suites": [{ "name": found["triggered_workflow"], "test_cases": [case] }]
                })))
            }
            _ => Ok(self.nowhere(context)),
        }
    }

    /// Builds that are not archived, the newest first.
    fn builds(&self, app: &str, context: &mut Context<'_>) -> Result<Answer, Refused> {
        let known = [
            "sort_by",
            "branch",
            "workflow",
            "commit_message",
            "trigger_event_type",
            "pull_request_id",
            "build_number",
            "after",
            "before",
            "status",
            "is_pipeline_build",
            "next",
            "limit",
        ];
        self.known(context, &known);
        let (after, before) = (self.number("after")?, self.number("before")?);
        let status = self.number("status")?;
        let rows = context.world.collection("bitrise.builds").of(app);
        let mut rows: Vec<_> = rows
            .filter(|it| !is_archived(it, context.now))
            .filter(|it| is_between(&it["triggered_at"], after, before))
            .filter(|it| status.is_none_or(|status| it["status"] == status))
            .filter(|it| {
                self.get("workflow")
                    .is_none_or(|name| it["triggered_workflow"] == name)
            })
            .collect();
        rows.sort_by_key(|it| std::cmp::Reverse(it["build_number"].as_u64()));
        self.page(context, "bitrise.builds", rows)
    }

    /// Builds that are archived: all that fit into one answer, with fewer fields.
    fn archived(&self, app: &str, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.known(context, &["after", "before", "limit"]);
        let bounds = (
            self.number("after")?,
            self.number("before")?,
            self.number("limit")?,
        );
        let (Some(after), Some(before), Some(limit)) = bounds else {
            context.violation(self.request, "`after`, `before` and `limit` are needed");
            return Err(Refused(400, "Missing parameter".to_owned()));
        };
        let most = context.options.most(ARCHIVED);
        let limit = usize::try_from(limit).unwrap_or(most).clamp(1, most);
        let rows = context.world.collection("bitrise.builds").of(app);
        let rows: Vec<_> = rows
            .filter(|it| is_archived(it, context.now))
            .filter(|it| is_between(&it["started_on_worker_at"], Some(after), Some(before)))
            .collect();
        let total = rows.len();
        let rows = rows.into_iter().take(limit);
        let (ids, shown): (Vec<_>, Vec<_>) = rows
            .map(|it| (text(&it["slug"]), shown_archived(context, it)))
            .unzip();
        let paging = json!({ "total_item_count": total, "page_item_limit": limit });
        Ok(Answer::ok(json!({ "data": shown, "paging": paging })).listing("bitrise.builds", ids))
    }

    /// A page of rows: those from the one that `next` names.
    fn page(
        &self,
        context: &Context<'_>,
        collection: &'static str,
        rows: Vec<&Value>,
    ) -> Result<Answer, Refused> {
        let most = context.options.most(MOST);
        let limit = self.number("limit")?.unwrap_or(50);
        let limit = usize::try_from(limit).unwrap_or(most).clamp(1, most);
        let slug = |at: usize| rows.get(at).map(|it| text(&it["slug"]));
        let from = match self.get("next") {
            None => 0,
            Some(next) => rows
                .iter()
                .position(|it| it["slug"] == next)
                .ok_or_else(|| Refused(400, "Invalid next parameter".to_owned()))?,
        };
        let mut paging = json!({ "total_item_count": rows.len(), "page_item_limit": limit });
        if let Some(next) = slug(from + limit) {
            paging["next"] = next.into();
        }
        let page = rows.iter().skip(from).take(limit);
        let ids = page.clone().map(|it| text(&it["slug"])).collect();
        let data: Vec<_> = page.map(|it| served(it)).collect();
        let answer = Answer::ok(json!({ "data": data, "paging": paging }));
        Ok(answer
            .listing(collection, ids)
            .here(Place::Field("/paging", "next"), slug(from)))
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn is_archived(build: &Value, now: Timestamp) -> bool {
    let since = now - SignedDuration::from_hours(KEPT);
    instant(&build["triggered_at"]).is_some_and(|it| it < since)
}

/// Whether something happened after a second and before another, both not within.
fn is_between(at: &Value, after: Option<i64>, before: Option<i64>) -> bool {
    let Some(at) = instant(at).map(Timestamp::as_second) else {
        return after.is_none() && before.is_none();
    };
    after.is_none_or(|it| at > it) && before.is_none_or(|it| at < it)
}

/// An archived build: without some fields, with its artifacts.
fn shown_archived(context: &Context<'_>, build: &Value) -> Value {
    let mut shown = served(build);
    if let Value::Object(fields) = &mut shown {
        for name in [
            "triggered_at",
            "environment_prepare_finished_at",
            "is_on_hold",
            "is_processed",
            "is_status_sent",
            "log_format",
            "commit_view_url",
            "rebuildable",
            "utility",
        ] {
            fields.remove(name);
        }
    }
    let artifacts = context.world.collection("bitrise.artifacts");
    let artifacts = artifacts.of(&text(&build["slug"])).map(|it| {
        let mut shown = served(it);
        if let Value::Object(fields) = &mut shown
            && let Some(slug) = fields.remove("slug")
        {
            fields.remove("intermediate_file_info");
            fields.insert("id".to_owned(), slug);
            fields.insert("public_page_token".to_owned(), "planted-page-token".into());
            fields.insert("created_at".to_owned(), build["finished_at"].clone());
        }
        shown
    });
    shown["build_artifacts"] = artifacts.collect();
    shown
}
