//! What stands around the drawing: title, legend, notes; and the message in its place
//! when there is nothing to draw.

use qaduct_models::Panel;

use super::Size;
use super::data::{Data, words};
use super::font::{self, Weight};
use super::picture::{Anchor, Area, Picture, Point, Text};
use super::theme::{Color, Colors, Theme};

/// The size of labels.
pub(super) const SMALL: f32 = 11.0;
const TITLE: f32 = 15.0;
/// Free space at the edge.
const EDGE: f32 = 14.0;

/// A picture that is being drawn.
pub(super) struct Frame {
    pub(super) picture: Picture,
    pub(super) colors: &'static Colors,
    /// What is still free.
    pub(super) free: Area,
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below")]
fn length(pixels: u32) -> f32 {
    pixels as f32
}

impl Frame {
    /// A picture with its title, and its notes at the bottom.
    pub(super) fn new(panel: &Panel, data: &Data, theme: Theme, size: Size) -> Self {
        let colors = theme.colors();
        let title = panel.title.clone().unwrap_or_else(|| {
            let name = panel.view.strip_prefix("v_").unwrap_or(&panel.view);
            words(name)
        });
        let mut about = format!(
            "{} of {}",
            super::data::count(data.rows, "row", "rows"),
            looked_at(panel)
        );
        for note in &data.notes {
            about.push_str("; ");
            about.push_str(note);
        }
        let (width, height) = (length(size.width), length(size.height));
        let mut frame = Self {
            picture: Picture {
                width,
                height,
                background: colors.background,
                title: title.clone(),
                about,
                shapes: Vec::new(),
            },
            colors,
            free: Area {
                left: EDGE,
                top: EDGE,
                width: width - 2.0 * EDGE,
                height: height - 2.0 * EDGE,
            },
        };
        // A second line only where the drawing stays larger than its title.
        let most = if size.height >= 240 { 2 } else { 1 };
        let lines = font::wrap(&title, TITLE, Weight::SemiBold, frame.free.width, most);
        for line in lines {
            let at = (EDGE, frame.free.top + 11.0);
            let strong = colors.strong;
            frame.write(at, line, TITLE, Weight::SemiBold, Anchor::Start, strong);
            frame.take_top(18.0);
        }
        frame.take_top(6.0);
        frame.notes(&data.notes);
        frame
    }

    pub(super) fn take_top(&mut self, height: f32) {
        self.free.top += height;
        self.free.height -= height;
    }

    pub(super) fn write(
        &mut self,
        at: Point,
        text: String,
        size: f32,
        weight: Weight,
        anchor: Anchor,
        fill: Color,
    ) {
        self.picture.text(Text {
            at,
            text,
            size,
            weight,
            anchor,
            fill,
        });
    }

    /// A label in the colour of labels.
    pub(super) fn label(&mut self, at: Point, text: String, anchor: Anchor) {
        self.write(at, text, SMALL, Weight::Regular, anchor, self.colors.soft);
    }

    /// A label around a point that does not leave the picture.
    pub(super) fn label_within(&mut self, at: Point, text: String) {
        let half = font::width(&text, SMALL, Weight::Regular) / 2.0;
        let x = at.0.min(self.picture.width - half - 4.0).max(half + 4.0);
        self.label((x, at.1), text, Anchor::Middle);
    }

    fn notes(&mut self, notes: &[String]) {
        let mut lines: Vec<String> = Vec::new();
        for note in notes {
            let joined = lines.last().map(|line| format!("{line} · {note}"));
            let fits = |it: &String| font::width(it, SMALL, Weight::Regular) <= self.free.width;
            match joined.filter(fits) {
                Some(joined) => {
                    lines.pop();
                    lines.push(joined);
                }
                None => lines.push(note.clone()),
            }
        }
        // What has no line is cut; all of it stands in the description of an SVG.
        let most = match self.picture.height {
            it if it < 200.0 => 1,
            it if it < 260.0 => 2,
            _ => 4,
        };
        if lines.len() > most {
            let rest = lines.split_off(most - 1).join(" · ");
            lines.push(rest);
        }
        let bottom = self.free.bottom();
        for (at, line) in lines.iter().rev().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a few lines")]
            let y = bottom - at as f32 * 14.0;
            let line = font::fit(line, SMALL, Weight::Regular, self.free.width);
            self.label((EDGE, y), line, Anchor::Start);
            self.free.height -= 14.0;
        }
        if !lines.is_empty() {
            self.free.height -= 6.0;
        }
    }

    /// The colour of a series.
    pub(super) fn color(&self, index: usize, is_rest: bool) -> Color {
        match is_rest {
            true => self.colors.rest,
            false => self.colors.series[index % self.colors.series.len()],
        }
    }

    /// The names of the series with their colours, in as many lines as leave room for
    /// the drawing; one alone needs none.
    pub(super) fn legend(&mut self, data: &Data) {
        const GAP: f32 = 14.0;
        const SWATCH: f32 = 14.0;
        const LINE: f32 = 16.0;
        if data.series.len() < 2 {
            return;
        }
        let most = (self.free.width - GAP) / 2.0 - SWATCH;
        let last = self.free.top
            + 9.0
            + (((self.free.height - 90.0) / LINE).floor() - 1.0).max(0.0) * LINE;
        let (mut x, mut y) = (self.free.left, self.free.top + 9.0);
        for (at, series) in data.series.iter().enumerate() {
            let name = font::fit(&series.name, SMALL, Weight::Regular, most);
            let width = SWATCH + font::width(&name, SMALL, Weight::Regular);
            let left = data.series.len() - at;
            let more = format!("+{left}");
            let more_width = font::width(&more, SMALL, Weight::Regular);
            let is_full = x > self.free.left && x + width > self.free.right();
            let leaves_room = left == 1 || x + width + GAP + more_width <= self.free.right();
            if y >= last && x > self.free.left && (is_full || !leaves_room) {
                self.label((x, y), more, Anchor::Start);
                break;
            }
            if is_full {
                x = self.free.left;
                y += LINE;
            }
            let square = Area {
                left: x,
                top: y - 8.0,
                width: 9.0,
                height: 9.0,
            };
            let color = self.color(at, series.is_rest);
            self.picture.rect(square, 2.0, color);
            self.label((x + SWATCH, y), name, Anchor::Start);
            x += width + GAP;
        }
        let height = y + 12.0 - self.free.top;
        self.take_top(height);
    }

    /// What the numbers are, where the drawing stays larger than its words.
    pub(super) fn caption(&mut self, caption: &str) {
        if caption.is_empty() || self.free.height < 90.0 {
            return;
        }
        let caption = font::fit(caption, SMALL, Weight::Regular, self.free.width);
        let at = (self.free.left, self.free.top + 8.0);
        self.label(at, caption, Anchor::Start);
        self.take_top(18.0);
    }

    /// Says why there is no drawing, and what was looked at.
    pub(super) fn nothing(&mut self, panel: &Panel, data: &Data) {
        let what = match data.rows {
            0 => "No rows".to_owned(),
            rows => format!(
                "{}, none with a value",
                super::data::count(rows, "row", "rows")
            ),
        };
        let middle = self.free.left + self.free.width / 2.0;
        let y = self.free.top + self.free.height / 2.0;
        let what = font::fit(&what, 14.0, Weight::SemiBold, self.free.width);
        let strong = self.colors.strong;
        self.write(
            (middle, y - 4.0),
            what,
            14.0,
            Weight::SemiBold,
            Anchor::Middle,
            strong,
        );
        let place = format!("in {}", looked_at(panel));
        let lines = font::wrap(&place, SMALL, Weight::Regular, self.free.width, 3);
        let mut y = y + 15.0;
        for line in lines {
            self.label((middle, y), line, Anchor::Middle);
            y += 15.0;
        }
    }
}

/// The view with its conditions.
fn looked_at(panel: &Panel) -> String {
    let conditions = panel.only.iter().map(|(column, values)| {
        let values = values.join(" or ");
        format!("{column} = {values}")
    });
    let conditions: Vec<_> = conditions.collect();
    match conditions.is_empty() {
        true => panel.view.clone(),
        false => format!("{} where {}", panel.view, conditions.join(" and ")),
    }
}
