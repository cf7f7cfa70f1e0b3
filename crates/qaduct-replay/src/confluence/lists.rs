//! Lists of spaces, versions, labels and comments.

use serde_json::{Value, json};

use super::{Ask, Refused, Row};
use crate::answer::Answer;
use crate::service::Context;

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
