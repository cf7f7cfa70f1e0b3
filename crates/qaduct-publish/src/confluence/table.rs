//! Rows of a view as a table of the page.

use std::collections::{BTreeMap, HashSet};

use qaduct_models::{Panel, PanelError, panel};
use qaduct_records::values::values_of;
use qaduct_records::{Column, ColumnType, Direction, Query, Reader, Value, View};

use super::page::Item;
use super::storage::{self, Colour};
use super::xml::Xml;
use crate::PublishError;

/// So many rows where the item does not say.
const ROWS: u32 = 1000;

/// What is asked of a view, and how its columns are shown.
pub(crate) struct Table {
    query: Query,
    links: BTreeMap<String, String>,
    lozenges: HashSet<String>,
    /// Columns that are shown: the others only hold addresses.
    shown: Vec<Column>,
    facts: bool,
}

/// Columns of a view that settings name.
fn column<'v>(
    view: &'v View,
    place: &str,
    key: &'static str,
    name: &str,
) -> Result<&'v Column, PublishError> {
    panel::column(view, key, name).map_err(|source| unfit(place, source))
}

fn unfit(place: &str, source: PanelError) -> PublishError {
    PublishError::Panel {
        place: place.to_owned(),
        source,
    }
}

impl Table {
    /// The table of an item that names a view.
    pub(crate) fn of_item(
        place: &str,
        item: &Item,
        view: &str,
        views: &[View],
    ) -> Result<Self, PublishError> {
        let columns = item.columns.iter().map(|it| ("columns", it.as_str()));
        let query = panel::rows(view, columns, &item.only, views);
        let mut query = query.map_err(|source| unfit(place, source))?;
        query.limit = Some(u64::from(item.max_rows.unwrap_or(ROWS)));
        let mut table = Self::of_query(query);
        // The question has found it.
        let Some(view) = views.iter().find(|it| it.name == view) else {
            return Ok(table);
        };
        table.facts = item.facts;
        for name in &item.lozenges {
            table
                .lozenges
                .insert(column(view, place, "lozenges", name)?.name.to_string());
        }
        for (name, address) in &item.links {
            column(view, place, "links", name)?;
            let address = column(view, place, "links", address)?;
            table.links.insert(name.clone(), address.name.to_string());
            let asked = &mut table.query.columns;
            if !asked.iter().any(|it| it.name == address.name) {
                asked.push(address.clone());
            }
        }
        // An address that something leads to is shown only where it is asked for by name.
        if item.columns.is_empty() {
            let addresses: Vec<&String> = item.links.values().collect();
            table
                .shown
                .retain(|it| !addresses.iter().any(|name| it.name == name.as_str()));
        }
        let mut order = Vec::new();
        for name in &item.order {
            let (name, direction) = match name.strip_prefix('-') {
                Some(name) => (name, Direction::Down),
                None => (name.as_str(), Direction::Up),
            };
            order.push((
                column(view, place, "order", name)?.name.to_string(),
                direction,
            ));
        }
        order.append(&mut table.query.order);
        let mut known = HashSet::new();
        order.retain(|(name, _)| known.insert(name.clone()));
        table.query.order = order;
        Ok(table)
    }

    /// The table of a panel of that kind.
    pub(crate) fn of_panel(
        place: &str,
        panel: &Panel,
        views: &[View],
    ) -> Result<Self, PublishError> {
        let query = panel.query(views);
        let mut query = query.map_err(|source| unfit(place, source))?;
        query.limit = Some(query.limit.unwrap_or(u64::from(ROWS)));
        Ok(Self::of_query(query))
    }

    fn of_query(mut query: Query) -> Self {
        // A total order: the same rows are the same page.
        for column in query.columns.clone() {
            if !query.order.iter().any(|(name, _)| *name == column.name) {
                query = query.order_by(column.name.to_string(), Direction::Up);
            }
        }
        Self {
            links: BTreeMap::new(),
            lozenges: HashSet::new(),
            shown: query.columns.clone(),
            facts: false,
            query,
        }
    }

    /// Asks for the rows and writes them.
    pub(crate) fn write(&self, xml: &mut Xml, reader: &mut dyn Reader) -> Result<(), PublishError> {
        let rows = reader.query(&self.query)?;
        let mut all = rows.num_rows() as u64;
        if Some(all) == self.query.limit {
            all = reader.count(&self.query)?;
        }
        let values = |name: &str| {
            values_of(&rows, name).map_err(|mismatch| qaduct_records::StoreError::Fit {
                table: self.query.relation.clone(),
                mismatch,
            })
        };
        let mut columns = Vec::new();
        for column in &self.shown {
            let addresses = match self.links.get(column.name.as_ref()) {
                Some(address) => Some(values(address)?),
                None => None,
            };
            columns.push(Shown {
                column,
                values: values(&column.name)?,
                addresses,
                is_lozenge: self.lozenges.contains(column.name.as_ref()),
            });
        }
        if rows.num_rows() == 0 {
            xml.element("p", &[], |xml| xml.leaf("em", &[], "there are no rows"));
            return Ok(());
        }
        if self.facts {
            for row in 0..rows.num_rows() {
                facts(xml, &columns, row);
            }
        } else {
            lines(xml, &columns, rows.num_rows());
        }
        if all > rows.num_rows() as u64 {
            let said = format!("{} of {all} rows", rows.num_rows());
            xml.element("p", &[], |xml| xml.leaf("em", &[], &said));
        }
        Ok(())
    }
}

/// A column of the table.
struct Shown<'a> {
    column: &'a Column,
    values: Vec<Value>,
    addresses: Option<Vec<Value>>,
    is_lozenge: bool,
}

fn lines(xml: &mut Xml, columns: &[Shown<'_>], rows: usize) {
    xml.element("table", &[], |xml| {
        xml.element("tbody", &[], |xml| {
            xml.element("tr", &[], |xml| {
                for it in columns {
                    xml.leaf("th", &[], &it.head());
                }
            });
            for row in 0..rows {
                xml.element("tr", &[], |xml| {
                    for it in columns {
                        xml.element("td", &it.look(), |xml| it.cell(xml, row));
                    }
                });
            }
        });
    });
}

fn facts(xml: &mut Xml, columns: &[Shown<'_>], row: usize) {
    xml.element("table", &[], |xml| {
        xml.element("tbody", &[], |xml| {
            for it in columns {
                xml.element("tr", &[], |xml| {
                    xml.leaf("th", &[], &it.head());
                    xml.element("td", &[], |xml| it.cell(xml, row));
                });
            }
        });
    });
}

impl Shown<'_> {
    fn head(&self) -> String {
        let words = self.column.name.replace('_', " ");
        words
            .strip_suffix(" percent")
            .map_or(words.clone(), |it| format!("{it} %"))
    }

    /// Numbers stand below each other.
    fn look(&self) -> Vec<(&'static str, &'static str)> {
        match self.column.kind {
            ColumnType::Int | ColumnType::Float => vec![("style", "text-align: right;")],
            _ => Vec::new(),
        }
    }

    fn cell(&self, xml: &mut Xml, row: usize) {
        let value = &self.values[row];
        let text = written(value);
        let word = |xml: &mut Xml| match (self.is_lozenge, value) {
            (true, Value::Null) | (false, _) => xml.text(&text),
            (true, _) => storage::lozenge(xml, &text, Colour::of(&text)),
        };
        match self.addresses.as_ref().map(|it| &it[row]) {
            Some(Value::Text(address)) if *value != Value::Null => {
                storage::link(xml, address, word);
            }
            _ => word(xml),
        }
    }
}

/// A value as people read it. NULL is not 0 and not nothing.
pub(crate) fn written(value: &Value) -> String {
    match value {
        Value::Null => "\u{2013}".to_owned(),
        Value::Float(number) if number.is_finite() => {
            let text = format!("{number:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Value::Timestamp(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        it => qaduct_formats::cells::written(it),
    }
}
