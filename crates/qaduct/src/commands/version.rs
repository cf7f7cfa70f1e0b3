//! `qaduct version`: what is running. Reads no file and asks nobody.

use clap::ValueEnum;
use qaduct_records::SCHEMA_VERSION;
use serde::Serialize;

use crate::context::Context;
use crate::error::CommandError;

/// `qaduct version`.
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct version --verbose
  qaduct version --format json")]
pub struct Args {
    /// What to print
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// What a bug report needs.
#[derive(Debug, Serialize)]
struct Version {
    version: &'static str,
    /// The commit it was built from, where whoever built it said so.
    commit: Option<&'static str>,
    target: &'static str,
    /// Version of the tables that it reads and writes.
    schema_version: i64,
}

const VERSION: Version = Version {
    version: env!("CARGO_PKG_VERSION"),
    commit: option_env!("QADUCT_COMMIT"),
    target: env!("QADUCT_TARGET"),
    schema_version: SCHEMA_VERSION,
};

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<(), CommandError> {
        let Version {
            version,
            commit,
            target,
            schema_version,
        } = VERSION;
        let commit = commit.unwrap_or("unknown");
        context.ui.data(|out| match self.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, &VERSION)?;
                writeln!(out)
            }
            Format::Text if context.ui.verbosity() > 0 => writeln!(
                out,
                "qaduct {version}\ncommit: {commit}\ntarget: {target}\nschema version: {schema_version}"
            ),
            Format::Text => writeln!(out, "qaduct {version}"),
        })
    }
}
