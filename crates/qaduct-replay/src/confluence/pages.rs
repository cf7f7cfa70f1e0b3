//! Pages: lists of them, one with its body, and how they are made, written and deleted.

use serde_json::{Value, json};

use super::{Ask, CALLER, Refused, Row, served};
use crate::answer::Answer;
use crate::service::Context;
use crate::wiki::{By, instant};
use crate::world::generated::confluence::purge;
use crate::world::text;

/// Bytes of a request that are too many.
const LARGE: usize = 5 << 20;

impl Ask<'_> {
    /// Pages of a space or of all.
    pub(super) fn pages(
        &self,
        space: Option<&str>,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        let mut known = vec!["sort", "status", "title", "body-format", "cursor", "limit"];
        known.extend(if space.is_some() {
            &["depth"][..]
        } else {
            &["id", "space-id"]
        });
        self.known(context, &known)?;
        if let Some(space) = space
            && context.world.get("confluence.spaces", space).is_none()
        {
            return Err(Refused::missing());
        }
        let pages = context.world.collection("confluence.pages");
        let all = match space {
            Some(space) => pages.of(space).collect::<Vec<_>>(),
            None => pages.all().collect(),
        };
        let rows = all.into_iter().filter(|it| {
            it["_hidden"] != true
                && self.is_of_status(it, &["current", "archived"])
                && self.get("title").is_none_or(|title| it["title"] == title)
                && self.wants("id", &it["id"])
                && self.wants("space-id", &it["spaceId"])
                && (self.get("depth") != Some("root") || it["parentId"].is_null())
        });
        let rows = rows.map(|it| {
            let mut row = Row::of(self, it, "id");
            self.add_body(&mut row.shown, &it["_body"]);
            row
        });
        let rows = rows.collect();
        self.page(context, "confluence.pages", 25, rows)
    }

    /// Whether the status of a record is asked for, or one of the usual where none is.
    pub(super) fn is_of_status(&self, record: &Value, usual: &[&str]) -> bool {
        let asked = self.all("status");
        let asked = if asked.is_empty() { usual } else { &asked };
        asked.iter().any(|it| record["status"] == *it)
    }

    pub(super) fn page_of(&self, id: &str, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.known(
            context,
            &[
                "body-format",
                "get-draft",
                "status",
                "version",
                "include-labels",
                "include-properties",
                "include-operations",
                "include-likes",
                "include-versions",
                "include-version",
                "include-favorited-by-current-user-status",
                "include-webresources",
            ],
        )?;
        let page = context.world.get("confluence.pages", id);
        let page = page.filter(|it| self.is_of_status(it, &["current", "archived"]));
        let mut page = page.cloned().ok_or_else(Refused::missing)?;
        if let Some(number) = self.get("version") {
            let version = context
                .world
                .get("confluence.versions", &format!("{id}.{number}"));
            let version = version.ok_or_else(Refused::missing)?;
            (page["title"], page["_body"]) = (version["_title"].clone(), version["_body"].clone());
            page["version"] = served(version);
        }
        if self.get("include-labels") == Some("true") {
            let labels = context.world.collection("confluence.labels").of(id);
            page["labels"] = json!({ "results": labels.map(served).collect::<Vec<_>>(), "meta": { "hasMore": false } });
        }
        if self.get("include-properties") == Some("true") {
            let all = context.world.collection("confluence.properties").of(id);
            page["properties"] = json!({ "results": all.map(served).collect::<Vec<_>>(), "meta": { "hasMore": false } });
        }
        Ok(self.shown(context, &page))
    }

    /// A page as an answer.
    fn shown(&self, context: &Context<'_>, page: &Value) -> Answer {
        let mut shown = served(page);
        self.add_body(&mut shown, &page["_body"]);
        shown["_links"]["base"] = format!("{}/wiki", context.base).into();
        Answer::ok(shown).listing("confluence.pages", vec![text(&page["id"])])
    }

    pub(super) fn create(&self, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.known(context, &["embedded", "private", "root-level"])?;
        self.not_too_large()?;
        let body = self.body(
            context,
            &["spaceId", "status", "title", "parentId", "body", "subtype"],
        )?;
        let space = text(&body["spaceId"]);
        let space = context
            .world
            .get("confluence.spaces", &space)
            .ok_or_else(Refused::missing)?
            .clone();
        let title = title(&body)?;
        let parent = match &body["parentId"] {
            Value::Null => space["homepageId"].clone(),
            given => given.clone(),
        };
        if context
            .world
            .get("confluence.pages", &text(&parent))
            .is_none()
        {
            return Err(Refused::missing());
        }
        self.not_there_yet(context, title, &text(&space["id"]), "")?;
        let id = context.world.next_content().to_string();
        let stored = context
            .world
            .saved(&id, storage(&body)?)
            .map_err(malformed)?;
        let by = By {
            author: CALLER,
            at: context.now,
            message: "",
        };
        let page = json!({
            "id": id, "status": "current", "title": title, "spaceId": space["id"], "parentId": parent,
            "parentType": "page", "position": 1, "authorId": CALLER, "ownerId": CALLER, "lastOwnerId": null,
            "createdAt": instant(context.now), "version": by.version(1), "_body": stored,
            "_links": {
                "webui": format!("/spaces/{}/pages/{id}", text(&space["key"])),
                "editui": format!("/pages/resumedraft.action?draftId={id}"), "tinyui": format!("/x/{id}"),
            },
        });
        context.world.put("confluence.pages", page.clone());
        context.world.keep_version(&id);
        Ok(self.written(context, &page))
    }

    pub(super) fn update(&self, id: &str, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.known(context, &[])?;
        self.not_too_large()?;
        let known = [
            "id", "status", "title", "spaceId", "parentId", "ownerId", "body", "version",
        ];
        let body = self.body(context, &known)?;
        for field in ["id", "status", "title", "body", "version"] {
            if body[field].is_null() {
                return Err(Refused::wrong(format!("'{field}' must not be null")));
            }
        }
        if text(&body["id"]) != id {
            return Err(Refused::wrong("The id in the path and in the body differ"));
        }
        let page = context
            .world
            .get("confluence.pages", id)
            .cloned()
            .ok_or_else(Refused::missing)?;
        let now = page["version"]["number"].as_u64().unwrap_or_default();
        if body["version"]["number"].as_u64() != Some(now + 1) {
            let given = text(&body["version"]["number"]);
            return Err(Refused(
                409,
                format!(
                    "Version must be incremented on update. Current Version: [{now}]. Provided version: [{given}]"
                ),
            ));
        }
        let title = title(&body)?;
        self.not_there_yet(context, title, &text(&page["spaceId"]), id)?;
        // Who takes a page out of the trash changes nothing but its status.
        if page["status"] == "trashed" {
            context
                .world
                .change("confluence.pages", id, |it| it["status"] = "current".into());
        } else {
            let message = text(&body["version"]["message"]);
            let by = By {
                author: CALLER,
                at: context.now,
                message: &message,
            };
            let written = context
                .world
                .write_page(id, by, Some(title), storage(&body)?);
            written.map_err(malformed)?;
        }
        let page = context
            .world
            .get("confluence.pages", id)
            .cloned()
            .unwrap_or_default();
        Ok(self.written(context, &page))
    }

    /// A page that was written, with the body that it has now.
    fn written(&self, context: &Context<'_>, page: &Value) -> Answer {
        let mut answer = self.shown(context, page);
        if let crate::answer::Body::Json(shown) = &mut answer.body {
            shown["body"] =
                json!({ "storage": { "representation": "storage", "value": page["_body"] } });
        }
        answer.listed = None;
        answer
    }

    /// Into the trash, and out of it for good.
    pub(super) fn delete(&self, id: &str, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.known(context, &["purge", "draft"])?;
        let is_in_trash = context
            .world
            .get("confluence.pages", id)
            .is_some_and(|it| it["status"] == "trashed");
        match (self.get("purge") == Some("true"), is_in_trash) {
            (true, true) => purge(context.world, id),
            (true, false) => return Err(Refused::wrong("Only what is in the trash can be purged")),
            (false, _) => context
                .world
                .change("confluence.pages", id, |it| it["status"] = "trashed".into()),
        }
        Ok(Answer::text(204, "", ""))
    }

    pub(super) fn not_too_large(&self) -> Result<(), Refused> {
        match self.request.body.len() > LARGE {
            true => Err(Refused(413, "The request is larger than 5 MB".to_owned())),
            false => Ok(()),
        }
    }

    /// Refuses a title that another page of the space has.
    pub(super) fn not_there_yet(
        &self,
        context: &Context<'_>,
        title: &str,
        space: &str,
        page: &str,
    ) -> Result<(), Refused> {
        let mut others = context.world.collection("confluence.pages").of(space);
        let same =
            |it: &Value| it["status"] != "trashed" && it["title"] == title && it["id"] != page;
        match others.any(same) {
            true => Err(Refused::wrong(
                "A page with this title already exists: A page already exists with the same TITLE in this space",
            )),
            false => Ok(()),
        }
    }
}

pub(super) fn title(body: &Value) -> Result<&str, Refused> {
    let title = body["title"].as_str().filter(|it| !it.is_empty());
    let title = title.ok_or_else(|| Refused::wrong("Title is required"))?;
    match title.chars().count() > 255 {
        true => Err(Refused::wrong("Title cannot be longer than 255 characters")),
        false => Ok(title),
    }
}

/// The body that a request brings, in storage format.
pub(super) fn storage(body: &Value) -> Result<&str, Refused> {
    let body = &body["body"];
    let given = if body["storage"].is_null() {
        body
    } else {
        &body["storage"]
    };
    match (given["representation"].as_str(), given["value"].as_str()) {
        (Some("storage"), Some(value)) => Ok(value),
        (Some(other), _) => Err(Refused::wrong(format!(
            "the representation '{other}' is not served"
        ))),
        _ => Err(Refused::wrong("a body needs a representation and a value")),
    }
}

pub(super) fn malformed(why: String) -> Refused {
    Refused::wrong(format!(
        "Content body cannot be converted to new editor format: Error parsing xhtml: {why}"
    ))
}
