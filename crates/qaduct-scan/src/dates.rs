//! Reads dates as people write them.
//!
//! A day that can be read in two ways (`03/04/2018`) is not guessed; nor is
//! what the calendar does not have. The text is kept beside the date in any
//! case, so that nothing is lost here.

use jiff::civil::Date;

/// Years that a mute can sensibly name.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;

/// The day that a text names, where it names one and only one.
pub(crate) fn day(text: &str) -> Option<Date> {
    let words = words(text)?;
    let date = match words.as_slice() {
        // 20181120
        [Word::Number(all, 8)] => date(all / 10_000, all / 100 % 100, all % 100),
        // 2018-11
        [Word::Number(year, 4), Word::Number(month, 1..=2)] => date(*year, *month, 1),
        // Nov 2018
        [Word::Month(month), Word::Number(year, 4)] => date(*year, *month, 1),
        // 2018-11-20, 2018/11/20
        [
            Word::Number(year, 4),
            Word::Number(month, 1..=2),
            Word::Number(day, 1..=2),
        ] => date(*year, *month, *day),
        // 20.11.2018, 11/20/2018; 03/04/2018 is either
        [
            Word::Number(first, 1..=2),
            Word::Number(second, 1..=2),
            Word::Number(year, 4),
        ] => {
            let dotted = text.trim().chars().find(|it| !it.is_ascii_digit()) == Some('.');
            match (date(*year, *second, *first), date(*year, *first, *second)) {
                // With dots, the day always comes first.
                (day_first, _) if dotted => day_first,
                (Some(one), Some(other)) if one != other => None,
                (one, other) => one.or(other),
            }
        }
        // 20 Nov 2018, 2018 Nov 20, Nov 20, 2018
        [
            Word::Number(day, 1..=2),
            Word::Month(month),
            Word::Number(year, 4),
        ]
        | [
            Word::Number(year, 4),
            Word::Month(month),
            Word::Number(day, 1..=2),
        ]
        | [
            Word::Month(month),
            Word::Number(day, 1..=2),
            Word::Number(year, 4),
        ] => date(*year, *month, *day),
        _ => None,
    };
    date.filter(|it| YEARS.contains(&it.year()))
}

/// A part of a date.
#[derive(Debug, PartialEq, Eq)]
enum Word {
    /// A number, and of how many digits it is.
    Number(u32, usize),
    /// The name of a month.
    Month(u32),
}

/// The parts of a date; the time of day behind them is left out, because the
/// day is meant as it was written, wherever that was.
fn words(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let (digits, tail) = split(rest, |it| it.is_ascii_digit());
            words.push(Word::Number(digits.parse().ok()?, digits.len()));
            let tail = ["st", "nd", "rd", "th"]
                .iter()
                .find_map(|it| tail.strip_prefix(it))
                .unwrap_or(tail);
            if is_time(tail, words.len()) {
                break;
            }
            rest = tail;
        } else if first.is_alphabetic() {
            let (name, tail) = split(rest, char::is_alphabetic);
            match month(name) {
                Some(number) => words.push(Word::Month(number)),
                None if weekday(name) && words.is_empty() => {}
                None => return None,
            }
            rest = tail.strip_prefix('.').unwrap_or(tail);
        } else if " -/.,".contains(first) {
            rest = &rest[1..];
        } else {
            return None;
        }
    }
    Some(words)
}

/// Whether what follows a date is a time of day: `T10:00`, ` 10:00:00 +0100`.
fn is_time(tail: &str, words: usize) -> bool {
    let time = tail.strip_prefix(['T', 't', ' ']).unwrap_or_default();
    let (digits, after) = split(time, |it| it.is_ascii_digit());
    let clock = digits.len() <= 2 && after.starts_with(':') || tail.starts_with(['T', 't']);
    let rest = time
        .chars()
        .all(|it| it.is_ascii_digit() || ":.,+-Zz ".contains(it));
    (words == 3 || words == 1) && !digits.is_empty() && clock && rest
}

fn split(text: &str, of: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|it| !of(it)).unwrap_or(text.len()))
}

fn month(name: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_ascii_lowercase();
    let long_enough = name.len() >= 3;
    (1..)
        .zip(NAMES)
        .find(|(_, it)| long_enough && it.starts_with(&name))
        .map(|(number, _)| number)
}

fn weekday(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let names = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    name.len() >= 3 && names.iter().any(|it| it.starts_with(&name))
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_is_read_however_people_write_it() {
        for text in [
            "2018-11-20",
            " 2018-11-20 ",
            "2018/11/20",
            "2018.11.20",
            "20.11.2018",
            "20-11-2018",
            "11/20/2018",
            "20/11/2018",
            "20 Nov 2018",
            "20-Nov-2018",
            "20th November 2018",
            "Nov 20, 2018",
            "Nov. 20 2018",
            "november 20th, 2018",
            "Tue, 20 Nov 2018",
            "2018 Nov 20",
            "20181120",
            "2018-11-20T10:00:00+01:00",
            "2018-11-20T23:59:59.999Z",
            "2018-11-20 10:00",
            "20181120T100000Z",
        ] {
            assert_eq!(
                day(text).map(|it| it.to_string()).as_deref(),
                Some("2018-11-20"),
                "{text}"
            );
        }
        for text in ["2018-11", "2018/11", "Nov 2018", "November 2018"] {
            assert_eq!(
                day(text).map(|it| it.to_string()).as_deref(),
                Some("2018-11-01"),
                "{text}"
            );
        }
        assert_eq!(
            day("4/4/2018").map(|it| it.to_string()).as_deref(),
            Some("2018-04-04")
        );
    }

    #[test]
    fn what_is_no_day_or_could_be_two_is_not_guessed() {
        for text in [
            "",
            "03/04/2018",
            "03-04-2018",
            "2018-02-30",
            "2018-13-01",
            "20-11-18",
            "soon",
            "2018",
            "1.13",
            "v2018-11-20",
            "2018-11-20 soon",
            "0000-00-00",
            "9999-12-31",
            "32.13.2018",
            "2018-11-20-21",
            "99999999999999999999",
            "🦀",
            "next Tuesday",
            "Q4 2018",
            "ma 20 2018",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _done = day(&text).is_some();
        }

        #[test]
        fn every_day_is_read_as_iso_writes_it(days in 0..80_000i32) {
            let date = Date::constant(1970, 1, 1)
                .checked_add(jiff::Span::new().days(days)).unwrap();
            prop_assert_eq!(day(&date.to_string()), Some(date));
            let dotted = format!("{}.{}.{}", date.day(), date.month(), date.year());
            prop_assert_eq!(day(&dotted), Some(date));
        }
    }
}
