//! The binary: arguments, configuration, wiring, messages, exit status.
//!
//! A library only so that `xtask` can write the documentation from the same
//! definitions; nobody else should depend on it.
//!
//! * [`cli`]: the tree of commands and the flags that all of them take.
//! * [`commands`]: one file a command.
//! * [`context`]: what a command is handed: screen, environment, clock, stop.
//! * [`config`]: `qaduct.toml` and the environment, the only place that reads either.
//! * [`error`]: what ends a command, as an exit status.
//! * [`mod@format`]: how mutes are printed, one file a format.
//! * [`checking`]: from a work tree to a verdict.
//! * [`scanning`]: from a repository to the store.
//! * [`sources`], [`pulling`], [`planning`]: from the settings to sources, and from them to the store.
//! * [`freshness`]: how far each stream is, and whether it is too old.
//! * [`jobs`], [`exporting`]: running jobs, and writing them down for other schedulers.
//! * [`wire`]: from settings to stores and scans.
//! * [`report`]: what is said about a problem, and its code.
//! * [`ui`]: the only place that prints.

use std::panic;
use std::process::ExitCode;

pub mod checking;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod context;
pub mod error;
pub mod exporting;
pub mod format;
pub mod freshness;
pub mod jobs;
pub mod planning;
pub mod publishing;
pub mod pulling;
pub mod report;
pub mod reports;
pub mod scanning;
pub mod sources;
pub mod stop;
pub mod ui;
pub mod wire;

use config::Environment;
use context::Context;
use error::CommandError;
use report::{Code, Report};
use ui::Ui;

/// Runs the program with the arguments and the environment of the process.
#[must_use]
pub fn run() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let cli = match cli::parse(&arguments) {
        Ok(cli) => cli,
        Err(answer) => return ui::clap(&answer, cli::color(&arguments)),
    };
    let environment = Environment::of_the_process();
    let ui = Ui::new(&cli.globals, &environment);
    report_panics(ui.clone());
    let context = Context::new(ui.clone(), cli.globals, environment);

    // The hook has said it already; what is left to decide is the exit status.
    let outcome = panic::catch_unwind(panic::AssertUnwindSafe(|| cli.command.run(&context)));
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            ui.error(&error);
            error.kind().into()
        }
        Err(_) => Code::Internal.kind().into(),
    }
}

/// A defect of the program is told in the same form as any other error.
fn report_panics(ui: Ui) {
    panic::set_hook(Box::new(move |defect| {
        let what = defect.payload_as_str().unwrap_or("no message");
        let report = Report::new(Code::Internal, format!("internal error: {what}"))
            .help("please report this with the output of `qaduct version --verbose`");
        let report = match defect.location() {
            Some(place) => report.note(format!("at {place}")),
            None => report,
        };
        ui.error(&CommandError::from(report));
    }));
}
