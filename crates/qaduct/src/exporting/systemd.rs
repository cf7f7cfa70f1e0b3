//! A service and a timer of systemd.

use std::path::Path;

use super::cron::{self, Fields};
use super::{File, Platform, Surroundings, command, comment};
use crate::jobs::Job;

pub(super) const SYSTEMD: Platform = Platform {
    word: "systemd",
    files,
};

/// Names of months in cron, from 1 on.
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

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
StartLimitIntervalSec=12h
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
        arguments = arguments.join(" "),
        timeout = job.timeout.as_secs().max(1),
    );
    let file = |kind: &str, text: String| File {
        path: format!("qaduct-{name}.{kind}"),
        text,
    };
    vec![file("service", service), file("timer", timer)]
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
