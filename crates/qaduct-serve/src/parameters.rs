//! The parameters of a list: which there are, and what a query string asks for.
//!
//! One rule makes them from the columns of a resource, so that every view has
//! them: `COLUMN=VALUE` (given again: any of these), `COLUMN=none` where it may
//! be NULL, and `STEM_before` / `STEM_after` for days and instants. The list
//! also feeds the OpenAPI document and the hints of errors.

mod value;

use std::sync::Arc;

use axum::extract::Query as Pairs;
use axum::http::Uri;
use qaduct_records::{Column, ColumnType, Direction, Filter, Test, Value};

use crate::api::{LARGEST_PAGE, PAGE};
use crate::catalogue::Resource;
use crate::error::Failure;
use crate::page::Token;
use crate::rows::{Question, Walk};

/// The word for NULL.
pub(crate) const NONE: &str = "none";

/// Which kind of document asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// One page of the API.
    Page,
    /// A file with all rows.
    All,
    /// A document for Redash: all rows, or pages where `limit` is given.
    Redash,
    /// The one row of numbers.
    Summary,
}

/// A parameter and what it does.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) takes: Takes,
    pub(crate) about: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Values that a column must have.
    Equal(Column),
    /// The end of a time, not in it.
    Before(Column),
    /// The beginning of a time, in it.
    After(Column),
    Search,
    Muted,
    Sort,
    Limit,
    PageToken,
    Shape,
    Filters,
    MinRow,
}

/// The values of `muted`.
pub(crate) const MUTED: [&str; 3] = ["current", "gone", "all"];
/// The values of `shape`.
pub(crate) const SHAPES: [&str; 2] = ["table", "array"];

/// All parameters of a resource.
pub(crate) fn of(resource: &Resource, face: Face) -> Vec<Parameter> {
    let mut all = Vec::new();
    let mut add = |name: &str, takes: Takes, about: String| {
        all.push(Parameter {
            name: name.to_owned(),
            takes,
            about,
        });
    };
    for column in &resource.columns {
        if resource.history.is_some() && column.name == "muted" {
            continue;
        }
        let mut about = crate::catalogue::sentence(&column.description);
        if let Some(all) = resource.list(&column.name) {
            about = format!("{about} Any of those in `{all}` counts.");
        }
        let none = if column.nullable {
            format!(" `{NONE}` asks for rows without a value.")
        } else {
            String::new()
        };
        add(
            &column.name,
            Takes::Equal(column.clone()),
            format!("{about}{none} Given again: any of these."),
        );
        if matches!(column.kind, ColumnType::Date | ColumnType::Timestamp) {
            let stem = stem(&column.name);
            add(
                &format!("{stem}_before"),
                Takes::Before(column.clone()),
                format!("Earlier than this. {about}"),
            );
            add(
                &format!("{stem}_after"),
                Takes::After(column.clone()),
                format!("This or later. {about}"),
            );
        }
    }
    add(
        "q",
        Takes::Search,
        format!(
            "Text in any of: {}; upper and lower case are the same.",
            resource.searched.join(", ")
        ),
    );
    if resource.history.is_some() {
        add(
            "muted",
            Takes::Muted,
            "`current` (default): mutes that are there; `gone`: that were there; `all`.".to_owned(),
        );
    }
    if face == Face::Summary {
        add("shape", Takes::Shape, SHAPE.to_owned());
        return all;
    }
    add("sort", Takes::Sort, "Columns, the most significant first, joined by commas; `-` before one turns it around. Rows without a value come last.".to_owned());
    let all_rows = if face == Face::Page {
        format!("; {PAGE} unless given")
    } else {
        "; all unless given".to_owned()
    };
    add(
        "limit",
        Takes::Limit,
        format!("Rows at most, up to {LARGEST_PAGE}{all_rows}."),
    );
    if face != Face::All {
        add(
            "page_token",
            Takes::PageToken,
            "`next_page_token` of the page before.".to_owned(),
        );
    }
    if face == Face::Redash {
        add("shape", Takes::Shape, SHAPE.to_owned());
        add("filters", Takes::Filters, "Columns, joined by commas, that become filters of a dashboard: `NAME` is renamed to `NAME::filter`.".to_owned());
        add("min_row", Takes::MinRow, "`1`: a column `row_count` is added, 1 in every row; where there is no row, one stands in with zeros and empty texts.".to_owned());
    }
    all
}

const SHAPE: &str = "`table` (default): columns and rows; `array`: the rows alone.";

/// `first_seen` of `first_seen_at`, `since` of `since_declared`.
fn stem(name: &str) -> &str {
    name.strip_suffix("_at")
        .or_else(|| name.strip_suffix("_declared"))
        .unwrap_or(name)
}

/// What a query string asks for.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) question: Arc<Question>,
    pub(crate) limit: Option<u64>,
    pub(crate) token: Option<Token>,
    /// The query string as it came, for the link to the next page.
    pub(crate) text: String,
    pub(crate) array: bool,
    pub(crate) filters: Vec<String>,
    pub(crate) min_row: bool,
}

impl Asked {
    /// A walk over the rows that were asked for.
    pub(crate) fn walk(&self) -> Walk {
        let place = self.token.as_ref().map(Token::place).unwrap_or_default();
        Walk::new(Arc::clone(&self.question), place, self.limit)
    }
}

/// Reads the query string of an address.
pub(crate) fn read(resource: &Resource, face: Face, uri: &Uri) -> Result<Asked, Failure> {
    let Pairs(pairs) =
        Pairs::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| Failure::QueryString)?;
    let known = of(resource, face);
    let mut equal: Vec<(&Column, Vec<Value>)> = Vec::new();
    let mut query = resource.query();
    let mut order = Vec::new();
    let mut page_token = None;
    let mut asked = Asked {
        question: Arc::default(),
        limit: (face == Face::Page).then_some(PAGE),
        token: None,
        text: uri.query().unwrap_or_default().to_owned(),
        array: false,
        filters: Vec::new(),
        min_row: false,
    };
    for (n, (name, text)) in pairs.iter().enumerate() {
        let alias = resource.alias(face, name);
        let Some(parameter) = known.iter().find(|it| it.name == alias) else {
            return Err(Failure::unknown_parameter(
                name,
                known.iter().map(|it| it.name.as_str()),
            ));
        };
        let wrong = |why: String| Failure::value(name, text, why);
        if let Takes::Equal(column) = &parameter.takes {
            let value = value::equal(resource, column, text).map_err(wrong)?;
            match equal.iter_mut().find(|(it, _)| it.name == column.name) {
                // Redash sends its own parameters again with the link to the
                // next page: what is said twice still means the same question.
                Some((_, values)) if values.contains(&value) => {}
                Some((_, values)) => values.push(value),
                None => equal.push((column, vec![value])),
            }
            continue;
        }
        if let Some((_, former)) = pairs[..n].iter().find(|(it, _)| it == name) {
            if former != text {
                return Err(Failure::Twice {
                    name: parameter.name.clone(),
                });
            }
            continue;
        }
        match &parameter.takes {
            Takes::Equal(_) => {}
            Takes::Before(column) => {
                query = query.filter(
                    column.name.clone(),
                    Test::Below(value::of(column.kind, text).map_err(wrong)?),
                );
            }
            Takes::After(column) => {
                query = query.filter(
                    column.name.clone(),
                    Test::AtLeast(value::of(column.kind, text).map_err(wrong)?),
                );
            }
            Takes::Search => {
                let holds = |name: &String| Filter::new(name, Test::Contains(text.clone()));
                query = query.any(resource.searched.iter().map(holds).collect::<Vec<_>>());
            }
            Takes::Muted => {
                let word = value::word(&MUTED, text).map_err(wrong)?;
                if let (Some(history), "gone" | "all") = (&resource.history, word) {
                    query.relation.clone_from(history);
                }
                if word == "gone" {
                    query = query.filter("muted", Test::In(vec![Value::Bool(false)]));
                }
            }
            Takes::Sort => order = value::order(resource, text).map_err(wrong)?,
            Takes::Limit => asked.limit = Some(value::limit(text).map_err(wrong)?),
            Takes::PageToken => page_token = Some(text),
            Takes::Shape => asked.array = value::word(&SHAPES, text).map_err(wrong)? == "array",
            Takes::Filters => asked.filters = value::columns(text),
            Takes::MinRow => asked.min_row = value::word(&["0", "1"], text).map_err(wrong)? == "1",
        }
    }
    for (column, values) in equal {
        query = query.any(equal_to(resource, column, values));
    }
    query.order = total(resource, order);
    asked.question = Arc::new(Question::of(query));
    if let Some(text) = page_token {
        asked.token = Some(Token::read(text, &asked.question)?);
    }
    Ok(asked)
}

/// Rows whose column has one of these values, of which some may be NULL.
fn equal_to(resource: &Resource, column: &Column, values: Vec<Value>) -> Vec<Filter> {
    let (none, values): (Vec<_>, Vec<_>) = values.into_iter().partition(|it| *it == Value::Null);
    let mut any = Vec::new();
    if !none.is_empty() {
        any.push(Filter::new(&*column.name, Test::Missing));
    }
    if !values.is_empty() {
        any.push(match resource.list(&column.name) {
            Some(all) => {
                let text = |it: Value| match it {
                    Value::Text(text) => Some(text),
                    _ => None,
                };
                Filter::new(
                    all,
                    Test::Lists(values.into_iter().filter_map(text).collect()),
                )
            }
            None => Filter::new(&*column.name, Test::In(values)),
        });
    }
    any
}

/// The order that was asked for, or that of the resource, made total by its key.
pub(crate) fn total(
    resource: &Resource,
    asked: Vec<(String, Direction)>,
) -> Vec<(String, Direction)> {
    let mut order = if asked.is_empty() {
        resource.order.clone()
    } else {
        asked
    };
    for key in &resource.key {
        if !order.iter().any(|(name, _)| name == key) {
            order.push((key.clone(), Direction::Up));
        }
    }
    order
}
