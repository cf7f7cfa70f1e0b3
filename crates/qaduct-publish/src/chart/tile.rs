//! Tiles: the newest value in large figures, how it differs from the one before, and
//! the way there.

use qaduct_models::Panel;

use super::axis::{caption, unit};
use super::data::{Axis, Cell, Data, Series};
use super::font::{self, Weight};
use super::frame::Frame;
use super::picture::{Anchor, Area, Shape};
use super::scale::{self, Linear};
use super::{Size, Theme};

/// As many figures stand on one tile.
const MOST: usize = 4;

/// Without an axis and with rows only counted, the figure is how many there are.
fn counted(panel: &Panel, data: &mut Data) {
    if panel.x.is_none() && panel.y.is_empty() {
        for series in &mut data.series {
            let all = series.values().sum();
            series.cells = vec![Cell::Value(all)];
        }
        data.places.truncate(1);
    }
}

pub(super) fn figures(panel: &Panel, mut data: Data) -> Vec<super::Figure> {
    counted(panel, &mut data);
    if data.series.is_empty() {
        let name = panel.title.clone().unwrap_or_else(|| caption(panel, &data));
        return vec![super::Figure { name, value: None }];
    }
    let alone = data.series.len() == 1;
    let figure = |series: &Series| {
        let title = panel.title.clone();
        let name = match (title, alone) {
            (Some(title), true) => title,
            (None, true) => caption(panel, &data),
            (Some(title), false) => format!("{title}: {}", series.name),
            (None, false) => series.name.clone(),
        };
        let newest = series.cells.last().and_then(|it| it.value());
        let value = newest.map(|it| {
            let figure = unit(panel, scale::figure(it));
            match panel.unit.as_deref() {
                Some(word) if !figure.ends_with(word) => format!("{figure} {word}"),
                _ => figure,
            }
        });
        super::Figure { name, value }
    };
    data.series.iter().map(figure).collect()
}

pub(super) fn draw(panel: &Panel, mut data: Data, theme: Theme, size: Size) -> Frame {
    counted(panel, &mut data);
    if data.series.len() > MOST {
        let more = data.series.len() - MOST;
        data.series.truncate(MOST);
        data.notes.push(format!("{more} more not shown"));
    }
    let mut frame = Frame::new(panel, &data, theme, size);
    let room = frame.free;
    let columns = if data.series.len() > 1 { 2 } else { 1 };
    let rows = data.series.len().div_ceil(columns);
    #[expect(clippy::cast_precision_loss, reason = "at most four")]
    let (width, height) = (room.width / columns as f32, room.height / rows as f32);
    let alone = data.series.len() == 1;
    for (at, series) in data.series.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "at most four")]
        let area = Area {
            left: room.left + width * (at % columns) as f32,
            top: room.top + height * (at / columns) as f32,
            width: width - if alone { 0.0 } else { 10.0 },
            height,
        };
        figure(&mut frame, panel, &data, series, area, alone);
    }
    frame
}

fn figure(frame: &mut Frame, panel: &Panel, data: &Data, series: &Series, area: Area, alone: bool) {
    let colors = frame.colors;
    let newest = series.cells.last().copied().unwrap_or(Cell::Absent);
    let text = match newest {
        Cell::Value(value) => unit(panel, scale::figure(value)),
        Cell::Null | Cell::Absent => "–".to_owned(),
    };
    let large = (area.height * if alone { 0.36 } else { 0.4 }).clamp(18.0, 64.0);
    // As large as fits.
    let wide = font::width(&text, large, Weight::SemiBold);
    let large = large * (area.width * 0.96 / wide).min(1.0);
    let has_way = alone && data.axis != Axis::Text && series.values().nth(1).is_some();
    let block = large * 0.8 + 20.0;
    let above = match has_way || !alone {
        true => 6.0,
        false => ((area.height - block) / 2.0).max(6.0),
    };
    let mut y = area.top + above + large * 0.8;
    let end = area.left + font::width(&text, large, Weight::SemiBold);
    frame.write(
        (area.left, y),
        text,
        large,
        Weight::SemiBold,
        Anchor::Start,
        colors.strong,
    );
    let name = match alone {
        true => caption(panel, data),
        false => series.name.clone(),
    };
    let beside = font::fit(
        &name,
        13.0,
        Weight::Regular,
        area.left + area.width - end - 8.0,
    );
    if alone && beside == name {
        frame.write(
            (end + 8.0, y),
            name,
            13.0,
            Weight::Regular,
            Anchor::Start,
            colors.soft,
        );
    } else {
        y += 18.0;
        let name = font::fit(&name, 12.0, Weight::Regular, area.width);
        frame.write(
            (area.left, y),
            name,
            12.0,
            Weight::Regular,
            Anchor::Start,
            colors.soft,
        );
    }
    y += 20.0;
    let since = font::fit(
        &since(panel, data, series),
        12.0,
        Weight::Regular,
        area.width,
    );
    frame.write(
        (area.left, y),
        since,
        12.0,
        Weight::Regular,
        Anchor::Start,
        colors.soft,
    );
    let below = Area {
        left: area.left,
        top: y + 12.0,
        width: area.width,
        height: area.top + area.height - y - 14.0,
    };
    if has_way && below.height >= 24.0 {
        way(frame, data, series, below, panel.steps);
    }
}

/// The place of the value, and what it was before.
fn since(panel: &Panel, data: &Data, series: &Series) -> String {
    let Some((newest, before)) = series.cells.split_last() else {
        return String::new();
    };
    let place = data.places.last().map_or("", |it| it.name.as_str());
    let Some(newest) = newest.value() else {
        return format!("no value {place}").trim_end().to_owned();
    };
    let before = before.iter().zip(&data.places).rev();
    let before = before.filter_map(|(cell, place)| Some((cell.value()?, &place.name)));
    match before.into_iter().next() {
        Some((value, name)) if !name.is_empty() => {
            let change = match newest - value {
                it if it > 0.0 => format!("+{}", scale::figure(it)),
                it if it < 0.0 => scale::figure(it),
                _ => "unchanged".to_owned(),
            };
            let unit = if data.axis == Axis::Text {
                ""
            } else {
                " since"
            };
            let change = match super::data::is_share(panel) && newest != value {
                true => format!("{change} points"),
                false => change,
            };
            match unit.is_empty() {
                true => format!("{place} ({change} from {name})"),
                false => format!("{place} · {change}{unit} {name}"),
            }
        }
        _ => place.to_owned(),
    }
}

/// The values up to the newest one, without axes.
fn way(frame: &mut Frame, data: &Data, series: &Series, area: Area, steps: bool) {
    let (min, max) = series
        .values()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), it| {
            (min.min(it), max.max(it))
        });
    let (min, max) = scale::widened(min, max);
    let first = data.places.first().map_or(0.0, |it| it.at);
    let last = data.places.last().map_or(1.0, |it| it.at);
    let along = Linear {
        min: first,
        max: last,
        from: area.left + 2.0,
        to: area.right() - 5.0,
    };
    let up = Linear {
        min,
        max,
        from: area.bottom() - 6.0,
        to: area.top + 6.0,
    };
    let color = frame.color(0, false);
    let mut runs = vec![Vec::new()];
    for (place, cell) in data.places.iter().zip(&series.cells) {
        match (cell, runs.last_mut()) {
            (Cell::Value(value), Some(run)) => run.push((along.at(place.at), up.at(*value))),
            (Cell::Null, _) => runs.push(Vec::new()),
            _ => {}
        }
    }
    let newest = runs.last().and_then(|run| run.last()).copied();
    let under = frame.colors.background.towards(color, 0.14);
    for run in runs {
        let run = match steps {
            true => super::line::steps(run, None),
            false => run,
        };
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        let mut points = vec![(first.0, area.bottom())];
        points.extend(&run);
        points.push((last.0, area.bottom()));
        frame.picture.shapes.push(Shape::Polygon {
            points,
            fill: under,
        });
        frame.picture.line(run, 2.0, color);
    }
    if let Some(at) = newest {
        frame.picture.dot(at, 3.5, color);
    }
}
