//! Histograms: how often values fall into equal spans.

use qaduct_models::Panel;
use qaduct_records::values::values_of;
use qaduct_records::{RecordBatch, Value};

use super::data::{Axis, Cell, Data, Place, Series, axis_of, count, place_of, words};
use super::{ChartError, calendar, scale};

/// About as many spans are shown.
const SPANS: f32 = 14.0;

const DAY: f64 = 86_400.0;
/// Spans of time, in seconds.
const TIMES: [f64; 12] = [
    60.0,
    3600.0,
    6.0 * 3600.0,
    DAY,
    7.0 * DAY,
    14.0 * DAY,
    28.0 * DAY,
    91.0 * DAY,
    182.0 * DAY,
    364.0 * DAY,
    1820.0 * DAY,
    18_200.0 * DAY,
];
/// A Monday, where weeks begin.
const MONDAY: f64 = 4.0 * DAY;

/// A row that is counted: where it stands, how much, and of what.
type Counted = (f64, f64, Option<String>);

/// Reads the rows of a panel into spans; with `y`, each row counts as much as it says.
pub(super) fn read(panel: &Panel, batch: &RecordBatch) -> Result<Data, ChartError> {
    let x = panel.x.clone().unwrap_or_default();
    let values = values_of(batch, &x)?;
    let weights = panel.y.first().map(|it| values_of(batch, it)).transpose()?;
    let apart = panel
        .series
        .as_ref()
        .map(|it| values_of(batch, it))
        .transpose()?;
    let mut rows = Vec::new();
    let (mut without, mut beyond, mut weightless) = (0, 0, 0);
    let axis = axis_of(&values);
    for (row, value) in values.iter().enumerate() {
        let (value, is_beyond) = place_of(value);
        beyond += usize::from(is_beyond);
        let Some(value) = value else {
            without += usize::from(!is_beyond);
            continue;
        };
        let weight = weights
            .as_ref()
            .map_or(Some(1.0), |it| place_of(&it[row]).0);
        let Some(weight) = weight else {
            weightless += 1;
            continue;
        };
        let of = apart.as_ref().map(|it| match &it[row] {
            Value::Null => "(none)".to_owned(),
            it => qaduct_formats::cells::written(it),
        });
        rows.push((value, weight, of));
    }
    let mut notes = Vec::new();
    if without > 0 {
        notes.push(format!(
            "{} without {}",
            count(without, "row", "rows"),
            words(&x)
        ));
    }
    if beyond > 0 {
        notes.push(format!(
            "{} too large to draw",
            count(beyond, "value", "values")
        ));
    }
    if weightless > 0 {
        let y = panel.y.first().map(|it| words(it)).unwrap_or_default();
        notes.push(format!("{} without {y}", count(weightless, "row", "rows")));
    }
    let mut data = Data {
        axis,
        places: Vec::new(),
        series: Vec::new(),
        notes,
        rows: batch.num_rows(),
        whole: rows.iter().all(|it| it.1.fract() == 0.0),
    };
    fill(&mut data, &rows, panel.y.first().map(|it| words(it)));
    Ok(data)
}

fn fill(data: &mut Data, rows: &[Counted], y: Option<String>) {
    let values = rows.iter().map(|it| it.0);
    let (min, max) = values
        .clone()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), it| {
            (min.min(it), max.max(it))
        });
    if min > max {
        return;
    }
    let whole = values.clone().all(|it| it.fract() == 0.0);
    let spans = Spans::of(data.axis, min, max, whole);
    let number = spans.index(max) + 1;
    data.places = (0..number).map(|at| spans.place(at, whole)).collect();
    if let Axis::Time { .. } = data.axis {
        data.notes
            .push(format!("spans of {}", duration(spans.step)));
    }
    for (value, weight, of) in rows {
        let name = of.clone().or_else(|| y.clone());
        let name = name.unwrap_or_else(|| "rows".to_owned());
        let known = data.series.iter().position(|it| it.name == name);
        let series = known.unwrap_or_else(|| {
            data.series.push(Series {
                name,
                cells: vec![Cell::Absent; number],
                is_rest: false,
            });
            data.series.len() - 1
        });
        let cell = &mut data.series[series].cells[spans.index(*value)];
        *cell = Cell::Value(cell.value().unwrap_or(0.0) + weight);
    }
}

/// Equal spans from the first one on.
struct Spans {
    axis: Axis,
    step: f64,
    /// Where the first begins, in steps behind the offset.
    first: f64,
    offset: f64,
}

impl Spans {
    fn of(axis: Axis, min: f64, max: f64, whole: bool) -> Self {
        let (step, offset) = match axis {
            Axis::Time { days } => {
                let fits = |it: &&f64| {
                    (!days || **it >= DAY) && (max - min) / **it <= f64::from(SPANS) * 2.0
                };
                let step = TIMES.iter().find(fits).copied();
                (step.unwrap_or((max - min) / f64::from(SPANS)), MONDAY)
            }
            Axis::Text | Axis::Number => {
                let (low, high) = scale::widened(min, max);
                (scale::step(low, high, SPANS, whole), 0.0)
            }
        };
        let first = ((min - offset) / step + 1e-9).floor();
        Self {
            axis,
            step,
            first,
            offset,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between the least and the largest, a few spans"
    )]
    fn index(&self, value: f64) -> usize {
        (((value - self.offset) / self.step + 1e-9).floor() - self.first).max(0.0) as usize
    }

    fn place(&self, at: usize, whole: bool) -> Place {
        #[expect(clippy::cast_precision_loss, reason = "a few spans")]
        let from = (self.first + at as f64) * self.step + self.offset;
        let name = match self.axis {
            Axis::Time { days } => calendar::full(from, days),
            _ if whole && self.step <= 1.0 => scale::figure(from),
            _ => {
                let to = scale::figure(from + self.step);
                format!("{}–{to}", scale::figure(from))
            }
        };
        // A value that is its own span stands in the middle of it.
        let at = match whole && self.step <= 1.0 && self.axis == Axis::Number {
            true => from,
            false => from + self.step / 2.0,
        };
        Place { name, at }
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        DAY => "a day".to_owned(),
        it if it >= DAY => format!("{} days", scale::figure(it / DAY)),
        it if it >= 3600.0 => format!("{} hours", scale::figure(it / 3600.0)),
        it => format!("{} minutes", scale::figure(it / 60.0)),
    }
}
