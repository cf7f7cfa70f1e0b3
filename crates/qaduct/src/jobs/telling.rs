//! What is said about jobs: what became of their runs, and what planning has found.

use jiff::{SignedDuration, Timestamp};
use qaduct_pump::queue::Notice;
use qaduct_records::job::{JobRun, JobState};

use super::Job;
use crate::report::{Code, Report};
use crate::ui::Ui;

/// Says something about a run.
pub(super) fn say(ui: &Ui, run: &JobRun, text: &str) {
    ui.say(&format!("{}: {text}", run.job_run));
}

/// What has become of a run is told here and nowhere else.
pub(super) fn outcome(ui: &Ui, run: &JobRun) {
    let took = match (run.started_at, run.heartbeat_at) {
        (Some(begun), Some(ended)) => {
            let seconds = ended.duration_since(begun).as_secs();
            format!(" after {:#}", SignedDuration::from_secs(seconds))
        }
        _ => String::new(),
    };
    let code = run.exit_code.filter(|it| *it != 0);
    let code = code.map_or(String::new(), |it| format!(", exit status {it}"));
    match run.state {
        JobState::Complete => say(ui, run, &format!("complete{took}")),
        // Who gives it back waits for nothing.
        JobState::Waiting if run.heartbeat_at >= Some(run.due_at) => {
            say(ui, run, "stopped, to be gone on with")
        }
        JobState::Waiting => say(
            ui,
            run,
            &format!("failed{took}{code}; tried again at {:.0}", run.due_at),
        ),
        state => {
            let how = match state {
                JobState::Incomplete => "was done in part",
                JobState::Interrupted => "was stopped",
                _ => "failed",
            };
            let message = format!("{} {how}{took}{code}", run.job_run);
            let mut report = Report::new(Code::JobFailed, message);
            let lines = run.error.iter().flat_map(|it| it.lines());
            report.notes = lines.map(|it| it.trim().to_owned()).collect();
            ui.error(&report.into());
        }
    }
}

/// What there is to say about planning.
pub(super) fn notice(ui: &Ui, jobs: &[Job], now: Timestamp, notice: &Notice) {
    let warn = |message: String| ui.warn(&Report::new(Code::JobMissed, message));
    match notice {
        Notice::Planned { job } => {
            let job = jobs.iter().find(|it| it.name() == job);
            let next = job.and_then(|it| it.plan.schedule.next_after(now));
            if let (Some(job), Some(next)) = (job, next) {
                let zoned = next.to_zoned(job.plan.schedule.zone().clone());
                ui.say(&format!(
                    "{}: planned from now on, next at {}",
                    job.name(),
                    zoned.strftime("%F %H:%M %Z")
                ));
            }
        }
        Notice::CaughtUp { job, times } => {
            let times = counted(*times);
            warn(format!(
                "{job} was due {times} while nobody ran jobs, and runs once now"
            ));
        }
        Notice::Missed { job, times } => {
            let times = counted(*times);
            warn(format!("{job} was due {times} while nobody ran jobs"));
        }
        Notice::Superseded { job_run } => {
            warn(format!("{job_run} gives way to the next one"));
        }
        Notice::Ahead { job, until } => warn(format!(
            "{job} was planned until {until:.0} by a clock that was ahead; it is planned from now on"
        )),
        Notice::Lost { job_run } => {
            let message = format!("{job_run}: its process is gone, and it is not tried again");
            ui.error(&Report::new(Code::JobFailed, message).into());
        }
    }
}

fn counted(times: i64) -> String {
    match times {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}
