//! What the server has and what it has shown, as JSON under `/replay`: for those who count.
//!
//! | Path | Answer |
//! |---|---|
//! | `/replay` | how many records each collection has, and how many of them were in some answer |
//! | `/replay/testrail.cases` | the ids of both |
//!
//! What nobody is shown, such as bugs that are secret, does not count.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::World;
use crate::answer::Answer;
use crate::log::Seen;

/// The first part of the path.
pub(crate) const PATH: &str = "replay";

/// Answers for a collection, or for all where none is named.
pub(crate) fn answer(collection: &str, world: &World, seen: &[Seen]) -> Answer {
    if collection.is_empty() {
        let all = World::names().map(|name| {
            let (has, shown) = (world.visible(name).len(), ids(name, seen).len());
            (name.to_owned(), json!({ "has": has, "shown": shown }))
        });
        return Answer::ok(Value::Object(all.collect::<Map<_, _>>()));
    }
    if !World::names().any(|it| it == collection) {
        return Answer::text(404, "text/plain", "there is no such collection\n");
    }
    Answer::ok(json!({
        "has": world.visible(collection),
        "shown": ids(collection, seen),
    }))
}

/// Ids of a collection that were in some answer with status 200.
pub(crate) fn ids(collection: &str, seen: &[Seen]) -> BTreeSet<String> {
    let listed = seen.iter().filter_map(|it| it.listed.as_ref());
    let of_collection = listed.filter(|(name, _)| name == collection);
    of_collection
        .flat_map(|(_, ids)| ids.iter().cloned())
        .collect()
}
