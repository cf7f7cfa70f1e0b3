//! Where a rule looks: a column, a path in one, or rows that stand inside a row.

use std::collections::BTreeMap;

use qaduct_records::stream::SOURCE;
use qaduct_records::values::values_of;
use qaduct_records::{ColumnType, Filter, Query, Table, Test, Transaction, Value, nearest};
use serde_json::Value as Json;

use super::{Rule, equals, unfit};
use crate::PumpError;
use crate::pull::lineage;

/// Where a rule looks.
pub(super) struct From {
    pub(super) table: &'static Table,
    place: Place,
}

enum Place {
    /// A column; with a path, what stands there in its JSON.
    Own(String, Option<Vec<String>>),
    /// A column of another table whose rows name the row by its key.
    Nested(&'static Table, String),
}

/// What a rule names and there is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The key of the rule that names it.
    pub key: &'static str,
    /// What is wrong.
    pub trouble: String,
    /// What may have been meant, as it would stand there.
    pub near: Option<String>,
}

impl From {
    /// What the rule says, checked against the tables.
    pub(super) fn of(rule: &Rule, tables: &[&'static Table]) -> Result<Self, Misfit> {
        let misfit = |key, trouble: String| Misfit {
            key,
            trouble,
            near: None,
        };
        let wrong = |trouble| misfit("from", trouble);
        let named = |name: &str| tables.iter().copied().find(|it| it.name == name);
        let table = named(&rule.table).ok_or_else(|| {
            let pulled = tables.iter().filter(|it| it.key.first() == Some(&SOURCE));
            let near = nearest(&rule.table, pulled.map(|it| it.name));
            Misfit {
                near: near.map(str::to_owned),
                ..misfit("table", format!("there is no table `{}`", rule.table))
            }
        })?;
        if table.key.first() != Some(&SOURCE) {
            let trouble = format!("table `{}` is not pulled", rule.table);
            return Err(misfit("table", trouble));
        }
        let (first, path) = match rule.from.split_once('.') {
            None => (rule.from.as_str(), None),
            Some((first, path)) => (first, Some(path)),
        };
        let lacks = |table: &Table, column: &str| {
            let near = nearest(column, table.columns.iter().map(|it| &*it.name));
            let before = rule.from.strip_suffix(column).unwrap_or_default();
            let behind = rule.from.strip_prefix(column).unwrap_or_default();
            Misfit {
                near: near.map(|near| format!("{before}{near}{behind}")),
                ..wrong(format!("table `{}` has no column `{column}`", table.name))
            }
        };
        let place = match (table.column(first), path) {
            (Some(column), Some(_)) if column.kind != ColumnType::Text => {
                return Err(wrong(format!("column `{first}` holds no JSON")));
            }
            (Some(_), path) => Place::Own(
                first.to_owned(),
                path.map(|it| it.split('.').map(str::to_owned).collect()),
            ),
            (None, Some(column)) if named(first).is_some() => {
                let nested = named(first).unwrap_or(table);
                if nested.column(column).is_none() {
                    return Err(lacks(nested, column));
                }
                let inside = table.key.iter().all(|it| nested.column(it).is_some());
                if table.key.len() != 2 || !inside {
                    return Err(wrong(format!(
                        "rows of table `{first}` do not stand inside those of `{}`",
                        table.name
                    )));
                }
                Place::Nested(nested, column.to_owned())
            }
            (None, _) => return Err(lacks(table, first)),
        };
        Ok(Self { table, place })
    }

    /// The column of the row's own table that is read.
    pub(super) fn column(&self) -> Option<&str> {
        match &self.place {
            Place::Own(column, _) => Some(column),
            Place::Nested(..) => None,
        }
    }

    /// What a value of the column holds; nothing where it or the path is not there.
    pub(super) fn items(&self, value: &Value) -> Vec<Json> {
        let Place::Own(_, path) = &self.place else {
            return Vec::new();
        };
        let item = match (path, value) {
            (_, Value::Null) => return Vec::new(),
            (Some(path), Value::Text(text)) => {
                let json = serde_json::from_str::<Json>(text).unwrap_or_default();
                let found = path.iter().try_fold(&json, |json, key| json.get(key));
                found.cloned().unwrap_or_default()
            }
            (None, Value::Text(text)) if self.is_json() => {
                serde_json::from_str(text).unwrap_or_default()
            }
            (_, Value::Int(number)) => (*number).into(),
            (_, Value::Float(number)) => (*number).into(),
            (_, Value::Bool(flag)) => (*flag).into(),
            (_, value) => value.to_string().into(),
        };
        if item.is_null() {
            return Vec::new();
        }
        vec![item]
    }

    fn is_json(&self) -> bool {
        self.column() == Some(qaduct_records::stream::EXTRA)
    }

    /// What stands inside rows, by the key of each; rows without anything are there too.
    pub(super) fn nested(
        &self,
        transaction: &mut dyn Transaction,
        source: &str,
        keys: &[&Vec<Value>],
    ) -> Result<BTreeMap<String, Vec<Json>>, PumpError> {
        let mut items: BTreeMap<_, _> = keys
            .iter()
            .map(|key| (lineage::text(key), Vec::new()))
            .collect();
        let Place::Nested(nested, column) = &self.place else {
            return Ok(items);
        };
        let parent = self.table.key[1];
        let wanted = nested
            .columns
            .iter()
            .filter(|it| it.name == parent || it.name == *column);
        let mut query = Query::of(nested.name, wanted.cloned().collect::<Vec<_>>());
        query.filters = vec![
            equals(SOURCE, source),
            Filter {
                column: parent.to_owned(),
                test: Test::In(keys.iter().map(|it| it[0].clone()).collect()),
            },
        ];
        for name in nested.key {
            let up = qaduct_records::Direction::Up;
            query = query.order_by(*name, up);
        }
        let rows = transaction.query(&query)?;
        let parents = values_of(&rows, parent).map_err(unfit(nested))?;
        let values = values_of(&rows, column).map_err(unfit(nested))?;
        for (parent, value) in parents.iter().zip(values) {
            if let (Some(items), false) = (items.get_mut(&parent.to_string()), value == Value::Null)
            {
                items.push(value.to_string().into());
            }
        }
        Ok(items)
    }
}
