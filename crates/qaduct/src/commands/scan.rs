//! `qaduct scan`: finds muted tests, keeps them, prints them.

use std::path::Path;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use qaduct_records::{Intent, Outcome};
use qaduct_scan::Branches;

use crate::checking::Part;
use crate::config::{Config, Moment};
use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::format::{self, Listing};
use crate::report::{Code, Report};
use crate::scanning::{Depth, Scanned, Target, scan_into};
use crate::wire;

/// Find muted tests in a git repository and keep their history
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct scan
  qaduct scan tests/unit
  qaduct scan https://github.com/dcos/dcos --branch master --branch '2.*'
  qaduct scan ~/src/shop --all-branches -f csv -o mutes.csv
  qaduct scan --history --since 2024-01-01
  qaduct scan --store postgresql://qa@db.example.org/quality")]
pub struct Args {
    /// A folder or URL; else what `qaduct.toml` lists, else this folder
    ///
    /// Of a path within a repository only what is there is listed; the whole is scanned and kept.
    #[arg(value_name = "REPO|PATH", value_parser = NonEmptyStringValueParser::new())]
    repository: Option<String>,

    /// Branches that match a glob; may be given several times
    #[arg(short, long, value_name = "GLOB", env = "QADUCT_BRANCH")]
    branch: Vec<String>,

    /// All branches
    #[arg(short, long, conflicts_with = "branch", env = "QADUCT_ALL_BRANCHES")]
    all_branches: bool,

    /// Only mutes for this: debt, platform, environment, intentional, unknown
    #[arg(long, value_name = "INTENT", value_parser = intents(), value_delimiter = ',', env = "QADUCT_INTENT", hide_short_help = true)]
    intent: Vec<String>,

    /// Read vendored and generated files too
    #[arg(long, env = "QADUCT_INCLUDE_VENDORED", hide_short_help = true)]
    include_vendored: bool,
    /// Read from git since when and by whom
    #[arg(long, env = "QADUCT_HISTORY")]
    history: bool,

    /// Go no further back in the history than this: 2026-01-31
    #[arg(
        long,
        value_name = "DATE",
        requires = "history",
        env = "QADUCT_HISTORY_SINCE",
        hide_short_help = true
    )]
    since: Option<Moment>,

    /// Name of the repository in the database
    #[arg(long, requires = "repository", hide_short_help = true)]
    name: Option<String>,

    #[command(flatten)]
    store: wire::StoreArgs,

    #[command(flatten)]
    format: format::FormatArgs,
}

impl Args {
    /// Scans, keeps and prints.
    ///
    /// # Errors
    /// When nothing could be done, or a part of it failed.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        if self.format.lists_columns() {
            return self.format.list_columns(context);
        }
        let columns = self.format.columns()?;
        self.format.check_output()?;
        let mut settings = context.config(&self.store.flags())?.config;
        settings.scan.include_vendored |= self.include_vendored;
        let targets = self.targets(&settings);
        let part = self.part()?;
        let stop = context.stop()?;
        let job = wire::Job::new(context, &settings, &targets)?;
        let ui = context.ui.clone();
        let depth = match self.history {
            true => Depth::Back(self.since.map(Moment::start)),
            false => Depth::New,
        };
        // A scan holds one transaction at its end: it may be left at any moment.
        let (mut done, mut failed, store) = job.race(&stop, &context.ui, move |job| {
            let mut done = Vec::new();
            let mut failed: Vec<CommandError> = Vec::new();
            job.expect_a_repository(&targets)?;
            let mut store = job.store()?;
            for target in &targets {
                let progress = ui.progress(&target.label());
                let mut scanning = job.scanning(&progress);
                scanning.depth = depth;
                match scan_into(store.as_mut(), target, &scanning) {
                    Ok(scanned) => done.push(scanned),
                    Err(error) => failed.push(error.into()),
                }
            }
            Ok::<_, CommandError>((done, failed, store))
        })??;

        if done.is_empty() {
            let last = failed.pop();
            failed.iter().for_each(|error| context.ui.error(error));
            return Err(last.unwrap_or_else(|| CommandError::usage("there is nothing to scan")));
        }
        done.sort_by(|one, other| one.repository.cmp(&other.repository));
        let mut reader = store.reader()?;
        let listing = Listing::read(reader.as_mut(), &done, &self.intent, context.clock()?.now())?;
        let listing = listing.of_part(part)?;
        self.format.write(context, &listing, columns.as_deref())?;
        self.tell(context, &listing, &done, &store.location());
        finish(context, &done, &failed)
    }

    fn targets(&self, settings: &Config) -> Vec<Target> {
        let branches = |of_config: Branches| match (self.all_branches, self.branch.as_slice()) {
            (true, _) => Branches::All,
            (false, []) => of_config,
            (false, globs) => Branches::Matching(globs.to_vec()),
        };
        match &self.repository {
            Some(location) => vec![Target {
                location: location.clone(),
                name: self.name.clone(),
                branches: branches(settings.scan.branches(None)),
            }],
            None => {
                let mut targets = wire::targets(settings);
                for target in &mut targets {
                    target.branches = branches(target.branches.clone());
                }
                targets
            }
        }
    }

    /// What is listed where a part of a repository was named; it is scanned and stored as a whole.
    fn part(&self) -> Result<Part, CommandError> {
        let path = self.repository.as_slice();
        let is_part = |it: &String| qaduct_scan::around(Path::new(it)).is_some();
        match path.iter().any(is_part) {
            true => Part::of(path),
            false => Ok(Part::default()),
        }
    }

    /// Says what was looked at: without it an empty result would look like success.
    fn tell(&self, context: &Context, listing: &Listing, done: &[Scanned], store: &str) {
        let ui = &context.ui;
        for scanned in done {
            for failure in &scanned.failures {
                ui.warn(&Report::new(Code::ScanPartial, failure.clone()));
            }
            if self.history && scanned.shallow {
                let message = format!(
                    "the history of {} ends where its clone was cut off",
                    scanned.repository
                );
                ui.warn(
                    &Report::new(Code::Shallow, message)
                        .note("what was muted by then has no day and no author")
                        .help("`git fetch --unshallow` brings the rest; for GitHub's checkout set `fetch-depth: 0`"),
                );
            }
        }
        listing.doubts().iter().for_each(|doubt| ui.warn(doubt));
        for line in listing.told(done, store) {
            ui.say(&line);
        }
        if let Some(next) = (!self.history).then(|| listing.next()).flatten() {
            ui.say(&next);
        }
    }
}

/// The words for what a mute is for.
fn intents() -> PossibleValuesParser {
    PossibleValuesParser::new(Intent::ALL.iter().map(|it| it.as_str()))
}

/// The exit status: a part that failed is never a success.
fn finish(
    context: &Context,
    done: &[Scanned],
    failed: &[CommandError],
) -> Result<(), CommandError> {
    failed.iter().for_each(|error| context.ui.error(error));
    let incomplete = done
        .iter()
        .any(|it| it.recorded.run.outcome == Outcome::Incomplete);
    if incomplete || !failed.is_empty() {
        return Err(CommandError::silent(Kind::Partial));
    }
    Ok(())
}
