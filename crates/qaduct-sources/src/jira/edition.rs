//! What differs between Jira Cloud and Jira Data Center.

use qaduct_http::Call;
use serde_json::{Value as Json, json};

use crate::listing::{Listing, Paging};
use crate::rest::Rest;

/// An edition of Jira.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// Hosted by Atlassian: version 3 of the API.
    Cloud,
    /// Hosted by others: version 2 of the API.
    DataCenter,
}

/// Issues a page; Jira gives fewer when they are large.
const ISSUES: u64 = 100;
/// Users a page.
pub(super) const USERS: u64 = 1000;
/// Ids a page, when nothing else is asked for.
const IDS: u64 = 5000;
/// The same in Jira Data Center.
const IDS_DATA_CENTER: u64 = 1000;

/// Pages of a list that says where it ends.
pub(super) const COUNTED: Paging = Paging::Anchored {
    offset: "startAt",
    id: "id",
    more,
};

/// Whether more follows after an answer. The number asked for tells nothing: Jira gives
/// fewer where it pleases.
fn more(answer: &Json, items: usize) -> bool {
    if let Some(last) = answer.get("isLast").and_then(Json::as_bool) {
        return !last;
    }
    let number = |name: &str| answer.get(name).and_then(Json::as_u64);
    match number("total") {
        Some(total) => {
            number("startAt").unwrap_or(0).saturating_add(items as u64) < total && items > 0
        }
        None => items > 0,
    }
}

impl Edition {
    /// That of a source.
    #[must_use]
    pub fn of(rest: &Rest) -> Self {
        if rest.kind.name == super::DATACENTER.name {
            Self::DataCenter
        } else {
            Self::Cloud
        }
    }

    /// A path of its API.
    #[must_use]
    pub fn path(self, rest: &str) -> String {
        match self {
            Self::Cloud => format!("rest/api/3/{rest}"),
            Self::DataCenter => format!("rest/api/2/{rest}"),
        }
    }

    /// The issues that a question finds.
    #[must_use]
    pub fn search(self, jql: &str, fields: &[String]) -> Listing {
        self.sized(jql, fields, ISSUES, None)
    }

    /// The ids of the issues that a question finds, as many a page as there can be.
    #[must_use]
    pub fn ids(self, jql: &str) -> Listing {
        let size = match self {
            Self::Cloud => IDS,
            Self::DataCenter => IDS_DATA_CENTER,
        };
        self.sized(jql, &["id".to_owned()], size, None)
    }

    /// The ids of the issues that a question finds, with so many a page.
    #[must_use]
    pub fn few_ids(self, jql: &str, size: u64) -> Listing {
        self.sized(jql, &["id".to_owned()], size, None)
    }

    /// The same with all changes of each.
    #[must_use]
    pub fn with_changes(self, jql: &str) -> Listing {
        self.sized(jql, &["id".to_owned()], ISSUES, Some("changelog"))
    }

    fn sized(self, jql: &str, fields: &[String], size: u64, expand: Option<&str>) -> Listing {
        match self {
            Self::Cloud => {
                let mut body = json!({"jql": jql, "fields": fields, "maxResults": size});
                if let Some(expand) = expand {
                    body["expand"] = expand.into();
                }
                Listing {
                    first: Call::post(self.path("search/jql"), body),
                    items: &["issues"],
                    paging: Paging::Token {
                        at: "nextPageToken",
                        name: "nextPageToken",
                        last: Some("isLast"),
                    },
                    total: None,
                }
            }
            Self::DataCenter => {
                let mut first = Call::get(self.path("search"))
                    .with("jql", jql)
                    .with("fields", fields.join(","))
                    .with("maxResults", size);
                if let Some(expand) = expand {
                    first = first.with("expand", expand);
                }
                Listing {
                    first,
                    items: &["issues"],
                    paging: COUNTED,
                    total: Some("total"),
                }
            }
        }
    }

    /// The call that counts what a question finds, and the way to the number.
    #[must_use]
    pub fn count(self, jql: &str) -> (Call, &'static str) {
        match self {
            Self::Cloud => {
                let call = Call::post(self.path("search/approximate-count"), json!({"jql": jql}));
                (call, "count")
            }
            Self::DataCenter => {
                let call = Call::get(self.path("search"))
                    .with("jql", jql)
                    .with("fields", "id")
                    .with("maxResults", 0);
                (call, "total")
            }
        }
    }

    /// All projects that we may see.
    #[must_use]
    pub fn projects(self) -> Listing {
        match self {
            Self::Cloud => Listing {
                first: Call::get(self.path("project/search"))
                    .with("expand", "description,lead")
                    .with("maxResults", 50),
                items: &["values"],
                paging: COUNTED,
                total: Some("total"),
            },
            Self::DataCenter => single(
                Call::get(self.path("project")).with("expand", "description,lead,projectKeys"),
            ),
        }
    }

    /// All users that we may see. Those that we may not see are taken out of the pages, so
    /// that these are short.
    #[must_use]
    pub fn users(self) -> Listing {
        let first = match self {
            Self::Cloud => Call::get(self.path("users/search")),
            Self::DataCenter => Call::get(self.path("user/search"))
                .with("username", ".")
                .with("includeInactive", true),
        };
        Listing {
            first,
            items: &[""],
            paging: Paging::Offset {
                offset: "startAt",
                limit: "maxResults",
                size: USERS,
                until_empty: true,
            },
            total: None,
        }
    }

    /// The saved filters that can be found.
    #[must_use]
    pub fn filters(self) -> Listing {
        match self {
            Self::Cloud => Listing {
                first: Call::get(self.path("filter/search")).with("maxResults", 100),
                items: &["values"],
                paging: COUNTED,
                total: Some("total"),
            },
            Self::DataCenter => single(Call::get(self.path("filter/favourite"))),
        }
    }

    /// All fields.
    #[must_use]
    pub fn fields(self) -> Listing {
        single(Call::get(self.path("field")))
    }
}

/// A list of one page that is the answer itself.
pub(super) fn single(first: Call) -> Listing {
    Listing {
        first,
        items: &[""],
        paging: Paging::Single,
        total: None,
    }
}
