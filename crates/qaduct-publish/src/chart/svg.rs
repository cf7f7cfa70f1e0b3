//! From a picture to SVG.

use std::fmt::Write as _;

use super::font::Weight;
use super::picture::{Anchor, Picture, Point, Shape, Text};

impl Picture {
    /// As an SVG document.
    #[must_use]
    pub fn svg(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        let (width, height) = (short(self.width), short(self.height));
        line(
            out,
            format_args!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
                 viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"Inter, system-ui, \
                 -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif\">"
            ),
        );
        line(out, format_args!("<title>{}</title>", escaped(&self.title)));
        line(out, format_args!("<desc>{}</desc>", escaped(&self.about)));
        line(
            out,
            format_args!(
                "<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
                self.background
            ),
        );
        for it in &self.shapes {
            shape(out, it);
        }
        out.push_str("</svg>\n");
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    writeln!(out, "{text}").ok();
}

fn shape(out: &mut String, shape: &Shape) {
    match shape {
        Shape::Rect { area, radius, fill } => {
            let round = match *radius > 0.0 {
                true => format!(" rx=\"{}\"", short(*radius)),
                false => String::new(),
            };
            line(
                out,
                format_args!(
                    "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{round} fill=\"{fill}\"/>",
                    short(area.left),
                    short(area.top),
                    short(area.width),
                    short(area.height),
                ),
            );
        }
        Shape::Line {
            points,
            width,
            color,
        } => line(
            out,
            format_args!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{}\" \
                 stroke-linecap=\"round\" stroke-linejoin=\"round\"/>",
                coordinates(points),
                short(*width),
            ),
        ),
        Shape::Polygon { points, fill } => line(
            out,
            format_args!(
                "<polygon points=\"{}\" fill=\"{fill}\"/>",
                coordinates(points)
            ),
        ),
        Shape::Dot { at, radius, fill } => line(
            out,
            format_args!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{fill}\"/>",
                short(at.0),
                short(at.1),
                short(*radius),
            ),
        ),
        Shape::Text(text) => line(out, format_args!("{}", element(text))),
    }
}

fn element(text: &Text) -> String {
    let anchor = match text.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = match text.weight {
        Weight::Regular => "",
        Weight::SemiBold => " font-weight=\"600\"",
    };
    format!(
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{anchor} fill=\"{}\">{}</text>",
        short(text.at.0),
        short(text.at.1),
        short(text.size),
        text.fill,
        escaped(&text.text),
    )
}

fn coordinates(points: &[Point]) -> String {
    let pairs = points.iter();
    let pairs = pairs.map(|(x, y)| format!("{},{}", short(*x), short(*y)));
    pairs.collect::<Vec<_>>().join(" ")
}

/// A length to a hundredth of a pixel.
fn short(length: f32) -> String {
    let text = format!("{length:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text {
        "-0" => "0".to_owned(),
        _ => text.to_owned(),
    }
}

/// Text as it may stand in XML; what may not stand there at all is a box.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}
