//! `[job.NAME]`: what is done when.
//!
//! A step is data, and becomes the arguments of a command of this program, one by one: no
//! shell reads them, and no step can be anything else.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Date;
use qaduct_pump::queue::Plan;
use qaduct_pump::schedule::{BadSchedule, Schedule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Period;

/// What becomes of times at which nobody was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CatchUp {
    /// One run stands for all of them.
    #[default]
    Once,
    /// They are gone.
    None,
}

impl CatchUp {
    const WORDS: [&str; 2] = ["once", "none"];
}

/// `[job.NAME]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// When it is due: `hourly`, `daily 08:00`, `weekly sat 07:00`, `fortnightly mon 08:00`,
    /// `monthly 1 08:00`, `monthly last 08:00`, or the five fields of cron.
    pub schedule: String,
    /// The place whose clocks count, such as `Europe/Berlin`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// For `fortnightly`: a day on which it is due.
    #[serde(default)]
    pub anchor: Option<String>,
    /// Its steps in order. Each is a table with one of `scan`, `pull`, `publish` and `prune`.
    pub run: Vec<Step>,
    /// What becomes of times at which nobody was there: `once`, one run stands for all of
    /// them, or `none`.
    #[serde(default)]
    #[schemars(with = "String", extend("enum" = CatchUp::WORDS))]
    pub catch_up: CatchUp,
    /// How often it is tried again after a failure that may pass.
    #[serde(default = "retries")]
    #[schemars(range(min = 0, max = 100))]
    pub retries: u32,
    /// How long after the first failure; twice as long after each further one, up to an hour.
    #[serde(default = "retry_after")]
    pub retry_after: Period,
    /// How long it may take.
    #[serde(default = "timeout")]
    pub timeout: Period,
    /// Up to so much later it begins, so that not all jobs of the world begin on the hour.
    #[serde(default)]
    pub jitter: Option<Period>,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn retries() -> u32 {
    3
}

fn retry_after() -> Period {
    Period(Duration::from_secs(60))
}

fn timeout() -> Period {
    Period(Duration::from_secs(6 * 3_600))
}

/// A step of a job.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// Scans the repositories of `[scan]`.
    pub scan: Option<bool>,
    /// Pulls these sources or streams; empty: all.
    pub pull: Option<Vec<String>>,
    /// For `pull`: only this project.
    pub project: Option<String>,
    /// For `pull`: only the projects of this group.
    pub platform: Option<String>,
    /// For `pull`: only what changed in the last so many days.
    #[schemars(range(min = 1, max = 36_500))]
    pub num_days: Option<u32>,
    /// Makes these publications, such as `export.weekly`, or all of a kind; empty: all.
    pub publish: Option<Vec<String>>,
    /// Removes history that is older, as `qaduct db prune --older-than`.
    pub prune: Option<Period>,
}

impl Step {
    /// Its verbs; one, where it makes sense.
    #[must_use]
    pub fn verbs(&self) -> Vec<&'static str> {
        let verbs = [
            ("scan", self.scan == Some(true)),
            ("pull", self.pull.is_some()),
            ("publish", self.publish.is_some()),
            ("prune", self.prune.is_some()),
        ];
        verbs.iter().filter(|it| it.1).map(|it| it.0).collect()
    }

    /// The arguments of the command that does it.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect();
        if let Some(names) = &self.pull {
            let mut arguments: Vec<String> = words(&["pull"]);
            arguments.extend(names.iter().cloned());
            let days = self.num_days.map(|it| it.to_string());
            let flags = [
                ("--project", self.project.clone()),
                ("--platform", self.platform.clone()),
                ("--num-days", days),
            ];
            for (flag, value) in flags {
                // In one word, a value that begins with `-` is a value all the same.
                arguments.extend(value.map(|value| format!("{flag}={value}")));
            }
            return arguments;
        }
        if let Some(names) = &self.publish {
            let mut arguments: Vec<String> = words(&["publish"]);
            arguments.extend(names.iter().cloned());
            return arguments;
        }
        match &self.prune {
            Some(age) => words(&["db", "prune", &format!("--older-than={age}")]),
            None => words(&["scan"]),
        }
    }

    /// The command as somebody would type it.
    #[must_use]
    pub fn words(&self) -> String {
        let arguments = self.arguments();
        let quoted = arguments.iter().map(|it| match it.contains(' ') {
            true => format!("'{it}'"),
            false => it.clone(),
        });
        quoted.collect::<Vec<_>>().join(" ")
    }
}

impl Job {
    /// When it is due.
    ///
    /// # Errors
    /// When the schedule makes no sense.
    pub fn when(&self) -> Result<Schedule, BadSchedule> {
        let anchor = self.anchor.as_deref().map(|text| {
            text.parse::<Date>().map_err(|_| BadSchedule {
                trouble: format!("`anchor` is no day: `{text}`"),
                hint: Some("write it as anchor = \"2026-01-05\"".to_owned()),
            })
        });
        Schedule::parse(&self.schedule, &self.time_zone, anchor.transpose()?)
    }

    /// The job as the queue runs it.
    ///
    /// # Errors
    /// When the schedule makes no sense.
    pub fn plan(&self, name: &str) -> Result<Plan, BadSchedule> {
        Ok(Plan {
            job: name.to_owned(),
            schedule: self.when()?,
            late: LATE,
            catch_up: self.catch_up == CatchUp::Once,
            retries: self.retries.into(),
            retry_after: length(self.retry_after),
            jitter: self.jitter.map(length).unwrap_or_default(),
        })
    }
}

/// A time that has passed for longer than this was missed, where jobs are run all the time.
const LATE: SignedDuration = SignedDuration::from_mins(10);
/// The same where another scheduler starts us: it comes every hour or more often, and may come
/// late itself.
pub const LATE_BY_OTHERS: SignedDuration = SignedDuration::from_mins(70);

/// A length of time that can be added to an instant.
#[must_use]
pub fn length(period: Period) -> SignedDuration {
    let most = SignedDuration::from_hours(24 * 366);
    SignedDuration::try_from(period.0).map_or(most, |it| it.min(most))
}
