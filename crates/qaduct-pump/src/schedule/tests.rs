//! The times of schedules: of each form, where clocks change, and by somebody who looks at each minute.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn schedule(text: &str, zone: &str) -> Schedule {
    Schedule::parse(text, zone, None).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The times after an instant, as the clock of the zone shows them.
fn times(schedule: &Schedule, after: &str, count: usize) -> String {
    let all = std::iter::successors(Some(at(after)), |it| schedule.next_after(*it));
    let shown = |it: Timestamp| {
        let zoned = it.to_zoned(schedule.zone().clone());
        zoned.strftime("%a %F %H:%M %Z").to_string()
    };
    let all: Vec<_> = all.skip(1).take(count).map(shown).collect();
    all.join(", ")
}

/// A line for each schedule, zone and instant: the times after it.
fn table(rows: &[(&str, &str, &str, usize)]) -> String {
    let line = |(text, zone, after, count): &(&str, &str, &str, usize)| {
        let times = times(&schedule(text, zone), after, *count);
        format!("{text} in {zone}: {times}")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn trouble(text: &str, zone: &str, anchor: Option<Date>) -> String {
    let error = Schedule::parse(text, zone, anchor).unwrap_err();
    format!("{error} ({})", error.hint.as_deref().unwrap_or_default())
}

#[test]
fn each_form_names_the_times_that_it_says() {
    let rows = [
        "hourly",
        "hourly :45",
        "daily 08:00",
        "weekly sat 07:00",
        "monthly 1 08:00",
        "monthly 30 08:00",
        "monthly last 8:00",
        "*/20 9-10 * * mon-fri",
        "0 0 29 2 *",
    ]
    .map(|it| (it, "UTC", "2026-01-30T12:00:00Z", 3));
    insta::assert_snapshot!(table(&rows), @r"
        hourly in UTC: Fri 2026-01-30 13:00 UTC, Fri 2026-01-30 14:00 UTC, Fri 2026-01-30 15:00 UTC
        hourly :45 in UTC: Fri 2026-01-30 12:45 UTC, Fri 2026-01-30 13:45 UTC, Fri 2026-01-30 14:45 UTC
        daily 08:00 in UTC: Sat 2026-01-31 08:00 UTC, Sun 2026-02-01 08:00 UTC, Mon 2026-02-02 08:00 UTC
        weekly sat 07:00 in UTC: Sat 2026-01-31 07:00 UTC, Sat 2026-02-07 07:00 UTC, Sat 2026-02-14 07:00 UTC
        monthly 1 08:00 in UTC: Sun 2026-02-01 08:00 UTC, Sun 2026-03-01 08:00 UTC, Wed 2026-04-01 08:00 UTC
        monthly 30 08:00 in UTC: Sat 2026-02-28 08:00 UTC, Mon 2026-03-30 08:00 UTC, Thu 2026-04-30 08:00 UTC
        monthly last 8:00 in UTC: Sat 2026-01-31 08:00 UTC, Sat 2026-02-28 08:00 UTC, Tue 2026-03-31 08:00 UTC
        */20 9-10 * * mon-fri in UTC: Mon 2026-02-02 09:00 UTC, Mon 2026-02-02 09:20 UTC, Mon 2026-02-02 09:40 UTC
        0 0 29 2 * in UTC: Tue 2028-02-29 00:00 UTC, Sun 2032-02-29 00:00 UTC, Fri 2036-02-29 00:00 UTC
        ");
}

#[test]
fn every_other_week_is_counted_from_the_anchor_over_the_end_of_a_year() {
    // 2026 has 53 weeks: who counts even weeks of a year comes twice in a row.
    let every = Schedule::parse(
        "fortnightly mon 08:00",
        "Europe/Berlin",
        Some(date(2026, 1, 5)),
    );
    let every = every.unwrap();
    assert_eq!(
        times(&every, "2026-12-01T00:00:00Z", 4),
        "Mon 2026-12-07 08:00 CET, Mon 2026-12-21 08:00 CET, Mon 2027-01-04 08:00 CET, Mon 2027-01-18 08:00 CET"
    );
    // An anchor in the future is as good.
    let future = Schedule::parse(
        "fortnightly mon 08:00",
        "Europe/Berlin",
        Some(date(2030, 1, 14)),
    );
    let all = |it: &Schedule| times(it, "2026-02-10T00:00:00Z", 100);
    assert_eq!(all(&future.unwrap()), all(&every));
}

#[test]
fn a_time_that_the_day_does_not_have_is_the_first_instant_behind_the_gap() {
    let rows = [
        // 02:00 becomes 03:00 on 29 March, and on 8 March.
        ("daily 02:30", "Europe/Berlin", "2026-03-27T12:00:00Z", 3),
        (
            "daily 02:30",
            "America/Los_Angeles",
            "2026-03-06T12:00:00Z",
            3,
        ),
        // Several of them are one.
        ("*/15 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 3),
        // A whole day that a place has left out.
        ("daily 08:00", "Pacific/Apia", "2011-12-29T00:00:00Z", 3),
    ];
    insta::assert_snapshot!(table(&rows), @r"
        daily 02:30 in Europe/Berlin: Sat 2026-03-28 02:30 CET, Sun 2026-03-29 03:00 CEST, Mon 2026-03-30 02:30 CEST
        daily 02:30 in America/Los_Angeles: Sat 2026-03-07 02:30 PST, Sun 2026-03-08 03:00 PDT, Mon 2026-03-09 02:30 PDT
        */15 2 * * * in Europe/Berlin: Sun 2026-03-29 03:00 CEST, Mon 2026-03-30 02:00 CEST, Mon 2026-03-30 02:15 CEST
        daily 08:00 in Pacific/Apia: Thu 2011-12-29 08:00 -10, Sat 2011-12-31 00:00 +14, Sat 2011-12-31 08:00 +14
        ");
}

#[test]
fn of_a_time_that_the_day_has_twice_the_first_counts() {
    let rows = [
        ("daily 02:30", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        (
            "30 1 * * *",
            "America/Los_Angeles",
            "2026-10-31T12:00:00Z",
            2,
        ),
    ];
    insta::assert_snapshot!(table(&rows), @r"
        daily 02:30 in Europe/Berlin: Sun 2026-10-25 02:30 CEST, Mon 2026-10-26 02:30 CET
        30 1 * * * in America/Los_Angeles: Sun 2026-11-01 01:30 PDT, Mon 2026-11-02 01:30 PST
        ");
}

#[test]
fn each_hour_that_passes_has_its_own_also_when_clocks_change() {
    let rows = [
        ("hourly :30", "Europe/Berlin", "2026-03-28T23:00:00Z", 3),
        ("hourly :30", "Europe/Berlin", "2026-10-24T23:00:00Z", 4),
        ("0 * * * *", "Europe/Berlin", "2026-10-24T22:30:00Z", 4),
        // Clocks that are put back by half an hour.
        (
            "hourly :15",
            "Australia/Lord_Howe",
            "2026-04-04T13:30:00Z",
            4,
        ),
    ];
    insta::assert_snapshot!(table(&rows), @r"
        hourly :30 in Europe/Berlin: Sun 2026-03-29 00:30 CET, Sun 2026-03-29 01:30 CET, Sun 2026-03-29 03:30 CEST
        hourly :30 in Europe/Berlin: Sun 2026-10-25 01:30 CEST, Sun 2026-10-25 02:30 CEST, Sun 2026-10-25 02:30 CET, Sun 2026-10-25 03:30 CET
        0 * * * * in Europe/Berlin: Sun 2026-10-25 01:00 CEST, Sun 2026-10-25 02:00 CEST, Sun 2026-10-25 02:00 CET, Sun 2026-10-25 03:00 CET
        hourly :15 in Australia/Lord_Howe: Sun 2026-04-05 01:15 +11, Sun 2026-04-05 02:15 +1030, Sun 2026-04-05 03:15 +1030, Sun 2026-04-05 04:15 +1030
        ");
}

#[test]
fn what_is_no_schedule_is_told_with_what_to_write() {
    let said = [
        ("dayly 08:00", "UTC", None),
        ("daily 8", "UTC", None),
        ("daily 24:00", "UTC", None),
        ("weekly 07:00", "UTC", None),
        ("weekly someday 07:00", "UTC", None),
        ("monthly 32 08:00", "UTC", None),
        ("hourly 30", "UTC", None),
        ("", "UTC", None),
        ("61 * * * *", "UTC", None),
        ("0 8 L * *", "UTC", None),
        ("0 0 31 2 *", "UTC", None),
        ("daily 08:00", "Berlin", None),
        ("daily 08:00", "+02:00", None),
        ("daily 08:00", "UTC", Some(date(2026, 1, 5))),
        ("fortnightly mon 08:00", "UTC", None),
        ("fortnightly mon 08:00", "UTC", Some(date(2026, 1, 6))),
    ]
    .map(|(text, zone, anchor)| trouble(text, zone, anchor));
    insta::assert_snapshot!(said.join("\n"), @r#"
        `dayly 08:00` is no schedule (did you mean `daily`?)
        `8` is no time of a day (write it as `08:00` or `23:30`)
        `24:00` is no time of a day (write it as `08:00` or `23:30`)
        `weekly 07:00` is no schedule (write `hourly`, `hourly :30`, `daily 08:00`, `weekly sat 07:00`, `fortnightly mon 08:00`, `monthly 1 08:00`, `monthly last 08:00` or the five fields of cron)
        `someday` is no day of a week (write mon, tue, wed, thu, fri, sat or sun)
        `32` is no day of a month (write a number from 1 to 31, or `last`)
        `30` is no minute of an hour (write `hourly :30`)
        a schedule cannot be empty (write `hourly`, `hourly :30`, `daily 08:00`, `weekly sat 07:00`, `fortnightly mon 08:00`, `monthly 1 08:00`, `monthly last 08:00` or the five fields of cron)
        `61 * * * *`: value must be in range 0..=59; found 61 (the five fields are minute, hour, day of the month, month, day of the week)
        `0 8 L * *`: `L` is none of numbers, names, `*`, `,`, `-` and `/` (`monthly last 08:00` means the last day of a month)
        `0 0 31 2 *` never comes ()
        there is no time zone `Berlin` (did you mean `Europe/Berlin`?)
        there is no time zone `+02:00` (write a name such as `Europe/Berlin` or `UTC`)
        `daily 08:00` needs no `anchor` (only `fortnightly` counts from a day; leave `anchor` out)
        nobody knows which weeks `fortnightly` means (add `anchor`, a day on which it is due, such as anchor = "2026-01-05")
        `anchor` is a tuesday, and the job is due on a monday (write a day on which it is due, such as anchor = "2026-01-12")
        "#);
}

/// The times of a day by the rule of the documentation, found by looking at each minute of the
/// clock: an hour or two before and behind are looked at, too.
fn by_the_minute(
    fires: &dyn Fn(DateTime) -> bool,
    zone: &TimeZone,
    from: Timestamp,
    hours: i64,
) -> Vec<Timestamp> {
    let minute = SignedDuration::from_mins(1);
    let instants =
        || std::iter::successors(Some(from), |it| Some(*it + minute)).take(60 * hours as usize);
    let mut found = Vec::new();
    let mut highest: Option<DateTime> = None;
    for instant in instants() {
        let shown = zone.to_datetime(instant);
        let last = highest.unwrap_or_else(|| shown - 1.minute());
        // All times that the clock has gone by since, be it in one jump.
        let mut passed = last;
        let mut due = false;
        while passed < shown {
            passed += 1.minute();
            due |= fires(passed);
        }
        if due {
            found.push(instant);
        }
        highest = Some(last.max(shown));
    }
    found
}

const ZONES: [&str; 6] = [
    "UTC",
    "Europe/Berlin",
    "America/Los_Angeles",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn times_are_those_that_somebody_finds_who_looks_at_each_minute(
        zone in prop::sample::select(&ZONES[..]),
        // The weeks around the changes of clocks are no rarer than all others together.
        day in prop_oneof![0..366_i64, 60..92_i64, 90..100_i64, 296..308_i64],
        hour in 0..24_i8,
        minute in 0..60_i8,
        weekday in 0..7_i8,
    ) {
        let from = at("2026-01-01T00:00:00Z") + SignedDuration::from_hours(24 * day);
        let hours = 24 * 8;
        let cron = format!("{minute} {hour} * * {weekday}");
        let days = Weekday::from_sunday_zero_offset(weekday).unwrap();
        let daily = format!("daily {hour:02}:{minute:02}");
        let at_time = |it: DateTime| it.hour() == hour && it.minute() == minute;
        let on_day = |it: DateTime| at_time(it) && it.weekday() == days;
        let cases: [(&str, &dyn Fn(DateTime) -> bool); 2] = [(&daily, &at_time), (&cron, &on_day)];
        for (text, fires) in cases {
            let schedule = schedule(text, zone);
            let expected = by_the_minute(fires, schedule.zone(), from, hours);
            let just_before = from - SignedDuration::from_nanos(1);
            let all = std::iter::successors(schedule.next_after(just_before), |it| schedule.next_after(*it));
            let end = from + SignedDuration::from_hours(hours);
            // The first minute has nothing before it that could be compared.
            let found: Vec<_> = all.take_while(|it| *it < end).collect();
            prop_assert_eq!(&found, &expected, "{} in {}", text, zone);
        }
        // By the hour: each minute whose clock shows it.
        let text = format!("hourly :{minute:02}");
        let schedule = schedule(&text, zone);
        let each = std::iter::successors(Some(from), |it| Some(*it + SignedDuration::from_mins(1)));
        let each = each.take(60 * hours as usize);
        let expected: Vec<_> = each.filter(|it| schedule.zone().to_datetime(*it).minute() == minute).collect();
        let all = std::iter::successors(schedule.next_after(from - SignedDuration::from_nanos(1)), |it| schedule.next_after(*it));
        let found: Vec<_> = all.take(expected.len()).collect();
        prop_assert_eq!(found, expected, "{} in {}", text, zone);
    }
}
