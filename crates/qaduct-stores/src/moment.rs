//! Instants and days as fixed-width text, for stores that have no type for them.
//!
//! The form is that of ISO 8601 in UTC, always as wide: `2026-01-02T03:04:05.000006Z`
//! and `2026-01-02`, so that text order is time order. It holds the years 1 to 9999,
//! which is what every store of ours can hold; whatever is outside is refused on the
//! way in, see [`fits`].

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use qaduct_records::table::{date_of, days_of};

const SECONDS_A_DAY: i64 = 86_400;
/// 0001-01-01, in days since 1970-01-01.
const FIRST_DAY: i32 = -719_162;
/// 9999-12-31, in days since 1970-01-01.
const LAST_DAY: i32 = 2_932_896;

/// Microseconds since 1970 that a store can hold.
pub(crate) fn fits(micros: i64) -> bool {
    let first = i64::from(FIRST_DAY) * SECONDS_A_DAY * 1_000_000;
    (first..=Timestamp::MAX.as_microsecond()).contains(&micros)
}

/// Days since 1970 that a store can hold.
pub(crate) fn day_fits(days: i32) -> bool {
    (FIRST_DAY..=LAST_DAY).contains(&days)
}

/// The nearest instant that a store can hold: for comparing, never for keeping.
pub(crate) fn nearest(instant: Timestamp) -> i64 {
    instant
        .as_microsecond()
        .max(i64::from(FIRST_DAY) * SECONDS_A_DAY * 1_000_000)
}

/// The nearest day that a store can hold: for comparing, never for keeping.
pub(crate) fn nearest_day(day: Date) -> i32 {
    days_of(day).clamp(FIRST_DAY, LAST_DAY)
}

/// The text of an instant that [`fits`].
pub(crate) fn text(micros: i64) -> String {
    let at = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH);
    let at = Offset::UTC.to_datetime(at);
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    put_day(&mut text, at.date());
    put(&mut text[11..13], at.hour().unsigned_abs());
    put(&mut text[14..16], at.minute().unsigned_abs());
    put(&mut text[17..19], at.second().unsigned_abs());
    put(
        &mut text[20..26],
        at.subsec_nanosecond().unsigned_abs() / 1000,
    );
    ascii(&text)
}

/// The text of a day that [`day_fits`].
pub(crate) fn day_text(days: i32) -> String {
    let mut text = *b"0000-00-00";
    put_day(&mut text, date_of(days).unwrap_or(Date::ZERO));
    ascii(&text)
}

/// Microseconds since 1970 of a text in our form.
pub(crate) fn parse(text: &[u8]) -> Option<i64> {
    let [
        date @ ..,
        b'T',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
        b'.',
        u1,
        u2,
        u3,
        u4,
        u5,
        u6,
        b'Z',
    ] = text
    else {
        return None;
    };
    let seconds = i64::from(parse_day(date)?) * SECONDS_A_DAY
        + number(&[*h1, *h2])? * 3600
        + number(&[*m1, *m2])? * 60
        + number(&[*s1, *s2])?;
    Some(seconds * 1_000_000 + number(&[*u1, *u2, *u3, *u4, *u5, *u6])?)
}

/// Days since 1970 of a text in our form.
pub(crate) fn parse_day(text: &[u8]) -> Option<i32> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
        return None;
    };
    let (year, month, day) = (
        number(&[y1, y2, y3, y4])?,
        number(&[m1, m2])?,
        number(&[d1, d2])?,
    );
    let day = Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    );
    day.ok().map(days_of)
}

fn put_day(text: &mut [u8], day: Date) {
    put(&mut text[..4], day.year().unsigned_abs());
    put(&mut text[5..7], day.month().unsigned_abs());
    put(&mut text[8..10], day.day().unsigned_abs());
}

/// Writes a number with leading zeros.
fn put(digits: &mut [u8], number: impl Into<u32>) {
    let mut number = number.into();
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789"[(number % 10) as usize];
        number /= 10;
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + i64::from(digit - b'0'))
    })
}

fn ascii(text: &[u8]) -> String {
    std::str::from_utf8(text)
        .expect("digits and punctuation")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_instant_is_written_in_utc_with_microseconds() {
        assert_eq!(text(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(text(-1), "1969-12-31T23:59:59.999999Z");
        assert_eq!(text(1_767_323_045_000_006), "2026-01-02T03:04:05.000006Z");
    }

    #[test]
    fn the_first_and_the_last_day_are_those_of_the_years_1_and_9999() {
        assert_eq!(day_text(FIRST_DAY), "0001-01-01");
        assert_eq!(day_text(LAST_DAY), "9999-12-31");
        assert!(!day_fits(FIRST_DAY - 1) && !day_fits(LAST_DAY + 1));
        assert!(!fits(i64::MIN) && !fits(i64::MAX));
    }

    #[test]
    fn what_is_not_in_our_form_is_no_instant() {
        for text in [
            "",
            "2026-01-02",
            "2026-01-02 03:04:05",
            "2026-13-02T03:04:05.000006Z",
            "é",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_day(b"2026-02-30"), None);
    }

    proptest! {
        #[test]
        fn instants_survive_and_sort_as_text(
            a in -62_135_596_800_000_000..253_402_207_200_000_000i64,
            b in -62_135_596_800_000_000..253_402_207_200_000_000i64,
        ) {
            prop_assert!(fits(a) && fits(b));
            prop_assert_eq!(parse(text(a).as_bytes()), Some(a));
            prop_assert_eq!(text(a).cmp(&text(b)), a.cmp(&b));
        }

        #[test]
        fn days_survive(day in FIRST_DAY..=LAST_DAY) {
            prop_assert_eq!(parse_day(day_text(day).as_bytes()), Some(day));
        }
    }
}
