//! A picture as a list of shapes, from back to front, before it is SVG or PNG.

use super::font::{self, Weight};
use super::theme::Color;

/// Right and down from the upper left corner.
pub(super) type Point = (f32, f32);

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

impl Area {
    pub(super) fn right(&self) -> f32 {
        self.left + self.width
    }

    pub(super) fn bottom(&self) -> f32 {
        self.top + self.height
    }
}

/// Which end of a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text in one line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    /// On the base line.
    pub(super) at: Point,
    pub(super) text: String,
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) anchor: Anchor,
    pub(super) fill: Color,
}

impl Text {
    pub(super) fn width(&self) -> f32 {
        font::width(&self.text, self.size, self.weight)
    }
}

/// Something that is seen.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    Rect {
        area: Area,
        radius: f32,
        fill: Color,
    },
    /// Straight from point to point.
    Line {
        points: Vec<Point>,
        width: f32,
        color: Color,
    },
    /// What is between points.
    Polygon {
        points: Vec<Point>,
        fill: Color,
    },
    Dot {
        at: Point,
        radius: f32,
        fill: Color,
    },
    Text(Text),
}

/// A drawn panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) background: Color,
    /// What it is called, for those who do not see it.
    pub(super) title: String,
    /// What is on it, for the same.
    pub(super) about: String,
    pub(super) shapes: Vec<Shape>,
}

impl Picture {
    pub(super) fn rect(&mut self, area: Area, radius: f32, fill: Color) {
        self.shapes.push(Shape::Rect { area, radius, fill });
    }

    pub(super) fn line(&mut self, points: Vec<Point>, width: f32, color: Color) {
        self.shapes.push(Shape::Line {
            points,
            width,
            color,
        });
    }

    pub(super) fn dot(&mut self, at: Point, radius: f32, fill: Color) {
        self.shapes.push(Shape::Dot { at, radius, fill });
    }

    pub(super) fn text(&mut self, text: Text) {
        self.shapes.push(Shape::Text(text));
    }
}
