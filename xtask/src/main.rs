//! Tasks of the workspace that are code: writes the documentation that is
//! derived from the program, or checks that it is up to date.
//!
//! `cargo run -p xtask -- docs [--check]`

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

mod docs;

/// Tasks of the workspace
#[derive(Parser)]
enum Task {
    /// Write the documentation that is derived from the program
    Docs {
        /// Write nothing; fail where something is not up to date
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let Task::Docs { check } = Task::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let outcome = if check {
        docs::check(&root)
    } else {
        docs::write(&root)
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            report(&trouble);
            ExitCode::FAILURE
        }
    }
}

fn report(trouble: &str) {
    // Nobody may be reading; the status is the same.
    writeln!(io::stderr(), "error: {trouble}").ok();
}
