//! Walks the pages of a list, whatever way a service pages.
//!
//! The position after a page is the call for the next one, so that any way of
//! paging can be gone on with after a kill.

use qaduct_http::{Answer, Call, Client, HttpError, Method};
use serde_json::{Value as Json, json};

use crate::field::at;

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
    /// `Link: <…>; rel="next"`.
    Link,
    /// A path or URL in the answer, made a call path by a function.
    Next {
        /// Where it stands; `null` or absent at the end.
        at: &'static str,
        /// Makes it a path relative to the base.
        path: fn(&str) -> String,
    },
    /// Numbered items: goes on until a page has fewer than were asked for, or, if
    /// `until_empty`, none.
    Offset {
        /// Parameter of the first item.
        offset: &'static str,
        /// Parameter of the number of items.
        limit: &'static str,
        /// Items a page.
        size: u64,
        /// Pages may be short before the end.
        until_empty: bool,
    },
    /// A token in the answer that goes into the next call: into the body of a POST,
    /// else into the parameters.
    Token {
        /// Where it stands.
        at: &'static str,
        /// Parameter or key of the body.
        name: &'static str,
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
}

/// Walks the pages.
#[derive(Debug)]
pub struct Walk {
    listing: Listing,
    next: Option<Call>,
    offset: u64,
    last: Option<Call>,
}

impl Walk {
    /// From the first page.
    #[must_use]
    pub fn new(listing: Listing) -> Self {
        let mut walk = Self {
            next: Some(listing.first.clone()),
            listing,
            offset: 0,
            last: None,
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
        call.body = Some(position.get("body")?.clone()).filter(|it| !it.is_null());
        Some(Self {
            listing,
            next: Some(call),
            offset: position.get("offset")?.as_u64()?,
            last: None,
        })
    }

    /// Where to go on; `None` at the end.
    #[must_use]
    pub fn position(&self) -> Option<String> {
        let call = self.next.as_ref()?;
        let position = json!({
            "path": call.path, "query": call.query, "body": call.body, "offset": self.offset,
        });
        Some(position.to_string())
    }

    /// The next page, or `None` after the last.
    ///
    /// # Errors
    /// When the service gives no answer, or one that holds no list, or sends us in a circle.
    pub fn next(&mut self, client: &Client) -> Result<Option<Listed>, HttpError> {
        let Some(call) = self.next.clone() else {
            return Ok(None);
        };
        let mut answer = client.send(&call)?;
        let Some(items) = self.take(&mut answer.json) else {
            return Err(answer.wrong("holds no list"));
        };
        let total = self.listing.total.and_then(|path| at(&answer.json, path));
        let total = total.and_then(Json::as_u64);
        self.next = self.follow(&call, &answer, items.len());
        if self.next.is_some() && self.next == Some(call.clone())
            || self.next.is_some() && self.next == self.last
        {
            return Err(answer.wrong("names itself as the next page"));
        }
        self.last = Some(call);
        Ok(Some(Listed {
            items,
            answer,
            total,
        }))
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

    fn follow(&mut self, call: &Call, answer: &Answer, items: usize) -> Option<Call> {
        let path = |path: String| Call {
            path,
            query: Vec::new(),
            ..call.clone()
        };
        match self.listing.paging {
            Paging::Single => None,
            Paging::Link => answer.link("next").map(path),
            Paging::Next {
                at: place,
                path: to,
            } => {
                let next = at(&answer.json, place)?.as_str()?;
                Some(path(to(next)))
            }
            Paging::Offset {
                size, until_empty, ..
            } => {
                let items = items as u64;
                if items == 0 || (items < size && !until_empty) {
                    return None;
                }
                self.offset += if until_empty { items } else { size };
                Some(self.numbered(self.listing.first.clone()))
            }
            Paging::Token { at: place, name } => {
                let token = at(&answer.json, place).filter(|it| !it.is_null())?;
                let mut next = call.clone();
                if let Some(Json::Object(body)) = &mut next.body {
                    body.insert(name.to_owned(), token.clone());
                } else {
                    next.query.retain(|(it, _)| it != name);
                    next.query
                        .push((name.to_owned(), token.as_str()?.to_owned()));
                }
                Some(next)
            }
        }
    }

    fn numbered(&self, call: Call) -> Call {
        let Paging::Offset {
            offset,
            limit,
            size,
            ..
        } = self.listing.paging
        else {
            return call;
        };
        match call.method {
            Method::Get => call.with(limit, size).with(offset, self.offset),
            Method::Post => {
                let mut call = call;
                if let Some(Json::Object(body)) = &mut call.body {
                    body.insert(offset.to_owned(), self.offset.into());
                    body.insert(limit.to_owned(), size.into());
                }
                call
            }
        }
    }
}
