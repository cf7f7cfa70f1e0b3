//! The records that are served: collections of JSON, and how they change.
//!
//! Collections are named `service.collection`. Fields of a record that begin with `_` are
//! the world's own and are never served.

mod advance;
pub(crate) mod generated;
mod recent;
mod recorded;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::service::SERVICES;

pub use recorded::WorldError;

/// All records of all services at one moment.
#[derive(Debug, Clone)]
pub struct World {
    collections: BTreeMap<&'static str, Collection>,
    now: Timestamp,
    seed: u64,
    step: u64,
}

/// The records of one collection, in the order in which they were put there.
#[derive(Debug, Clone, Default)]
pub struct Collection {
    records: BTreeMap<u64, Value>,
    places: BTreeMap<String, u64>,
    children: BTreeMap<String, BTreeSet<u64>>,
    next: u64,
}

/// How a collection is made.
struct Shape {
    name: &'static str,
    /// Field of the id.
    id: &'static str,
    /// Field of the id of the parent, by which it is listed; empty where it is listed as a whole.
    parent: &'static str,
    changed: Option<Changed>,
}

/// What tells that a record changed.
#[derive(Clone, Copy)]
enum Changed {
    /// A field, and how it is written.
    Field(&'static str, Written),
    /// More than a field: a function changes the record of this id.
    By(fn(&mut World, &str)),
}

/// How an instant is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// Seconds since 1970.
    Unix,
    /// `2026-01-31T10:00:00Z`.
    Zulu,
    /// `2026-01-31T10:00:00.000+0000`.
    Jira,
}

impl Written {
    pub(crate) fn write(self, at: Timestamp) -> Value {
        match self {
            Self::Unix => at.as_second().into(),
            Self::Zulu => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into(),
            Self::Jira => at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string().into(),
        }
    }
}

const fn shape(
    name: &'static str,
    id: &'static str,
    parent: &'static str,
    changed: Option<(&'static str, Written)>,
) -> Shape {
    let changed = match changed {
        Some((field, written)) => Some(Changed::Field(field, written)),
        None => None,
    };
    Shape {
        name,
        id,
        parent,
        changed,
    }
}

/// A collection whose records change by a function.
const fn shape_by(
    name: &'static str,
    id: &'static str,
    parent: &'static str,
    changed: fn(&mut World, &str),
) -> Shape {
    Shape {
        name,
        id,
        parent,
        changed: Some(Changed::By(changed)),
    }
}

const UNIX: Option<(&str, Written)> = Some(("updated_on", Written::Unix));
const ZULU: Option<(&str, Written)> = Some(("updated_at", Written::Zulu));

/// All collections.
fn shapes() -> impl Iterator<Item = &'static Shape> {
    SERVICES.iter().flat_map(|it| it.made.shapes)
}

fn shape_of(name: &str) -> &'static Shape {
    let found = shapes().find(|it| it.name == name);
    found.unwrap_or_else(|| panic!("there is no collection `{name}`"))
}

/// A value as the text of an id.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

impl World {
    /// A world without records, at nine o'clock on 2 March 2026.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            collections: BTreeMap::new(),
            now: Timestamp::constant(1_772_442_000, 0),
            seed: 0,
            step: 0,
        }
    }

    /// Deterministic data of about `size` records, in the shapes of a real organisation.
    #[must_use]
    pub fn generated(seed: u64, size: usize) -> Self {
        let mut world = Self::empty();
        world.seed = seed;
        generated::fill(&mut world, seed, size);
        world
    }

    /// About `size` records of one service, by the name that its collections begin with.
    ///
    /// # Panics
    /// When there is no such service.
    #[must_use]
    pub fn of(service: &str, seed: u64, size: usize) -> Self {
        let mut world = Self::empty();
        world.seed = seed;
        generated::fill_one(&mut world, seed, service, size);
        world
    }

    /// The time in this world.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets time pass without changing a record.
    pub fn pass(&mut self, time: SignedDuration) {
        self.now += time;
    }

    /// Lets an hour pass in which records come, change, end and go, in each service.
    pub fn advance(&mut self, steps: u64) {
        for _ in 0..steps {
            self.step += 1;
            self.now += SignedDuration::from_hours(1);
            advance::advance(
                self,
                self.seed ^ self.step.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            );
        }
    }

    /// Adds a record, or replaces the one with its id.
    ///
    /// # Panics
    /// When there is no such collection.
    pub fn put(&mut self, collection: &str, record: Value) {
        let shape = shape_of(collection);
        let entry = self.collections.entry(shape.name).or_default();
        entry.put(shape, record);
    }

    /// Deletes a record.
    pub fn remove(&mut self, collection: &str, id: &str) {
        if let Some(found) = self.collections.get_mut(collection)
            && let Some(place) = found.places.remove(id)
        {
            found.records.remove(&place);
            for children in found.children.values_mut() {
                children.remove(&place);
            }
        }
    }

    /// Changes a record: its field of the last change becomes now, and no earlier than before.
    /// A page of Confluence gets a line by a person, and with it a new version.
    pub fn touch(&mut self, collection: &str, id: &str) {
        let now = self.now;
        let (field, written) = match shape_of(collection).changed {
            Some(Changed::Field(field, written)) => (field, written),
            Some(Changed::By(change)) => return change(self, id),
            None => return,
        };
        self.change(collection, id, |record| {
            let place = match field.strip_prefix("/fields/") {
                Some(field) => &mut record["fields"][field],
                None => &mut record[field],
            };
            *place = written.write(now);
        });
    }

    /// Whether the records of a collection tell when they changed.
    pub(crate) fn tells_changes(collection: &str) -> bool {
        shape_of(collection).changed.is_some()
    }

    /// Changes a record.
    pub fn change(&mut self, collection: &str, id: &str, how: impl FnOnce(&mut Value)) {
        let shape = shape_of(collection);
        if let Some(found) = self.collections.get_mut(collection)
            && let Some(mut record) = found.get(id).cloned()
        {
            how(&mut record);
            found.put(shape, record);
        }
    }

    /// The records of a collection.
    ///
    /// # Panics
    /// When there is no such collection.
    #[must_use]
    pub fn collection(&self, name: &str) -> &Collection {
        static NONE: Collection = Collection {
            records: BTreeMap::new(),
            places: BTreeMap::new(),
            children: BTreeMap::new(),
            next: 0,
        };
        self.collections.get(shape_of(name).name).unwrap_or(&NONE)
    }

    /// A record by its id.
    #[must_use]
    pub fn get(&self, collection: &str, id: &str) -> Option<&Value> {
        self.collection(collection).get(id)
    }

    /// The ids of a collection.
    #[must_use]
    pub fn ids(&self, collection: &str) -> BTreeSet<String> {
        self.ids_where(collection, |_| true)
    }

    /// The ids of the records that pass a test.
    #[must_use]
    pub fn ids_where(&self, collection: &str, test: impl Fn(&Value) -> bool) -> BTreeSet<String> {
        let id = shape_of(collection).id;
        let records = self.collection(collection).all();
        records
            .filter(|it| test(it))
            .map(|it| text(&it[id]))
            .collect()
    }

    /// The ids of a collection that somebody with a credential can be shown by its service.
    ///
    /// Not shown are bugs of `core-security` with their history and comments, and users of Jira
    /// who hide.
    #[must_use]
    pub fn visible(&self, collection: &str) -> BTreeSet<String> {
        let secret = |bug: &Value| {
            let groups = bug["groups"].as_array();
            groups.is_some_and(|all| all.iter().any(|it| it == "core-security"))
        };
        let of_bug = |id: &Value| {
            self.get("bugzilla.bugs", &text(id))
                .is_some_and(|it| !secret(it))
        };
        self.ids_where(collection, |it| match collection {
            "bugzilla.bugs" => !secret(it),
            "bugzilla.history" => of_bug(&it["_bug"]),
            "bugzilla.comments" => of_bug(&it["bug_id"]),
            _ => it["_hidden"] != true,
        })
    }

    /// How many records there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.collections.values().map(Collection::len).sum()
    }

    /// The names of all collections.
    pub fn names() -> impl Iterator<Item = &'static str> {
        shapes().map(|it| it.name)
    }
}

impl Collection {
    fn put(&mut self, shape: &Shape, record: Value) {
        let id = text(&record[shape.id]);
        let place = *self.places.entry(id).or_insert_with(|| {
            self.next += 1;
            self.next
        });
        if !shape.parent.is_empty() {
            if let Some(before) = self.records.get(&place) {
                let parent = text(&before[shape.parent]);
                if let Some(children) = self.children.get_mut(&parent) {
                    children.remove(&place);
                }
            }
            let parent = text(&record[shape.parent]);
            self.children.entry(parent).or_default().insert(place);
        }
        self.records.insert(place, record);
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// All records.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.records.values()
    }

    /// A record by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.records.get(self.places.get(id)?)
    }

    /// The records of a parent.
    pub fn of<'a>(&'a self, parent: &str) -> impl DoubleEndedIterator<Item = &'a Value> + use<'a> {
        let places = self.children.get(parent).into_iter().flatten();
        places.filter_map(|it| self.records.get(it))
    }
}

/// A record as it is served: without the world's own fields.
pub(crate) fn served(record: &Value) -> Value {
    let mut record = record.clone();
    if let Value::Object(fields) = &mut record {
        fields.retain(|name, _| !name.starts_with('_'));
    }
    record
}
