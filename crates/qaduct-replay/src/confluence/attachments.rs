//! Attachments: lists of version 2; files come with version 1.

use serde_json::{Value, json};

use super::{Ask, CALLER, Refused, Row, multipart};
use crate::answer::Answer;
use crate::service::Context;
use crate::wiki::{By, File};
use crate::world::text;

impl Ask<'_> {
    /// Attachments of a page or of all.
    pub(super) fn attachments(
        &self,
        page: Option<&str>,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        self.known(
            context,
            &["sort", "cursor", "status", "mediaType", "filename", "limit"],
        )?;
        let attachments = context.world.collection("confluence.attachments");
        let all = match page {
            Some(page) => attachments.of(page).collect::<Vec<_>>(),
            None => attachments.all().collect(),
        };
        let rows = all.into_iter().filter(|it| {
            let page = context.world.get("confluence.pages", &text(&it["pageId"]));
            // Those of a page that is in the trash are there with it.
            let there =
                page.is_some_and(|it| it["status"] != "trashed") || !self.all("status").is_empty();
            it["_hidden"] != true
                && there
                && self.is_of_status(it, &["current", "archived"])
                && self.get("filename").is_none_or(|name| it["title"] == name)
                && self
                    .get("mediaType")
                    .is_none_or(|kind| it["mediaType"] == kind)
        });
        let rows = rows.map(|it| Row::of(self, it, "id")).collect();
        self.page(context, "confluence.attachments", 50, rows)
    }

    /// Version 1: the files of a page, and new ones.
    pub(super) fn attach(&self, page: &str, context: &mut Context<'_>) -> Result<Answer, Refused> {
        let found = context.world.get("confluence.pages", page);
        if found.is_none_or(|it| it["_hidden"] == true) {
            return Err(Refused(
                404,
                format!("No container content found with id : ContentId{{id={page}}}"),
            ));
        }
        let known = [
            "expand",
            "start",
            "limit",
            "filename",
            "mediaType",
            "status",
        ];
        self.named(context, &known);
        match self.request.method.as_str() {
            "GET" => Ok(self.files(page, context)),
            "PUT" => self.upload(page, true, context),
            "POST" => self.upload(page, false, context),
            _ => Ok(self.nowhere(context)),
        }
    }

    fn files(&self, page: &str, context: &Context<'_>) -> Answer {
        let number = |name: &str, usual: usize| {
            self.get(name)
                .and_then(|it| it.parse().ok())
                .unwrap_or(usual)
        };
        let (start, limit) = (
            number("start", 0),
            context.options.most(number("limit", 50).min(200)),
        );
        let rows = context.world.collection("confluence.attachments").of(page);
        let rows = rows.filter(|it| {
            it["status"] == "current"
                && self.get("filename").is_none_or(|name| it["title"] == name)
                && self
                    .get("mediaType")
                    .is_none_or(|kind| it["mediaType"] == kind)
        });
        let rows: Vec<&Value> = rows.collect();
        let shown = rows.iter().skip(start).take(limit);
        let ids = shown.clone().map(|it| text(&it["id"])).collect();
        let shown: Vec<Value> = shown.map(|it| old(it)).collect();
        // What comes next stands below the context, not at the root of the site.
        let path = format!("/rest/api/content/{page}/child/attachment");
        let mut links = json!({ "base": format!("{}/wiki", context.base), "context": "/wiki", "self": format!("{}/wiki{path}", context.base) });
        if start + limit < rows.len() {
            links["next"] = format!("{path}?limit={limit}&start={}", start + limit).into();
        }
        Answer::ok(json!({ "results": shown, "start": start, "limit": limit, "size": shown.len(), "_links": links }))
            .listing("confluence.attachments", ids)
    }

    fn upload(
        &self,
        page: &str,
        replace: bool,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        let to = match replace {
            true => To::NewOrKnown,
            false => To::New,
        };
        let ids = self.received(page, to, context)?;
        let files = ids
            .iter()
            .filter_map(|id| context.world.get("confluence.attachments", id));
        let done: Vec<Value> = files.map(old).collect();
        Ok(Answer::ok(json!({ "results": done, "size": done.len() })))
    }

    /// Takes the files of a form, and gives their ids.
    pub(super) fn received(
        &self,
        page: &str,
        to: To<'_>,
        context: &mut Context<'_>,
    ) -> Result<Vec<String>, Refused> {
        let token = self.request.header("x-atlassian-token").unwrap_or_default();
        if !["nocheck", "no-check"].contains(&token) {
            return Err(Refused(403, "XSRF check failed".to_owned()));
        }
        let kind = self.request.header("content-type").unwrap_or_default();
        let Some(parts) = multipart::parts(kind, &self.request.body) else {
            return Err(Refused(
                415,
                "Unsupported Media Type: the body is no multipart/form-data".to_owned(),
            ));
        };
        let names = parts.iter().map(|it| &it.name);
        context.known(self.request, names, &["file", "comment", "minorEdit"]);
        let comment = parts.iter().find(|it| it.name == "comment");
        let comment = comment
            .map(|it| String::from_utf8(it.bytes.clone()))
            .transpose();
        let comment = comment.map_err(|_| Refused::wrong("The comment is no UTF-8"))?;
        let mut files = parts
            .iter()
            .filter(|it| it.name == "file" && it.file.is_some())
            .peekable();
        if files.peek().is_none() {
            return Err(Refused::wrong(
                "At least one file is required: the field `file` is missing",
            ));
        }
        let mut done = Vec::new();
        for part in files {
            let name = match to {
                To::This(name) => name,
                _ => part.file.as_deref().unwrap_or_default(),
            };
            let before = context
                .world
                .attachment(page, name)
                .map(|it| text(&it["comment"]));
            if before.is_some() && matches!(to, To::New) {
                return Err(Refused::wrong(format!(
                    "Cannot add a new attachment with same file name as an existing attachment: {name}"
                )));
            }
            let by = By {
                author: CALLER,
                at: context.now,
                message: comment.as_deref().unwrap_or_default(),
            };
            let file = File {
                name,
                kind: part.kind.as_deref().unwrap_or("application/octet-stream"),
                bytes: &part.bytes,
                comment: comment.as_deref().or(before.as_deref()).unwrap_or_default(),
            };
            done.push(context.world.write_attachment(page, by, file));
        }
        Ok(done)
    }
}

/// What becomes of a file that is sent.
#[derive(Clone, Copy)]
pub(super) enum To<'a> {
    /// A new one; one of that name is refused.
    New,
    /// A new one, or the next version of the one of that name.
    NewOrKnown,
    /// The next version of this one.
    This(&'a str),
}

/// An attachment as version 1 shows it.
fn old(record: &Value) -> Value {
    let version = &record["version"];
    json!({
        "id": record["id"], "type": "attachment", "status": record["status"], "title": record["title"],
        "version": {
            "by": { "type": "known", "accountId": version["authorId"] }, "when": version["createdAt"], "number": version["number"],
            "message": version["message"], "minorEdit": version["minorEdit"],
        },
        "metadata": { "comment": record["comment"], "mediaType": record["mediaType"] },
        "extensions": {
            "mediaType": record["mediaType"], "fileSize": record["fileSize"], "comment": record["comment"], "fileId": record["fileId"],
            "mediaTypeDescription": record["mediaTypeDescription"],
        },
        "_links": { "webui": record["webuiLink"], "download": record["downloadLink"] },
    })
}
