//! The axes: numbers on the left with lines across, and what stands below.

use qaduct_models::Panel;

use super::calendar::{self, Grain, Name};
use super::data::{Axis, Data, is_share, words};
use super::font::{self, Weight};
use super::frame::{Frame, SMALL};
use super::picture::{Anchor, Area};
use super::scale::{self, Linear};

/// The height of a line of labels.
const LINE: f32 = 14.0;

/// Where the places of the axis are drawn.
pub(super) struct Along {
    /// The middle of each place.
    pub(super) at: Vec<f32>,
    /// How wide a place is.
    pub(super) width: f32,
    scale: Linear,
}

impl Along {
    /// The right end.
    pub(super) fn end(&self) -> f32 {
        self.scale.to
    }

    /// From where to where a band around a place goes: not beyond the ends, to which
    /// places come that differ by less than numbers can.
    pub(super) fn band(&self, x: f32, width: f32) -> (f32, f32) {
        let left = (x - width / 2.0).max(self.scale.from);
        let right = (x + width / 2.0).min(self.scale.to);
        (left, (right - left).max(0.75))
    }
}

/// The axes of a drawing.
pub(super) struct Axes {
    pub(super) along: Along,
    pub(super) up: Linear,
}

/// Whether places are points, or have a width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spread {
    Points,
    Bands,
    /// Bands whose ends are named.
    Spans,
}

/// A number of the axis with its unit, if that is short.
pub(super) fn unit(panel: &Panel, text: String) -> String {
    match is_share(panel) {
        true => format!("{text}{}", panel.unit.as_deref().unwrap_or_default()),
        false => text,
    }
}

/// What the numbers are, where they do not say it themselves.
pub(super) fn caption(panel: &Panel, data: &Data) -> String {
    match &panel.unit {
        Some(_) if is_share(panel) => String::new(),
        Some(unit) => unit.clone(),
        None => match (panel.y.as_slice(), data.series.len()) {
            ([], _) => "rows".to_owned(),
            ([only], _) => words(only),
            _ => String::new(),
        },
    }
}

/// Draws both axes for numbers in that range.
pub(super) fn draw(
    frame: &mut Frame,
    panel: &Panel,
    data: &Data,
    (min, max): (f64, f64),
    spread: Spread,
) -> Axes {
    let caption = caption(panel, data);
    frame.caption(&caption);
    let below = match data.axis {
        Axis::Time { .. } => LINE * 2.0 + 4.0,
        Axis::Text | Axis::Number => LINE + 4.0,
    };
    let mut plot = frame.free;
    plot.top += 4.0;
    plot.height = (plot.height - 4.0 - below).max(8.0);
    let most = (plot.height / 32.0).clamp(1.0, 6.0);
    let (min, max, ticks) = scale::rounded(min, max, most, data.whole);
    let largest = min.abs().max(max.abs());
    let label = |it: f64| unit(panel, scale::tick(it, ticks.step, largest));
    let labels: Vec<String> = ticks.values.iter().map(|it| label(*it)).collect();
    let widths = labels
        .iter()
        .map(|it| font::width(it, SMALL, Weight::Regular));
    let room = widths.fold(0.0, f32::max) + 8.0;
    plot.left += room;
    plot.width = (plot.width - room).max(8.0);
    let up = Linear {
        min,
        max,
        from: plot.bottom(),
        to: plot.top,
    };
    for (value, label) in ticks.values.iter().zip(labels) {
        let y = up.at(*value);
        let color = match *value == 0.0 {
            true => frame.colors.base,
            false => frame.colors.grid,
        };
        // In the middle of a row of pixels it is sharp.
        let sharp = y.floor() + 0.5;
        let ends = vec![(plot.left, sharp), (plot.right(), sharp)];
        frame.picture.line(ends, 1.0, color);
        frame.label((plot.left - 8.0, y + 4.0), label, Anchor::End);
    }
    let along = along(data, plot, spread);
    below_labels(frame, data, &plot, &along, spread);
    Axes { along, up }
}

/// Where places stand between left and right.
pub(super) fn along(data: &Data, plot: Area, spread: Spread) -> Along {
    let scale = |min, max, edge: f32| Linear {
        min,
        max,
        from: plot.left + edge,
        to: plot.right() - edge,
    };
    let places = &data.places;
    #[expect(clippy::cast_precision_loss, reason = "rows of one answer")]
    let number = places.len().max(1) as f64;
    let first = places.first().map_or(0.0, |it| it.at);
    let last = places.last().map_or(0.0, |it| it.at);
    let steps = places.windows(2).map(|it| it[1].at - it[0].at);
    let step = steps.fold(f64::INFINITY, f64::min);
    let scale = match (data.axis, spread) {
        (Axis::Text, _) => scale(-0.5, number - 0.5, 0.0),
        (_, Spread::Points) => scale(first, last, 6.0),
        (_, Spread::Bands | Spread::Spans) if step.is_finite() => {
            scale(first - step / 2.0, last + step / 2.0, 0.0)
        }
        (_, Spread::Bands | Spread::Spans) => scale(first - 0.5, first + 0.5, 0.0),
    };
    let at: Vec<f32> = places.iter().map(|it| scale.at(it.at)).collect();
    let gaps = at.windows(2).map(|it| it[1] - it[0]);
    let width = gaps.fold(plot.width, f32::min);
    Along { at, width, scale }
}

/// The names below the axis, as many as do not touch.
pub(super) fn below_labels(
    frame: &mut Frame,
    data: &Data,
    plot: &Area,
    along: &Along,
    spread: Spread,
) {
    let y = plot.bottom() + LINE + 2.0;
    match (data.axis, spread) {
        (Axis::Text, _) => texts(frame, data, along, y),
        (Axis::Number, Spread::Points | Spread::Spans) => {
            let most = plot.width / 60.0;
            numbers(frame, along, most, y);
        }
        // A few places say where they are; many stand between round days.
        (Axis::Time { .. }, Spread::Points) if few(data, plot) => named(frame, own(data, along), y),
        (Axis::Time { days }, spread)
            if along.scale.max > along.scale.min
                && (spread != Spread::Bands || along.width < 6.0) =>
        {
            let ticks = calendar::ticks(along.scale.min, along.scale.max, plot.width / 56.0, days);
            let ticks = ticks
                .into_iter()
                .map(|(at, name)| (along.scale.at(at), name));
            named(frame, ticks.collect(), y);
        }
        (Axis::Time { .. }, _) => {
            let names = bands(data, along);
            named(frame, names, y);
        }
        (Axis::Number, Spread::Bands) => {
            let mut end = f32::NEG_INFINITY;
            for (x, place) in along.at.iter().zip(&data.places) {
                let width = font::width(&place.name, SMALL, Weight::Regular);
                if x - width / 2.0 > end + 8.0 {
                    end = x + width / 2.0;
                    frame.label_within((*x, y), place.name.clone());
                }
            }
        }
    }
}

/// Whether all places have room for a name.
fn few(data: &Data, plot: &Area) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "rows of one answer")]
    let number = data.places.len() as f32;
    number * 56.0 <= plot.width
}

/// The names of all places.
fn own(data: &Data, along: &Along) -> Vec<(f32, Name)> {
    let grain = grain(data);
    let places = along.at.iter().zip(&data.places);
    let places = places.map(|(x, it)| (*x, calendar::name(it.at, grain)));
    places.collect()
}

/// The names of bands of time, with as many left out between two as have no room.
fn bands(data: &Data, along: &Along) -> Vec<(f32, Name)> {
    let grain = grain(data);
    let places = data.places.iter();
    let widths =
        places.map(|it| font::width(&calendar::name(it.at, grain).0, SMALL, Weight::Regular));
    let widest = widths.fold(0.0, f32::max) + 10.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few labels"
    )]
    let every = (widest / along.width.max(0.5)).ceil().max(1.0) as usize;
    let steps = data.places.windows(2).map(|it| it[1].at - it[0].at);
    let step = steps.fold(f64::INFINITY, f64::min);
    let (Some(first), Some(last)) = (data.places.first(), data.places.last()) else {
        return Vec::new();
    };
    let place = |at: f64| (along.scale.at(at), calendar::name(at, grain));
    match grain {
        // Months and years are not equally long.
        Grain::Month | Grain::Year => {
            let places = data.places.iter().step_by(every);
            places.map(|it| place(it.at)).collect()
        }
        _ if !step.is_finite() => vec![place(first.at)],
        _ => {
            let slots = std::iter::successors(Some(first.at), |at| Some(at + step));
            let slots = slots.take_while(|at| *at <= last.at + step / 2.0);
            slots.take(100_000).step_by(every).map(place).collect()
        }
    }
}

/// Names as exact as the places are apart.
fn grain(data: &Data) -> Grain {
    const DAY: f64 = 86_400.0;
    let all = |width: f64| data.places.iter().all(|it| it.at.rem_euclid(width) == 0.0);
    let steps = data.places.windows(2).map(|it| it[1].at - it[0].at);
    let least = steps.fold(f64::INFINITY, f64::min);
    let first = |words: &str| {
        let mut names = data.places.iter().map(|it| calendar::full(it.at, true));
        names.all(|it| it.starts_with(words))
    };
    if !all(60.0) {
        Grain::Second
    } else if !all(DAY) {
        Grain::Minute
    } else if least.is_finite() && least >= 360.0 * DAY && first("1 Jan") {
        Grain::Year
    } else if least.is_finite() && least >= 28.0 * DAY && first("1 ") {
        Grain::Month
    } else {
        Grain::Day
    }
}

/// Names in two lines: the second one where it changes.
fn named(frame: &mut Frame, names: Vec<(f32, Name)>, y: f32) {
    let width = |it: &str| font::width(it, SMALL, Weight::Regular);
    let mut end = f32::NEG_INFINITY;
    let mut context_end = f32::NEG_INFINITY;
    let mut known = String::new();
    for (x, (name, context)) in names {
        let half = width(&name) / 2.0;
        let x = x.min(frame.picture.width - half - 4.0).max(half + 4.0);
        if x - half < end + 8.0 {
            continue;
        }
        end = x + half;
        frame.label_within((x, y), name);
        let half = width(&context) / 2.0;
        if context != known && x - half > context_end + 8.0 {
            context_end = x + half;
            frame.label_within((x, y + LINE), context.clone());
            known = context;
        }
    }
}

fn numbers(frame: &mut Frame, along: &Along, most: f32, y: f32) {
    let (min, max) = scale::widened(along.scale.min, along.scale.max);
    let ticks = scale::ticks(min, max, most, false);
    let largest = min.abs().max(max.abs());
    for value in ticks.values {
        if (along.scale.min..=along.scale.max).contains(&value) {
            let label = scale::tick(value, ticks.step, largest);
            frame.label_within((along.scale.at(value), y), label);
        }
    }
}

fn texts(frame: &mut Frame, data: &Data, along: &Along, y: f32) {
    let widths = data.places.iter();
    let widths = widths.map(|it| font::width(&it.name, SMALL, Weight::Regular));
    let widest = widths.fold(0.0, f32::max).min(96.0) + 8.0;
    // The first and then every so many have a name.
    let mut every = 1_usize;
    let mut room = along.width;
    while room < widest && every < data.places.len() {
        every += 1;
        room += along.width;
    }
    // A name in its own place, even cut, says more than every second one.
    if every == 2 && along.width >= 48.0 {
        (every, room) = (1, along.width);
    }
    for (x, place) in along.at.iter().zip(&data.places).step_by(every) {
        let name = font::fit(&place.name, SMALL, Weight::Regular, room - 6.0);
        frame.label_within((*x, y), name);
    }
}
