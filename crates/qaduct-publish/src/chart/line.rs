//! Lines: one for each series. NULL breaks a line; a place at which another series has
//! a row does not.

use qaduct_models::Panel;

use super::axis::{self, Axes, Spread};
use super::data::{Cell, Data, is_share};
use super::frame::Frame;
use super::picture::Point;
use super::{Size, Theme};

/// As many lines can be told apart.
const MOST: usize = 6;

pub(super) fn draw(panel: &Panel, mut data: Data, theme: Theme, size: Size) -> Frame {
    // A sum is true only where each of the others has a value.
    data.fold_series(MOST, !is_share(panel), true);
    let mut frame = Frame::new(panel, &data, theme, size);
    frame.legend(&data);
    let range = match panel.steps {
        // What is counted from one row to the next is read as a height.
        true => from_zero(&data),
        false => range(&data),
    };
    let axes = axis::draw(&mut frame, panel, &data, range, Spread::Points);
    let end = axes.along.at.last().copied();
    for (at, series) in data.series.iter().enumerate() {
        let color = frame.color(at, series.is_rest);
        // Points are shown where they are few, and where no line shows them.
        let dots = axes.along.width >= 24.0 && data.places.len() <= 16;
        let runs = runs(&axes, &series.cells);
        let newest = runs.len().saturating_sub(1);
        for (nth, run) in runs.into_iter().enumerate() {
            if dots || run.len() == 1 {
                let radius = if data.places.len() == 1 { 4.0 } else { 2.75 };
                for point in &run {
                    frame.picture.dot(*point, radius, color);
                }
            }
            let run = match panel.steps {
                true => steps(run, end.filter(|_| nth == newest)),
                false => run,
            };
            if run.len() > 1 {
                frame.picture.line(thinned(run), 2.0, color);
            }
        }
    }
    frame
}

/// Each value until the next one; the last one to the end of the axis.
pub(super) fn steps(run: Vec<Point>, end: Option<f32>) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::with_capacity(run.len() * 2);
    for point in run {
        if let Some(&(_, y)) = points.last() {
            points.push((point.0, y));
        }
        points.push(point);
    }
    if let (Some(&(x, y)), Some(end)) = (points.last(), end)
        && end > x
    {
        points.push((end, y));
    }
    points
}

fn from_zero(data: &Data) -> (f64, f64) {
    let (min, max) = data.range();
    (min.min(0.0), max.max(0.0))
}

/// From zero, unless that would hide how values differ.
fn range(data: &Data) -> (f64, f64) {
    let (min, max) = data.range();
    // One value everywhere differs from nothing but zero.
    if min >= max {
        return (min.min(0.0), max.max(0.0));
    }
    if min >= 0.0 && min <= max * 0.7 {
        return (0.0, max);
    }
    if max <= 0.0 && max >= min * 0.7 {
        return (min, 0.0);
    }
    (min, max)
}

fn runs(axes: &Axes, cells: &[Cell]) -> Vec<Vec<Point>> {
    let mut runs = vec![Vec::new()];
    for (x, cell) in axes.along.at.iter().zip(cells) {
        match cell {
            Cell::Absent => {}
            Cell::Null => runs.push(Vec::new()),
            Cell::Value(value) => {
                if let Some(run) = runs.last_mut() {
                    run.push((*x, axes.up.at(*value)));
                }
            }
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Without the points that nobody could see: of each pixel's width the first and the last
/// one, the highest and the lowest stay.
fn thinned(run: Vec<Point>) -> Vec<Point> {
    let columns = run.chunk_by(|a, b| a.0.floor() == b.0.floor());
    let kept = columns.flat_map(|column| {
        let high = (0..column.len()).min_by(|&a, &b| column[a].1.total_cmp(&column[b].1));
        let low = (0..column.len()).max_by(|&a, &b| column[a].1.total_cmp(&column[b].1));
        let mut kept = vec![0, column.len() - 1];
        kept.extend(high);
        kept.extend(low);
        kept.sort_unstable();
        kept.dedup();
        kept.into_iter().map(|at| column[at])
    });
    kept.collect()
}
