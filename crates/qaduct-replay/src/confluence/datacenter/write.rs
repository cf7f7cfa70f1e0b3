//! What is written to Data Center: pages, files and the trash.

use serde_json::{Value, json};

use super::super::attachments::To;
use super::super::pages::{malformed, storage, title};
use super::super::{Ask, CALLER, Refused};
use super::content::{content, found};
use super::missing;
use crate::answer::Answer;
use crate::service::Context;
use crate::wiki::{By, instant};
use crate::world::generated::confluence::purge;
use crate::world::text;

impl Ask<'_> {
    pub(super) fn create_here(&self, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.named(context, &["expand", "status"]);
        self.not_too_large()?;
        let known = ["type", "title", "space", "ancestors", "body", "status"];
        let body = self.body(context, &known)?;
        if body["type"] != "page" {
            return Err(Refused::wrong("the type of new content is not served"));
        }
        let key = text(&body["space"]["key"]);
        let spaces = context.world.collection("confluence.spaces");
        let space = spaces.all().find(|it| it["key"] == key.as_str()).cloned();
        let space = space.ok_or_else(|| Refused(404, format!("No space with key : {key}")))?;
        let title = title(&body)?;
        self.not_there_yet(context, title, &text(&space["id"]), "")?;
        // Without one it stands beside the home of the space.
        let parent = body["ancestors"].as_array().and_then(|it| it.last());
        let parent = parent.map(|it| text(&it["id"]));
        if let Some(parent) = &parent {
            self.there(parent, context)?;
        }
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
            "parentType": parent.as_ref().map(|_| "page"), "position": 1, "authorId": CALLER, "ownerId": CALLER,
            "lastOwnerId": null, "createdAt": instant(context.now), "version": by.version(1), "_body": stored,
            "_links": {
                "webui": format!("/spaces/{key}/pages/{id}"),
                "editui": format!("/pages/resumedraft.action?draftId={id}"), "tinyui": format!("/x/{id}"),
            },
        });
        context.world.put("confluence.pages", page);
        context.world.keep_version(&id);
        Ok(self.written_here(&id, context))
    }

    pub(super) fn update_here(
        &self,
        id: &str,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        self.named(
            context,
            &["status", "conflictPolicy", "asyncReconciliation"],
        );
        self.not_too_large()?;
        let known = [
            "id",
            "type",
            "status",
            "title",
            "space",
            "ancestors",
            "body",
            "version",
            "position",
        ];
        let body = self.body(context, &known)?;
        let page = found(context, id).map(|it| it.2.clone());
        let page = page.filter(|it| it["_hidden"] != true);
        let page = page.ok_or_else(|| missing(id))?;
        if body["type"] != "page" {
            return Err(Refused::wrong("Content type must be specified: 'type'"));
        }
        let now = page["version"]["number"].as_u64().unwrap_or_default();
        if body["version"]["number"].as_u64() != Some(now + 1) {
            return Err(Refused(
                409,
                format!("Version must be incremented on update. Current version is: {now}"),
            ));
        }
        let title = title(&body)?;
        self.not_there_yet(context, title, &text(&page["spaceId"]), id)?;
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
        Ok(self.written_here(id, context))
    }

    /// A page that was written, without its body.
    fn written_here(&self, id: &str, context: &Context<'_>) -> Answer {
        let page = context.world.get("confluence.pages", id);
        let usual = [
            "space",
            "history",
            "version",
            "ancestors",
            "container",
            "body.storage",
        ];
        let shown = |it: &Value| content(context, "page", it, &|name| usual.contains(&name));
        Answer::ok(page.map_or(Value::Null, shown))
    }

    /// Into the trash, and out of it for good.
    pub(super) fn delete_here(
        &self,
        id: &str,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        self.named(context, &["status"]);
        let page = found(context, id).map(|it| it.2["status"] == "trashed");
        let is_in_trash = page.ok_or_else(|| missing(id))?;
        match (self.get("status") == Some("trashed"), is_in_trash) {
            (true, true) => purge(context.world, id),
            (false, false) => context
                .world
                .change("confluence.pages", id, |it| it["status"] = "trashed".into()),
            _ => return Err(missing(id)),
        }
        Ok(Answer::text(204, "", ""))
    }

    /// New files of a page, or the next version of one.
    pub(super) fn attach_here(
        &self,
        id: &str,
        file: Option<&str>,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        self.named(context, &["expand", "status", "allowDuplicated"]);
        self.there(id, context)?;
        let known = match file {
            None => None,
            Some(file) => {
                let known = found(context, file).filter(|it| it.2["pageId"] == id);
                Some(
                    known
                        .map(|it| text(&it.2["title"]))
                        .ok_or_else(|| missing(file))?,
                )
            }
        };
        let to = known.as_deref().map_or(To::New, To::This);
        let ids = self.received(id, to, context)?;
        let shown = |it: &String| {
            let file = context.world.get("confluence.attachments", it)?;
            Some(content(context, "attachment", file, &|name| {
                name == "version"
            }))
        };
        let mut done: Vec<Value> = ids.iter().filter_map(shown).collect();
        Ok(Answer::ok(match file {
            Some(_) => done.pop().unwrap_or_default(),
            None => {
                json!({ "results": done, "size": done.len(), "start": 0, "limit": 200, "_links": {} })
            }
        }))
    }
}
