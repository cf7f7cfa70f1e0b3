//! Heat maps: a field for each place and series, stronger for more. A field without a
//! value is not the one of zero.

use qaduct_models::Panel;

use super::axis::{self, Spread, caption, unit};
use super::data::{Axis, Cell, Data, is_share};
use super::font::{self, Weight};
use super::frame::{Frame, SMALL};
use super::picture::{Anchor, Area};
use super::scale;
use super::{Size, Theme};

/// The least height of a row, and of a column.
const ROW: f32 = 17.0;
const COLUMN: f32 = 9.0;

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rows and columns in a picture"
)]
fn fitting(length: u32, taken: f32, each: f32) -> usize {
    ((length as f32 - taken) / each).max(2.0) as usize
}

pub(super) fn draw(panel: &Panel, mut data: Data, theme: Theme, size: Size) -> Frame {
    let sums = !is_share(panel);
    data.fold_series(fitting(size.height, 120.0, ROW), sums, false);
    if data.axis == Axis::Text {
        data.fold_places(fitting(size.width, 140.0, COLUMN), sums, false);
    }
    let mut frame = Frame::new(panel, &data, theme, size);
    let (min, max) = data.range();
    // From zero, where nothing is below.
    let min = min.min(0.0);
    key(&mut frame, panel, &data, (min, max));
    let below = match data.axis {
        Axis::Time { .. } => 32.0,
        Axis::Text | Axis::Number => 18.0,
    };
    let mut plot = frame.free;
    let widths = data.series.iter();
    let widths = widths.map(|it| font::width(&it.name, SMALL, Weight::Regular));
    let names = widths.fold(0.0, f32::max).min(plot.width * 0.34) + 8.0;
    plot.left += names;
    plot.width -= names;
    #[expect(clippy::cast_precision_loss, reason = "rows in a picture")]
    let row = ((plot.height - below).max(8.0) / data.series.len() as f32).min(72.0);
    #[expect(clippy::cast_precision_loss, reason = "rows in a picture")]
    let rows = data.series.len() as f32;
    plot.height = row * rows;
    let along = axis::along(&data, plot, Spread::Bands);
    let column = along.width.clamp(1.0, 120.0);
    let hair = if column > 5.0 { 1.5 } else { 0.0 };
    for (at, series) in data.series.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "rows in a picture")]
        let top = plot.top + row * at as f32;
        let name = font::fit(&series.name, SMALL, Weight::Regular, names - 8.0);
        frame.label((plot.left - 8.0, top + row / 2.0 + 4.0), name, Anchor::End);
        for (x, cell) in along.at.iter().zip(&series.cells) {
            let (left, width) = along.band(*x, column - hair);
            let area = Area {
                left,
                top,
                width,
                height: row - 1.5,
            };
            field(&mut frame, panel, *cell, area, (min, max));
        }
    }
    axis::below_labels(&mut frame, &data, &plot, &along, Spread::Bands);
    frame
}

fn field(frame: &mut Frame, panel: &Panel, cell: Cell, area: Area, range: (f64, f64)) {
    let colors = frame.colors;
    let Cell::Value(value) = cell else {
        absent(frame, area);
        return;
    };
    let fill = colors.shade(value, range);
    frame.picture.rect(area, 2.0, fill);
    let text = unit(panel, scale::brief(value));
    let fits = font::width(&text, SMALL, Weight::Regular) + 6.0 <= area.width;
    if fits && area.height >= 14.0 {
        let at = (
            area.left + area.width / 2.0,
            area.top + area.height / 2.0 + 4.0,
        );
        let ink = colors.ink(fill);
        frame.write(at, text, SMALL, Weight::Regular, Anchor::Middle, ink);
    }
}

/// A field without a value: a dash where others have a colour.
fn absent(frame: &mut Frame, area: Area) {
    let fill = frame.colors.absent;
    frame.picture.rect(area, 2.0, fill);
    let (x, y) = (area.left + area.width / 2.0, area.top + area.height / 2.0);
    let half = (area.width * 0.22).min(4.0);
    let color = frame.colors.base;
    frame
        .picture
        .line(vec![(x - half, y), (x + half, y)], 1.0, color);
}

/// What the colours mean.
fn key(frame: &mut Frame, panel: &Panel, data: &Data, (min, max): (f64, f64)) {
    const STEPS: u8 = 24;
    let y = frame.free.top + 9.0;
    let mut x = frame.free.left;
    let width = |it: &str| font::width(it, SMALL, Weight::Regular);
    let ends = [min, max].map(|it| unit(panel, scale::brief(it)));
    let room = frame.free.width - width(&ends[0]) - width(&ends[1]) - 12.0;
    let bar = room.clamp(12.0, 84.0);
    let caption = caption(panel, data);
    let caption = font::fit(&caption, SMALL, Weight::Regular, frame.free.width * 0.4);
    if !caption.is_empty() && width(&caption) + 12.0 <= room - bar {
        let end = x + width(&caption) + 12.0;
        frame.label((x, y), caption, Anchor::Start);
        x = end;
    }
    let [least, largest] = ends;
    let end = x + width(&least) + 6.0;
    frame.label((x, y), least, Anchor::Start);
    x = end;
    let step = bar / f32::from(STEPS);
    for at in 0..STEPS {
        let is_last = at + 1 == STEPS;
        let area = Area {
            left: x,
            top: y - 9.0,
            // Over the next one a little, so that nothing shines through.
            width: step + if is_last { 0.0 } else { 0.5 },
            height: 10.0,
        };
        let part = f64::from(at) / f64::from(STEPS - 1);
        let fill = frame.colors.shade(min + (max - min) * part, (min, max));
        frame.picture.rect(area, 0.0, fill);
        x += step;
    }
    x += 6.0;
    let end = x + width(&largest) + 6.0;
    frame.label((x, y), largest, Anchor::Start);
    x = end;
    let mut cells = data.series.iter().flat_map(|it| &it.cells);
    let word = "no value";
    let end = x + 24.0 + font::width(word, SMALL, Weight::Regular);
    // The dash says it too where the words have no room.
    if end <= frame.free.right() && cells.any(|it| it.value().is_none()) {
        x += 8.0;
        let area = Area {
            left: x,
            top: y - 9.0,
            width: 10.0,
            height: 10.0,
        };
        absent(frame, area);
        frame.label((x + 16.0, y), word.to_owned(), Anchor::Start);
    }
    frame.take_top(22.0);
}
