//! `qaduct baseline`: what was there when rules were brought in, and only shrinks.

use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use qaduct_check::{Baseline, Finding, State, Verdict};

use super::check::read_baseline;
use crate::checking::{self, Bench, Court, Part, Wanted};
use crate::context::Context;
use crate::error::CommandError;
use crate::format::replace;
use crate::report::{Code, Report};
use crate::wire::StoreArgs;

/// Where it is unless something else is said.
const FILE: &str = "qaduct-baseline.toml";

/// Accept what `check` finds today, and forget what is mended
#[derive(Debug, clap::Subcommand)]
#[command(before_long_help = "Examples:
  qaduct baseline write
  qaduct baseline prune")]
pub enum Command {
    /// Write down all findings, so that `check` lets them pass
    #[command(before_long_help = "Examples:
  qaduct baseline write
  qaduct baseline write --baseline tests/baseline.toml")]
    Write {
        /// What is judged, and where the baseline is.
        #[command(flatten)]
        place: Place,

        /// Let a baseline that is there grow
        #[arg(long)]
        grow: bool,
    },
    /// Take out what is mended
    #[command(before_long_help = "Examples:
  qaduct baseline prune
  qaduct baseline prune --dry-run")]
    Prune {
        /// What is judged, and where the baseline is.
        #[command(flatten)]
        place: Place,

        /// Tell what would be taken out; write nothing
        #[arg(short = 'n', long)]
        dry_run: bool,
    },
}

/// What is judged, and where the baseline is.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// The root of a repository, instead of the one around this folder
    #[arg(value_name = "REPO", value_parser = NonEmptyStringValueParser::new())]
    path: Option<String>,

    /// The file; else that of the settings, else `qaduct-baseline.toml`
    #[arg(long, value_name = "FILE", env = "QADUCT_BASELINE")]
    baseline: Option<PathBuf>,

    #[command(flatten)]
    store: StoreArgs,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// When the baseline would grow, or cannot be read or written.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        match self {
            Self::Write { place, grow } => write(context, &place, grow),
            Self::Prune { place, dry_run } => prune(context, &place, dry_run),
        }
    }
}

/// Where the baseline is, and what is judged beside it.
fn judged(
    context: &Context,
    place: &Place,
    baseline: impl FnOnce(&Path) -> Result<Option<Baseline>, CommandError>,
) -> Result<(PathBuf, Option<Baseline>, Verdict), CommandError> {
    let settings = context.config(&place.store.flags())?.config;
    let file = place.baseline.as_ref().or(settings.check.baseline.as_ref());
    let file = file.cloned().unwrap_or_else(|| PathBuf::from(FILE));
    let baseline = baseline(&file)?;
    let path = place.path.as_deref().unwrap_or(".");
    let repository = checking::repository(path, context, &settings)?;
    Part::of(place.path.as_slice())?.is_all(path, "a baseline is of all of it")?;
    let wanted = Wanted {
        reference: settings.check.reference.as_deref(),
        ..Wanted::default()
    };
    let bench = Bench::of_work_tree(&settings, &repository, path, wanted)?;
    bench.tell(context)?;
    let (name, is_named) = (repository.name(), place.store.is_named());
    let court = Court::new(context, &settings, is_named, name, bench.mutes())?;
    let verdict = bench.judge(&court, baseline.as_ref().map(|it| (it, file.as_path())))?;
    Ok((file, baseline, verdict))
}

fn write(context: &Context, place: &Place, grow: bool) -> Result<(), CommandError> {
    let old = |file: &Path| match file.exists() {
        true => read_baseline(file).map(Some),
        false => Ok(None),
    };
    let (file, old, verdict) = judged(context, place, old)?;
    let mut new = verdict.open();
    if let (Some(_), Some(first), false) = (&old, new.next(), grow) {
        let count = 1 + new.count();
        let message = format!("the baseline {} would grow by {count}", file.display());
        return Err(Report::new(Code::BaselineUnfit, message)
            .note(format!(
                "the first new one is {} of {}",
                first.rule.id,
                first.subject()
            ))
            .help("mend what is new; `--grow` accepts it")
            .help("`qaduct baseline prune` takes out what is mended, and adds nothing")
            .into());
    }
    // What a comment lets pass needs no entry.
    let allowed = |it: &&Finding| !matches!(it.state, State::Allowed { .. });
    let new = Baseline::of(verdict.findings.iter().filter(allowed));
    save(&file, &new)?;
    context
        .ui
        .say(&format!("{} findings in {}", new.len(), file.display()));
    let settings = context.config(&place.store.flags())?.config;
    if place.baseline.is_none() && settings.check.baseline.is_none() {
        context.ui.say(&format!(
            "next: add `baseline = \"{}\"` to `[check]` in qaduct.toml, and commit both",
            file.display()
        ));
    }
    Ok(())
}

fn prune(context: &Context, place: &Place, dry_run: bool) -> Result<(), CommandError> {
    let (file, old, verdict) = judged(context, place, |it| read_baseline(it).map(Some))?;
    let old = old.unwrap_or_default();
    for entry in &verdict.fixed {
        context
            .ui
            .say(&format!("mended: {} of {}", entry.rule, entry.test));
    }
    let new = old.shrunk(&verdict.fixed, &verdict.moved);
    let taken = old.len().saturating_sub(new.len());
    if !dry_run && new != old {
        save(&file, &new)?;
    }
    let word = if dry_run { "would be taken" } else { "taken" };
    context.ui.say(&format!(
        "{taken} {word} out of {}, {} left",
        file.display(),
        new.len()
    ));
    Ok(())
}

fn save(file: &Path, baseline: &Baseline) -> Result<(), CommandError> {
    let text = baseline.write();
    replace(file, |out| out.write_all(text.as_bytes()))
        .map_err(|error| CommandError::output(&file.display().to_string(), &error))
}
