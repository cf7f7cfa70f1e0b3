//! What the settings watch: an index path, all tasks of a namespace, or a task.

use qaduct_records::Value;
use qaduct_records::source::{Scope, SourceError};
use qaduct_records::stream::Stream;

use crate::error;
use crate::rest::Rest;

/// Name of the value of a scope that is watched, as the settings write it.
pub(super) const WATCHED: &str = "watched";

/// What an entry of `projects` means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Watched<'a> {
    /// The newest task of an index path.
    Path(&'a str),
    /// All tasks that stand right in a namespace.
    Namespace(&'a str),
    /// A task by its id.
    Task(&'a str),
}

impl<'a> Watched<'a> {
    /// Of an entry; `None` where it is none of these.
    pub(super) fn of(entry: &'a str) -> Option<Self> {
        if is_task(entry) {
            return Some(Self::Task(entry));
        }
        // As people copy them from the route of a task.
        let path = entry.strip_prefix("index.").unwrap_or(entry);
        let (path, made) = match path.strip_suffix(".*") {
            Some(namespace) => (namespace, Self::Namespace as fn(&'a str) -> Self),
            None => (path, Self::Path as fn(&'a str) -> Self),
        };
        let is_sound = |it: char| it.is_ascii_alphanumeric() || ".-_~!'()%".contains(it);
        let pieces = path.split('.');
        (path.chars().all(is_sound) && pieces.clone().all(|it| !it.is_empty())).then(|| made(path))
    }
}

/// Whether a text is the id of a task: a random UUID in 22 letters.
fn is_task(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_letter = |it: &u8| it.is_ascii_alphanumeric() || b"_-".contains(it);
    bytes.len() == 22
        && bytes.iter().all(is_letter)
        && (b'Q'..=b'T').contains(&bytes[8])
        && b"CGKOSWaeimquy26-".contains(&bytes[10])
        && b"AQgw".contains(&bytes[21])
}

/// One part for each entry of `projects`.
pub(super) fn scopes(rest: &Rest, _stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
    let setup = &rest.setup;
    if setup.projects.is_empty() {
        let trouble = "needs `projects`: index paths such as \
                       \"gecko.v2.mozilla-central.latest.taskgraph.decision\", namespaces such as \
                       \"mobile.v3.firefox-android.apks.*\", or ids of decision tasks";
        return Err(error::config(&setup.name, trouble));
    }
    let mut scopes: Vec<Scope> = Vec::new();
    for entry in &setup.projects {
        let entry = entry.trim();
        if Watched::of(entry).is_none() {
            let trouble = format!("`{entry}` is no index path, no namespace and no id of a task");
            return Err(error::config(&setup.name, trouble));
        }
        let scope = Scope::of([(WATCHED, Value::from(entry))]);
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_path_a_namespace_or_a_task() {
        for (entry, expected) in [
            (
                "gecko.v2.try.latest.taskgraph.decision",
                Some(Watched::Path("gecko.v2.try.latest.taskgraph.decision")),
            ),
            (
                "index.gecko.v2.try.latest",
                Some(Watched::Path("gecko.v2.try.latest")),
            ),
            ("garbage", Some(Watched::Path("garbage"))),
            (
                "mobile.v3.apks.*",
                Some(Watched::Namespace("mobile.v3.apks")),
            ),
            (
                "M_tLrsF2Q1unMSn-KivVJg",
                Some(Watched::Task("M_tLrsF2Q1unMSn-KivVJg")),
            ),
            // One letter is none that an id can have there.
            (
                "M_tLrsF2A1unMSn-KivVJg",
                Some(Watched::Path("M_tLrsF2A1unMSn-KivVJg")),
            ),
            ("", None),
            ("a..b", None),
            ("a/b", None),
            (".*", None),
            ("a b", None),
        ] {
            assert_eq!(Watched::of(entry), expected, "{entry}");
        }
    }
}
