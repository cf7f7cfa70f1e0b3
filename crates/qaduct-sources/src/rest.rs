//! A source made of lists: what all services have in common.
//!
//! A service brings its [`Kind`]: the streams with the lists they stand in, and
//! functions for what is special about it. This file makes a
//! [`Source`] of it.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use qaduct_http::{Call, Client, Refusals};
use qaduct_records::source::{
    Budget, Discovered, Nested, Page, Pages, Prediction, Probe, Reading, Scope, Source, SourceError,
};
use qaduct_records::stream::Stream;
use qaduct_records::{ColumnType, Value};
use serde_json::Value as Json;

use crate::choice::{Choice, SWITCH};
use crate::error::{self, Place};
use crate::field::{Field, Read, Spec, at};
use crate::inside::{inner, no_list};
use crate::listing::Listing;
use crate::pages::ListPages;
use crate::people::People;
use crate::populated;
use crate::rows::{Rows, read};
use crate::setup::Setup;
use crate::shape;

/// A kind of service.
pub struct Kind {
    /// Its word in `kind = "…"`.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// Its streams, parents before children.
    pub streams: &'static [&'static RestStream],
    /// The contracts of the streams, in the same order.
    pub contracts: &'static [&'static Stream],
    /// Keys of the settings and the variables that stand for them when the settings
    /// name no source: `("url", "TESTRAIL_HOST")`. A dot leads into a table of the settings.
    pub variables: &'static [(&'static str, &'static str)],
    /// Settings that only it has.
    pub options: &'static [Choice],
    /// Streams whose requests the service counts apart, and its word for that count:
    /// `("searches", "search")`.
    pub counted_apart: &'static [(&'static str, &'static str)],
    /// How it is reached.
    pub connect: fn(&Setup) -> Result<qaduct_http::Settings, SourceError>,
    /// What it says with 400, beside that it was asked wrongly.
    pub refusals: Refusals,
    /// The parts into which the settings divide a stream.
    pub scopes: fn(&Rest, &'static Stream) -> Result<Vec<Scope>, SourceError>,
    /// Who we are to it.
    pub probe: fn(&Rest) -> Result<Probe, SourceError>,
    /// What could be asked for.
    pub discover: fn(&Rest) -> Result<Vec<Discovered>, SourceError>,
}

/// The call that gives one row by its key, and the way to the record in the answer. The
/// statuses that it accepts say that the row is not there; 404 and 410 if it names none.
pub type One = fn(&Rest, &Scope, &[Value]) -> (Call, &'static str);
/// All keys of a part.
pub type Census = fn(&Rest, &Scope) -> Result<Vec<Vec<Value>>, SourceError>;
/// How many rows a reading has, by the service's own count.
pub type Count = fn(&Rest, &Reading) -> Result<Option<u64>, SourceError>;
/// Reads a stream in a way of its own.
pub type Own =
    for<'r> fn(&'r Rest, &'static RestStream, &Reading) -> Result<Box<dyn Pages + 'r>, SourceError>;

/// A stream and how it is asked for.
pub struct RestStream {
    /// Its contract.
    pub contract: &'static Stream,
    /// Its table and the places of its values.
    pub spec: &'static Spec,
    /// What stands inside its records.
    pub nested: &'static [Inside],
    /// How it is read.
    pub read: How,
    /// The call that gives one row by its key, with the way to the record in the answer.
    pub one: Option<One>,
    /// All keys of a part.
    pub census: Option<Census>,
    /// How many rows a reading has, by the service's own count.
    pub count: Option<Count>,
    /// Rows a page, for predictions.
    pub page: u64,
    /// Looks at each record before it becomes a row: gone rows that are flagged.
    pub flagged: Option<fn(&Json) -> Option<&'static str>>,
}

/// Asks for rows by their keys in a way of its own.
pub type OwnPoll = for<'r> fn(
    &'r Rest,
    &'static RestStream,
    &Scope,
    Vec<Vec<Value>>,
) -> Result<Box<dyn Pages + 'r>, SourceError>;

/// The list in which a reading stands.
pub type List = fn(&Rest, &Reading) -> Result<Listing, SourceError>;
/// Makes records of the items of a list.
pub type Shape = fn(&Rest, &Scope, Vec<Json>) -> Vec<Json>;

/// How a stream is read.
pub enum How {
    /// As one list.
    List(List),
    /// As one list that need not be read where its `ETag` says that it is as it was.
    IfChanged(List),
    /// As one list in pages by number, which shift when something goes.
    Numbered(List),
    /// As one list whose items become records by a function. What it adds begins with
    /// `#`, which no service uses in a name.
    Shaped(List, Shape),
    /// The same of a list that is never empty while the service is in use: an empty one takes
    /// nothing away.
    Populated(List, Shape),
    /// In a way of its own.
    Own(Own),
    /// In a way of its own; rows by their keys too.
    Asked {
        /// Reads the stream.
        read: Own,
        /// Asks for rows by their keys.
        poll: OwnPoll,
    },
    /// In a way of its own, as details of the rows of another stream.
    Details {
        /// That stream.
        of: &'static str,
        /// Rows of it whose details come in one answer at most, for predictions.
        together: fn(&Rest) -> u64,
        /// Reads those of the rows that have changed.
        read: Own,
        /// Asks for those of some rows by the keys of the rows.
        poll: OwnPoll,
    },
}

/// A list inside a record.
pub struct Inside {
    /// Its table and the places of its values.
    pub spec: &'static Spec,
    /// Where it stands in the record: a list, or a text with commas. A key `@name` is the
    /// field that the settings call so.
    pub path: &'static str,
    /// The column that names the record, and the way to that name in the record.
    pub parent: (&'static str, &'static str),
}

/// A configured service.
pub struct Rest {
    /// What it is.
    pub kind: &'static Kind,
    /// How it is set up.
    pub setup: Setup,
    /// The connection.
    pub client: Arc<Client>,
    /// What the kind asks once and needs often, such as the time zone of the user.
    pub known: OnceLock<Json>,
    /// The questions of saved filters by their ids; each is asked for once.
    pub filters: Mutex<BTreeMap<String, String>>,
    /// What is odd about the settings and was gone on with.
    pub notices: Mutex<Vec<SourceError>>,
    /// Why the parts of these names cannot be read.
    pub refused: Mutex<BTreeMap<String, SourceError>>,
}

impl Rest {
    /// The stream of that contract.
    ///
    /// # Errors
    /// When it belongs to another kind of source.
    pub fn stream(&self, contract: &'static Stream) -> Result<&'static RestStream, SourceError> {
        let found = self
            .kind
            .streams
            .iter()
            .find(|it| it.contract.name == contract.name);
        found.copied().ok_or_else(|| {
            error::config(
                &self.setup.name,
                format!("there is no stream `{}`", contract.name),
            )
        })
    }

    /// Sends a call; errors say where.
    ///
    /// # Errors
    /// When the service gives no answer.
    pub fn send(&self, place: &Place<'_>, call: &Call) -> Result<qaduct_http::Answer, SourceError> {
        self.client
            .send(call)
            .map_err(|it| error::of_call(place, it))
    }

    /// A page of a part of a stream.
    #[must_use]
    pub fn place<'p>(
        &'p self,
        stream: &'static RestStream,
        scope: &'p Scope,
        page: u64,
    ) -> Place<'p> {
        Place {
            source: &self.setup.name,
            stream: stream.contract.name,
            part: &scope.name,
            page: Some(page),
        }
    }

    /// Remembers what is odd about the settings, to be told once.
    pub fn notice(&self, notice: SourceError) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        notices.push(notice);
    }

    /// Remembers that a part cannot be read, and why. Other parts can.
    pub fn refuse(&self, scope: &Scope, why: SourceError) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.insert(scope.name.clone(), why);
    }

    /// The stream of a contract, for a part that can be read.
    fn readable(
        &self,
        contract: &'static Stream,
        scope: &Scope,
    ) -> Result<&'static RestStream, SourceError> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        match refused.get(&scope.name) {
            Some(why) => Err(why.clone()),
            None => self.stream(contract),
        }
    }

    /// What stands at a path, whose keys may be names of the settings.
    fn list<'j>(&self, record: &'j Json, path: &str) -> Option<&'j Json> {
        path.split('.')
            .try_fold(record, |it, key| match key.strip_prefix('@') {
                Some(name) => it.get(self.setup.fields.get(name)?),
                None => it.get(key),
            })
    }

    /// Makes a page of records.
    #[must_use]
    pub fn page(&self, stream: &'static RestStream, scope: &Scope, items: &[Json]) -> Page {
        let people = &self.setup.people;
        let shaped;
        let items = match stream.read {
            How::Shaped(_, shape) | How::Populated(_, shape) => {
                shaped = shape(self, scope, items.to_vec());
                shaped.as_slice()
            }
            _ => items,
        };
        let mut rows = Rows::new(stream.spec, &self.setup.name, scope, people);
        for (n, item) in items.iter().enumerate() {
            let how = stream.flagged.and_then(|flagged| flagged(item));
            if rows.push(item, &Json::Null, n)
                && let Some(how) = how
            {
                rows.mark_gone(self.setup.now, how);
            }
        }
        let made = rows.finish();
        let (mut problems, mut keyless) = (made.problems, made.keyless);
        let mut nested = Vec::new();
        for inside in stream.nested {
            let mut rows = Rows::new(inside.spec, &self.setup.name, scope, people);
            let mut parents = Vec::new();
            for item in items {
                let Some(parent) = at(item, inside.parent.1) else {
                    continue;
                };
                // Without the list nothing is known about it: it was not asked for.
                let Some(list) = self.list(item, inside.path) else {
                    continue;
                };
                let column = inside.spec.table.column(inside.parent.0);
                let kind = match column.map(|it| it.kind) {
                    Some(ColumnType::Int) => Read::Int,
                    _ => Read::Text,
                };
                let Ok(parent) = read(kind, parent) else {
                    continue;
                };
                let Some(list) = inner(list) else {
                    // What is known of it stays.
                    let key = parent.to_string();
                    problems.push(no_list(stream, inside, key, list, people));
                    continue;
                };
                parents.push(parent);
                for (n, inner) in list.iter().enumerate() {
                    rows.push(inner, item, n);
                }
            }
            let made = rows.finish();
            problems.extend(made.problems);
            keyless += made.keyless;
            nested.push(Nested {
                table: &inside.spec.table,
                rows: made.rows,
                parent: inside.parent.0,
                parents,
            });
        }
        Page {
            rows: Some(made.rows),
            nested,
            problems,
            incomplete: (keyless > 0)
                .then(|| format!("{keyless} records have no key and cannot be stored")),
            ..Page::default()
        }
    }
}

impl Source for Rest {
    fn name(&self) -> &str {
        &self.setup.name
    }

    fn kind(&self) -> &'static str {
        self.kind.name
    }

    fn streams(&self) -> &'static [&'static Stream] {
        self.kind.contracts
    }

    fn scopes(&mut self, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
        (self.kind.scopes)(self, stream)
    }

    fn off(&self, stream: &'static Stream) -> Option<String> {
        // The option of a stream that is read only where it is asked for has its name.
        let mut options = self.kind.options.iter();
        let option = options.find(|it| it.name == stream.name)?;
        let (is_on, word) = match option.words {
            SWITCH => (self.setup.is_on(option.name), "true"),
            _ => (self.setup.says(option.name), "…"),
        };
        let name = &self.setup.name;
        (!is_on).then(|| {
            format!(
                "`options = {{ {} = \"{word}\" }}` in [source.{name}] switches it on",
                option.name
            )
        })
    }

    fn shape(&self, stream: &'static Stream) -> String {
        let found = self.stream(stream);
        found.map_or_else(|_| String::new(), |it| shape::of(&self.setup, it))
    }

    fn is_of_hidden_people(&self, stream: &'static Stream) -> bool {
        let is_key = |it: &Field| it.person && stream.table.key.contains(&it.column);
        let found = self.stream(stream);
        !matches!(self.setup.people, People::Keep)
            && found.is_ok_and(|it| it.spec.fields.iter().any(is_key))
    }

    fn details_of(&self, stream: &'static Stream) -> Option<&'static str> {
        match self.stream(stream).ok()?.read {
            How::Details { of, .. } => Some(of),
            _ => None,
        }
    }

    fn read<'s>(
        &'s mut self,
        stream: &'static Stream,
        reading: &Reading,
    ) -> Result<Box<dyn Pages + 's>, SourceError> {
        let stream = self.readable(stream, &reading.scope)?;
        match stream.read {
            How::Own(read) | How::Asked { read, .. } | How::Details { read, .. } => {
                read(self, stream, reading)
            }
            How::IfChanged(listing) => {
                let listing = listing(self, reading)?;
                let pages = ListPages::new(self, stream, reading, listing)?;
                Ok(Box::new(pages.counted_before()?.if_changed()))
            }
            How::Numbered(listing) => {
                let listing = listing(self, reading)?;
                let pages = ListPages::new(self, stream, reading, listing)?;
                Ok(Box::new(pages.counted_before()?))
            }
            How::Populated(listing, _) => {
                populated::read(self, stream, reading, listing(self, reading)?)
            }
            How::List(listing) | How::Shaped(listing, _) => {
                let listing = listing(self, reading)?;
                Ok(Box::new(ListPages::new(self, stream, reading, listing)?))
            }
        }
    }

    fn poll<'s>(
        &'s mut self,
        stream: &'static Stream,
        scope: &Scope,
        keys: Vec<Vec<Value>>,
    ) -> Result<Box<dyn Pages + 's>, SourceError> {
        let stream = self.stream(stream)?;
        if let How::Asked { poll, .. } | How::Details { poll, .. } = stream.read {
            return poll(self, stream, scope, keys);
        }
        Ok(Box::new(crate::poll::PollPages::new(
            self,
            stream,
            scope.clone(),
            keys,
        )?))
    }

    fn census(
        &mut self,
        stream: &'static Stream,
        scope: &Scope,
    ) -> Result<Vec<Vec<Value>>, SourceError> {
        match self.stream(stream)?.census {
            Some(census) => census(self, scope),
            None => Err(error::config(
                &self.setup.name,
                format!("stream `{}` has no census", stream.name),
            )),
        }
    }

    fn predict(
        &mut self,
        stream: &'static Stream,
        reading: &Reading,
    ) -> Result<Prediction, SourceError> {
        let stream = self.readable(stream, &reading.scope)?;
        let counted = |stream: &RestStream| match stream.count {
            Some(count) => count(self, reading),
            None => Ok(None),
        };
        if let How::Details { of, together, .. } = stream.read {
            // Nobody knows how many there are; the rows that have them can be counted.
            let of = self.kind.streams.iter().find(|it| it.contract.name == of);
            let rows = of.map_or(Ok(None), |it| counted(it))?;
            return Ok(Prediction {
                rows: None,
                requests: rows.map(|rows| rows.div_ceil(together(self)).max(1)),
            });
        }
        let rows = counted(stream)?;
        Ok(Prediction {
            rows,
            requests: rows.map(|rows| rows.div_ceil(stream.page).max(1)),
        })
    }

    fn budget(&self, stream: &Stream) -> Budget {
        let apart = self.kind.counted_apart.iter();
        let apart = apart.filter(|(name, _)| *name == stream.name);
        let apart = apart.map(|(_, resource)| *resource).next();
        let resource = apart.or(self.resources().first().copied());
        let resource = resource.unwrap_or_default();
        Budget {
            resource,
            pace: self.client.pace(resource),
        }
    }

    fn resources(&self) -> Vec<&'static str> {
        let resources = self.client.resources().iter();
        resources.map(|it| it.name).collect()
    }

    fn others_sent(&mut self, resource: &str, requests: u32) {
        self.client.others_sent(resource, requests);
    }

    fn notices(&mut self) -> Vec<SourceError> {
        let notices = self.notices.get_mut();
        mem::take(notices.unwrap_or_else(PoisonError::into_inner))
    }

    fn probe(&mut self) -> Result<Probe, SourceError> {
        (self.kind.probe)(self)
    }

    fn discover(&mut self) -> Result<Vec<Discovered>, SourceError> {
        (self.kind.discover)(self)
    }
}
