//! What is asked of Confluence. Which calls these are says [`edition`].

mod edition;

use qaduct_http::error::Kind;
use qaduct_http::{Answer, Body, Call, Client, HttpError};
use serde_json::{Value as Json, json};

use super::error::PageError;
use super::region::digest;
pub use edition::Edition;

/// So many items of a list are asked for at a time.
const ITEMS: u32 = 250;
/// More items are no list.
const MOST: usize = 100_000;

/// A Confluence, by a client whose base is that of the wiki: `https://example.atlassian.net/wiki/`.
pub struct Site<'c> {
    client: &'c Client,
    edition: Edition,
}

/// A page that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// Its number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The number of its version.
    pub version: u64,
    /// Its storage XML.
    pub body: String,
}

/// A file of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What is said of it; digests of ours stand here.
    pub comment: String,
}

impl<'c> Site<'c> {
    /// A site; asks nothing yet.
    #[must_use]
    pub const fn new(client: &'c Client, edition: Edition) -> Self {
        Self { client, edition }
    }

    /// The page with this number.
    ///
    /// # Errors
    /// When there is none.
    pub fn page(&self, id: &str) -> Result<There, PageError> {
        match self.client.send(&self.edition.page(id)) {
            Ok(answer) if answer.json["status"] == "current" => Ok(page(&answer, &answer.json)?),
            Ok(_) => Err(PageError::NoPage(id.to_owned())),
            Err(error) if matches!(error.kind, Kind::Missing | Kind::Removed) => {
                Err(PageError::NoPage(id.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What names a space where a page is made there: its number, or its key.
    ///
    /// # Errors
    /// When there is none.
    pub fn space(&self, key: &str) -> Result<String, PageError> {
        let (call, name) = self.edition.space(key);
        let answer = self.client.send(&call)?;
        let mut found = list(&answer)?.iter().filter(|it| it["key"] == key);
        match found.next() {
            Some(space) => Ok(text(&answer, space, name)?),
            None => Err(PageError::NoSpace(key.to_owned())),
        }
    }

    /// The page of this title in a space: titles are unique there.
    ///
    /// # Errors
    /// When Confluence does not answer.
    pub fn titled(&self, space: &str, title: &str) -> Result<Option<There>, PageError> {
        let answer = self.client.send(&self.edition.titled(space, title))?;
        let found = list(&answer)?.iter().find(|it| it["title"] == title);
        Ok(found.map(|it| page(&answer, it)).transpose()?)
    }

    /// Creates a page.
    ///
    /// # Errors
    /// When Confluence refuses, or nobody knows whether it was done: then it is found by its
    /// title the next time.
    pub fn create(
        &self,
        space: &str,
        title: &str,
        parent: Option<&str>,
        body: &str,
    ) -> Result<There, PageError> {
        let call = self.edition.create(space, title, parent, body);
        let answer = self.client.send(&call.once());
        let answer = answer.map_err(|error| too_long(error, body))?;
        let id = text(&answer, &answer.json, "id")?;
        // Confluence has made something else of the body.
        self.page(&id)
    }

    /// Writes the next version of a page; false when it is not the one that was read any
    /// more.
    ///
    /// # Errors
    /// When Confluence refuses.
    pub fn update(&self, there: &There, title: &str, body: &str) -> Result<bool, PageError> {
        // Sent twice it is refused the second time, and then found to be done.
        let call = self.edition.update(there, title, body).accept(&[409]);
        let answer = self.client.send(&call);
        Ok(answer.map_err(|error| too_long(error, body))?.status != 409)
    }

    /// All files of a page.
    ///
    /// # Errors
    /// When not all of them can be had.
    pub fn attachments(&self, page: &str) -> Result<Vec<Attached>, PageError> {
        let mut attached = Vec::new();
        self.each(&self.edition.attachments(page), |answer, it| {
            let comment = self.edition.comment(it).as_str();
            attached.push(Attached {
                id: text(answer, it, "id")?,
                title: text(answer, it, "title")?,
                comment: comment.unwrap_or_default().to_owned(),
            });
            Ok(())
        })?;
        Ok(attached)
    }

    /// The labels of a page that everybody sees.
    ///
    /// # Errors
    /// When not all of them can be had.
    pub fn labels(&self, page: &str) -> Result<Vec<String>, PageError> {
        let mut labels = Vec::new();
        self.each(&self.edition.labels(page), |answer, it| {
            labels.push(text(answer, it, "name")?);
            Ok(())
        })?;
        Ok(labels)
    }

    /// Adds labels to a page; those that it has stay.
    ///
    /// # Errors
    /// When Confluence refuses.
    pub fn label(&self, page: &str, labels: &[&str]) -> Result<(), PageError> {
        let label = |it: &&str| json!({ "prefix": "global", "name": it });
        let labels: Json = labels.iter().map(label).collect();
        let path = format!("rest/api/content/{page}/label");
        self.client.send(&Call::post(path, labels))?;
        Ok(())
    }

    /// Goes through a list, page by page.
    fn each(
        &self,
        first: &Call,
        mut found: impl FnMut(&Answer, &Json) -> Result<(), HttpError>,
    ) -> Result<(), PageError> {
        let mut call = first.clone().with("limit", ITEMS);
        let mut count = 0;
        loop {
            let answer = self.client.send(&call)?;
            for it in list(&answer)? {
                found(&answer, it)?;
                count += 1;
            }
            let next = answer.json["_links"]["next"].as_str().map(str::to_owned);
            let Some(next) = next.or_else(|| answer.link("next")) else {
                return Ok(());
            };
            // It is relative to the host or to the wiki, whatever that stands below.
            let question = next.split_once('?').map(|it| it.1);
            let question = question.ok_or_else(|| answer.wrong("leads nowhere"))?;
            call = Call::get(format!("{}?{question}", first.path));
            if count > MOST {
                return Err(answer.wrong("has no end").into());
            }
        }
    }

    /// Brings a file to a page, as a new one or as the next version of the one that is known by
    /// its name.
    ///
    /// # Errors
    /// When Confluence refuses.
    pub fn attach(
        &self,
        page: &str,
        known: Option<&Attached>,
        name: &str,
        bytes: &[u8],
        comment: &str,
    ) -> Result<(), PageError> {
        let fields = [("comment", comment), ("minorEdit", "true")];
        let form = upload(&fields, name, bytes);
        let mut call = self.edition.attach(page, known, form);
        // Confluence takes uploads from browsers alone without it.
        call.headers
            .push(("X-Atlassian-Token", "nocheck".to_owned()));
        self.client.send(&call)?;
        Ok(())
    }
}

fn list(answer: &Answer) -> Result<&Vec<Json>, HttpError> {
    let found = answer.json["results"].as_array();
    found.ok_or_else(|| answer.wrong("has no `results`"))
}

fn text(answer: &Answer, of: &Json, key: &str) -> Result<String, HttpError> {
    let found = match &of[key] {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    found.ok_or_else(|| answer.wrong(&format!("has no `{key}`")))
}

fn page(answer: &Answer, it: &Json) -> Result<There, HttpError> {
    let version = it["version"]["number"].as_u64();
    let body = it["body"]["storage"]["value"].as_str();
    Ok(There {
        id: text(answer, it, "id")?,
        title: text(answer, it, "title")?,
        version: version.ok_or_else(|| answer.wrong("has no number of the version"))?,
        // A page without a body would be taken for an empty one, and be emptied.
        body: body.ok_or_else(|| answer.wrong("has no body"))?.to_owned(),
    })
}

/// Which refusals mean that the page is too long.
fn too_long(error: HttpError, body: &str) -> PageError {
    let said = error.message.as_deref().unwrap_or_default().to_lowercase();
    let is_long = error.trouble.ends_with("status 413")
        || ["too large", "too long", "exceed"]
            .iter()
            .any(|it| said.contains(it));
    match error.kind == Kind::Refused && is_long {
        true => PageError::TooLong {
            bytes: body.len(),
            source: error,
        },
        false => error.into(),
    }
}

/// A form with a file, as version 1 takes it.
fn upload(fields: &[(&str, &str)], name: &str, file: &[u8]) -> Body {
    // What it holds does not hold its own digest.
    let boundary = format!("qaduct-{}", digest(file));
    let mut bytes = Vec::with_capacity(file.len() + 1024);
    let mut part = |head: &str, inside: &[u8]| {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(inside);
        bytes.extend_from_slice(b"\r\n");
    };
    for (key, value) in fields {
        part(&format!("name=\"{key}\""), value.as_bytes());
    }
    let head = format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png");
    part(&head, file);
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Body::Bytes {
        content_type: format!("multipart/form-data; boundary={boundary}"),
        bytes: bytes.into(),
    }
}
