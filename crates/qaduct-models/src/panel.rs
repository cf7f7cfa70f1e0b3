//! Panels: a picture of a view, as data.
//!
//! A panel says which view it shows, what stands along its axis and what is
//! drawn over it. It knows neither colours nor pixels: pages, messages, files and the
//! dashboard draw the same panel each in their way. Makes a [`Query`] of itself;
//! reads nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use qaduct_records::{
    Column, ColumnType, Direction, Query, Test, Value, View, nearest, nearest_first,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../panels/", $name, ".toml")))),*]
    };
}

/// The panels that ship, as TOML.
pub static BUILT_IN: &[(&str, &str)] = built_in![
    "mutes-age",
    "mutes-by-repository",
    "mutes-now",
    "mutes-this-week",
    "mutes-total",
    "mutes-weekly",
    "mutes-weekly-by-repository",
    "mutes-weekly-map",
];

/// The panels that ship, over the views of [`crate::views`].
///
/// # Panics
/// When a file of this crate is no panel, which a test rules out.
#[must_use]
pub fn built_in() -> BTreeMap<&'static str, Panel> {
    let read = |&(name, text): &(&'static str, &str)| match toml::from_str(text) {
        Ok(panel) => (name, panel),
        Err(error) => panic!("panels/{name}.toml: {error}"),
    };
    BUILT_IN.iter().map(read).collect()
}

/// How a panel is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PanelKind {
    /// A line for each value, along days or numbers.
    Line,
    /// Bars side by side.
    Bar,
    /// Bars on top of each other.
    Stacked,
    /// How often values fall into equal spans of `x`.
    Histogram,
    /// A field for each pair of `x` and `series`, darker for more.
    Heatmap,
    /// The newest value in large figures.
    Tile,
    /// The rows themselves.
    Table,
}

impl PanelKind {
    /// All kinds, by their word.
    pub const WORDS: [&str; 7] = [
        "line",
        "bar",
        "stacked",
        "histogram",
        "heatmap",
        "tile",
        "table",
    ];
}

/// How far apart the days of `x` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    /// A day.
    Day,
    /// A week.
    Week,
}

impl Every {
    /// Days in it.
    #[must_use]
    pub fn days(self) -> u16 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
        }
    }
}

/// `[panel.NAME]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// What stands above it.
    #[serde(default)]
    pub title: Option<String>,
    /// The view that it shows.
    pub view: String,
    /// `line`, `bar`, `stacked`, `histogram`, `heatmap`, `tile` or `table`.
    #[schemars(with = "String", extend("enum" = PanelKind::WORDS))]
    pub kind: PanelKind,
    /// The column along the axis: a day, a release, a project. A tile takes the
    /// last row by it.
    #[serde(default)]
    pub x: Option<String>,
    /// The columns whose numbers are drawn; for a table, those that are shown. Empty: how
    /// many rows there are, which a line cannot show.
    #[serde(default)]
    pub y: Vec<String>,
    /// A column whose values are drawn apart from each other.
    #[serde(default)]
    pub series: Option<String>,
    /// Only rows that have one of these values in a column.
    #[serde(default, rename = "where")]
    pub only: BTreeMap<String, Vec<String>>,
    /// Only so many of the last values of `x`; of a table, its first rows.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100_000))]
    pub last: Option<u32>,
    /// `day` or `week`: where `x` has no row for one of them between two others, nothing happened then, and the numbers are 0.
    #[serde(default)]
    pub every: Option<Every>,
    /// Whether a number holds until the next one, so that a line goes in steps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub steps: bool,
    /// What the numbers are: `%`, `h`, `cases`.
    #[serde(default)]
    pub unit: Option<String>,
}

/// Why a panel cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PanelError {
    /// The view does not exist.
    #[error("there is no view `{view}`{}", meant(.nearest.as_deref()))]
    NoView {
        /// As the panel names it.
        view: String,
        /// One with a similar name.
        nearest: Option<String>,
    },
    /// A column does not exist.
    #[error("`{key}`: the view `{view}` has no column `{column}`{}", meant(nearest(.column, .known.iter().map(String::as_str))))]
    NoColumn {
        /// The key of the panel.
        key: &'static str,
        /// The view.
        view: String,
        /// As the panel names it.
        column: String,
        /// Those that there are, the nearest first.
        known: Vec<String>,
    },
    /// A column whose type cannot be drawn so, or a value that it cannot have.
    #[error("`{key}`: {why}")]
    Unfit {
        /// The key of the panel.
        key: &'static str,
        /// Why.
        why: String,
    },
}

impl PanelError {
    /// The columns that there are, where one is named that there is not.
    #[must_use]
    pub fn columns(&self) -> Option<String> {
        match self {
            Self::NoColumn { view, known, .. } => {
                Some(format!("columns of `{view}` are {}", known.join(", ")))
            }
            _ => None,
        }
    }
}

fn meant(nearest: Option<&str>) -> Cow<'_, str> {
    nearest.map_or(Cow::Borrowed(""), |it| {
        format!("; did you mean `{it}`?").into()
    })
}

impl Panel {
    /// A panel of a view in which nothing else is said.
    #[must_use]
    pub fn of(view: impl Into<String>, kind: PanelKind) -> Self {
        Self {
            title: None,
            view: view.into(),
            kind,
            x: None,
            y: Vec::new(),
            series: None,
            only: BTreeMap::new(),
            last: None,
            every: None,
            steps: false,
            unit: None,
        }
    }

    /// The question whose answer is drawn: `x`, `series` and the columns of `y`, in this
    /// order and by the first two; for a table its columns.
    ///
    /// # Errors
    /// When the view or a column does not exist, or cannot be drawn so.
    pub fn query(&self, views: &[View]) -> Result<Query, PanelError> {
        let view = found(&self.view, views)?;
        let mut query = rows_of(view, self.axes(), &self.only)?;
        if self.kind == PanelKind::Table {
            if self.y.is_empty() {
                query.columns.clone_from(&view.columns);
            }
            query.limit = self.last.map(u64::from);
        } else {
            self.check(view)?;
            // Rows that are only counted still have to be asked for.
            if self.axes().next().is_none() {
                query.columns.truncate(1);
            }
        }
        for name in [&self.x, &self.series].into_iter().flatten() {
            query = query.order_by(name, Direction::Up);
        }
        Ok(query)
    }

    /// The columns by the keys that name them.
    fn axes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let x = self.x.as_deref().map(|it| ("x", it));
        let series = self.series.as_deref().map(|it| ("series", it));
        let y = self.y.iter().map(|it| ("y", it.as_str()));
        x.into_iter().chain(series).chain(y)
    }

    fn check(&self, view: &View) -> Result<(), PanelError> {
        let unfit = |key, why: String| Err(PanelError::Unfit { key, why });
        if self.x.is_none() && self.kind != PanelKind::Tile {
            return unfit("x", "the column along the axis is missing".to_owned());
        }
        if self.y.is_empty() && self.kind == PanelKind::Line {
            return unfit("y", "the columns that are drawn are missing".to_owned());
        }
        if self.kind == PanelKind::Heatmap && (self.series.is_none() || self.y.len() > 1) {
            let why = "a heat map needs `series` and at most one column in `y`".to_owned();
            return unfit("series", why);
        }
        for name in &self.y {
            let kind = column(view, "y", name)?.kind;
            if !matches!(kind, ColumnType::Int | ColumnType::Float | ColumnType::Bool) {
                return unfit("y", format!("`{name}` is {}, no number", kind.name()));
            }
        }
        if let (Some(_), Some(name)) = (self.every, &self.x) {
            let kind = column(view, "x", name)?.kind;
            if kind != ColumnType::Date {
                return unfit("every", format!("`{name}` is {}, no day", kind.name()));
            }
        }
        if let (PanelKind::Histogram, Some(name)) = (self.kind, &self.x) {
            let kind = column(view, "x", name)?.kind;
            if kind == ColumnType::Text {
                return unfit("x", format!("`{name}` is text and has no spans"));
            }
        }
        Ok(())
    }
}

/// The question for the rows of a view without a picture: these columns, each with the key of
/// the settings that names it, or all where none is named.
///
/// # Errors
/// When the view or a column does not exist.
pub fn rows<'s>(
    view: &str,
    columns: impl IntoIterator<Item = (&'static str, &'s str)>,
    only: &BTreeMap<String, Vec<String>>,
    views: &[View],
) -> Result<Query, PanelError> {
    rows_of(found(view, views)?, columns, only)
}

fn rows_of<'s>(
    view: &View,
    names: impl IntoIterator<Item = (&'static str, &'s str)>,
    only: &BTreeMap<String, Vec<String>>,
) -> Result<Query, PanelError> {
    let names = names.into_iter();
    let columns = names.map(|(key, name)| column(view, key, name).cloned());
    let mut columns = columns.collect::<Result<Vec<_>, _>>()?;
    if columns.is_empty() {
        columns.clone_from(&view.columns);
    }
    let mut query = Query::of(view.name.clone(), columns);
    for (name, values) in only {
        let column = column(view, "where", name)?;
        query = query.filter(name, Test::In(typed(column, values)?));
    }
    Ok(query)
}

fn found<'v>(name: &str, views: &'v [View]) -> Result<&'v View, PanelError> {
    let found = views.iter().find(|it| it.name == name);
    found.ok_or_else(|| PanelError::NoView {
        view: name.to_owned(),
        nearest: nearest(name, views.iter().map(|it| it.name.as_str())).map(str::to_owned),
    })
}

/// A column of a view; `key` is that of the settings that names it.
///
/// # Errors
/// When there is none of that name.
pub fn column<'v>(view: &'v View, key: &'static str, name: &str) -> Result<&'v Column, PanelError> {
    let found = view.columns.iter().find(|it| it.name == name);
    let known = || view.columns.iter().map(|it| it.name.as_ref());
    found.ok_or_else(|| PanelError::NoColumn {
        key,
        view: view.name.clone(),
        column: name.to_owned(),
        known: nearest_first(name, known())
            .into_iter()
            .map(str::to_owned)
            .collect(),
    })
}

/// Values of the settings as values of a column.
fn typed(column: &Column, values: &[String]) -> Result<Vec<Value>, PanelError> {
    let value = |text: &String| {
        let value = match column.kind {
            ColumnType::Text => Some(Value::Text(text.clone())),
            ColumnType::Int => text.parse().ok().map(Value::Int),
            ColumnType::Float => text.parse().ok().map(Value::Float),
            ColumnType::Bool => text.parse().ok().map(Value::Bool),
            ColumnType::Timestamp => text.parse().ok().map(Value::Timestamp),
            ColumnType::Date => text.parse().ok().map(Value::Date),
        };
        value.ok_or_else(|| PanelError::Unfit {
            key: "where",
            why: format!(
                "`{}` is {} and cannot be `{text}`",
                column.name,
                column.kind.name()
            ),
        })
    };
    values.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(view: &str, kind: PanelKind) -> Panel {
        Panel::of(view, kind)
    }

    fn refused(panel: &Panel) -> String {
        panel.query(&crate::views()).unwrap_err().to_string()
    }

    #[test]
    fn a_panel_asks_for_its_columns_in_the_order_of_its_axis() {
        let weekly = crate::views()
            .into_iter()
            .find(|it| it.name == "v_mutes_weekly")
            .unwrap();
        let number = weekly.columns.iter().find(|it| it.kind == ColumnType::Int);
        let mut panel = panel("v_mutes_weekly", PanelKind::Line);
        panel.x = Some("week".to_owned());
        panel.y = vec![number.unwrap().name.to_string()];
        panel.only = [("branch".to_owned(), vec!["main".to_owned()])].into();
        let query = panel.query(&crate::views()).unwrap();
        let names: Vec<_> = query.columns.iter().map(|it| it.name.as_ref()).collect();
        assert_eq!(names, ["week", panel.y[0].as_str()]);
        assert_eq!(query.order, [("week".to_owned(), Direction::Up)]);
        assert_eq!(query.filters.len(), 1);
    }

    #[test]
    fn every_panel_that_ships_can_be_asked_for() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("panels");
        let panels = built_in();
        assert_eq!(folder.read_dir().unwrap().count(), panels.len());
        for (name, panel) in panels {
            assert!(panel.title.is_some(), "{name}");
            panel
                .query(&crate::views())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn bars_without_a_column_count_rows_and_lines_need_one() {
        let mut panel = panel("v_mutes_current", PanelKind::Bar);
        panel.x = Some("repository".to_owned());
        assert!(panel.query(&crate::views()).is_ok());
        panel.kind = PanelKind::Line;
        assert_eq!(
            refused(&panel),
            "`y`: the columns that are drawn are missing"
        );
    }

    #[test]
    fn what_does_not_exist_is_named_with_what_was_perhaps_meant() {
        let mut panel = panel("v_mutes_weakly", PanelKind::Line);
        assert_eq!(
            refused(&panel),
            "there is no view `v_mutes_weakly`; did you mean `v_mutes_weekly`?"
        );
        panel.view = "v_mutes_weekly".to_owned();
        panel.x = Some("wek".to_owned());
        assert_eq!(
            refused(&panel),
            "`x`: the view `v_mutes_weekly` has no column `wek`; did you mean `week`?"
        );
    }

    #[test]
    fn text_is_not_drawn_as_a_number() {
        let mut panel = panel("v_mutes_weekly", PanelKind::Bar);
        panel.x = Some("week".to_owned());
        panel.y = vec!["branch".to_owned()];
        assert_eq!(refused(&panel), "`y`: `branch` is text, no number");
    }
}
