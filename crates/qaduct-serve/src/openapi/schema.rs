//! The schemas of the document, from columns.

use qaduct_records::{Column, ColumnType};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Schema, SchemaType};
use utoipa::openapi::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Required, SchemaFormat, Type,
};

use crate::api::{LARGEST_PAGE, SCHEMA_VERSION};
use crate::catalogue::{Resource, sentence};
use crate::parameters::{self, MUTED, NONE, SHAPES, Takes};
use crate::redash::{self, summary};

/// A schema, whatever builds it.
pub(super) type Shape = RefOr<Schema>;

pub(super) fn text() -> Shape {
    ObjectBuilder::new().schema_type(Type::String).into()
}

/// A row of the API: every column is there, NULL is `null`.
pub(super) fn row(resource: &Resource) -> Shape {
    let mut object = ObjectBuilder::new().description(Some(resource.about.as_str()));
    for column in &resource.columns {
        let mut property =
            typed(column.kind, column.nullable).description(Some(sentence(&column.description)));
        if let Some(words) = words(resource, column) {
            let null = column.nullable.then_some(serde_json::Value::Null);
            property = property.enum_values(Some(words.iter().map(|&it| it.into()).chain(null)));
        }
        object = object
            .property(column.name.as_ref(), property)
            .required(column.name.as_ref());
    }
    object.into()
}

/// A page of rows.
pub(super) fn page(item: &str) -> Shape {
    ObjectBuilder::new()
        .property(
            "schema_version",
            typed(ColumnType::Int, false)
                .enum_values(Some([SCHEMA_VERSION]))
                .description(Some("Changes when a column goes or changes its meaning.")),
        )
        .required("schema_version")
        .property(
            "items",
            ArrayBuilder::new().items(Ref::from_schema_name(item)),
        )
        .required("items")
        .property(
            "total",
            typed(ColumnType::Int, false).description(Some("Rows on all pages together.")),
        )
        .required("total")
        .property("_links", links())
        .required("_links")
        .property("next_page_token", next_page_token())
        .required("next_page_token")
        .into()
}

fn links() -> ObjectBuilder {
    let href =
        typed(ColumnType::Text, false).description(Some("Relative to the address of this page."));
    ObjectBuilder::new()
        .description(Some("`next` is there while there is a next page."))
        .property(
            "next",
            ObjectBuilder::new().property("href", href).required("href"),
        )
}

fn next_page_token() -> ObjectBuilder {
    typed(ColumnType::Text, true).description(Some("`null` on the last page."))
}

/// The one shape of every failure.
pub(super) fn error() -> Shape {
    let mut error = ObjectBuilder::new();
    for (name, about) in [
        ("code", "A word for programs."),
        ("message", "What went wrong."),
        ("hint", "What to do about it."),
    ] {
        error = error
            .property(
                name,
                typed(ColumnType::Text, false).description(Some(about)),
            )
            .required(name);
    }
    ObjectBuilder::new()
        .property("error", error)
        .required("error")
        .into()
}

pub(super) fn health() -> Shape {
    ObjectBuilder::new()
        .property(
            "status",
            typed(ColumnType::Text, false).enum_values(Some(["ok"])),
        )
        .required("status")
        .property("last_scan_at", typed(ColumnType::Timestamp, true))
        .required("last_scan_at")
        .property("last_scan_age_seconds", typed(ColumnType::Int, true))
        .required("last_scan_age_seconds")
        .into()
}

/// A column of a Redash document: name, type, meaning.
pub(super) type Shown = (String, ColumnType, String);

pub(super) fn view_columns(resource: &Resource) -> Vec<Shown> {
    redash::shown(resource)
        .into_iter()
        .filter_map(|it| {
            let column = resource.column(&it.column)?;
            Some((it.name, column.kind, sentence(&column.description)))
        })
        .collect()
}

pub(super) fn summary_columns() -> Vec<Shown> {
    summary::COLUMNS
        .map(|(name, kind, about)| (name.to_owned(), kind, about.to_owned()))
        .to_vec()
}

/// Columns and rows; a row has no key for NULL.
pub(super) fn redash(columns: &[Shown]) -> Shape {
    let column =
        ["name", "type", "friendly_name"]
            .into_iter()
            .fold(ObjectBuilder::new(), |object, name| {
                object
                    .property(name, typed(ColumnType::Text, false))
                    .required(name)
            });
    let row = columns
        .iter()
        .fold(ObjectBuilder::new(), |object, (name, kind, about)| {
            object.property(name, typed(*kind, false).description(Some(about)))
        });
    ObjectBuilder::new()
        .property("columns", ArrayBuilder::new().items(column))
        .required("columns")
        .property("rows", ArrayBuilder::new().items(row))
        .required("rows")
        .property(
            "_links",
            links().description(Some("Where `limit` was given.")),
        )
        .property("next_page_token", next_page_token())
        .into()
}

/// A parameter of a list.
pub(super) fn parameter(resource: &Resource, it: &parameters::Parameter) -> Parameter {
    let one_of = |words: &[&str]| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(words.to_vec()))
    };
    let schema: Shape = match &it.takes {
        Takes::Equal(column) => ArrayBuilder::new().items(item(resource, column)).into(),
        Takes::Before(column) | Takes::After(column) => match column.kind {
            ColumnType::Date => typed(ColumnType::Date, false).into(),
            _ => ObjectBuilder::new().schema_type(Type::String).into(),
        },
        Takes::Limit => typed(ColumnType::Int, false)
            .minimum(Some(1))
            .maximum(Some(LARGEST_PAGE))
            .into(),
        Takes::Muted => one_of(&MUTED).into(),
        Takes::Shape => one_of(&SHAPES).into(),
        Takes::MinRow => one_of(&["0", "1"]).into(),
        Takes::Search | Takes::Sort | Takes::PageToken | Takes::Filters => text(),
    };
    ParameterBuilder::new()
        .name(it.name.as_str())
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(it.about.as_str()))
        .schema(Some(schema))
        .build()
}

/// One value that a column is asked to have.
fn item(resource: &Resource, column: &Column) -> ObjectBuilder {
    match words(resource, column) {
        Some(words) => {
            let none = column.nullable.then_some(NONE);
            ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(words.iter().copied().chain(none)))
        }
        // The word for NULL is text, whatever the column holds otherwise.
        None if column.nullable || column.kind == ColumnType::Timestamp => {
            ObjectBuilder::new().schema_type(Type::String)
        }
        None => typed(column.kind, false),
    }
}

fn words<'a>(resource: &'a Resource, column: &Column) -> Option<&'a Vec<&'static str>> {
    resource
        .words
        .iter()
        .find(|(name, _)| column.name == *name)
        .map(|(_, words)| words)
}

fn typed(kind: ColumnType, nullable: bool) -> ObjectBuilder {
    let (kind, format) = match kind {
        ColumnType::Text => (Type::String, None),
        ColumnType::Int => (Type::Integer, Some(KnownFormat::Int64)),
        ColumnType::Float => (Type::Number, Some(KnownFormat::Double)),
        ColumnType::Bool => (Type::Boolean, None),
        ColumnType::Timestamp => (Type::String, Some(KnownFormat::DateTime)),
        ColumnType::Date => (Type::String, Some(KnownFormat::Date)),
    };
    let kind: SchemaType = if nullable {
        [kind, Type::Null].into_iter().collect()
    } else {
        kind.into()
    };
    ObjectBuilder::new()
        .schema_type(kind)
        .format(format.map(SchemaFormat::KnownFormat))
}
