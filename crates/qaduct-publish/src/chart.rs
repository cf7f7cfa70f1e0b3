//! Pictures of panels: SVG and PNG, without a browser.
//!
//! [`draw`] lays a panel over the rows that its query gave: [`data`] says what stands
//! where, a file for each kind draws it into a [`frame`], and [`svg()`] or [`png()`] write
//! the shapes down. What is not drawn is said in the picture. Reads nothing; writes
//! nothing.

mod axis;
mod bar;
mod calendar;
mod data;
mod font;
mod frame;
mod heatmap;
mod histogram;
mod line;
mod picture;
mod png;
mod scale;
mod svg;
mod theme;
mod tile;

use qaduct_models::{Panel, PanelKind};
use qaduct_records::RecordBatch;
use qaduct_records::table::Mismatch;

use frame::Frame;
pub use picture::Picture;
pub use theme::{Color, Theme};

/// The size of a picture, in pixels of its SVG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

impl Size {
    /// Readable beside text.
    pub const USUAL: Self = Self {
        width: 400,
        height: 300,
    };
    /// Less holds no title and axis, more nobody's screen.
    pub const LEAST: Self = Self {
        width: 200,
        height: 160,
    };
    /// See [`Self::LEAST`].
    pub const LARGEST: Self = Self {
        width: 4000,
        height: 4000,
    };

    fn is_sound(self) -> bool {
        (Self::LEAST.width..=Self::LARGEST.width).contains(&self.width)
            && (Self::LEAST.height..=Self::LARGEST.height).contains(&self.height)
    }
}

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    /// The rows are not those of the panel's query.
    #[error("the rows do not fit the panel: {0}")]
    Rows(#[from] Mismatch),
    /// A table of rows.
    #[error("a panel of kind `table` has no picture")]
    Table,
    /// Shares of several rows at one place.
    #[error(
        "{rows} rows stand at one place, and `{unit}` cannot be summed; set `series` or `where`"
    )]
    Shares {
        /// How many.
        rows: usize,
        /// The unit.
        unit: String,
    },
    /// Too small or too large.
    #[error(
        "a picture is 200x160 to 4000x4000 pixels large, and a PNG no more than 16384 wide and high"
    )]
    Size,
    /// The PNG cannot be made.
    #[error("the PNG cannot be written: {0}")]
    Png(String),
}

/// Draws a panel over the rows that its query gave.
///
/// # Errors
/// When the rows are others, the panel has no picture, or the size makes no sense.
pub fn draw(
    panel: &Panel,
    rows: &RecordBatch,
    theme: Theme,
    size: Size,
) -> Result<Picture, ChartError> {
    if !size.is_sound() {
        return Err(ChartError::Size);
    }
    let data = match panel.kind {
        PanelKind::Table => return Err(ChartError::Table),
        PanelKind::Histogram => histogram::read(panel, rows)?,
        _ => data::read(panel, rows)?,
    };
    if data.is_empty() {
        let mut frame = Frame::new(panel, &data, theme, size);
        frame.nothing(panel, &data);
        return Ok(frame.picture);
    }
    let frame = match panel.kind {
        PanelKind::Line => line::draw(panel, data, theme, size),
        PanelKind::Heatmap => heatmap::draw(panel, data, theme, size),
        PanelKind::Tile => tile::draw(panel, data, theme, size),
        _ => bar::draw(panel, data, theme, size),
    };
    Ok(frame.picture)
}

/// A figure of a tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// How much, as people read it; `None` where nobody knows.
    pub value: Option<String>,
}

/// The figures of a panel of kind `tile`, for whoever writes them instead of drawing them.
///
/// # Errors
/// When the rows are others than those of its query.
pub fn figures(panel: &Panel, rows: &RecordBatch) -> Result<Vec<Figure>, ChartError> {
    Ok(tile::figures(panel, data::read(panel, rows)?))
}

/// A panel as SVG.
///
/// # Errors
/// As [`draw`].
pub fn svg(
    panel: &Panel,
    rows: &RecordBatch,
    theme: Theme,
    size: Size,
) -> Result<String, ChartError> {
    Ok(draw(panel, rows, theme, size)?.svg())
}

/// A panel as PNG, of so many pixels for each one of its size.
///
/// # Errors
/// As [`draw`] and [`Picture::png`].
pub fn png(
    panel: &Panel,
    rows: &RecordBatch,
    theme: Theme,
    size: Size,
    scale: f32,
) -> Result<Vec<u8>, ChartError> {
    draw(panel, rows, theme, size)?.png(scale)
}
