//! From rows to what is drawn: places along the axis, and series over them.
//!
//! What cannot be drawn is counted and said in a note; no value is made up: NULL stays
//! a gap, and rows that stand at the same place are summed only where sums mean
//! something.

use std::collections::{BTreeMap, HashMap};

use qaduct_models::{Every, Panel};
use qaduct_records::values::values_of;
use qaduct_records::{RecordBatch, Value};

use super::{ChartError, calendar, scale};

/// Numbers beyond it are not drawn: their sums would be none.
pub(super) const LARGEST: f64 = 1e290;

/// What stands at a place of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    /// There is no row.
    Absent,
    /// The row has no value.
    Null,
    /// A number.
    Value(f64),
}

impl Cell {
    pub(super) fn value(self) -> Option<f64> {
        match self {
            Self::Value(it) => Some(it),
            Self::Absent | Self::Null => None,
        }
    }

    /// With another row of the same place.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Value(a), Self::Value(b)) => Self::Value(a + b),
            (Self::Absent, it) | (it, Self::Absent) => it,
            (Self::Value(it), Self::Null) | (Self::Null, Self::Value(it)) => Self::Value(it),
            (Self::Null, Self::Null) => Self::Null,
        }
    }
}

/// What the axis is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Text,
    Number,
    Time { days: bool },
}

/// A place along the axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// Its name in full.
    pub(super) name: String,
    /// Its number; of text, its position.
    pub(super) at: f64,
}

/// A line of values, one for each place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) cells: Vec<Cell>,
    /// Whether it is the sum of others.
    pub(super) is_rest: bool,
}

impl Series {
    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        self.cells.iter().filter_map(|it| it.value())
    }

    fn size(&self) -> f64 {
        self.values().map(f64::abs).sum()
    }
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Data {
    pub(super) axis: Axis,
    pub(super) places: Vec<Place>,
    pub(super) series: Vec<Series>,
    /// What has to be said about it.
    pub(super) notes: Vec<String>,
    /// How many rows were read.
    pub(super) rows: usize,
    /// Whether all numbers are whole.
    pub(super) whole: bool,
}

/// The words of a column's name.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// Numbers that can be drawn; whether one was there that cannot.
pub(super) fn number(value: &Value) -> (Option<f64>, bool) {
    #[expect(clippy::cast_precision_loss, reason = "a picture shows fewer digits")]
    let number = match value {
        Value::Int(it) => *it as f64,
        Value::Float(it) => *it,
        Value::Bool(it) => f64::from(u8::from(*it)),
        _ => return (None, false),
    };
    match number.abs() <= LARGEST {
        true => (Some(number), false),
        false => (None, true),
    }
}

/// The same for what stands along an axis: instants are seconds after 1970.
pub(super) fn place_of(value: &Value) -> (Option<f64>, bool) {
    match value {
        Value::Date(day) => {
            let days = f64::from(qaduct_records::table::days_of(*day));
            (Some(days * 86_400.0), false)
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "a picture shows no microseconds"
        )]
        Value::Timestamp(at) => (Some(at.as_microsecond() as f64 / 1e6), false),
        it => number(it),
    }
}

/// `1 row`, `2 rows`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "rows of one answer")]
    let figure = scale::figure(number as f64);
    format!("{figure} {}", if number == 1 { one } else { many })
}

/// Which places there are, in the order of the axis.
struct Places {
    axis: Axis,
    places: Vec<Place>,
    /// Of each row.
    of_row: Vec<Option<usize>>,
}

/// The axis that values of a column make.
pub(super) fn axis_of(values: &[Value]) -> Axis {
    match values.iter().find(|it| **it != Value::Null) {
        Some(Value::Int(_) | Value::Float(_)) => Axis::Number,
        Some(Value::Date(_)) => Axis::Time { days: true },
        Some(Value::Timestamp(_)) => Axis::Time { days: false },
        _ => Axis::Text,
    }
}

/// As many days or weeks are filled in.
const MOST_FILLED: usize = 20_000;

fn places(values: Option<&[Value]>, rows: usize, every: Option<Every>) -> Places {
    let axis = values.map_or(Axis::Text, axis_of);
    let Some(values) = values else {
        // A tile without an axis shows its last row.
        let place = |at: usize| {
            #[expect(clippy::cast_precision_loss, reason = "rows of one answer")]
            let at = at as f64;
            let name = String::new();
            Place { name, at }
        };
        return Places {
            axis,
            places: (0..rows).map(place).collect(),
            of_row: (0..rows).map(Some).collect(),
        };
    };
    match axis {
        Axis::Text => texts(values),
        Axis::Number => numbers(axis, values, None, scale::figure),
        Axis::Time { days } => {
            let every = every.filter(|_| days);
            numbers(axis, values, every, |at| calendar::full(at, days))
        }
    }
}

fn texts(values: &[Value]) -> Places {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut places = Vec::new();
    let of_row = values.iter().map(|value| {
        let name = written(value);
        let next = places.len();
        let at = *known.entry(name.clone()).or_insert(next);
        if at == next {
            #[expect(clippy::cast_precision_loss, reason = "rows of one answer")]
            let at = at as f64;
            places.push(Place { name, at });
        }
        Some(at)
    });
    Places {
        of_row: of_row.collect(),
        axis: Axis::Text,
        places,
    }
}

/// A value as the name of a place or a series.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        it => qaduct_formats::cells::written(it),
    }
}

fn numbers(
    axis: Axis,
    values: &[Value],
    every: Option<Every>,
    name: impl Fn(f64) -> String,
) -> Places {
    let at: Vec<Option<f64>> = values.iter().map(|it| place_of(it).0).collect();
    // The bits of a float sort by its value when the sign is turned; -0 is 0.
    let key = |it: f64| {
        let bits = (it + 0.0).to_bits();
        bits ^ (if bits >> 63 == 1 { u64::MAX } else { 1 << 63 })
    };
    let mut all: BTreeMap<u64, f64> = at.iter().flatten().map(|&it| (key(it), it)).collect();
    if let Some(every) = every {
        let step = f64::from(every.days()) * 86_400.0;
        let known: Vec<f64> = all.values().copied().collect();
        let between = known.array_windows().flat_map(|&[from, to]| {
            let next = move |it: &f64| Some(it + step).filter(|&it| it < to);
            std::iter::successors(next(&from), next)
        });
        let between: Vec<f64> = between.take(MOST_FILLED).collect();
        all.extend(between.into_iter().map(|it| (key(it), it)));
    }
    let index: HashMap<u64, usize> = all.keys().enumerate().map(|(at, key)| (*key, at)).collect();
    Places {
        axis,
        places: all
            .into_values()
            .map(|at| Place { name: name(at), at })
            .collect(),
        of_row: at
            .into_iter()
            .map(|it| index.get(&key(it?)).copied())
            .collect(),
    }
}

/// Cuts the folder off that all of these paths begin with.
fn without_folder(names: Vec<&mut String>) -> Option<String> {
    let (first, others) = names.split_first()?;
    let mut length = first.rfind('/').map_or(0, |at| at + 1);
    for name in others {
        let same = name.char_indices().zip(first.chars());
        let same = same.take_while(|((_, a), b)| a == b);
        let end = same
            .last()
            .map_or(0, |((at, letter), _)| at + letter.len_utf8());
        length = length.min(end);
        length = first[..length].rfind('/').map_or(0, |at| at + 1);
    }
    // Of an address nothing is cut but whole folders, and nothing of one name alone.
    if others.is_empty() || length < 4 {
        return None;
    }
    let folder = first[..length].to_owned();
    for name in names {
        name.drain(..length);
    }
    Some(folder)
}

/// Reads the rows of a panel.
pub(super) fn read(panel: &Panel, batch: &RecordBatch) -> Result<Data, ChartError> {
    let rows = batch.num_rows();
    let column = |name: &String| values_of(batch, name).map_err(ChartError::from);
    let along = panel.x.as_ref().map(column).transpose()?;
    let apart = panel.series.as_ref().map(column).transpose()?;
    let Places {
        axis,
        places,
        of_row,
    } = places(along.as_deref(), rows, panel.every);
    let mut data = Data {
        axis,
        places,
        series: Vec::new(),
        notes: Vec::new(),
        rows,
        whole: true,
    };
    let counted = Value::Int(1);
    let (mut most, mut undrawn) = (1_usize, 0_usize);
    let names: Vec<Option<&String>> = match panel.y.is_empty() {
        true => vec![None],
        false => panel.y.iter().map(Some).collect(),
    };
    for &y in &names {
        let values = y.map(column).transpose()?;
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut seen: HashMap<(usize, usize), usize> = HashMap::new();
        for (row, place) in of_row.iter().enumerate() {
            let Some(place) = *place else { continue };
            let of = apart.as_ref().map(|it| written(&it[row]));
            let name = match (of, y) {
                (Some(of), Some(y)) if names.len() > 1 => format!("{of} · {}", words(y)),
                (Some(of), _) => of,
                (None, Some(y)) => words(y),
                (None, None) => "rows".to_owned(),
            };
            let series = *known.entry(name.clone()).or_insert_with(|| {
                data.series.push(Series {
                    name,
                    cells: vec![Cell::Absent; data.places.len()],
                    is_rest: false,
                });
                data.series.len() - 1
            });
            let (value, is_beyond) = number(values.as_ref().map_or(&counted, |it| &it[row]));
            undrawn += usize::from(is_beyond);
            data.whole &= value.is_none_or(|it| it.fract() == 0.0);
            let cell = &mut data.series[series].cells[place];
            *cell = cell.and(value.map_or(Cell::Null, Cell::Value));
            if y.is_some() {
                let rows = seen.entry((series, place)).or_default();
                *rows += 1;
                most = most.max(*rows);
            }
        }
    }
    let nowhere = of_row.iter().filter(|it| it.is_none()).count();
    if nowhere > 0 {
        let x = panel.x.as_deref().map(words).unwrap_or_default();
        data.notes
            .push(format!("{} without {x}", count(nowhere, "row", "rows")));
    }
    if undrawn > 0 {
        let values = count(undrawn, "value", "values");
        data.notes.push(format!("{values} too large to draw"));
    }
    if most > 1 {
        if is_share(panel) {
            return Err(ChartError::Shares {
                rows: most,
                unit: panel.unit.clone().unwrap_or_default(),
            });
        }
        data.notes.push(format!("sums of up to {most} rows"));
    }
    if panel.every.is_some() {
        data.fill();
    }
    if let Some(last) = panel.last {
        data.keep_last(usize::try_from(last).unwrap_or(usize::MAX));
    }
    data.shorten();
    Ok(data)
}

/// Whether numbers are parts of something, so that their sum is nothing.
pub(super) fn is_share(panel: &Panel) -> bool {
    panel.unit.as_deref().is_some_and(|unit| unit.contains('%'))
}

impl Data {
    /// Where a series has no row, nothing happened; before its first one nobody knows.
    fn fill(&mut self) {
        for series in &mut self.series {
            let told = series.cells.iter_mut();
            for cell in told.skip_while(|it| **it == Cell::Absent) {
                if *cell == Cell::Absent {
                    *cell = Cell::Value(0.0);
                }
            }
        }
    }

    /// Leaves out the folder that all names stand in, and says so.
    fn shorten(&mut self) {
        let mut folders = Vec::new();
        let series = self.series.iter_mut().map(|it| &mut it.name);
        folders.extend(without_folder(series.collect()));
        if self.axis == Axis::Text {
            let places = self.places.iter_mut().map(|it| &mut it.name);
            folders.extend(without_folder(places.collect()));
        }
        for folder in folders {
            self.notes.push(format!("all in {folder}"));
        }
    }

    /// Whether there is no number at all.
    pub(super) fn is_empty(&self) -> bool {
        self.series.iter().all(|it| it.values().next().is_none())
    }

    /// The least and the largest number.
    pub(super) fn range(&self) -> (f64, f64) {
        let values = self.series.iter().flat_map(Series::values);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), it| {
            (min.min(it), max.max(it))
        })
    }

    fn keep_last(&mut self, last: usize) {
        let first = self.places.len().saturating_sub(last);
        self.places.drain(..first);
        for series in &mut self.series {
            series.cells.drain(..first);
        }
        self.series
            .retain(|it| it.cells.iter().any(|cell| *cell != Cell::Absent));
    }

    /// Keeps the largest series; the others are summed where a sum is true of them:
    /// `everywhere` says that it needs all of them.
    pub(super) fn fold_series(&mut self, most: usize, sums: bool, everywhere: bool) {
        if self.series.len() <= most {
            return;
        }
        let mut order: Vec<usize> = (0..self.series.len()).collect();
        order.sort_by(|&a, &b| self.series[b].size().total_cmp(&self.series[a].size()));
        let mut rest = order.split_off(most - 1);
        order.sort_unstable();
        rest.sort_unstable();
        let cells = (0..self.places.len()).map(|at| {
            let mut cells = rest.iter().map(|&it| self.series[it].cells[at]);
            match everywhere && cells.clone().any(|it| it.value().is_none()) {
                true => Cell::Absent,
                false => cells.by_ref().fold(Cell::Absent, Cell::and),
            }
        });
        let other = Series {
            name: format!("other ({})", rest.len()),
            cells: cells.collect(),
            is_rest: true,
        };
        let number = rest.len();
        let all = std::mem::take(&mut self.series).into_iter().enumerate();
        let kept = all.filter(|(at, _)| order.contains(at));
        self.series = kept.map(|(_, it)| it).collect();
        if sums && other.values().next().is_some() {
            self.notes
                .push(format!("other: the sum of {number} smaller ones"));
            self.series.push(other);
        } else {
            self.notes.push(format!("{number} smaller ones not drawn"));
        }
    }

    /// Keeps the largest places of text, in the order of their size; the others are
    /// summed, or only counted.
    pub(super) fn fold_places(&mut self, most: usize, sums: bool, sorted: bool) {
        let size = |at: usize| -> f64 {
            let cells = self.series.iter().filter_map(|it| it.cells[at].value());
            cells.map(f64::abs).sum()
        };
        let mut order: Vec<usize> = (0..self.places.len()).collect();
        order.sort_by(|&a, &b| size(b).total_cmp(&size(a)));
        let rest = match order.len() > most {
            true => order.split_off(most - usize::from(sums)),
            false => Vec::new(),
        };
        if !sorted {
            order.sort_unstable();
        }
        let mut places: Vec<Place> = order.iter().map(|&at| self.places[at].clone()).collect();
        let has_rest = sums && !rest.is_empty();
        if has_rest {
            let name = format!("other ({})", rest.len());
            places.push(Place { name, at: 0.0 });
        }
        for series in &mut self.series {
            let cells = order.iter().map(|&at| series.cells[at]);
            let others = rest.iter().map(|&at| series.cells[at]);
            let others = has_rest.then(|| others.fold(Cell::Absent, Cell::and));
            series.cells = cells.chain(others).collect();
        }
        if !rest.is_empty() {
            let number = rest.len();
            self.notes.push(match sums {
                true => format!("other: the sum of {number} smaller ones"),
                false => format!("{number} smaller ones not drawn"),
            });
        }
        for (at, place) in places.iter_mut().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "as many as fit the picture")]
            let at = at as f64;
            place.at = at;
        }
        self.places = places;
    }
}
