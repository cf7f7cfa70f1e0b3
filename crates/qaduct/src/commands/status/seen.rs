//! How old data are and how jobs are, as people read it: tables that fit the terminal.
//!
//! Where they have no room, what is seldom there and long stands below them: errors, what did
//! not fit, parts that are open.

use jiff::Timestamp;

use crate::format::table::{Look, fits, grid};
use crate::freshness::State;
use crate::jobs::state::State as JobState;

/// The streams.
pub(super) fn streams(states: &[State], now: Timestamp, look: Look) -> String {
    if states.is_empty() {
        return String::new();
    }
    let heads = [
        "STREAM", "STATE", "AGE", "ROWS", "PROBLEMS", "UP TO", "LAST RUN", "ERROR",
    ];
    let name = |it: &State| format!("{}.{}", it.source, it.stream);
    let open = |it: &State| match it.open_parts {
        0 => None,
        1 => Some("1 part open".to_owned()),
        several => Some(format!("{several} parts open")),
    };
    let age_of = |it: &State| or(it.last_success_at.map(|at| age(seconds(at, now))));
    let rows = states.iter().map(|it| {
        let ended = it.outcome.clone().map(|outcome| match open(it) {
            Some(open) => format!("{outcome}, {open}"),
            None => outcome,
        });
        vec![
            name(it),
            it.freshness.word().to_owned(),
            age_of(it),
            it.rows.to_string(),
            it.problems.to_string(),
            or(it.watermark.map(|at| format!("{at:.0}"))),
            or(ended),
            or(first_line(it.error.as_deref())),
        ]
    });
    let whole = grid(&heads, rows.collect(), Look::default());
    if fits(&whole, look) {
        return whole;
    }
    let heads = ["STREAM", "STATE", "AGE", "ROWS", "UP TO (UTC)", "LAST RUN"];
    let rows = states.iter().map(|it| {
        vec![
            name(it),
            it.freshness.word().to_owned(),
            age_of(it),
            it.rows.to_string(),
            or(it.watermark.map(minute)),
            or(it.outcome.clone()),
        ]
    });
    let mut text = grid(&heads, rows.collect(), look);
    for it in states {
        let problems = match it.problems {
            0 => None,
            1 => Some("1 problem".to_owned()),
            several => Some(format!("{several} problems")),
        };
        let notes = [problems, open(it), first_line(it.error.as_deref())];
        for note in notes.into_iter().flatten() {
            text.extend([&name(it), ": ", &note, "\n"]);
        }
    }
    text
}

/// The jobs.
pub(super) fn jobs(states: &[JobState], now: Timestamp, look: Look) -> String {
    if states.is_empty() {
        return String::new();
    }
    let error = |it: &JobState| first_line(it.last.as_ref().and_then(|it| it.error.as_deref()));
    let row = |it: &JobState, instant: &dyn Fn(Timestamp) -> String| {
        let last = it.last.as_ref();
        let last = last.map(|it| it.started_at.unwrap_or(it.fire_at));
        vec![
            it.job.clone(),
            it.word().to_owned(),
            or(it.since.map(|at| age(seconds(at, now)))),
            or(last.map(instant)),
            or(it.next.map(instant)),
        ]
    };
    let rows = states.iter().map(|it| {
        let mut row = row(it, &|at| format!("{at:.0}"));
        row.push(or(error(it)));
        row
    });
    let heads = ["JOB", "STATE", "SINCE", "LAST RUN", "NEXT", "ERROR"];
    let whole = grid(&heads, rows.collect(), Look::default());
    if fits(&whole, look) {
        return whole;
    }
    let heads = ["JOB", "STATE", "SINCE", "LAST RUN (UTC)", "NEXT (UTC)"];
    let rows = states.iter().map(|it| row(it, &minute)).collect();
    let mut text = grid(&heads, rows, look);
    for it in states {
        if let Some(error) = error(it) {
            text.extend([&it.job, ": ", &error, "\n"]);
        }
    }
    text
}

pub(super) fn or(text: Option<String>) -> String {
    text.unwrap_or_else(|| "-".to_owned())
}

fn first_line(text: Option<&str>) -> Option<String> {
    text.and_then(|it| it.lines().next()).map(str::to_owned)
}

pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

pub(super) fn seconds(at: Timestamp, now: Timestamp) -> i64 {
    now.as_second() - at.as_second()
}

pub(super) fn age(seconds: i64) -> String {
    match seconds {
        it if it < 0 => format!("in {}", age(-it)),
        it if it < 120 => format!("{it} s"),
        it if it < 7_200 => format!("{} min", it / 60),
        it if it < 48 * 3_600 => format!("{} h", it / 3_600),
        it => format!("{} d", it / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use qaduct_records::job::{JobRun, JobState as Became, Occasion};
    use unicode_width::UnicodeWidthStr as _;

    use super::*;
    use crate::freshness::Freshness;

    fn plain(text: &str, width: usize) -> String {
        let text = anstream::adapter::strip_str(text).to_string();
        let mut table = text.lines().take_while(|it| !it.contains(": "));
        assert!(table.all(|it| it.width() <= width), "{text}");
        text
    }

    #[test]
    fn streams_can_be_read_in_80_and_120_columns() {
        let now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let state = |stream: &str, error: Option<&str>| State {
            source: "confluence".to_owned(),
            stream: stream.to_owned(),
            last_success_at: Some("2026-11-22T07:00:00Z".parse().unwrap()),
            watermark: Some("2026-11-22T06:58:00Z".parse().unwrap()),
            rows: 1_234_567,
            problems: u64::from(error.is_some()),
            open_parts: if error.is_some() { 12 } else { 0 },
            run_id: None,
            outcome: Some(
                if error.is_some() {
                    "incomplete"
                } else {
                    "complete"
                }
                .to_owned(),
            ),
            finished_at: None,
            error: error.map(str::to_owned),
            freshness: Freshness::Fresh,
        };
        let error = "confluence.page_versions (page 7): GET https://wiki.example/7: status 500";
        let states = [state("pages", None), state("page_versions", Some(error))];
        let seen = |states: &[State], width| {
            let look = Look { width: Some(width) };
            plain(&streams(states, now, look), width)
        };
        insta::assert_snapshot!(seen(&states, 80), @r"
            STREAM                    STATE  AGE     ROWS     UP TO (UTC)       LAST RUN
            confluence.pages          fresh  60 min  1234567  2026-11-22 06:58  complete
            confluence.page_versions  fresh  60 min  1234567  2026-11-22 06:58  incomplete
            confluence.page_versions: 1 problem
            confluence.page_versions: 12 parts open
            confluence.page_versions: confluence.page_versions (page 7): GET https://wiki.example/7: status 500
            ");
        assert_eq!(seen(&states, 120), seen(&states, 80));
        insta::assert_snapshot!(seen(&states[..1], 120), @r"
            STREAM            STATE  AGE     ROWS     PROBLEMS  UP TO                 LAST RUN  ERROR
            confluence.pages  fresh  60 min  1234567  0         2026-11-22T06:58:00Z  complete  -
            ");
    }

    #[test]
    fn jobs_can_be_read_in_80_columns() {
        let now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let mut run = JobRun::new("nightly-of-everything", now, Occasion::Slot);
        run.state = Became::Failed;
        run.error = Some("pull testrail: error[QP401]: the credential was refused".to_owned());
        let state = JobState {
            job: run.job.clone(),
            last: Some(run),
            since: Some(now),
            next: Some(now),
            overdue: None,
            is_lost: false,
        };
        let text = jobs(&[state], now, Look { width: Some(80) });
        insta::assert_snapshot!(plain(&text, 80), @r"
            JOB                    STATE   SINCE  LAST RUN (UTC)    NEXT (UTC)
            nightly-of-everything  failed  0 s    2026-11-22 08:00  2026-11-22 08:00
            nightly-of-everything: pull testrail: error[QP401]: the credential was refused
            ");
    }
}
