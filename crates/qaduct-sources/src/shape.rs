//! What shapes the rows of a stream beside the question: the columns and where their values
//! stand, the fields and options of the settings, what becomes of people.

use qaduct_records::digest::digest;

use crate::people::People;
use crate::rest::RestStream;
use crate::setup::Setup;

/// Grows when a value of a record is read in another way although its column and its place
/// are the same: then all is read again.
const READ_AS: &str = "1";

/// Grows when people are hidden in another way: then all is read again where they are.
const HIDDEN_AS: &str = "3";

/// The shape of the rows of a stream, as a digest: nothing of it can be read out.
pub(crate) fn of(setup: &Setup, stream: &RestStream) -> String {
    let people = match &setup.people {
        People::Keep => ["keep", "", ""],
        People::Drop => ["drop", "", HIDDEN_AS],
        People::Hash(salt) => ["hash", salt.expose(), HIDDEN_AS],
    };
    let mut parts = vec![
        READ_AS.to_owned(),
        digest(people.map(Some)),
        format!("{:?} {:?}", setup.fields, setup.options),
    ];
    let inside = stream.nested.iter().map(|it| (it.spec, it.path));
    for (spec, path) in std::iter::once((stream.spec, "")).chain(inside) {
        parts.push(format!("{} {path}", spec.table.name));
        parts.extend(spec.fields.iter().map(|it| {
            let read = format!("{:?}", it.read);
            // A function shows as its address.
            let read = read.split('(').next().unwrap_or_default();
            format!("{} {} {read} {}", it.column, it.path, it.person)
        }));
    }
    digest(parts.iter().map(|it| Some(it.as_str())))
}
