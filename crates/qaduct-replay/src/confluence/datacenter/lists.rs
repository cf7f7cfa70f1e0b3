//! Lists of Data Center: by the number of their first row, and `content/scan` by the last id.

use serde_json::{Value, json};

use super::super::search::page_of;
use super::super::{Ask, Refused};
use super::content::{content, found, labels, number, space, status, version};
use super::missing;
use crate::answer::{Answer, Place};
use crate::service::Context;
use crate::world::text;

/// A row: its number, its id in the world, and how it is shown.
pub(super) struct Shown {
    number: u64,
    id: String,
    value: Value,
}

impl Shown {
    fn of(record: &Value, value: Value) -> Self {
        Self {
            number: number(&record["id"]).parse().unwrap_or_default(),
            id: text(&record["id"]),
            value,
        }
    }
}

impl Ask<'_> {
    pub(super) fn spaces_here(&self, context: &mut Context<'_>) -> Result<Answer, Refused> {
        let known = [
            "spaceKey",
            "type",
            "status",
            "label",
            "favourite",
            "expand",
            "start",
            "limit",
        ];
        self.named(context, &known);
        let keys = self.all("spaceKey");
        let rows = context.world.collection("confluence.spaces").all();
        let rows = rows.filter(|it| {
            let key = text(&it["key"]);
            (keys.is_empty() || keys.contains(&key.as_str()))
                && self.wants("type", &it["type"])
                && self.wants("status", &it["status"])
        });
        let rows = rows.map(|it| Shown::of(it, self.expanded_space(context, it)));
        let rows = rows.collect();
        Ok(self.numbered(context, "confluence.spaces", (25, 1_000), rows))
    }

    pub(super) fn space_here(
        &self,
        key: &str,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        self.named(context, &["expand"]);
        let mut all = context.world.collection("confluence.spaces").all();
        let found = all.find(|it| it["key"] == key);
        let found = found.ok_or_else(|| Refused(404, format!("No space with key : {key}")))?;
        Ok(Answer::ok(self.expanded_space(context, found)))
    }

    fn expanded_space(&self, context: &Context<'_>, record: &Value) -> Value {
        let mut shown = space(context, record);
        let home = context
            .world
            .get("confluence.pages", &text(&record["homepageId"]));
        if let Some(home) = home.filter(|_| self.expands("homepage")) {
            shown["homepage"] = content(context, "page", home, &|_| false);
        }
        shown
    }

    /// All pages of a space, behind an id.
    pub(super) fn scan(&self, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.named(
            context,
            &["cursor", "spaceKey", "expand", "limit", "status", "type"],
        );
        let given = self.get("cursor").unwrap_or("content:false:null");
        let behind = match given.strip_prefix("content:false:") {
            Some("null") => 0,
            Some(id) => id
                .parse()
                .map_err(|_| Refused::wrong("The cursor is not valid"))?,
            None => return Err(Refused::wrong("The cursor is not valid")),
        };
        let rows = self.pages_of(self.get("spaceKey"), context)?;
        let mut rows: Vec<Shown> = rows.into_iter().filter(|it| it.number > behind).collect();
        let limit = self.number("limit", 25).min(self.most());
        let limit = context.options.most(limit);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|it| it.number);
        let ids = rows.iter().map(|it| it.id.clone()).collect();
        let results: Vec<Value> = rows.into_iter().map(|it| it.value).collect();
        let mut answer = json!({
            "cursor": given, "limit": limit, "size": results.len(), "results": results,
            "_links": self.links(context, None),
        });
        if let Some(next) = next {
            let next = format!("content:false:{next}");
            answer["_links"]["next"] = self.at("cursor", &next).into();
            answer["nextCursor"] = next.into();
        }
        Ok(Answer::ok(answer)
            .listing("confluence.pages", ids)
            .here(Place::Field("", "nextCursor"), given))
    }

    /// The page of a title in a space.
    pub(super) fn titled(&self, context: &mut Context<'_>) -> Result<Answer, Refused> {
        let known = [
            "type", "spaceKey", "title", "status", "expand", "start", "limit",
        ];
        self.named(context, &known);
        let rows = self.pages_of(self.get("spaceKey"), context)?;
        let title = self.get("title");
        let rows = rows
            .into_iter()
            .filter(|it| title.is_none_or(|title| it.value["title"] == title));
        let rows = rows.collect();
        Ok(self.numbered(context, "confluence.pages", (25, self.most()), rows))
    }

    /// The pages of a space, or all, by their ids.
    fn pages_of(&self, space: Option<&str>, context: &Context<'_>) -> Result<Vec<Shown>, Refused> {
        let pages = context.world.collection("confluence.pages");
        let all: Vec<&Value> = match space {
            None => pages.all().collect(),
            Some(key) => {
                let mut spaces = context.world.collection("confluence.spaces").all();
                let space = spaces.find(|it| it["key"] == key);
                let space =
                    space.ok_or_else(|| Refused(404, format!("No space with key : {key}")))?;
                pages.of(&text(&space["id"])).collect()
            }
        };
        let all = all.into_iter().filter(|it| self.is_asked(context, it));
        let shown = |it: &Value| {
            let shown = content(context, "page", it, &|name| self.expands(name));
            Shown::of(it, shown)
        };
        let mut rows: Vec<Shown> = all.map(shown).collect();
        rows.sort_by_key(|it| it.number);
        Ok(rows)
    }

    /// The versions of something, the newest first.
    pub(super) fn past(&self, id: &str, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.named(context, &["expand", "start", "limit"]);
        self.there(id, context)?;
        let rows = context.world.collection("confluence.versions").of(id);
        let rows = rows.map(|it| Shown {
            // As the list is ordered by these.
            number: u64::MAX - it["number"].as_u64().unwrap_or_default(),
            id: text(&it["_id"]),
            value: version(context, id, it),
        });
        let rows = rows.collect();
        Ok(self.numbered(context, "confluence.versions", (200, 200), rows))
    }

    pub(super) fn labels_here(
        &self,
        id: &str,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        self.named(context, &["prefix", "start", "limit"]);
        self.there(id, context)?;
        let all = labels(context, id).into_iter();
        let all = all.filter(|it| self.wants("prefix", &it["prefix"]));
        let rows = all.map(|it| Shown {
            number: number(&it["id"]).parse().unwrap_or_default(),
            id: format!("{id}.{}", text(&it["id"])),
            value: it,
        });
        let rows = rows.collect();
        Ok(self.numbered(context, "confluence.labels", (200, 200), rows))
    }

    /// The files of a page.
    pub(super) fn files_here(
        &self,
        id: &str,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        self.named(
            context,
            &["expand", "start", "limit", "filename", "mediaType"],
        );
        self.there(id, context)?;
        let rows = context.world.collection("confluence.attachments").of(id);
        let rows = rows.filter(|it| {
            it["status"] == "current"
                && self.get("filename").is_none_or(|name| it["title"] == name)
                && self
                    .get("mediaType")
                    .is_none_or(|kind| it["mediaType"] == kind)
        });
        let shown = |it: &Value| content(context, "attachment", it, &|name| self.expands(name));
        let rows = rows.map(|it| Shown::of(it, shown(it))).collect();
        Ok(self.numbered(context, "confluence.attachments", (50, self.most()), rows))
    }

    /// What a question of CQL finds, each in a result of its own.
    pub(super) fn searched(&self, context: &mut Context<'_>) -> Result<Answer, Refused> {
        let known = [
            "cql",
            "cqlcontext",
            "expand",
            "start",
            "limit",
            "excerpt",
            "includeArchivedSpaces",
        ];
        self.named(context, &known);
        let found = self.found(context)?;
        let archived = self.get("includeArchivedSpaces") == Some("true");
        let is_there = |record: &Value| {
            let space = page_of(context, record).and_then(|it| {
                let id = text(&it["spaceId"]);
                context.world.get("confluence.spaces", &id)
            });
            archived || space.is_some_and(|it| it["status"] != "archived")
        };
        let rows = found.records.into_iter().filter(|&it| is_there(it));
        let rows = rows.map(|it| {
            let inside = |name: &str| self.expands(&format!("content.{name}"));
            let shown = content(context, found.kind, it, &inside);
            let url = shown["_links"]["webui"].clone();
            Shown::of(
                it,
                json!({
                    "title": shown["title"], "content": shown, "excerpt": "", "url": url, "entityType": "content",
                    "iconCssClass": "aui-icon", "lastModified": it["version"]["createdAt"], "friendlyLastModified": "Nov 20, 2026",
                }),
            )
        });
        let rows: Vec<Shown> = rows.collect();
        let count = rows.len();
        let collection = found.collection;
        let mut answer = self.numbered(context, collection, (25, self.most()), rows);
        if let crate::answer::Body::Json(body) = &mut answer.body {
            body["totalSize"] = count.into();
            body["cqlQuery"] = self.get("cql").into();
            body["searchDuration"] = 12.into();
        }
        Ok(answer)
    }

    /// That there is such a page which may be seen.
    pub(super) fn there(&self, id: &str, context: &Context<'_>) -> Result<(), Refused> {
        let page = found(context, id).map(|it| it.2);
        let page = page.filter(|it| it["_hidden"] != true && status(it) == "current");
        page.map(|_| ()).ok_or_else(|| missing(id))
    }

    /// Most rows of a list: the more is expanded, the fewer.
    fn most(&self) -> usize {
        let all = self.all("expand");
        match all.as_slice() {
            _ if all.iter().any(|it| it.contains("body")) => 50,
            [] => 1_000,
            _ => 200,
        }
    }

    /// So many rows of a list from the one of a number on.
    fn numbered(
        &self,
        context: &Context<'_>,
        collection: &'static str,
        (usual, most): (usize, usize),
        mut rows: Vec<Shown>,
    ) -> Answer {
        rows.sort_by_key(|it| it.number);
        let start = self.number("start", 0);
        let limit = self.number("limit", usual).min(most);
        let size = context.options.most(limit);
        let next = (start + size < rows.len()).then_some(start + size);
        let rows: Vec<Shown> = rows.into_iter().skip(start).take(size).collect();
        let ids = rows.iter().map(|it| it.id.clone()).collect();
        let results: Vec<Value> = rows.into_iter().map(|it| it.value).collect();
        let (links, count) = (self.links(context, next), results.len());
        let answer = json!({ "results": results, "start": start, "limit": size, "size": count, "_links": links });
        Answer::ok(answer).listing(collection, ids)
    }

    fn links(&self, context: &Context<'_>, next: Option<usize>) -> Value {
        let site = &context.base;
        let mut links = json!({
            "base": site, "context": format!("/{}", context.name), "self": format!("{site}{}", self.request.path),
        });
        if let Some(next) = next {
            links["next"] = self.at("start", &next.to_string()).into();
        }
        links
    }

    /// This question at another place of its list, below the context path.
    fn at(&self, name: &str, value: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.parameters.iter().filter(|(it, _)| it != name));
        query.append_pair(name, value);
        format!("{}?{}", self.request.path, query.finish())
    }
}
