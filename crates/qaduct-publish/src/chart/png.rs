//! From a picture to PNG.

use tiny_skia::{FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use super::ChartError;
use super::font;
use super::picture::{Anchor, Area, Picture, Point, Shape, Text};
use super::theme::Color;

/// No edge of a PNG is longer, in pixels.
const LONGEST: f32 = 16_384.0;

impl Picture {
    /// As a PNG file of so many pixels for each one of the picture.
    ///
    /// # Errors
    /// When it would be larger than anybody looks at, or nothing.
    pub fn png(&self, scale: f32) -> Result<Vec<u8>, ChartError> {
        let (width, height) = (pixels(self.width * scale)?, pixels(self.height * scale)?);
        let mut canvas = Canvas {
            pixmap: Pixmap::new(width, height).ok_or(ChartError::Size)?,
            to: Transform::from_scale(scale, scale),
        };
        canvas.pixmap.fill(ink(self.background));
        for shape in &self.shapes {
            canvas.draw(shape);
        }
        canvas
            .pixmap
            .encode_png()
            .map_err(|error| ChartError::Png(error.to_string()))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "within 1 and the longest"
)]
fn pixels(length: f32) -> Result<u32, ChartError> {
    let length = length.round();
    match (1.0..=LONGEST).contains(&length) {
        true => Ok(length as u32),
        false => Err(ChartError::Size),
    }
}

fn ink(color: Color) -> tiny_skia::Color {
    tiny_skia::Color::from_rgba8(color.red, color.green, color.blue, 255)
}

struct Canvas {
    pixmap: Pixmap,
    to: Transform,
}

impl Canvas {
    fn draw(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect { area, radius, fill } => self.fill(rounded(area, *radius), *fill),
            Shape::Polygon { points, fill } => self.fill(through(points, true), *fill),
            Shape::Dot { at, radius, fill } => {
                self.fill(PathBuilder::from_circle(at.0, at.1, *radius), *fill);
            }
            Shape::Line {
                points,
                width,
                color,
            } => self.stroke(through(points, false), *width, *color),
            Shape::Text(text) => self.fill(letters(text), text.fill),
        }
    }

    fn fill(&mut self, path: Option<Path>, color: Color) {
        let Some(path) = path else { return };
        let mut paint = Paint::default();
        paint.set_color(ink(color));
        self.pixmap
            .fill_path(&path, &paint, FillRule::Winding, self.to, None);
    }

    fn stroke(&mut self, path: Option<Path>, width: f32, color: Color) {
        let Some(path) = path else { return };
        let mut paint = Paint::default();
        paint.set_color(ink(color));
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        self.pixmap
            .stroke_path(&path, &paint, &stroke, self.to, None);
    }
}

fn through(points: &[Point], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    path.move_to(first.0, first.1);
    for point in rest {
        path.line_to(point.0, point.1);
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn rounded(area: &Area, radius: f32) -> Option<Path> {
    let radius = radius.min(area.width / 2.0).min(area.height / 2.0).max(0.0);
    let (left, top, right, bottom) = (area.left, area.top, area.right(), area.bottom());
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.quad_to(right, top, right, top + radius);
    path.line_to(right, bottom - radius);
    path.quad_to(right, bottom, right - radius, bottom);
    path.line_to(left + radius, bottom);
    path.quad_to(left, bottom, left, bottom - radius);
    path.line_to(left, top + radius);
    path.quad_to(left, top, left + radius, top);
    path.close();
    path.finish()
}

fn letters(text: &Text) -> Option<Path> {
    let back = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => text.width() / 2.0,
        Anchor::End => text.width(),
    };
    let mut path = PathBuilder::new();
    let start = (text.at.0 - back, text.at.1);
    font::outline(&text.text, text.size, text.weight, start, &mut path);
    path.finish()
}
