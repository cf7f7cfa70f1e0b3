//! Folders, looks, dashboards, people and schedules.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::{Ask, missing, refuse};
use crate::answer::Answer;
use crate::service::Context;
use crate::world::text;

/// Most rows of a page; Looker itself knows no such number.
const MOST: usize = 1_000_000;
/// What a search of looks may say.
const OF_LOOKS: &[&str] = &[
    "id",
    "title",
    "description",
    "content_favorite_id",
    "folder_id",
    "user_id",
    "view_count",
    "deleted",
    "query_id",
    "curate",
    "last_viewed_at",
    "fields",
    "page",
    "per_page",
    "limit",
    "offset",
    "sorts",
    "filter_or",
    "not_owned_by",
];
const OF_DASHBOARDS: &[&str] = &[
    "id",
    "slug",
    "title",
    "description",
    "content_favorite_id",
    "folder_id",
    "deleted",
    "user_id",
    "view_count",
    "content_metadata_id",
    "curate",
    "last_viewed_at",
    "fields",
    "page",
    "per_page",
    "limit",
    "offset",
    "sorts",
    "filter_or",
    "not_owned_by",
];
const OF_USERS: &[&str] = &[
    "fields", "page", "per_page", "limit", "offset", "sorts", "ids",
];
/// What looks can be sorted by; dashboards by most of it.
const SORTABLE: &[&str] = &[
    "title",
    "user_id",
    "id",
    "created_at",
    "folder_id",
    "description",
    "updated_at",
    "view_count",
    "last_updater_id",
    "favorite_count",
    "deleted",
    "deleted_at",
    "last_viewed_at",
    "query_id",
    "last_accessed_at",
];
/// What an abbreviated dashboard has.
const ABBREVIATED: &[&str] = &[
    "can",
    "content_favorite_id",
    "content_metadata_id",
    "description",
    "hidden",
    "id",
    "model",
    "query_timezone",
    "readonly",
    "refresh_interval",
    "folder",
    "title",
    "user_id",
    "slug",
];

impl Ask<'_> {
    pub(super) fn list(&self, pieces: &[&str], context: &mut Context<'_>) -> Option<Answer> {
        let is_there = |it: &&Value| it["deleted"] != true;
        let is_own = |it: &&Value| it["_lookml"] != true;
        let deleted = self.get("deleted") == Some("true");
        let asked = |it: &&Value| {
            (it["deleted"] == true) == deleted
                && self.get("folder_id").is_none_or(|id| it["folder_id"] == id)
        };
        Some(match pieces {
            ["folders"] => {
                self.known(context, &["fields"]);
                let rows = context.world.collection("looker.folders").all();
                self.all("looker.folders", rows.collect())
            }
            ["folders", id, "looks"] => {
                self.known(context, &["fields"]);
                if context.world.get("looker.folders", id).is_none() {
                    return Some(missing());
                }
                let rows = context.world.collection("looker.looks").of(id);
                self.all("looker.looks", rows.filter(is_there).collect())
            }
            ["looks", "search"] => {
                self.known(context, OF_LOOKS);
                self.sortable(context, SORTABLE);
                let rows = context.world.collection("looker.looks").all();
                self.page("looker.looks", rows.filter(asked).collect(), context)
            }
            ["dashboards"] => {
                self.known(context, &["fields"]);
                let rows = context.world.collection("looker.dashboards").all();
                let rows: Vec<_> = rows.filter(is_there).map(abbreviated).collect();
                self.all("looker.dashboards", rows.iter().collect())
            }
            ["dashboards", "search"] => {
                self.known(context, OF_DASHBOARDS);
                let sortable = SORTABLE.iter().copied();
                let sortable: Vec<_> = sortable.filter(|it| *it != "updated_at").collect();
                self.sortable(context, &sortable);
                let rows = context.world.collection("looker.dashboards").all();
                let rows = rows.filter(is_own).filter(asked).collect();
                self.page("looker.dashboards", rows, context)
            }
            ["users"] => {
                self.known(context, OF_USERS);
                let rows = context.world.collection("looker.users").all();
                self.page("looker.users", rows.collect(), context)
            }
            ["scheduled_plans"] => {
                self.known(context, &["user_id", "fields", "all_users"]);
                let rows = context.world.collection("looker.plans").all();
                let all = self.get("all_users") == Some("true");
                let rows = rows.filter(|it| all || it["user_id"] == "12");
                self.all("looker.plans", rows.collect())
            }
            ["looks", id] => self.one("looker.looks", id, context),
            ["dashboards", id] => self.one("looker.dashboards", id, context),
            _ => return None,
        })
    }

    fn one(&self, collection: &'static str, id: &str, context: &mut Context<'_>) -> Answer {
        self.known(context, &["fields"]);
        match context.world.get(collection, id) {
            Some(found) => {
                Answer::ok(self.shown(found)).listing(collection, vec![text(&found["id"])])
            }
            None => missing(),
        }
    }

    fn all(&self, collection: &'static str, rows: Vec<&Value>) -> Answer {
        let ids = rows.iter().map(|it| text(&it["id"])).collect();
        let shown: Vec<_> = rows.into_iter().map(|it| self.shown(it)).collect();
        Answer::ok(shown.into()).listing(collection, ids)
    }

    /// Rows from an offset on, in the order that is asked for.
    fn page(
        &self,
        collection: &'static str,
        mut rows: Vec<&Value>,
        context: &Context<'_>,
    ) -> Answer {
        let number = |name: &str| self.get(name).map(str::parse::<usize>).transpose();
        let (Ok(limit), Ok(offset)) = (number("limit"), number("offset")) else {
            return refuse(400, "limit and offset are numbers");
        };
        // What is not asked for is in no order that one could rely on.
        rows.sort_by_key(|it| number_of(it) % 7);
        for (name, is_descending) in self.sorts().into_iter().rev() {
            rows.sort_by(|one, other| {
                let order = compare(&one[name], &other[name]);
                if is_descending {
                    order.reverse()
                } else {
                    order
                }
            });
        }
        let most = context.options.most(MOST);
        let rows = rows.into_iter().skip(offset.unwrap_or(0));
        let rows = rows.take(limit.unwrap_or(most).min(most)).collect();
        self.all(collection, rows)
    }

    fn sorts(&self) -> Vec<(&str, bool)> {
        let sorts = self.get("sorts").unwrap_or_default().split(',');
        let sorts = sorts.map(str::trim).filter(|it| !it.is_empty());
        sorts
            .map(|it| {
                it.split_once(' ')
                    .map_or((it, false), |it| (it.0, it.1 == "desc"))
            })
            .collect()
    }

    fn sortable(&self, context: &mut Context<'_>, known: &[&str]) {
        for (name, _) in self.sorts() {
            if !known.contains(&name) {
                let what = format!("cannot be sorted by `{name}`");
                context.violation(self.request, what);
            }
        }
    }
}

fn number_of(record: &Value) -> u64 {
    text(&record["id"]).parse().unwrap_or_default()
}

fn compare(one: &Value, other: &Value) -> Ordering {
    let instant = |it: &Value| it.as_str()?.parse::<Timestamp>().ok();
    let number = |it: &Value| text(it).parse::<i64>().ok();
    let instants = instant(one).cmp(&instant(other));
    let numbers = number(one).cmp(&number(other));
    instants
        .then(numbers)
        .then_with(|| text(one).cmp(&text(other)))
}

fn abbreviated(record: &Value) -> Value {
    let mut record = record.clone();
    if let Value::Object(fields) = &mut record {
        fields.retain(|name, _| ABBREVIATED.contains(&name.as_str()));
    }
    record
}
