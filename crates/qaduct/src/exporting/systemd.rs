//! A service and a timer of systemd.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::cron::{self, Fields};
use super::{File, Platform, Surroundings, command, comment};
use crate::jobs::Job;

pub(super) const SYSTEMD: Platform = Platform {
    word: "systemd",
    files,
    forgets_with: None,
    lacks: |_| None,
};

/// Names of months in cron, from 1 on.
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Starts are not counted for longer than this.
const COUNTED: SignedDuration = SignedDuration::from_hours(12);
/// So much later than it says a timer may come, which nobody has told otherwise.
const ACCURACY: SignedDuration = SignedDuration::from_mins(1);
/// From here on the times of a job are looked at for the shortest pause, for so long, and no
/// more of them than this.
const FROM: Timestamp = Timestamp::constant(1_767_225_600, 0);
const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);
const LOOKED_AT: usize = 1500;

fn files(job: &Job, around: &Surroundings) -> Vec<File> {
    let schedule = &job.plan.schedule;
    let fields = Fields::of(schedule);
    let file = around.settings.as_deref().and_then(Path::file_name);
    let (arguments, notice) = command(job, fields.is_exact, file.map(Path::new));
    let name = job.name();
    let head = comment(&format!("Job `{name}` of qaduct: {}.", schedule.describe()))
        + &notice.map_or(String::new(), comment);
    let zone = schedule.zone_name();
    let times: String = calendars(&fields.fields)
        .iter()
        .map(|it| format!("OnCalendar={it} {zone}\n"))
        .collect();
    let jitter = match job.plan.jitter.as_secs() {
        0 => String::new(),
        seconds => format!("RandomizedDelaySec={seconds}\n"),
    };
    let timer = format!(
        "{head}
[Unit]
Description=Times of the job {name} of qaduct

[Timer]
{times}# After the machine was off: one start for all times that have passed.
Persistent={catch_up}
{jitter}
[Install]
WantedBy=timers.target
",
        catch_up = job.plan.catch_up,
    );
    let folder = around.folder.as_deref();
    let folder = folder.map_or(String::new(), |it| {
        format!("WorkingDirectory={}\n", it.display())
    });
    let names: Vec<&str> = around
        .secrets
        .iter()
        .chain(&around.variables)
        .map(String::as_str)
        .collect();
    let environment = match names.as_slice() {
        [] => String::new(),
        names => {
            let about = format!(
                "Readable by root alone, a line NAME=value for each of: {}.",
                names.join(", ")
            );
            format!(
                "{}EnvironmentFile=/etc/qaduct/environment\n",
                comment(&about)
            )
        }
    };
    // In such a file `%` and `$` begin something; names of jobs have neither.
    let program = around.program.replace('%', "%%");
    let tries = job.plan.retries + 1;
    let every = job.plan.retry_after.as_secs().max(1);
    let service = format!(
        "{head}
[Unit]
Description=Job {name} of qaduct
Wants=network-online.target
After=network-online.target
# Starts by the timer count, too: they are counted for less long than it pauses.
StartLimitIntervalSec={interval}
StartLimitBurst={tries}

[Service]
Type=oneshot
ExecStart={program} {arguments}
{folder}{environment}TimeoutStartSec={timeout}
Restart=on-failure
RestartSec={every}
# What is refused is refused again.
RestartPreventExitStatus=1 2 4
",
        interval = interval(job),
        arguments = arguments.join(" "),
        timeout = job.timeout.as_secs().max(1),
    );
    let file = |kind: &str, text: String| File {
        path: format!("qaduct-{name}.{kind}"),
        text,
    };
    vec![file("service", service), file("timer", timer)]
}

/// For how many seconds starts are counted: half of the shortest pause between two times, so
/// that a time never finds the starts of the one before counted.
fn interval(job: &Job) -> i64 {
    let next = |it: &Timestamp| job.plan.schedule.next_after(*it);
    let times = std::iter::successors(next(&FROM), next);
    let times = times.take_while(|it| *it < FROM + YEAR).take(LOOKED_AT);
    let times: Vec<Timestamp> = times.collect();
    let pauses = times.windows(2).map(|it| it[1].duration_since(it[0]));
    let pause = pauses.min().unwrap_or(YEAR) - ACCURACY - job.plan.jitter;
    COUNTED.min(pause / 2).as_secs().max(1)
}

/// The five fields as times of systemd; two of them where cron means either of two days.
fn calendars(fields: &[String; 5]) -> Vec<String> {
    let [minute, hour, day, month, weekday] = fields;
    let time = format!("{}:{}:00", part(hour, 0, 23), part(minute, 0, 59));
    let month = months(month);
    let on = |day: &str, weekday: &str| {
        let days = weekdays(weekday).map_or(String::new(), |it| it + " ");
        format!("{days}*-{month}-{} {time}", part(day, 1, 31))
    };
    // Both are meant at once where one of them begins with `*`.
    match day.starts_with('*') || weekday.starts_with('*') {
        true => vec![on(day, weekday)],
        false => vec![on(day, "*"), on("*", weekday)],
    }
}

/// The numbers of a field in words of systemd.
fn part(field: &str, least: u8, most: u8) -> String {
    let one = |item: &str| match item.split_once('/') {
        Some(("*", step)) => format!("{least}/{step}"),
        Some((range, step)) => match range.split_once('-') {
            Some((from, to)) => format!("{from}..{to}/{step}"),
            None => format!("{range}..{most}/{step}"),
        },
        None => item.replacen('-', "..", 1),
    };
    let items: Vec<String> = field.split(',').map(one).collect();
    items.join(",")
}

fn months(field: &str) -> String {
    let mut text = field.to_ascii_lowercase();
    for (number, name) in (1..).zip(MONTHS) {
        text = text.replace(name, &number.to_string());
    }
    part(&text, 1, 12)
}

/// The days of a week, one by one; `None` for all of them.
fn weekdays(field: &str) -> Option<String> {
    let days = cron::weekdays(field);
    let names: Vec<&str> = days.iter().map(|it| cron::DAYS[*it]).collect();
    (names.len() < 7).then(|| names.join(","))
}
