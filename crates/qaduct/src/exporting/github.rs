//! A workflow of GitHub Actions.

use jiff::{SignedDuration, Timestamp};

use super::cron::Fields;
use super::{File, Platform, Surroundings, command, comment, quoted};
use crate::jobs::Job;

pub(super) const GITHUB: Platform = Platform {
    word: "github",
    files,
    forgets_with: Some("the runner"),
    lacks,
};

/// GitHub starts a workflow so often at most.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// So many times of a job are looked at: those of an hour, and of the next one.
const LOOKED_AT: usize = 130;

fn lacks(job: &Job) -> Option<(String, &'static str)> {
    let schedule = &job.plan.schedule;
    let next = |it: &Timestamp| schedule.next_after(*it);
    let times = std::iter::successors(next(&Timestamp::UNIX_EPOCH), next);
    let times: Vec<Timestamp> = times.take(LOOKED_AT).collect();
    let is_soon = |it: &[Timestamp]| it[1].duration_since(it[0]) < PAUSE;
    times.windows(2).any(is_soon).then(|| {
        let name = job.name();
        let said = format!("GitHub does not start `{name}` sooner than every 5 minutes");
        (
            said,
            "let it be due every 5 minutes at most, or let `qaduct run` do it",
        )
    })
}

fn files(job: &Job, around: &Surroundings) -> Vec<File> {
    let schedule = &job.plan.schedule;
    let cron = Fields::of(schedule);
    let (arguments, notice) = command(job, cron.is_exact, around.settings.as_deref());
    let name = job.name();
    let minutes = job.timeout.as_secs().div_ceil(60).max(1);
    let mut text = comment(&format!("Job `{name}` of qaduct: {}.", schedule.describe()));
    text += &comment(
        "`timezone` is read by github.com since 2026; where a server of your own does not know \
         it, set `time_zone` of the job to UTC. GitHub may begin minutes late, and drops times \
         when it is busy.",
    );
    text += &notice.map_or(String::new(), comment);
    if let Some(file) = &around.file {
        text += &comment(&format!(
            "The database is the file `{file}`, which is gone with the runner: set `store.url` to \
             a server."
        ));
    }
    let env: String = around
        .secrets
        .iter()
        .map(|it| format!("      {it}: ${{{{ secrets.{it} }}}}\n"))
        .chain(
            around
                .variables
                .iter()
                // Those are GitHub's own, and hold what they should.
                .filter(|it| !it.starts_with("GITHUB_"))
                .map(|it| format!("      {it}: ${{{{ vars.{it} }}}}\n")),
        )
        .collect();
    let env = match env.is_empty() {
        true => env,
        false => format!("    env:\n{env}"),
    };
    let workflow = format!(
        "name: {title}
on:
  schedule:
    - cron: {cron}
      timezone: {zone}
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: {title}
  cancel-in-progress: false
jobs:
  run:
    runs-on: ubuntu-latest
    timeout-minutes: {minutes}
{env}    steps:
      - uses: actions/checkout@v4
      - name: Install qaduct
        run: cargo install --locked --git https://github.com/qaduct/qaduct qaduct
      - name: Run {name}
        run: qaduct {arguments}
",
        title = quoted(&format!("qaduct-{name}")),
        cron = quoted(&cron.text()),
        zone = quoted(schedule.zone_name()),
        arguments = arguments.join(" "),
    );
    vec![File {
        path: format!(".github/workflows/qaduct-{name}.yml"),
        text: text + &workflow,
    }]
}
