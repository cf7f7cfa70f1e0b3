//! Pages of Confluence and their attachments: how each change makes a new version, whether a
//! program asks for it or a person makes it.

pub(crate) mod storage;

use base64::Engine as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::World;
use crate::world::text;

/// The person who changes what no program does.
pub(crate) const PERSON: &str = "712020:5f1d2c3b-4a59-4687-9c0d-1e2f3a4b5c6d";

/// Who makes a version, when, and what is said about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By<'a> {
    pub(crate) author: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) message: &'a str,
}

impl By<'_> {
    fn person(at: Timestamp) -> Self {
        Self {
            author: PERSON,
            at,
            message: "",
        }
    }

    pub(crate) fn version(self, number: u64) -> Value {
        json!({
            "number": number, "message": self.message, "minorEdit": false, "authorId": self.author,
            "createdAt": instant(self.at),
        })
    }
}

/// A file that is attached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) comment: &'a str,
}

/// `2026-01-31T10:00:00.000Z`.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

impl World {
    /// A person writes into a page of Confluence: from the body that it has to the one that it
    /// gets, with a new version by another author. Nothing happens where there is no such page.
    ///
    /// # Panics
    /// When the body is no well-formed storage format.
    pub fn edit_page(&mut self, page: &str, how: impl FnOnce(&str) -> String) {
        let Some(body) = self
            .get("confluence.pages", page)
            .map(|it| text(&it["_body"]))
        else {
            return;
        };
        let by = By::person(self.now());
        if let Err(why) = self.write_page(page, by, None, &how(&body)) {
            panic!("the body is no storage format: {why}");
        }
    }

    /// A person attaches a file to a page of Confluence, or a new version of one.
    pub fn attach(&mut self, page: &str, name: &str, bytes: &[u8]) {
        let file = File {
            name,
            kind: "application/octet-stream",
            bytes,
            comment: "",
        };
        self.write_attachment(page, By::person(self.now()), file);
    }

    /// The body of a page of Confluence, as it is stored.
    #[must_use]
    pub fn page_body(&self, page: &str) -> Option<String> {
        self.get("confluence.pages", page)
            .map(|it| text(&it["_body"]))
    }

    /// The bytes of a file that is attached to a page of Confluence.
    #[must_use]
    pub fn attached(&self, page: &str, name: &str) -> Option<Vec<u8>> {
        let data = text(&self.attachment(page, name)?["_data"]);
        base64::engine::general_purpose::STANDARD.decode(data).ok()
    }

    /// A file of a page that is there, by its name.
    pub(crate) fn attachment(&self, page: &str, name: &str) -> Option<&Value> {
        let mut files = self.collection("confluence.attachments").of(page);
        files.find(|it| it["title"] == name && it["status"] == "current")
    }

    /// A new version of a page; an error where the body is no well-formed XML.
    pub(crate) fn write_page(
        &mut self,
        page: &str,
        by: By<'_>,
        title: Option<&str>,
        body: &str,
    ) -> Result<(), String> {
        let body = self.saved(page, body)?;
        self.change("confluence.pages", page, |it| {
            let number = it["version"]["number"].as_u64().unwrap_or_default() + 1;
            it["version"] = by.version(number);
            it["_body"] = body.into();
            if let Some(title) = title {
                it["title"] = title.into();
            }
        });
        self.keep_version(page);
        Ok(())
    }

    /// What becomes of a body that is saved in a page.
    pub(crate) fn saved(&self, page: &str, body: &str) -> Result<String, String> {
        storage::saved(body, page, |name| {
            self.attachment(page, name)?["version"]["number"].as_u64()
        })
    }

    /// Keeps the version that a page has now among its versions.
    pub(crate) fn keep_version(&mut self, page: &str) {
        let Some(now) = self.get("confluence.pages", page) else {
            return;
        };
        let mut version = now["version"].clone();
        version["_id"] = format!("{page}.{}", version["number"]).into();
        version["_page"] = page.into();
        version["_title"] = now["title"].clone();
        version["_body"] = now["_body"].clone();
        version["_hidden"] = now["_hidden"].clone();
        self.put("confluence.versions", version);
    }

    /// Attaches a file, or a new version of it; its id.
    pub(crate) fn write_attachment(&mut self, page: &str, by: By<'_>, file: File<'_>) -> String {
        let before = self.attachment(page, file.name).cloned();
        let id = match &before {
            Some(before) => text(&before["id"]),
            None => format!("att{}", self.next_content()),
        };
        let number = before
            .as_ref()
            .map_or(0, |it| it["version"]["number"].as_u64().unwrap_or_default());
        let digest: String = Sha256::digest(file.bytes)
            .iter()
            .map(|it| format!("{it:02x}"))
            .collect();
        let created = before.map_or_else(|| instant(by.at).into(), |it| it["createdAt"].clone());
        let download = format!(
            "/download/attachments/{page}/{}?version={}",
            file.name,
            number + 1
        );
        let webui = format!("/pages/viewpageattachments.action?pageId={page}&preview=%2F{page}");
        let hidden = self
            .get("confluence.pages", page)
            .map(|it| it["_hidden"].clone());
        self.put(
            "confluence.attachments",
            json!({
                "id": id, "status": "current", "title": file.name, "createdAt": created, "pageId": page,
                "mediaType": file.kind, "mediaTypeDescription": "File", "comment": file.comment,
                "fileId": format!("{}-file", id), "fileSize": file.bytes.len(), "webuiLink": webui,
                "downloadLink": download, "version": by.version(number + 1),
                "_links": { "webui": webui, "download": download }, "_sha256": digest, "_hidden": hidden,
                "_data": base64::engine::general_purpose::STANDARD.encode(file.bytes),
            }),
        );
        id
    }

    /// A number that no page, attachment, comment or property has.
    pub(crate) fn next_content(&self) -> u64 {
        let all =
            ["pages", "attachments", "comments", "properties"].map(|it| format!("confluence.{it}"));
        let numbers = all.iter().flat_map(|it| self.ids(it));
        let numbers = numbers.filter_map(|it| it.trim_start_matches("att").parse::<u64>().ok());
        numbers.max().unwrap_or(1_436_811_680) + 1
    }
}

/// A person writes a line at the end of a page.
pub(crate) fn edited(world: &mut World, page: &str) {
    let Some(body) = world.page_body(page) else {
        return;
    };
    let line = format!("<p>A line of a person, {}.</p>", instant(world.now()));
    let by = By::person(world.now());
    // What a person edits is what was saved before.
    drop(world.write_page(page, by, None, &(body + &line)));
}

/// A person replaces a file by the same one.
pub(crate) fn replaced(world: &mut World, attachment: &str) {
    let at = world.now();
    world.change("confluence.attachments", attachment, |it| {
        let number = it["version"]["number"].as_u64().unwrap_or_default() + 1;
        it["version"] = By::person(at).version(number);
    });
}
