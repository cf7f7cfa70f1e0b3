//! Lists of spaces, versions, labels and comments.

use serde_json::{Value, json};

use super::{Ask, Refused, Row};
use crate::answer::Answer;
use crate::service::Context;
use crate::world::text;

impl Ask<'_> {
    pub(super) fn spaces(&self, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.known(
            context,
            &[
                "ids",
                "keys",
                "type",
                "status",
                "labels",
                "favorited-by",
                "not-favorited-by",
                "sort",
                "description-format",
                "include-icon",
                "cursor",
                "limit",
            ],
        )?;
        let rows = context.world.collection("confluence.spaces").all();
        let rows = rows.filter(|it| {
            let asked = [
                ("ids", "id"),
                ("keys", "key"),
                ("type", "type"),
                ("status", "status"),
            ];
            asked
                .iter()
                .all(|(name, field)| self.wants(name, &it[*field]))
        });
        let rows = rows.map(|it| Row::of(self, it, "id")).collect();
        self.page(context, "confluence.spaces", 25, rows)
    }

    pub(super) fn versions(
        &self,
        page: &str,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        self.known(context, &["body-format", "cursor", "limit", "sort"])?;
        let rows = context.world.collection("confluence.versions").of(page);
        let rows = rows.map(|it| {
            let mut row = Row::of(self, it, "_id");
            row.key = String::new();
            row.number = it["number"].as_u64().unwrap_or_default();
            row.shown["page"] = json!({ "id": page, "title": it["_title"] });
            row
        });
        let mut rows: Vec<Row> = rows.collect();
        // Without an order, the newest comes first.
        if self.get("sort").is_none() {
            rows.iter_mut()
                .for_each(|it| it.number = u64::MAX - it.number);
        }
        self.page(context, "confluence.versions", 25, rows)
    }

    pub(super) fn labels(&self, page: &str, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.known(context, &["prefix", "sort", "cursor", "limit"])?;
        let rows = context.world.collection("confluence.labels").of(page);
        let rows = rows.filter(|it| self.wants("prefix", &it["prefix"]));
        let rows = rows.map(|it| Row::of(self, it, "_id")).collect();
        self.page(context, "confluence.labels", 25, rows)
    }

    /// Version 1: adds labels to a page, which keeps those that it has.
    pub(super) fn label(&self, page: &str, context: &mut Context<'_>) -> Result<Answer, Refused> {
        if self.request.method != "POST" {
            return Ok(self.nowhere(context));
        }
        self.named(context, &[]);
        if context.world.get("confluence.pages", page).is_none() {
            return Err(Refused::missing());
        }
        let body = self.request.json().map_err(Refused::wrong)?;
        let Some(labels) = body.as_array().filter(|it| !it.is_empty()) else {
            return Err(Refused::wrong("the body is no list of labels"));
        };
        for label in labels {
            let fields = label.as_object().into_iter().flat_map(|it| it.keys());
            context.known(self.request, fields, &["prefix", "name"]);
            let name = label["name"].as_str().unwrap_or_default();
            let is_unfit = |it: char| it.is_whitespace() || ":;,.?&[]()#^*@!".contains(it);
            if name.is_empty() || name.contains(is_unfit) || label["prefix"] != "global" {
                return Err(Refused::wrong(format!("The label '{name}' is not valid")));
            }
            let name = name.to_lowercase();
            let world = &mut *context.world;
            let same = |it: &&Value| it["name"] == name.as_str();
            if world
                .collection("confluence.labels")
                .of(page)
                .any(|it| same(&it))
            {
                continue;
            }
            let known = world.collection("confluence.labels").all().find(same);
            let id = known.map(|it| text(&it["id"]));
            let all = world.collection("confluence.labels").all();
            let ids = all.filter_map(|it| text(&it["id"]).parse::<u64>().ok());
            let next = ids.max().unwrap_or(7_000_000) + 1;
            let id = id.unwrap_or_else(|| next.to_string());
            world.put(
                "confluence.labels",
                json!({ "_id": format!("{page}.{id}"), "_page": page, "id": id, "name": name, "prefix": "global" }),
            );
        }
        let all = context.world.collection("confluence.labels").of(page);
        let all = all.map(|it| {
            let name = &it["name"];
            json!({ "prefix": "global", "name": name, "id": it["id"], "label": name })
        });
        let all: Vec<Value> = all.collect();
        let size = all.len();
        Ok(Answer::ok(
            json!({ "results": all, "start": 0, "limit": 200, "size": size, "_links": {} }),
        ))
    }

    pub(super) fn comments(
        &self,
        page: Option<&str>,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        let mut known = vec!["body-format", "sort", "cursor", "limit"];
        known.extend(page.map(|_| "status"));
        self.known(context, &known)?;
        let comments = context.world.collection("confluence.comments");
        let all = match page {
            Some(page) => comments.of(page).collect::<Vec<_>>(),
            None => comments.all().collect(),
        };
        // Those of a page that is in the trash are not shown.
        let shown = all.into_iter().filter(|it| {
            let page = context.world.get(
                "confluence.pages",
                it["pageId"].as_str().unwrap_or_default(),
            );
            it["_hidden"] != true && page.is_some_and(|it| it["status"] != "trashed")
        });
        let rows = shown.map(|it| {
            let mut row = Row::of(self, it, "id");
            self.add_body(&mut row.shown, &it["_body"]);
            row
        });
        let rows = rows.collect();
        self.page(context, "confluence.comments", 25, rows)
    }

    /// Shows a body in the form that is asked for.
    pub(super) fn add_body(&self, shown: &mut Value, body: &Value) {
        shown["body"] = match self.get("body-format") {
            Some(format) => json!({ format: { "representation": format, "value": body } }),
            None => json!({}),
        };
    }
}
