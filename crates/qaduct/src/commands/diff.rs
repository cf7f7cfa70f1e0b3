//! `qaduct diff`: what is muted, un-muted or changed between two revisions.

use clap::ValueEnum;
use clap::builder::NonEmptyStringValueParser;
use qaduct_check::format::changes::{self, Revisions};
use qaduct_check::format::text::Look;

use crate::checking::{self, Bench, Part};
use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::ui::visible;

/// Show what is muted, un-muted or changed between two revisions
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct diff v1.2 v1.3
  qaduct diff v1.2 v1.3 tests/unit
  qaduct diff 1.13 master ~/src/dcos -f markdown")]
pub struct Args {
    /// The older branch, tag or commit
    #[arg(value_name = "A", value_parser = NonEmptyStringValueParser::new())]
    before: String,

    /// The newer one
    #[arg(value_name = "B", value_parser = NonEmptyStringValueParser::new())]
    after: String,

    /// Files and folders to compare, instead of the whole repository around this folder
    #[arg(value_name = "PATH", value_parser = NonEmptyStringValueParser::new())]
    path: Vec<String>,

    /// End with status 1 where something is newly muted or changed
    #[arg(long)]
    exit_code: bool,

    /// text, json or markdown
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        hide_possible_values = true,
        hide_default_value = true
    )]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One document
    Json,
    /// For comments and wikis
    Markdown,
}

impl Args {
    /// Compares and tells.
    ///
    /// # Errors
    /// When a revision cannot be read; and where it was asked to, when there is a change.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&[])?.config;
        let path = self.path.first().map_or(".", String::as_str);
        let repository = checking::repository(path, context, &settings)?;
        let part = Part::of(&self.path)?;
        let (before, after) = (self.before.as_str(), self.after.as_str());
        let (bench, changes) = Bench::of_commits(&settings, &repository, before, after)?;
        let changes = changes.within(|path| part.has(path));
        let incomplete = bench.tell(context);
        let revisions = Revisions {
            repository: repository.name().to_owned(),
            before: before.to_owned(),
            before_commit: repository.commit(before)?,
            after: after.to_owned(),
            after_commit: repository.commit(after)?,
            paths: part.paths().to_vec(),
            part: part.name(),
            version: env!("CARGO_PKG_VERSION"),
            at: context.clock()?.now(),
        };
        match self.format {
            Format::Text => {
                let look = Look {
                    width: context.ui.width(),
                    clean: &visible,
                };
                context
                    .ui
                    .text(&changes::text(&changes, &revisions, &look))?;
            }
            Format::Json => {
                let written = changes::json(&changes, &revisions);
                context.ui.data(|out| out.write_all(written.as_bytes()))?;
            }
            Format::Markdown => {
                let written = changes::markdown(&changes, &revisions);
                context.ui.data(|out| out.write_all(written.as_bytes()))?;
            }
        }
        incomplete?;
        match self.exit_code && changes.mutes_more() {
            true => Err(CommandError::silent(Kind::Findings)),
            false => Ok(()),
        }
    }
}
