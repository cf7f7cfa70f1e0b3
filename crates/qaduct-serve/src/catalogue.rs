//! What can be asked for: the views that the models define, and the ledger.

use qaduct_records::{Column, ColumnType, Direction, Query, View};

use crate::api::{mutes, runs};
use crate::parameters::Face;
use crate::redash;

/// A list of rows that can be asked for.
pub(crate) struct Resource {
    /// Its name in addresses.
    pub(crate) name: String,
    /// What a row of it is.
    pub(crate) about: String,
    /// The table or view behind it.
    pub(crate) relation: String,
    /// The view that also holds the rows that are gone, where there is one.
    pub(crate) history: Option<String>,
    /// Its columns in order.
    pub(crate) columns: Vec<Column>,
    /// The order of its rows unless the caller wants another; total, because
    /// it ends with a key.
    pub(crate) order: Vec<(String, Direction)>,
    /// Columns that together identify a row.
    pub(crate) key: Vec<String>,
    /// Text columns in which `q` searches.
    pub(crate) searched: Vec<String>,
    /// Columns that hold the first item of a list, and the columns that hold
    /// all of it: who asks for a value of the former means any item.
    pub(crate) lists: Vec<(&'static str, &'static str)>,
    /// Columns whose values are words of a vocabulary.
    pub(crate) words: Vec<(&'static str, Vec<&'static str>)>,
}

impl Resource {
    /// A view without anything special: sorted by its columns from left to
    /// right, searched in all its text.
    fn of(view: &View) -> Self {
        let names = || view.columns.iter().map(|column| column.name.to_string());
        Self {
            name: view.name.trim_start_matches("v_").to_owned(),
            about: sentence(&view.description),
            relation: view.name.clone(),
            history: None,
            columns: view.columns.clone(),
            order: names().map(|name| (name, Direction::Up)).collect(),
            key: names().collect(),
            searched: view
                .columns
                .iter()
                .filter(|column| column.kind == ColumnType::Text)
                .map(|column| column.name.to_string())
                .collect(),
            lists: Vec::new(),
            words: Vec::new(),
        }
    }

    /// All rows, unsorted.
    pub(crate) fn query(&self) -> Query {
        Query::of(self.relation.clone(), self.columns.clone())
    }

    /// The column that a parameter means: Redash documents show some columns
    /// under the names that the predecessor gave them.
    pub(crate) fn alias<'a>(&self, face: Face, name: &'a str) -> &'a str {
        match face {
            Face::Redash | Face::Summary if self.name == mutes::NAME => {
                redash::column_shown_as(name)
            }
            _ => name,
        }
    }

    /// The column with the whole list of which a column holds the first item.
    pub(crate) fn list(&self, name: &str) -> Option<&'static str> {
        let (_, all) = self.lists.iter().find(|(first, _)| *first == name)?;
        Some(all)
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

pub(crate) struct Catalogue {
    /// What `/redash/NAME` serves.
    views: Vec<Resource>,
    /// What `/api/v1/runs` serves.
    runs: Resource,
}

impl Catalogue {
    /// `v_NAME` is served as `NAME`; `v_mutes_current` is served as `mutes`,
    /// with `v_mutes` as its history.
    pub(crate) fn of(views: &[View]) -> Self {
        let resource = |view: &View| match view.name.as_str() {
            qaduct_models::MUTES_CURRENT => Some(mutes::resource(view, views)),
            qaduct_models::MUTES => None,
            _ => Some(Resource::of(view)),
        };
        Self {
            views: views.iter().filter_map(resource).collect(),
            runs: runs::resource(),
        }
    }

    pub(crate) fn views(&self) -> impl Iterator<Item = &Resource> {
        self.views.iter()
    }

    /// By the name under which it is served, or that of the view itself.
    pub(crate) fn view(&self, name: &str) -> Option<&Resource> {
        self.views()
            .find(|it| it.name == name || it.relation == name)
    }

    pub(crate) fn mutes(&self) -> Option<&Resource> {
        self.view(mutes::NAME)
    }

    /// The newest runs without a failure.
    pub(crate) fn last_success(&self) -> Option<&Resource> {
        self.views()
            .find(|it| it.relation == qaduct_models::LAST_SUCCESS)
    }

    /// How far the streams of sources are.
    pub(crate) fn source_status(&self) -> Option<&Resource> {
        self.views()
            .find(|it| it.relation == qaduct_models::SOURCE_STATUS)
    }

    pub(crate) fn runs(&self) -> &Resource {
        &self.runs
    }
}

/// The text of a doc comment in one line.
pub(crate) fn sentence(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
