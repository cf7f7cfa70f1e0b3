//! What differs between Confluence Cloud and Confluence Data Center for who writes pages: the
//! calls. What they answer is read alike.

use qaduct_http::{Body, Call};
use serde_json::{Value as Json, json};

use super::{Attached, There};

/// An edition of Confluence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// Hosted by Atlassian: pages by version 2 of its interface, files and labels by version 1.
    Cloud,
    /// Hosted by others: the one interface that it has.
    DataCenter,
}

impl Edition {
    /// A page with its body.
    pub(super) fn page(self, id: &str) -> Call {
        match self {
            Self::Cloud => Call::get(format!("api/v2/pages/{id}")).with("body-format", "storage"),
            Self::DataCenter => with_body(Call::get(format!("rest/api/content/{id}"))),
        }
    }

    /// The spaces of a key, and what names one of them where a page is made there.
    pub(super) fn space(self, key: &str) -> (Call, &'static str) {
        match self {
            Self::Cloud => (Call::get("api/v2/spaces").with("keys", key), "id"),
            Self::DataCenter => (Call::get("rest/api/space").with("spaceKey", key), "key"),
        }
    }

    /// The pages of a title in a space, with their bodies.
    pub(super) fn titled(self, space: &str, title: &str) -> Call {
        match self {
            Self::Cloud => Call::get("api/v2/pages")
                .with("space-id", space)
                .with("title", title)
                .with("status", "current")
                .with("body-format", "storage"),
            Self::DataCenter => with_body(
                Call::get("rest/api/content")
                    .with("type", "page")
                    .with("spaceKey", space)
                    .with("title", title)
                    .with("status", "current"),
            ),
        }
    }

    /// A new page.
    pub(super) fn create(self, space: &str, title: &str, parent: Option<&str>, body: &str) -> Call {
        match self {
            Self::Cloud => {
                let mut document = json!({
                    "spaceId": space,
                    "status": "current",
                    "title": title,
                    "body": { "representation": "storage", "value": body },
                });
                if let Some(parent) = parent {
                    document["parentId"] = parent.into();
                }
                Call::post("api/v2/pages", document)
            }
            Self::DataCenter => {
                let mut document = json!({
                    "type": "page",
                    "space": { "key": space },
                    "title": title,
                    "body": storage(body),
                });
                if let Some(parent) = parent {
                    document["ancestors"] = json!([{ "id": parent }]);
                }
                Call::post("rest/api/content", document)
            }
        }
    }

    /// The next version of a page, which stays where it is.
    pub(super) fn update(self, there: &There, title: &str, body: &str) -> Call {
        let id = &there.id;
        let version = json!({ "number": there.version + 1, "message": "qaduct" });
        match self {
            Self::Cloud => {
                let document = json!({
                    "id": id,
                    "status": "current",
                    "title": title,
                    "body": { "representation": "storage", "value": body },
                    "version": version,
                });
                Call::put(format!("api/v2/pages/{id}"), document)
            }
            Self::DataCenter => {
                let document = json!({
                    "id": id,
                    "type": "page",
                    "title": title,
                    "body": storage(body),
                    "version": version,
                });
                Call::put(format!("rest/api/content/{id}"), document)
            }
        }
    }

    /// The files of a page.
    pub(super) fn attachments(self, page: &str) -> Call {
        Call::get(match self {
            Self::Cloud => format!("api/v2/pages/{page}/attachments"),
            Self::DataCenter => format!("rest/api/content/{page}/child/attachment"),
        })
    }

    /// What is said of a file.
    pub(super) fn comment(self, file: &Json) -> &Json {
        match self {
            Self::Cloud => &file["comment"],
            Self::DataCenter => &file["extensions"]["comment"],
        }
    }

    /// The labels of a page that everybody sees.
    pub(super) fn labels(self, page: &str) -> Call {
        let call = Call::get(match self {
            Self::Cloud => format!("api/v2/pages/{page}/labels"),
            Self::DataCenter => format!("rest/api/content/{page}/label"),
        });
        call.with("prefix", "global")
    }

    /// A file that comes to a page, as a new one or as the next version of one.
    pub(super) fn attach(self, page: &str, known: Option<&Attached>, form: Body) -> Call {
        let path = format!("rest/api/content/{page}/child/attachment");
        match (self, known) {
            // By its name, whether it is there or not.
            (Self::Cloud, _) => Call::put(path, form),
            // A second one of its name is refused, so that the next publication finds it.
            (Self::DataCenter, None) => Call::post(path, form).once(),
            (Self::DataCenter, Some(known)) => {
                Call::post(format!("{path}/{}/data", known.id), form).once()
            }
        }
    }
}

fn with_body(call: Call) -> Call {
    call.with("expand", "version,body.storage")
}

fn storage(body: &str) -> Json {
    json!({ "storage": { "representation": "storage", "value": body } })
}
