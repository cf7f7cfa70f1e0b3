//! What becomes of runs whose steps are programs of the shell.

use qaduct_records::job::JobState;

use super::*;
use crate::cli::Globals;
use crate::clock::SystemClock;
use crate::config::Environment;
use crate::jobs::configured;
use crate::stop::Stop;
use crate::ui::Ui;

/// How a run by hand ends whose steps are all this script.
fn run(script: &str, job: &str) -> JobRun {
    let folder = tempfile::tempdir().unwrap();
    let environment = Environment::of([]);
    let globals = Globals::default();
    let context = Context::new(Ui::new(&globals, &environment), globals, environment);
    let mut config: Config = toml::from_str(job).unwrap();
    config.store.url = folder.path().join("qaduct.db").display().to_string();
    let settings = StoreSettings::new(&context, &config).unwrap();
    let store = settings.open().unwrap();
    let mut worker = Worker {
        context: &context,
        jobs: configured(&config).unwrap(),
        settings,
        store: Some(store),
        clock: &SystemClock::new(None),
        name: "one".to_owned(),
        patience: Patience::of(&context, &config),
        program: "/bin/sh".into(),
        flags: vec!["-c".to_owned(), script.to_owned()],
        url: config.store.url.clone(),
        lost: 0,
    };
    let job = worker.jobs[0].clone();
    worker.by_hand(&job, &Stop::listen().unwrap()).unwrap()
}

#[test]
fn a_job_whose_time_is_over_has_failed_also_where_the_step_ends_well_when_asked() {
    let job = "[job.long]\nschedule = \"hourly\"\ntimeout = \"100ms\"\n\
               run = [{ scan = true }, { publish = [] }]";
    let run = run("trap 'exit 0' TERM; while :; do sleep 0.02; done", job);
    assert_eq!((run.state, run.failures), (JobState::Failed, 1));
    assert_eq!(run.steps_done, 1);
    let error = run.error.unwrap();
    assert_eq!(error, "publish: not done after 100ms");
}
