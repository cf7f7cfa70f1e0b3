//! What differs between Confluence Cloud and Confluence Data Center: which call lists what, how
//! lists go on, and how records are written. Behind this file there is one Confluence, whose
//! records are those of the Cloud.

use qaduct_http::Call;
use qaduct_records::source::{Reading, Scope};
use serde_json::{Map, Value as Json, json};

use super::{SPACE_ID, SPACE_KEY};
use crate::field::at;
use crate::listing::{Listing, Paging};
use crate::rest::Rest;

/// An edition of Confluence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edition {
    /// Hosted by Atlassian: version 2 of the API, and of version 1 what that has not.
    Cloud,
    /// Hosted by others, from 7.18 on.
    DataCenter,
}

/// Rows a page, the most there are.
const PAGE: u64 = 250;
/// The same in Data Center where something is expanded, and where nothing is.
const EXPANDED: u64 = 200;
const PLAIN: u64 = 1000;
/// What of a page is asked for beside the usual.
const OF_PAGE: &str = "space,history,version,ancestors";
/// What of the things that hang on a page is asked for beside the usual.
const OF_ITEM: &str = "version,container,history,extensions";
/// The same in Data Center, where the rest of the extensions always stands.
const OF_ITEM_OF_SERVER: &[&str] = &["version", "container", "history", "extensions.resolution"];

/// Rows of Data Center are numbered, so that what goes shifts those behind it.
const fn numbered(id: &'static str) -> Paging {
    Paging::Anchored {
        offset: "start",
        id,
        more,
    }
}

fn more(answer: &Json, _items: usize) -> bool {
    at(answer, "_links.next").is_some_and(|it| !it.is_null())
}

/// A list that names its next page.
fn linked(first: Call) -> Listing {
    Listing {
        first,
        items: &["results"],
        paging: Paging::Next {
            at: "_links.next",
            path: below,
        },
        total: None,
    }
}

/// A link below the address of the API. Those of version 2 begin at the root of the site,
/// whatever stands before it in the address of a gateway; those of version 1 below `/wiki`.
fn below(link: &str) -> String {
    let link = link.strip_prefix("/wiki").unwrap_or(link);
    link.trim_start_matches('/').to_owned()
}

/// A list of Data Center by the numbers of its rows.
fn listed(first: Call, id: &'static str) -> Listing {
    Listing {
        paging: numbered(id),
        ..linked(first)
    }
}

/// All pages of a space, behind the id of the last one: nothing shifts.
fn scanned(scope: &Scope) -> Listing {
    let call = Call::get("rest/api/content/scan").with("spaceKey", scope.text(SPACE_KEY));
    Listing {
        paging: Paging::Token {
            at: "nextCursor",
            name: "cursor",
            last: None,
        },
        ..linked(call)
    }
}

impl Edition {
    /// That of a source.
    pub(super) fn of(rest: &Rest) -> Self {
        match rest.kind.name == super::DATACENTER.name {
            true => Self::DataCenter,
            false => Self::Cloud,
        }
    }

    /// Spaces with these keys; without any, all that we may see.
    pub(super) fn spaces(self, keys: &[String]) -> Listing {
        match self {
            Self::Cloud => {
                let call = Call::get("api/v2/spaces").with("limit", PAGE);
                linked(match keys {
                    [] => call,
                    keys => call.with("keys", keys.join(",")),
                })
            }
            Self::DataCenter => {
                let call = Call::get("rest/api/space")
                    .with("expand", "homepage")
                    .with("limit", EXPANDED);
                let named = |call: Call, key: &String| call.with("spaceKey", key);
                listed(keys.iter().fold(call, named), "id")
            }
        }
    }

    /// All pages of a space, in every state.
    pub(super) fn pages(self, reading: &Reading) -> Listing {
        match self {
            Self::Cloud => {
                let space = reading.scope.text(SPACE_ID);
                linked(
                    Call::get(format!("api/v2/spaces/{space}/pages"))
                        .with("status", "current,archived,trashed")
                        .with("sort", "id")
                        .with("limit", PAGE),
                )
            }
            Self::DataCenter => {
                let mut listing = scanned(&reading.scope);
                // Any status would bring drafts as well.
                listing.first = listing
                    .first
                    .with("status", "current")
                    .with("status", "trashed")
                    .with("expand", OF_PAGE)
                    .with("limit", EXPANDED);
                listing
            }
        }
    }

    /// All versions of a page.
    pub(super) fn versions(self, page: &str) -> Listing {
        match self {
            Self::Cloud => {
                let call = Call::get(format!("api/v2/pages/{page}/versions"));
                linked(call.with("limit", PAGE))
            }
            Self::DataCenter => {
                let call = Call::get(format!("rest/experimental/content/{page}/version"));
                listed(call.with("limit", EXPANDED), "number")
            }
        }
    }

    /// The pages of a space that are current, with their labels.
    pub(super) fn labelled(self, scope: &Scope, rows: u64) -> Listing {
        match self {
            Self::Cloud => linked(
                Call::get("rest/api/content/search")
                    .with("cql", super::search::cql("page", scope, None))
                    .with("expand", "metadata.labels")
                    .with("limit", rows),
            ),
            Self::DataCenter => {
                let mut listing = scanned(scope);
                listing.first = listing
                    .first
                    .with("expand", "metadata.labels")
                    .with("limit", EXPANDED);
                listing
            }
        }
    }

    /// What a question of CQL finds, as it is shown.
    pub(super) fn search(self, cql: String, rows: u64) -> Listing {
        match self {
            Self::Cloud => linked(
                Call::get("rest/api/content/search")
                    .with("cql", cql)
                    .with("expand", OF_ITEM)
                    .with("limit", rows),
            ),
            Self::DataCenter => {
                let inside = OF_ITEM_OF_SERVER.iter().map(|it| format!("content.{it}"));
                let mut listing = found(cql, EXPANDED);
                let expand = inside.collect::<Vec<_>>().join(",");
                listing.first = listing.first.with("expand", expand);
                listing
            }
        }
    }

    /// The ids of what a question of CQL finds, with the way to an id.
    pub(super) fn ids(self, cql: String) -> (Listing, &'static str) {
        match self {
            Self::Cloud => {
                let call = Call::get("rest/api/content/search").with("cql", cql);
                (linked(call.with("limit", PLAIN)), "id")
            }
            Self::DataCenter => (found(cql, PLAIN), "content.id"),
        }
    }

    /// A file or a comment by its id.
    pub(super) fn item(self, id: &str) -> Call {
        let expand = match self {
            Self::Cloud => OF_ITEM.to_owned(),
            Self::DataCenter => OF_ITEM_OF_SERVER.join(","),
        };
        Call::get(format!("rest/api/content/{id}")).with("expand", expand)
    }

    /// A page as version 2 of the Cloud writes it.
    pub(super) fn page(self, mut page: Json) -> Json {
        if self == Self::DataCenter {
            cloudy(&mut page);
            if let Json::Object(fields) = &mut page {
                let new = of_page(fields);
                fields.extend(new);
            }
        }
        page
    }

    /// A version as version 2 of the Cloud writes it.
    pub(super) fn version(self, mut version: Json) -> Json {
        if self == Self::DataCenter {
            cloudy(&mut version);
            return of_version(version);
        }
        version
    }

    /// A space as version 2 of the Cloud writes it.
    pub(super) fn space(self, mut space: Json) -> Json {
        if self == Self::DataCenter {
            cloudy(&mut space);
            if let Json::Object(fields) = &mut space {
                let mut take = |name: &str| fields.remove(name).unwrap_or_default();
                let (home, creator, created) =
                    (take("homepage"), take("creator"), take("creationDate"));
                // Who changed its settings is of no use.
                for name in [
                    "lastModifier",
                    "lastModificationDate",
                    "metadata",
                    "retentionPolicy",
                ] {
                    take(name);
                }
                fields.insert("homepageId".to_owned(), home["id"].clone());
                fields.insert("authorId".to_owned(), creator["accountId"].clone());
                fields.insert("createdAt".to_owned(), created);
            }
        }
        space
    }

    /// A file or a comment as version 1 of the Cloud writes it: a result of a search holds it.
    pub(super) fn content(self, mut found: Json) -> Json {
        if self == Self::DataCenter {
            if found.get("content").is_some_and(Json::is_object) {
                found = found["content"].take();
            }
            cloudy(&mut found);
            if let Json::Object(fields) = &mut found {
                fields.remove("position");
            }
            // A file has a number here, as a page has.
            if at(&found, "container.type").is_some_and(|it| it == "attachment") {
                found["container"]["id"] = Json::Null;
            }
        }
        found
    }
}

/// What a question of CQL finds in Data Center. Its other search looks past spaces that are
/// archived.
fn found(cql: String, rows: u64) -> Listing {
    let call = Call::get("rest/api/search")
        .with("cql", cql)
        .with("includeArchivedSpaces", true)
        .with("excerpt", "none")
        .with("limit", rows);
    listed(call, "content.id")
}

/// What version 2 of the Cloud has of a page, out of what Data Center has in its place.
fn of_page(fields: &mut Map<String, Json>) -> Map<String, Json> {
    let mut take = |name: &str| fields.remove(name).unwrap_or_default();
    let (space, history, version) = (take("space"), take("history"), take("version"));
    let (extensions, ancestors) = (take("extensions"), take("ancestors"));
    let own = take("position");
    take("type");
    let position = extensions.get("position").unwrap_or(&own);
    let parent = ancestors.as_array().and_then(|it| it.last());
    let new = [
        ("spaceId", space["id"].clone()),
        ("parentId", parent.map_or(Json::Null, |it| it["id"].clone())),
        ("parentType", json!(parent.map(|_| "page"))),
        // -1 or `none` where nobody has moved it.
        ("position", json!(position.as_i64().filter(|it| *it >= 0))),
        ("authorId", history["createdBy"]["accountId"].clone()),
        ("createdAt", history["createdDate"].clone()),
        ("version", of_version(version)),
    ];
    new.map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

/// A version of Data Center in the words of version 2 of the Cloud.
fn of_version(mut version: Json) -> Json {
    if let Json::Object(fields) = &mut version {
        let mut take = |name: &str| fields.remove(name).unwrap_or_default();
        let (by, when) = (take("by"), take("when"));
        take("content");
        fields.insert("authorId".to_owned(), by["accountId"].clone());
        fields.insert("createdAt".to_owned(), when);
    }
    version
}

/// Calls people by the names of the Cloud, and takes away what only Data Center writes and tells
/// nothing: what is not expanded, and links within the API.
fn cloudy(json: &mut Json) {
    match json {
        Json::Array(all) => all.iter_mut().for_each(cloudy),
        Json::Object(fields) => {
            fields.values_mut().for_each(cloudy);
            fields.remove("_expandable");
            named(fields);
            if fields.contains_key("minorEdit") {
                for name in ["hidden", "syncRev", "_links"] {
                    fields.remove(name);
                }
            }
        }
        _ => {}
    }
}

/// A person of Data Center has a key, which stays, and a name to log in with.
fn named(person: &mut Map<String, Json>) {
    let id = ["userKey", "username"]
        .iter()
        .find_map(|it| person.get(*it).filter(|it| it.is_string()).cloned());
    if let Some(id) = id {
        person.entry("accountId").or_insert(id);
    }
}
