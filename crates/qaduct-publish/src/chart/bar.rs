//! Bars: side by side or on top of each other, upright; lying, the largest first, where
//! the names below would not fit.

use qaduct_models::{Panel, PanelKind};

use super::axis::{self, Spread, caption, unit};
use super::data::{Axis, Cell, Data, is_share};
use super::font::{self, Weight};
use super::frame::{Frame, SMALL};
use super::picture::{Anchor, Area};
use super::scale::{self, Linear};
use super::{Size, Theme};

const MOST: usize = 6;
/// The height of a lying bar with its distance to the next.
const ROW: f32 = 22.0;

pub(super) fn draw(panel: &Panel, mut data: Data, theme: Theme, size: Size) -> Frame {
    let sums = !is_share(panel);
    data.fold_series(MOST, sums, false);
    let stacked = panel.kind != PanelKind::Bar;
    if data.axis == Axis::Text && !names_fit(&data, size) {
        return lying(panel, data, stacked, theme, size);
    }
    let mut frame = Frame::new(panel, &data, theme, size);
    frame.legend(&data);
    let range = range(&data, stacked);
    let spread = match (panel.kind, data.places.as_slice()) {
        (PanelKind::Histogram, [first, _, ..])
            if data.axis != Axis::Number || first.name.contains('–') =>
        {
            Spread::Spans
        }
        _ => Spread::Bands,
    };
    let axes = axis::draw(&mut frame, panel, &data, range, spread);
    let gap = match panel.kind {
        PanelKind::Histogram => 1.0,
        _ => (axes.along.width * 0.2).max(1.0),
    };
    let band = (axes.along.width - gap).clamp(1.0, 64.0);
    for place in seen(&data, &axes.along.at, stacked) {
        let x = &axes.along.at[place];
        // Narrower than a pixel, bars fill the one on which they are seen.
        let (left, band) = match axes.along.width < 1.0 {
            true => (x.floor().min(axes.along.end() - 1.0), 1.0),
            false => axes.along.band(*x, band),
        };
        for slice in slices(&data, place, stacked) {
            let (from, to) = (axes.up.at(slice.from), axes.up.at(slice.to));
            let area = Area {
                left: left + slice.across.0 * band,
                top: from.min(to),
                width: (band * slice.across.1 - slice.gap(band)).max(0.75),
                height: (from - to).abs(),
            };
            let color = frame.color(slice.series, data.series[slice.series].is_rest);
            frame.picture.rect(apart(area, &slice), 1.5, color);
        }
    }
    frame
}

/// The places whose bars are seen: of those on the same pixel the highest and the lowest.
fn seen(data: &Data, at: &[f32], stacked: bool) -> Vec<usize> {
    let places: Vec<usize> = (0..at.len()).collect();
    let pixels = places.chunk_by(|&a, &b| at[a].floor() == at[b].floor());
    let seen = pixels.flat_map(|places| {
        let ends = places.iter().map(|&place| {
            let slices = slices(data, place, stacked).into_iter();
            let (low, high) = slices.fold((0.0_f64, 0.0_f64), |(low, high), it| {
                (low.min(it.to), high.max(it.to))
            });
            (place, low, high)
        });
        let ends: Vec<_> = ends.collect();
        let high = ends.iter().max_by(|a, b| a.2.total_cmp(&b.2));
        let low = ends.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        let mut seen: Vec<usize> = high.into_iter().chain(low).map(|it| it.0).collect();
        seen.sort_unstable();
        seen.dedup();
        seen
    });
    seen.collect()
}

/// A part of what stands at a place.
struct Slice {
    series: usize,
    from: f64,
    to: f64,
    /// Where it begins and how wide it is, as parts of the place.
    across: (f32, f32),
    is_stacked: bool,
    is_first: bool,
}

impl Slice {
    /// Between bars side by side.
    fn gap(&self, band: f32) -> f32 {
        match self.across.1 < 1.0 && band * self.across.1 > 4.0 {
            true => 1.0,
            false => 0.0,
        }
    }
}

/// A hair between parts on top of each other, if they are high enough.
fn apart(mut area: Area, slice: &Slice) -> Area {
    if slice.is_stacked && !slice.is_first && area.height > 3.0 {
        area.height -= 1.0;
        if slice.to < 0.0 {
            area.top += 1.0;
        }
    }
    area
}

fn slices(data: &Data, place: usize, stacked: bool) -> Vec<Slice> {
    #[expect(clippy::cast_precision_loss, reason = "a few series")]
    let part = match stacked {
        true => 1.0,
        false => 1.0 / data.series.len() as f32,
    };
    let (mut above, mut below) = (0.0, 0.0);
    let mut offset = 0.0;
    let mut slices = Vec::new();
    for (at, series) in data.series.iter().enumerate() {
        let begin = offset;
        offset += if stacked { 0.0 } else { part };
        let Cell::Value(value) = series.cells[place] else {
            continue;
        };
        let end = if value < 0.0 { &mut below } else { &mut above };
        let from = if stacked { *end } else { 0.0 };
        *end += value;
        slices.push(Slice {
            series: at,
            from,
            to: from + value,
            across: (begin, part),
            is_stacked: stacked,
            is_first: from == 0.0,
        });
    }
    slices
}

/// From the least to the largest end of a bar, with zero.
fn range(data: &Data, stacked: bool) -> (f64, f64) {
    let places = 0..data.places.len();
    let ends = places.flat_map(|at| slices(data, at, stacked));
    ends.fold((0.0, 0.0), |(min, max), it| {
        (it.to.min(min), it.to.max(max))
    })
}

/// Whether the names of the places fit below them.
fn names_fit(data: &Data, size: Size) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "rows of one answer, and pixels")]
    let room = (size.width as f32 - 70.0) / data.places.len().max(1) as f32;
    let widths = data.places.iter();
    let mut widths = widths.map(|it| font::width(&it.name, SMALL, Weight::Regular));
    widths.all(|it| it + 8.0 <= room)
}

fn lying(panel: &Panel, mut data: Data, stacked: bool, theme: Theme, size: Size) -> Frame {
    let alone = data.series.len() == 1;
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rows in a picture"
    )]
    let most = {
        let taken = if alone { 84.0 } else { 134.0 };
        let thick = if stacked { 1 } else { data.series.len() };
        let row = ROW.max(8.0 * thick as f32 + 6.0);
        ((size.height as f32 - taken) / row).max(2.0) as usize
    };
    let sums = !is_share(panel);
    data.fold_places(most, sums, true);
    let mut frame = Frame::new(panel, &data, theme, size);
    frame.legend(&data);
    let caption = caption(panel, &data);
    frame.caption(&caption);
    let mut plot = frame.free;
    let widths = data.places.iter();
    let widths = widths.map(|it| font::width(&it.name, SMALL, Weight::Regular));
    let names = widths.fold(0.0, f32::max).min(plot.width * 0.42) + 8.0;
    let figure = |it: f64| unit(panel, scale::brief(it));
    let (least, largest) = range(&data, stacked);
    let ends = [least, largest].map(|it| font::width(&figure(it), SMALL, Weight::Regular) + 8.0);
    plot.left += names;
    plot.width = (plot.width - names - ends[1]).max(8.0);
    if least < 0.0 {
        plot.left += ends[0];
        plot.width = (plot.width - ends[0]).max(8.0);
    }
    let (least, largest) = match least < largest {
        true => (least, largest),
        false => (0.0, 1.0),
    };
    let along = Linear {
        min: least,
        max: largest,
        from: plot.left,
        to: plot.right(),
    };
    #[expect(clippy::cast_precision_loss, reason = "rows in a picture")]
    let row =
        (plot.height / data.places.len() as f32).min(if stacked || alone { 40.0 } else { 64.0 });
    let band = (row - 5.0).max(2.0);
    let zero = along.at(0.0);
    for (at, place) in data.places.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "rows in a picture")]
        let top = plot.top + row * at as f32 + (row - band) / 2.0;
        let middle = top + band / 2.0 + 4.0;
        let name = font::fit(&place.name, SMALL, Weight::Regular, names - 8.0);
        frame.label((frame.free.left + names - 8.0, middle), name, Anchor::End);
        let slices = slices(&data, at, stacked);
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for slice in &slices {
            let (from, to) = (along.at(slice.from), along.at(slice.to));
            let mut area = Area {
                left: from.min(to),
                top: top + slice.across.0 * band,
                width: (from - to).abs().max(1.0),
                height: band * slice.across.1 - slice.gap(band),
            };
            if slice.is_stacked && !slice.is_first && area.width > 3.0 {
                area.left += 1.0;
                area.width -= 1.0;
            }
            let is_rest = data.series[slice.series].is_rest || is_sum(&data, at, sums, most);
            let color = match alone && is_rest {
                true => frame.colors.rest,
                false => frame.color(slice.series, data.series[slice.series].is_rest),
            };
            frame.picture.rect(area, 1.5, color);
            (low, high) = (low.min(slice.to), high.max(slice.to));
            if !stacked {
                let y = area.top + area.height / 2.0 + 4.0;
                end_label(&mut frame, &along, slice.to, y, figure(slice.to));
            }
        }
        if stacked && !slices.is_empty() {
            if high > 0.0 || low == 0.0 {
                end_label(&mut frame, &along, high, middle, figure(high));
            }
            if low < 0.0 {
                end_label(&mut frame, &along, low, middle, figure(low));
            }
        }
        if slices.is_empty() {
            frame.label((zero + 5.0, middle), "no value".to_owned(), Anchor::Start);
        }
    }
    let bottom = plot.top
        + row * {
            #[expect(clippy::cast_precision_loss, reason = "rows in a picture")]
            let rows = data.places.len() as f32;
            rows
        };
    let base = frame.colors.base;
    frame
        .picture
        .line(vec![(zero, plot.top), (zero, bottom)], 1.0, base);
    frame
}

/// Whether a place is the sum of others.
fn is_sum(data: &Data, at: usize, sums: bool, most: usize) -> bool {
    sums && at + 1 == data.places.len()
        && data.places.len() == most
        && data.places[at].name.starts_with("other (")
}

fn end_label(frame: &mut Frame, along: &Linear, value: f64, y: f32, text: String) {
    match value < 0.0 {
        true => frame.label((along.at(value) - 5.0, y), text, Anchor::End),
        false => frame.label((along.at(value) + 5.0, y), text, Anchor::Start),
    }
}
