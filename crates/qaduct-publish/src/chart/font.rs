//! The font of pictures: how wide text is, and the outlines of its letters.
//!
//! It is Inter, cut to Latin, Greek and Cyrillic; what it lacks comes from Noto: Chinese,
//! Japanese, Korean and emoji (`fonts/README.md`). A browser that has them not takes some
//! of about the same width.

use std::sync::OnceLock;

use ttf_parser::{Face, GlyphId, OutlineBuilder};
use unicode_width::UnicodeWidthChar;

/// How strong letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

static REGULAR: &[u8] = include_bytes!("../../fonts/Inter-Regular.ttf");
static SEMI_BOLD: &[u8] = include_bytes!("../../fonts/Inter-SemiBold.ttf");

static EMOJI: &[u8] = include_bytes!("../../fonts/NotoEmoji-Subset.ttf");
static CJK: &[u8] = include_bytes!("../../fonts/NotoSansCJK-Subset.otf");

type Font = Face<'static>;

/// The fonts in which letters are looked for, one after the other.
fn faces(weight: Weight) -> [&'static Font; 3] {
    static FACES: OnceLock<[Font; 4]> = OnceLock::new();
    let all = FACES.get_or_init(|| {
        [REGULAR, SEMI_BOLD, EMOJI, CJK].map(|bytes| match Face::parse(bytes, 0) {
            Ok(face) => face,
            Err(error) => panic!("the font of charts: {error}"),
        })
    });
    let first = match weight {
        Weight::Regular => &all[0],
        Weight::SemiBold => &all[1],
    };
    [first, &all[2], &all[3]]
}

/// A letter in the font that has it.
struct Letter {
    face: &'static Font,
    /// `None`: no font has it.
    glyph: Option<GlyphId>,
    /// Whether it moves the pen.
    is_wide: bool,
}

impl Letter {
    fn of(letter: char, weight: Weight) -> Self {
        let faces = faces(weight);
        let found = faces
            .into_iter()
            .find_map(|face| Some((face, face.glyph_index(letter)?)));
        Self {
            face: found.map_or(faces[0], |(face, _)| face),
            glyph: found.map(|(_, glyph)| glyph),
            is_wide: letter.width() != Some(0),
        }
    }

    /// How far it moves the pen.
    fn advance(&self, size: f32) -> f32 {
        if !self.is_wide {
            return 0.0;
        }
        let width = self.glyph.and_then(|it| self.face.glyph_hor_advance(it));
        // Letters of other scripts are about as wide as high.
        f32::from(width.unwrap_or(self.face.units_per_em())) * self.scale(size)
    }

    fn scale(&self, size: f32) -> f32 {
        size / f32::from(self.face.units_per_em())
    }
}

/// How wide text is.
pub(super) fn width(text: &str, size: f32, weight: Weight) -> f32 {
    let letters = text.chars().map(|it| Letter::of(it, weight));
    letters.map(|it| it.advance(size)).sum()
}

/// The text, cut with an ellipsis where it is wider than that; of a path its end stays.
pub(super) fn fit(text: &str, size: f32, weight: Weight, most: f32) -> String {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if width(&text, size, weight) <= most {
        return text;
    }
    let mut left = most - width("…", size, weight);
    let mut has_room = |letter: &char| {
        left -= Letter::of(*letter, weight).advance(size);
        left >= 0.0
    };
    if text.contains('/') && !text.contains(' ') {
        let end: Vec<char> = text.chars().rev().take_while(|it| has_room(it)).collect();
        let end: String = end.into_iter().rev().collect();
        // Where a folder fits whole, none is cut.
        let start = end.find('/').filter(|at| *at * 2 < end.len());
        return format!("…{}", &end[start.unwrap_or(0)..]);
    }
    let cut: String = text.chars().take_while(|it| has_room(it)).collect();
    format!("{}…", cut.trim_end())
}

/// The text in at most so many lines; the last one is cut.
pub(super) fn wrap(text: &str, size: f32, weight: Weight, most: f32, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let joined = wrapped.last().map(|line| format!("{line} {word}"));
        let is_last = wrapped.len() >= lines;
        match joined.filter(|it| is_last || width(it, size, weight) <= most) {
            Some(joined) => {
                wrapped.pop();
                wrapped.push(joined);
            }
            None => wrapped.push(word.to_owned()),
        }
    }
    for line in &mut wrapped {
        *line = fit(line, size, weight, most);
    }
    wrapped
}

/// Draws text from a point of its base line; a letter that the font lacks is a box.
pub(super) fn outline(
    text: &str,
    size: f32,
    weight: Weight,
    (x, y): (f32, f32),
    out: &mut tiny_skia::PathBuilder,
) {
    let mut pen = Pen {
        x,
        y,
        scale: 0.0,
        out,
    };
    for letter in text.chars() {
        let letter = Letter::of(letter, weight);
        pen.scale = letter.scale(size);
        if letter.is_wide || letter.glyph.is_some() {
            // Whether it has an outline does not matter: a space has none.
            let glyph = letter.glyph.unwrap_or(GlyphId(0));
            let _: Option<ttf_parser::Rect> = letter.face.outline_glyph(glyph, &mut pen);
        }
        pen.x += letter.advance(size);
    }
}

struct Pen<'a> {
    x: f32,
    y: f32,
    scale: f32,
    out: &'a mut tiny_skia::PathBuilder,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.out.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.out.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.out.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.out.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.out.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_too_wide_ends_in_an_ellipsis_and_fits() {
        let text = "Muted tests of all branches of all repositories";
        let cut = fit(text, 11.0, Weight::Regular, 100.0);
        assert_eq!(cut, "Muted tests of all…");
        assert!(width(&cut, 11.0, Weight::Regular) <= 100.0);
        assert_eq!(fit(text, 11.0, Weight::Regular, 1000.0), text);
    }

    #[test]
    fn of_a_path_the_end_is_seen() {
        let cut = |text, most| fit(text, 11.0, Weight::Regular, most);
        let path = "tests/browser/extensions/test_storage_sync.py";
        assert_eq!(cut(path, 140.0), "…/test_storage_sync.py");
        assert_eq!(cut(path, 80.0), "…rage_sync.py");
        assert_eq!(cut("a test / with words", 60.0), "a test / w…");
    }

    #[test]
    fn words_go_to_the_next_line_and_what_has_no_line_is_cut() {
        let lines = |text, lines| wrap(text, 11.0, Weight::Regular, 80.0, lines);
        assert_eq!(lines("Muted tests of all", 2), ["Muted tests of", "all"]);
        assert_eq!(
            lines("Muted tests of all branches of all", 2),
            ["Muted tests of", "all branches…"]
        );
        assert!(lines("", 2).is_empty());
    }

    #[test]
    fn letters_of_many_scripts_have_outlines() {
        for letter in "aßñЖΩ日本語漢字简体繁體한국어カナ🦀✅❌🎉".chars() {
            let letter = Letter::of(letter, Weight::Regular);
            assert!(letter.glyph.is_some());
            assert!(letter.advance(11.0) > 2.0);
        }
    }

    #[test]
    fn a_line_break_is_a_space() {
        assert_eq!(fit("a\n b", 11.0, Weight::Regular, 100.0), "a b");
    }
}
