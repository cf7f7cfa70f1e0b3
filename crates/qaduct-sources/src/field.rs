//! How a record of a service becomes a row, as data.
//!
//! [`spec!`](crate::spec!) declares a table and, beside each column, where in the
//! record its value stands and how it is written there.

use qaduct_records::source::Scope;
use qaduct_records::{Column, ColumnType, Table, Value};
use serde_json::Value as Json;

use crate::people::People;

/// A table and where its values come from.
#[derive(Debug)]
pub struct Spec {
    /// The table: `source`, the fields, the lineage.
    pub table: Table,
    /// The fields in the order of their columns, from the second column on.
    pub fields: &'static [Field],
    /// Objects of the record whose unknown fields go to `_extra`; `""` is the record.
    pub objects: &'static [&'static str],
    /// Fields that are known and not kept: links to the API itself, pictures.
    pub ignored: &'static [&'static str],
}

/// Where a value stands and how it is written.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Name of the column.
    pub column: &'static str,
    /// Keys joined by dots, from the record: `fields.status.name`.
    pub path: &'static str,
    /// How it is written there.
    pub read: Read,
    /// Whether it names a person.
    pub person: bool,
    /// Whether it names a thing: it is no prose in which a person could be named.
    pub exact: bool,
}

/// How a value is written.
#[derive(Debug, Clone, Copy)]
pub enum Read {
    /// Text; numbers and flags become their text.
    Text,
    /// A whole number, also in quotes.
    Int,
    /// A number, also in quotes.
    Float,
    /// `true` and `false`, 1 and 0.
    Bool,
    /// Seconds since 1970, UTC.
    UnixSeconds,
    /// Milliseconds since 1970, UTC.
    UnixMillis,
    /// ISO 8601 with an offset, with or without a colon in it.
    Instant,
    /// The minutes east of UTC in an ISO 8601 instant.
    Offset,
    /// A day, `2026-01-31`.
    Day,
    /// Anything, as compact JSON.
    Json,
    /// A list of texts, or of objects by one of their keys, joined by a separator.
    Join {
        /// The key, where the items are objects.
        key: &'static str,
        /// What stands between two.
        by: &'static str,
    },
    /// The value of that name of the scope; the path is not looked at.
    Scope(&'static str),
    /// The same, as a whole number.
    ScopeInt(&'static str),
    /// Number of the record in its list, from 0.
    Ordinal,
    /// A whole number of the record that holds this one.
    ParentInt,
    /// Text of the record that holds this one.
    ParentText,
    /// Text by a function. The value is `Null` where the record has none.
    TextBy(fn(&Json) -> Result<Value, String>),
    /// A whole number by a function.
    IntBy(fn(&Json) -> Result<Value, String>),
    /// A flag by a function.
    BoolBy(fn(&Json) -> Result<Value, String>),
    /// An instant by a function.
    InstantBy(fn(&Json) -> Result<Value, String>),
    /// Text that names a person in a part of it, by a function that does what is done with
    /// people. It is given the part that is read, too.
    PersonIn(fn(&Json, &Scope, &People) -> Result<Value, String>),
}

impl Read {
    /// The type of the column.
    #[must_use]
    pub const fn kind(&self) -> ColumnType {
        match self {
            Self::Int
            | Self::Offset
            | Self::Ordinal
            | Self::ScopeInt(_)
            | Self::ParentInt
            | Self::IntBy(_) => ColumnType::Int,
            Self::Float => ColumnType::Float,
            Self::Bool | Self::BoolBy(_) => ColumnType::Bool,
            Self::UnixSeconds | Self::UnixMillis | Self::Instant | Self::InstantBy(_) => {
                ColumnType::Timestamp
            }
            Self::Day => ColumnType::Date,
            Self::Text
            | Self::Json
            | Self::Join { .. }
            | Self::Scope(_)
            | Self::ParentText
            | Self::TextBy(_)
            | Self::PersonIn(_) => ColumnType::Text,
        }
    }

    /// Whether the path leads into the record.
    #[must_use]
    pub const fn is_of_record(&self) -> bool {
        !matches!(
            self,
            Self::Scope(_) | Self::ScopeInt(_) | Self::Ordinal | Self::ParentInt | Self::ParentText
        )
    }
}

/// The value at a path of keys; the empty path is the record itself.
#[must_use]
pub fn at<'j>(record: &'j Json, path: &str) -> Option<&'j Json> {
    if path.is_empty() {
        return Some(record);
    }
    path.split('.').try_fold(record, |it, key| it.get(key))
}

/// Whether a list of names holds a name, for [`spec!`](crate::spec!).
#[doc(hidden)]
#[must_use]
pub const fn holds(names: &[&str], name: &str) -> bool {
    let mut n = 0;
    while n < names.len() {
        if same(names[n].as_bytes(), name.as_bytes()) {
            return true;
        }
        n += 1;
    }
    false
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut n = 0;
    while n < one.len() {
        if one[n] != other[n] {
            return false;
        }
        n += 1;
    }
    true
}

/// A column of a [`Spec`].
#[doc(hidden)]
#[must_use]
pub const fn column(
    name: &'static str,
    read: &Read,
    key: &[&str],
    description: &'static str,
) -> Column {
    Column {
        name: std::borrow::Cow::Borrowed(name),
        kind: read.kind(),
        nullable: !holds(key, name),
        description: std::borrow::Cow::Borrowed(description),
    }
}

/// Declares a table with the places of its values. A column whose values name a
/// person begins with `person`; one whose values name a thing in a way that may look like
/// an e-mail address, with `exact`.
///
/// ```
/// qaduct_sources::spec! {
///     /// A door.
///     pub static DOORS in "house_doors" key ["id"] {
///         /// Its number.
///         id: Int = "id",
///         /// Who painted it.
///         person painter: Text = "painted.by.name",
///         /// When.
///         painted_at: UnixSeconds = "painted.on",
///     }
/// }
/// assert_eq!(DOORS.table.key, ["source", "id"]);
/// assert_eq!(DOORS.table.columns[2].name, "painter");
/// ```
#[macro_export]
macro_rules! spec {
    (
        $(#[doc = $about:literal])*
        $vis:vis static $name:ident in $table:literal key $key:tt
        $(objects [$($object:literal),* $(,)?])?
        $(ignoring [$($ignored:literal),* $(,)?])?
        {
            $($(#[doc = $doc:literal])+ $($word:ident)+ : $read:ident $(($($argument:tt)*))? $({$($named:tt)*})? = $path:literal,)+
        }
    ) => {
        $(#[doc = $about])*
        $vis static $name: $crate::field::Spec = $crate::field::Spec {
            table: qaduct_records::Table {
                name: $table,
                description: concat!($($about, "\n"),*),
                columns: &[
                    qaduct_records::stream::SOURCE_COLUMN,
                    $($crate::field::column(
                        $crate::spec!(@name $($word)+),
                        &$crate::field::Read::$read $(($($argument)*))? $({$($named)*})?,
                        &$key,
                        concat!($($doc, "\n"),+),
                    ),)+
                    qaduct_records::stream::EXTRA_COLUMN,
                    qaduct_records::stream::GONE_AT_COLUMN,
                    qaduct_records::stream::GONE_COLUMN,
                    qaduct_records::stream::FIRST_SEEN_AT_COLUMN,
                    qaduct_records::stream::CHANGED_AT_COLUMN,
                    qaduct_records::stream::REQUEST_COLUMN,
                ],
                key: $crate::spec!(@key $key),
                lineage: qaduct_records::stream::LINEAGE,
                once: qaduct_records::stream::ONCE,
            },
            fields: &[$($crate::field::Field {
                column: $crate::spec!(@name $($word)+),
                path: $path,
                read: $crate::field::Read::$read $(($($argument)*))? $({$($named)*})?,
                person: $crate::spec!(@person $($word)+),
                exact: $crate::spec!(@exact $($word)+),
            }),+],
            objects: &["" $($(, $object)*)?],
            ignored: &[$($($ignored),*)?],
        };
    };
    (@key [$($key:literal),* $(,)?]) => { &["source", $($key),*] };
    (@name person $name:ident) => { stringify!($name) };
    (@name exact $name:ident) => { stringify!($name) };
    (@name $name:ident) => { stringify!($name) };
    (@person person $name:ident) => { true };
    (@person $($word:ident)+) => { false };
    (@exact exact $name:ident) => { true };
    (@exact $($word:ident)+) => { false };
}
