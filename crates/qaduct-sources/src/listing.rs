//! Walks the pages of a list, whatever way a service pages.
//!
//! The position after a page is the call for the next one, so that any way of
//! paging can be gone on with after a kill.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use qaduct_http::{Answer, Body, Call, Client, HttpError, Link};
use serde_json::{Value as Json, json};

use crate::field::at;
use crate::rows::count;

/// A list of a service.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The first call.
    pub first: Call,
    /// Where the items stand in the answer; several where versions differ. An empty
    /// path is an answer that is the list itself.
    pub items: &'static [&'static str],
    /// How to come to the next page.
    pub paging: Paging,
    /// Where the answer says how many items the whole list has.
    pub total: Option<&'static str>,
}

/// How to come to the next page.
#[derive(Debug, Clone, Copy)]
pub enum Paging {
    /// There is one page.
    Single,
    /// `Link: <…>; rel="next"`; one with `results="false"` leads to nothing.
    Link,
    /// A path or URL in the answer, made a call path by a function.
    Next {
        /// Where it stands; `null` or absent at the end.
        at: &'static str,
        /// Makes it a path relative to the base.
        path: fn(&str) -> String,
    },
    /// Numbered items: goes on until a page has fewer than were asked for, or, if
    /// `until_empty`, two have none.
    Offset {
        /// Parameter of the first item.
        offset: &'static str,
        /// Parameter of the number of items.
        limit: &'static str,
        /// Items a page.
        size: u64,
        /// Pages may be short before the end, as what we may not see is taken out of them:
        /// even empty, where it is a whole page.
        until_empty: bool,
    },
    /// Numbered items of a list that may shift while it is read. Each page begins with
    /// the last item of the one before; where it holds none of them, something above
    /// has gone, and the walk goes back. Without this, what moves up is never read.
    Anchored {
        /// Parameter of the first item.
        offset: &'static str,
        /// Where the id of an item stands.
        id: &'static str,
        /// Whether more follows after this answer, which had so many items.
        more: fn(&Json, usize) -> bool,
    },
    /// A token in the answer that goes into the next call: into the body of a POST,
    /// else into the parameters.
    Token {
        /// Where it stands.
        at: &'static str,
        /// Parameter or key of the body.
        name: &'static str,
        /// Where the answer says whether it is the last page. One that says no and brings
        /// no token is an error.
        last: Option<&'static str>,
    },
}

/// A page of a list.
#[derive(Debug)]
pub struct Listed {
    /// The items.
    pub items: Vec<Json>,
    /// The answer, its items taken out.
    pub answer: Answer,
    /// How many the whole list has, where the service says so.
    pub total: Option<u64>,
    /// Whether the service says that it is as it was: then there are no items here, and
    /// that says nothing about the list.
    pub unchanged: bool,
}

/// Walks the pages.
#[derive(Debug)]
pub struct Walk {
    listing: Listing,
    next: Option<Call>,
    offset: u64,
    /// The fingerprints of the calls that were made and of the pages that came.
    calls: HashSet<u64>,
    pages: HashSet<u64>,
    /// Pages in a row that held nothing.
    empty: u32,
    anchors: Anchors,
    /// The `ETag` of the first page when it was read last, for the first call and no other.
    tag: Option<String>,
}

/// What tells whether a list has shifted.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
struct Anchors {
    /// The ids of the page before.
    ids: Vec<String>,
    /// Pages in a row that brought nothing, or nothing new, or made the walk go back.
    idle: u32,
    /// Items of the largest page.
    #[serde(default)]
    most: u64,
}

/// The status of what is as it was.
const NOT_MODIFIED: u16 = 304;
/// Items by which the walk goes back at first.
const STEP_BACK: u64 = 2;
/// Pages in a row that may bring nothing before the walk gives up.
const IDLE: u32 = 20;
/// Empty pages in a row, each with a way to the next, before the walk gives up: some
/// services look through so much at a time and find nothing in it.
const EMPTY: u32 = 200;
/// How often a list is read that does not send what it counts.
const READINGS: u32 = 3;

impl Walk {
    /// From the first page.
    #[must_use]
    pub fn new(listing: Listing) -> Self {
        let mut walk = Self {
            next: Some(listing.first.clone()),
            listing,
            offset: 0,
            calls: HashSet::new(),
            pages: HashSet::new(),
            empty: 0,
            anchors: Anchors::default(),
            tag: None,
        };
        walk.next = walk.next.take().map(|call| walk.numbered(call));
        walk
    }

    /// From a position that [`Walk::position`] gave; `None` when it is none of ours.
    #[must_use]
    pub fn at(listing: Listing, position: &str) -> Option<Self> {
        let position: Json = serde_json::from_str(position).ok()?;
        let mut call = listing.first.clone();
        call.path = position.get("path")?.as_str()?.to_owned();
        call.query = serde_json::from_value(position.get("query")?.clone()).ok()?;
        let body = position.get("body").filter(|it| !it.is_null());
        call.body = body.cloned().map(Body::Json);
        Some(Self {
            listing,
            next: Some(call),
            offset: position.get("offset")?.as_u64()?,
            calls: HashSet::new(),
            pages: HashSet::new(),
            empty: 0,
            anchors: serde_json::from_value(position.get("anchors")?.clone()).ok()?,
            tag: None,
        })
    }

    /// Where to go on; `None` at the end.
    #[must_use]
    pub fn position(&self) -> Option<String> {
        let call = self.next.as_ref()?;
        let position = json!({
            "path": call.path, "query": call.query, "body": call.body.as_ref().and_then(Body::json), "offset": self.offset,
            "anchors": self.anchors,
        });
        Some(position.to_string())
    }

    /// The first call of the list.
    #[must_use]
    pub const fn first(&self) -> &Call {
        &self.listing.first
    }

    /// With the `ETag` of the first page when it was read last: the walk may end with the
    /// word that it is the same.
    #[must_use]
    pub fn unless(mut self, tag: Option<String>) -> Self {
        self.tag = tag;
        self
    }

    /// The next page, or `None` after the last.
    ///
    /// # Errors
    /// When the service gives no answer, or one that holds no list, or sends us in a circle.
    pub fn next(&mut self, client: &Client) -> Result<Option<Listed>, HttpError> {
        let Some(call) = self.next.clone() else {
            return Ok(None);
        };
        let mut asked = call.clone();
        if let Some(tag) = self.tag.take() {
            asked = asked.accept(&[NOT_MODIFIED]);
            asked.headers.push(("If-None-Match", tag));
        }
        let (answer, mut items) = self.ask(client, &asked)?;
        if answer.status == NOT_MODIFIED {
            self.next = None;
            return Ok(Some(Listed {
                items,
                answer,
                total: None,
                unchanged: true,
            }));
        }
        let total = self.listing.total.and_then(|path| at(&answer.json, path));
        let total = total.and_then(count);
        if let Paging::Anchored { id, more, .. } = self.listing.paging {
            let more = more(&answer.json, items.len());
            self.next = self.beyond(&call, &mut items, id, more);
            if self.anchors.idle > IDLE {
                return Err(answer.wrong("is a page that brings nothing new, again and again"));
            }
            return Ok(Some(Listed {
                items,
                answer,
                total,
                unchanged: false,
            }));
        }
        self.next = self.follow(&call, &answer, items.len())?;
        self.calls.insert(fingerprint(&call));
        let next = self.next.as_ref().map(fingerprint);
        if next.is_some_and(|it| self.calls.contains(&it)) {
            return Err(answer.wrong("names a page as the next that was read already"));
        }
        self.empty = if items.is_empty() { self.empty + 1 } else { 0 };
        if self.next.is_some() && self.empty > EMPTY {
            return Err(answer.wrong("is an empty page that names a next one, again and again"));
        }
        Ok(Some(Listed {
            items,
            answer,
            total,
            unchanged: false,
        }))
    }

    /// The answer and its items. A page that came before, which it cannot be, is asked for
    /// once more.
    fn ask(&mut self, client: &Client, call: &Call) -> Result<(Answer, Vec<Json>), HttpError> {
        let mut page = self.listed(client, call)?;
        if self.is_before(&page.1) {
            page = self.listed(client, call)?;
        }
        if self.is_before(&page.1) {
            return Err(page.0.wrong("is a page that was read already"));
        }
        self.pages.insert(fingerprint(&page.1));
        Ok(page)
    }

    fn listed(&self, client: &Client, call: &Call) -> Result<(Answer, Vec<Json>), HttpError> {
        let mut answer = client.send(call)?;
        if answer.status == NOT_MODIFIED {
            return Ok((answer, Vec::new()));
        }
        match self.take(&mut answer.json) {
            Some(items) => Ok((answer, items)),
            None => Err(answer.wrong("holds no list")),
        }
    }

    /// Whether a page is one of those before. Pages of a list that shifts tell by their ids,
    /// and where pages may be short, they may overlap as well.
    fn is_before(&self, items: &[Json]) -> bool {
        let may_be = matches!(
            self.listing.paging,
            Paging::Anchored { .. }
                | Paging::Offset {
                    until_empty: true,
                    ..
                }
        );
        !may_be && !items.is_empty() && self.pages.contains(&fingerprint(items))
    }

    fn take(&self, json: &mut Json) -> Option<Vec<Json>> {
        for path in self.listing.items {
            let found = if path.is_empty() {
                Some(&mut *json)
            } else {
                path.split('.')
                    .try_fold(&mut *json, |it, key| it.get_mut(key))
            };
            if let Some(Json::Array(items)) = found {
                return Some(std::mem::take(items));
            }
        }
        None
    }

    fn follow(
        &mut self,
        call: &Call,
        answer: &Answer,
        items: usize,
    ) -> Result<Option<Call>, HttpError> {
        let path = |path: String| Call {
            path,
            query: Vec::new(),
            ..call.clone()
        };
        Ok(match self.listing.paging {
            Paging::Single | Paging::Anchored { .. } => None,
            Paging::Link => {
                let is_empty =
                    |it: &Link| it.is("next") && it.attribute("results") == Some("false");
                let ended = answer.links().iter().any(is_empty);
                answer.link("next").filter(|_| !ended).map(path)
            }
            Paging::Next {
                at: place,
                path: to,
            } => {
                let next = at(&answer.json, place).filter(|it| !it.is_null());
                match next.map(Json::as_str) {
                    None => None,
                    Some(Some(next)) => Some(path(to(next))),
                    Some(None) => return Err(answer.wrong("names a next page that is no address")),
                }
            }
            Paging::Offset {
                size, until_empty, ..
            } => {
                let items = items as u64;
                self.anchors.idle = if items == 0 { self.anchors.idle + 1 } else { 0 };
                let ended = match until_empty {
                    true => self.anchors.idle > 1,
                    false => items < size,
                };
                // A page without anything was as wide as was asked for; one with less may
                // have been as narrow as the widest that was seen.
                self.anchors.most = self.anchors.most.max(items);
                self.offset += match until_empty && items > 0 {
                    true => self.anchors.most,
                    false => size,
                };
                (!ended).then(|| self.numbered(call.clone()))
            }
            Paging::Token {
                at: place,
                name,
                last,
            } => {
                let token = at(&answer.json, place).filter(|it| !it.is_null());
                let Some(token) = token else {
                    let is_last = last.and_then(|it| at(&answer.json, it));
                    if is_last == Some(&Json::Bool(false)) {
                        return Err(answer.wrong("says that more follows, and not where"));
                    }
                    return Ok(None);
                };
                let mut next = call.clone();
                if let Some(Json::Object(body)) = next.body.as_mut().and_then(Body::json_mut) {
                    body.insert(name.to_owned(), token.clone());
                } else {
                    next.query.retain(|(it, _)| it != name);
                    next.query.push((name.to_owned(), text(token)));
                }
                Some(next)
            }
        })
    }

    /// The call after a page that must hold an item of the page before; those are
    /// taken out of it.
    fn beyond(&mut self, call: &Call, items: &mut Vec<Json>, id: &str, more: bool) -> Option<Call> {
        let ids: Vec<String> = items.iter().map(|it| name(it, id)).collect();
        let before = std::mem::take(&mut self.anchors.ids);
        let is_new = |id: &String| !before.contains(id);
        let fresh = ids.iter().filter(|id| is_new(id)).count();
        let shifted = self.offset > 0 && !before.is_empty() && fresh == ids.len();
        items.retain(|it| is_new(&name(it, id)));
        self.anchors.idle = if shifted || fresh == 0 {
            self.anchors.idle + 1
        } else {
            0
        };
        if shifted {
            // Few go in a moment; if it were more, the next step is longer.
            let back = STEP_BACK << (2 * self.anchors.idle.min(IDLE));
            self.offset = self.offset.saturating_sub(back);
            self.anchors.ids = before;
        } else if more && !before.is_empty() && ids == before {
            // The page before, once more. Less of it, after the walk went back, is the end
            // of a list from which something has gone.
            self.anchors.ids = before;
        } else if more {
            self.offset += (ids.len() as u64).saturating_sub(1);
            self.anchors.ids = ids;
        } else {
            return None;
        }
        Some(self.numbered(call.clone()))
    }

    /// The call with the number of its first item; the rest of it stays, so that a
    /// position is all that is needed to go on.
    fn numbered(&self, mut call: Call) -> Call {
        if let Paging::Anchored { offset, .. } = self.listing.paging {
            call.query.retain(|(name, _)| name != offset);
            return match self.offset {
                0 => call,
                n => call.with(offset, n),
            };
        }
        let Paging::Offset {
            offset,
            limit,
            size,
            ..
        } = self.listing.paging
        else {
            return call;
        };
        call.query
            .retain(|(name, _)| name != offset && name != limit);
        if let Some(body) = &mut call.body {
            if let Some(Json::Object(body)) = body.json_mut() {
                body.insert(offset.to_owned(), self.offset.into());
                body.insert(limit.to_owned(), size.into());
            }
            return call;
        }
        call.with(limit, size).with(offset, self.offset)
    }
}

/// Tells calls and pages apart.
fn fingerprint(it: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    it.hash(&mut hasher);
    hasher.finish()
}

/// The id of an item as text.
fn name(item: &Json, path: &str) -> String {
    at(item, path).map(text).unwrap_or_default()
}

/// A value as text, without quotation marks.
fn text(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// All items of a list, each once. One that sends fewer than it says it has, as when it
/// shifts while it is read, is read again from the start.
///
/// # Errors
/// When a page of it fails, or it never sends what it counts.
pub fn all(listing: &Listing, client: &Client) -> Result<Vec<Json>, HttpError> {
    let mut readings = 0;
    loop {
        let mut walk = Walk::new(listing.clone());
        let (mut items, mut known) = (Vec::new(), HashSet::new());
        let mut last = None;
        while let Some(mut page) = walk.next(client)? {
            for item in std::mem::take(&mut page.items) {
                let is_new = match listing.paging {
                    Paging::Anchored { id, .. } => known.insert(fingerprint(&name(&item, id))),
                    _ => known.insert(fingerprint(&item)),
                };
                if is_new {
                    items.push(item);
                }
            }
            last = Some(page);
        }
        readings += 1;
        match last.as_ref().and_then(|it| Some((it, it.total?))) {
            Some((page, total)) if total > items.len() as u64 => {
                if readings == READINGS {
                    let trouble = format!("counts {total} items and sent {}", items.len());
                    return Err(page.answer.wrong(&trouble));
                }
            }
            _ => return Ok(items),
        }
    }
}
