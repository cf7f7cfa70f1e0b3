//! From values to places: round steps, and how numbers are written beside them.

/// Where values lie between two places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Linear {
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) from: f32,
    pub(super) to: f32,
}

impl Linear {
    /// The place of a value; one beyond the ends is at the end.
    #[expect(clippy::cast_possible_truncation, reason = "lies between 0 and 1")]
    pub(super) fn at(&self, value: f64) -> f32 {
        let span = self.max - self.min;
        let part = match span > 0.0 {
            true => ((value - self.min) / span).clamp(0.0, 1.0) as f32,
            false => 0.5,
        };
        self.from + (self.to - self.from) * part
    }
}

/// Round values with equal steps between them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ticks {
    pub(super) values: Vec<f64>,
    pub(super) step: f64,
}

/// The least of 1, 2, 5, 10, 20 … that is not below.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|it| it * power);
    // The last is above for all but rounding.
    let found = steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9));
    found.unwrap_or(steps[3])
}

/// A span that is wide enough to be drawn: around the same value there is some room.
pub(super) fn widened(min: f64, max: f64) -> (f64, f64) {
    let largest = min.abs().max(max.abs());
    if max - min > largest * 1e-9 && max - min > 1e-200 {
        return (min, max);
    }
    let room = match largest > 1e-100 {
        true => largest * 0.1,
        false => 1.0,
    };
    (min - room, max + room)
}

/// The round step between two values, at most so many; `whole`: no fractions.
pub(super) fn step(min: f64, max: f64, most: f32, whole: bool) -> f64 {
    let step = round_step((max - min) / f64::from(most.max(1.0)));
    match whole {
        true => step.max(1.0),
        false => step,
    }
}

/// The round values between two with that step.
fn every(min: f64, max: f64, step: f64) -> Vec<f64> {
    let first = (min / step - 1e-9).ceil();
    let last = (max / step + 1e-9).floor();
    std::iter::successors(Some(first), |at| Some(at + 1.0))
        .take(64)
        .take_while(|at| *at <= last)
        // Adding 0 makes a plain zero of -0.
        .map(|at| at * step + 0.0)
        .collect()
}

/// The round values between two.
pub(super) fn ticks(min: f64, max: f64, most: f32, whole: bool) -> Ticks {
    let step = step(min, max, most, whole);
    let values = every(min, max, step);
    Ticks { values, step }
}

/// The same for a span that grows to whole steps.
pub(super) fn rounded(min: f64, max: f64, most: f32, whole: bool) -> (f64, f64, Ticks) {
    let (min, max) = match min == 0.0 && max == 0.0 {
        // What is nothing everywhere may be something next, and mostly not less than nothing.
        true => (0.0, 1.0),
        false => widened(min, max),
    };
    let step = step(min, max, most, whole);
    let min = (min / step + 1e-9).floor() * step;
    let max = (max / step - 1e-9).ceil() * step;
    let values = every(min, max, step);
    (min, max, Ticks { values, step })
}

const THOUSANDS: [&str; 5] = ["", "k", "M", "G", "T"];

/// A value of an axis on which steps are that wide and values at most that large.
pub(super) fn tick(value: f64, step: f64, largest: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if largest >= 1e15 || step < 1e-6 {
        return signed(value, format!("{:.2e}", value.abs()));
    }
    let (mut unit, mut index) = (1.0, 0);
    while largest >= 10_000.0 && largest / unit >= 1000.0 && index + 1 < THOUSANDS.len() {
        unit *= 1000.0;
        index += 1;
    }
    let text = format!("{:.*}", decimals(step / unit), value.abs() / unit);
    signed(value, grouped(&text) + THOUSANDS[index])
}

/// Digits with thousands apart.
fn grouped(text: &str) -> String {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if !part.is_empty() {
        grouped.push('.');
        grouped.push_str(part);
    }
    grouped
}

/// So many digits behind the point that steps can be told apart.
fn decimals(step: f64) -> usize {
    (0..9)
        .find(|&digits| {
            let scaled = step * 10f64.powi(digits);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1e-3)
        })
        .map_or(9, |digits| usize::try_from(digits).unwrap_or(0))
}

/// A number as people read it: three significant digits, thousands apart.
pub(super) fn figure(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        return signed(value, format!("{size:.2e}"));
    }
    let digits = match size {
        _ if value.fract() == 0.0 => 0,
        it if it >= 100.0 => 0,
        it if it >= 10.0 => 1,
        it if it >= 1.0 => 2,
        _ => 4,
    };
    let text = format!("{size:.digits$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    signed(value, grouped(text))
}

/// A large number in little room.
pub(super) fn brief(value: f64) -> String {
    let size = value.abs();
    match size {
        it if !(10_000.0..1e15).contains(&it) => figure(value),
        it => {
            let power = THOUSANDS.len() - 1;
            let power = (1..=power)
                .rev()
                .find(|&at| it >= thousand(at))
                .unwrap_or(1);
            let part = it / thousand(power);
            let digits = usize::from(part < 10.0);
            signed(value, format!("{part:.digits$}{}", THOUSANDS[power]))
        }
    }
}

fn thousand(power: usize) -> f64 {
    1000f64.powi(i32::try_from(power).unwrap_or(0))
}

fn signed(value: f64, size: String) -> String {
    match value < 0.0 && size.contains(|it: char| ('1'..='9').contains(&it)) {
        true => format!("\u{2212}{size}"),
        false => size,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(min: f64, max: f64, whole: bool) -> Vec<String> {
        let (low, high, ticks) = rounded(min, max, 5.0, whole);
        let largest = low.abs().max(high.abs());
        let word = |it: &f64| tick(*it, ticks.step, largest);
        ticks.values.iter().map(word).collect()
    }

    #[test]
    fn steps_are_round_and_hold_all_values() {
        assert_eq!(axis(0.0, 97.0, true), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(axis(0.0, 144.0, true), ["0", "50", "100", "150"]);
        assert_eq!(axis(0.0, 0.31, false), ["0", "0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(
            axis(0.0, 1900.0, true),
            ["0", "500", "1,000", "1,500", "2,000"]
        );
        assert_eq!(axis(-3.0, 4.0, true), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(
            axis(0.0, 42_000.0, true),
            ["0", "10k", "20k", "30k", "40k", "50k"]
        );
    }

    #[test]
    fn what_is_counted_has_no_fractions() {
        assert_eq!(axis(0.0, 2.0, true), ["0", "1", "2"]);
    }

    #[test]
    fn the_same_value_everywhere_has_room_around_it() {
        for value in [7.0, -7.0, 1e-300, 1e299] {
            let (min, max, ticks) = rounded(value, value, 5.0, false);
            assert!(min < value && value < max, "{value}: {min} {max}");
            assert!(!ticks.values.is_empty(), "{value}");
        }
    }

    #[test]
    fn what_is_nothing_everywhere_stands_on_the_axis() {
        assert_eq!(axis(0.0, 0.0, true), ["0", "1"]);
        assert_eq!(
            axis(-0.0, 0.0, false),
            ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
    }

    #[test]
    fn figures_have_their_thousands_apart() {
        let figures = [0.0, 12.0, 1234.0, -1_234_567.0, 99.95, 3.137, 0.05, 1e20];
        assert_eq!(
            figures.map(figure),
            [
                "0",
                "12",
                "1,234",
                "−1,234,567",
                "100",
                "3.14",
                "0.05",
                "1.00e20"
            ]
        );
        assert_eq!(
            [999.0, 12_345.0, 123_456.0, -2_500_000.0].map(brief),
            ["999", "12k", "123k", "−2.5M"]
        );
    }
}
