//! `qaduct config`: shows, checks and explains the configuration.

use clap::{Subcommand, ValueEnum};

use crate::config::shape::Shape;
use crate::config::{self, show};
use crate::context::Context;
use crate::error::CommandError;
use crate::publishing;

/// `qaduct config`.
#[derive(Debug, Subcommand)]
#[command(
    arg_required_else_help = true,
    before_long_help = "Examples:
  qaduct config show --origin
  qaduct config check
  qaduct config default > qaduct.toml"
)]
pub enum Command {
    /// Print every setting in effect; secrets as references
    Show(Show),
    /// Check files and variables, and report every problem
    Check(Check),
    /// Print the defaults as a commented file
    Default(Default),
    /// Print the JSON Schema of the file, for editors
    Schema(Schema),
}

/// `qaduct config show`.
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct config show
  qaduct config show --origin --format json")]
pub struct Show {
    /// Say where each value comes from: default, file and line, variable
    #[arg(long)]
    origin: bool,
    /// What to print
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// `qaduct config check`.
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct config check
  qaduct config check --config deploy/qaduct.toml")]
pub struct Check {}

/// `qaduct config default`.
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct config default > qaduct.toml")]
pub struct Default {}

/// `qaduct config schema`.
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct config schema > qaduct.schema.json
  # then, as the first line of qaduct.toml:
  #:schema ./qaduct.schema.json")]
pub struct Schema {}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Toml,
    Json,
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Result<(), CommandError> {
        match self {
            Self::Show(show) => show.run(context),
            Self::Check(_) => check(context),
            Self::Default(_) => context
                .ui
                .data(|out| out.write_all(config::DEFAULT_TOML.as_bytes())),
            Self::Schema(_) => context.ui.data(|out| {
                serde_json::to_writer_pretty(&mut *out, &config::schema())?;
                writeln!(out)
            }),
        }
    }
}

impl Show {
    fn run(self, context: &Context) -> Result<(), CommandError> {
        let effective = context.config(&[])?;
        let shape = Shape::of_config();
        context.ui.data(|out| match self.format {
            Format::Toml => {
                out.write_all(show::toml(&effective.tree, &shape, self.origin).as_bytes())
            }
            Format::Json => {
                let json = show::json(&effective.tree, &shape, self.origin);
                serde_json::to_writer_pretty(&mut *out, &json)?;
                writeln!(out)
            }
        })
    }
}

fn check(context: &Context) -> Result<(), CommandError> {
    let effective = context.config(&[])?;
    let problems = publishing::problems(&effective.config);
    if !problems.is_empty() {
        return Err(CommandError::all(problems));
    }
    match effective.files.as_slice() {
        [] => context
            .ui
            .say("no configuration file; the defaults are in effect"),
        files => files
            .iter()
            .for_each(|file| context.ui.say(&format!("{} is fine", file.name))),
    }
    Ok(())
}
