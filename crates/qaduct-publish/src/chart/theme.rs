//! Colours, light and dark. A test keeps text readable and series apart, for people
//! who see fewer colours as well.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A colour of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl fmt::Display for Color {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

const fn color(rgb: u32) -> Color {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Color { red, green, blue }
}

impl Color {
    /// The colour on the way to another, 0 at this one.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both lie between 0 and 255"
    )]
    pub fn towards(self, other: Self, part: f32) -> Self {
        let part = part.clamp(0.0, 1.0);
        let mix =
            |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * part).round() as u8;
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// How bright people find it, from 0 to 1 (WCAG 2).
    fn luminance(self) -> f32 {
        let linear = |part: u8| {
            let part = f32::from(part) / 255.0;
            match part <= 0.040_45 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// The contrast of two colours, from 1 to 21 (WCAG 2).
    #[must_use]
    pub fn contrast(self, other: Self) -> f32 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

/// What a picture stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// On white.
    #[default]
    Light,
    /// On nearly black.
    Dark,
}

/// The colours of a theme.
#[derive(Debug)]
pub(super) struct Colors {
    pub(super) background: Color,
    /// Titles and large figures.
    pub(super) strong: Color,
    /// Labels and notes.
    pub(super) soft: Color,
    pub(super) grid: Color,
    /// The line of zero.
    pub(super) base: Color,
    /// One for each series.
    pub(super) series: [Color; 6],
    /// What is summed as "other".
    pub(super) rest: Color,
    /// From the least of a heat map to the most.
    pub(super) heat: [Color; 3],
    /// Of a heat map with numbers below zero: from there to the least.
    pub(super) below: [Color; 2],
    /// Of the same: zero.
    pub(super) zero: Color,
    /// A field of a heat map without a value.
    pub(super) absent: Color,
}

static LIGHT: Colors = Colors {
    background: color(0x00ff_ffff),
    strong: color(0x001f_2328),
    soft: color(0x0059_636e),
    grid: color(0x00e4_e8ec),
    base: color(0x0081_8b98),
    series: [
        color(0x001f_6feb),
        color(0x00c6_5208),
        color(0x000a_7a6b),
        color(0x005b_2f8f),
        color(0x00c0_8609),
        color(0x00a8_123a),
    ],
    rest: color(0x008b_949e),
    heat: [color(0x00dd_ebfb), color(0x0058_9be9), color(0x000b_3d91)],
    below: [color(0x00ee_9a54), color(0x008a_3a04)],
    zero: color(0x00ee_f1f4),
    absent: color(0x00f6_f8fa),
};

static DARK: Colors = Colors {
    background: color(0x000d_1117),
    strong: color(0x00f0_f6fc),
    soft: color(0x009d_a7b3),
    grid: color(0x0023_2a33),
    base: color(0x0065_6c76),
    series: [
        color(0x0058_a6ff),
        color(0x00f5_9231),
        color(0x005f_e0d0),
        color(0x009a_5fd0),
        color(0x00f8_e08e),
        color(0x00e5_484d),
    ],
    rest: color(0x008b_949e),
    heat: [color(0x0014_2a47), color(0x002f_74c8), color(0x00b4_dcff)],
    below: [color(0x00b3_5c12), color(0x00ff_c98a)],
    zero: color(0x001d_232b),
    absent: color(0x0012_161d),
};

impl Colors {
    /// The colour of a value of a heat map from that least to that largest one. Zero
    /// divides two colours where there are numbers below it.
    pub(super) fn shade(&self, value: f64, (min, max): (f64, f64)) -> Color {
        let [least, middle, most] = self.heat;
        let (stops, span) = match (min < 0.0, value < 0.0) {
            (false, _) => ([least, middle, most], max - min),
            (true, false) => ([self.zero, middle, most], max.max(-min)),
            (true, true) => ([self.zero, self.below[0], self.below[1]], max.max(-min)),
        };
        let from = if min < 0.0 { 0.0 } else { min };
        #[expect(clippy::cast_possible_truncation, reason = "lies between 0 and 1")]
        let part = match span > 0.0 {
            true => ((value - from).abs() / span).clamp(0.0, 1.0) as f32,
            false => 0.0,
        };
        match part < 0.5 {
            true => stops[0].towards(stops[1], part * 2.0),
            false => stops[1].towards(stops[2], part * 2.0 - 1.0),
        }
    }

    /// The colour of text on such a field.
    pub(super) fn ink(&self, field: Color) -> Color {
        let inks = [self.strong, self.background, color(0), color(0x00ff_ffff)];
        let readable = inks.into_iter().find(|it| it.contrast(field) >= 4.5);
        readable.unwrap_or(self.strong)
    }
}

impl Theme {
    pub(super) fn colors(self) -> &'static Colors {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How people see colours who lack one of the three receptors (Machado, Oliveira
    /// and Fernandes 2009), and how the others see them.
    const EYES: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ];

    fn seen(color: Color, eyes: &[[f64; 3]; 3]) -> [f64; 3] {
        let linear = [color.red, color.green, color.blue].map(|part| {
            let part = f64::from(part) / 255.0;
            match part <= 0.040_45 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        });
        let times = |m: &[[f64; 3]; 3], v: [f64; 3]| {
            [0, 1, 2].map(|row: usize| (0..3).map(|at| m[row][at] * v[at]).sum::<f64>())
        };
        // OKLab.
        let lms = times(
            &[
                [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
                [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
                [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
            ],
            times(eyes, linear).map(|it| it.clamp(0.0, 1.0)),
        );
        times(
            &[
                [0.210_454_255_3, 0.793_617_785, -0.004_072_046_8],
                [1.977_998_495_1, -2.428_592_205, 0.450_593_709_9],
                [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766],
            ],
            lms.map(f64::cbrt),
        )
    }

    #[test]
    fn text_has_the_contrast_that_wcag_aa_asks_for() {
        for theme in [&LIGHT, &DARK] {
            for text in [theme.strong, theme.soft] {
                let contrast = text.contrast(theme.background);
                assert!(contrast >= 4.5, "{text}: {contrast}");
            }
        }
    }

    #[test]
    fn series_stand_out_from_the_background() {
        for theme in [&LIGHT, &DARK] {
            for color in theme.series.into_iter().chain([theme.rest]) {
                let contrast = color.contrast(theme.background);
                assert!(contrast >= 3.0, "{color}: {contrast}");
            }
        }
    }

    #[test]
    fn more_on_a_heat_map_stands_out_more() {
        for theme in [&LIGHT, &DARK] {
            let contrast = |value: f64, range| {
                let shade = theme.shade(value, range);
                shade.contrast(theme.background)
            };
            for at in 0..20 {
                let (less, more) = (f64::from(at) / 20.0, f64::from(at + 1) / 20.0);
                for (sign, range) in [(1.0, (0.0, 1.0)), (1.0, (-1.0, 1.0)), (-1.0, (-1.0, 1.0))] {
                    let (less, more) = (contrast(sign * less, range), contrast(sign * more, range));
                    assert!(less < more, "{sign} {range:?} {at}: {less} {more}");
                }
            }
        }
    }

    #[test]
    fn figures_on_a_heat_map_can_be_read() {
        for theme in [&LIGHT, &DARK] {
            for at in -20..=20 {
                let shade = theme.shade(f64::from(at), (-20.0, 20.0));
                let contrast = theme.ink(shade).contrast(shade);
                assert!(contrast >= 4.5, "{shade}: {contrast}");
            }
        }
    }

    #[test]
    fn series_differ_for_colour_blind_people_too() {
        for theme in [&LIGHT, &DARK] {
            let all: Vec<_> = theme.series.into_iter().chain([theme.rest]).collect();
            for (at, &a) in all.iter().enumerate() {
                for &b in &all[..at] {
                    for eyes in &EYES {
                        let (one, two) = (seen(a, eyes), seen(b, eyes));
                        let apart = (0..3).map(|it| (one[it] - two[it]).powi(2)).sum::<f64>();
                        // 0.02 is the least that people notice side by side.
                        assert!(apart.sqrt() > 0.06, "{a} {b}: {}", apart.sqrt());
                    }
                }
            }
        }
    }
}
