//! `qaduct db`: looks after the database.

use jiff::{SignedDuration, Timestamp};
use qaduct_pump::Ledger;
use qaduct_records::pull::Request;
use qaduct_records::{Query, Row as _};

use crate::config::Period;
use crate::context::Context;
use crate::error::CommandError;
use crate::wire::{StoreArgs, StoreSettings};

/// Look after the database
#[derive(Debug, clap::Subcommand)]
#[command(before_long_help = "Examples:
  qaduct db prune --older-than 1y --dry-run")]
pub enum Command {
    /// Remove history that is older than you want
    Prune(Prune),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        match self {
            Self::Prune(prune) => prune.run(context),
        }
    }
}

/// Remove mutes and branches that went long ago, old edits, and the old ledger
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct db prune --older-than 1y --dry-run
  qaduct db prune --older-than 180days")]
pub struct Prune {
    /// How long what is gone is kept: `180days`, `1y`
    #[arg(long, value_name = "AGE")]
    older_than: Period,

    /// Only count what would be removed
    #[arg(short = 'n', long)]
    dry_run: bool,

    #[command(flatten)]
    store: StoreArgs,
}

impl Prune {
    fn run(self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&self.store.flags())?.config;
        let clock = context.clock()?;
        let now = clock.now();
        let cutoff = self.cutoff(now)?;
        let ledger = Ledger {
            command: "prune",
            subject: "*".to_owned(),
            started_at: now,
            version: env!("CARGO_PKG_VERSION"),
            salt: std::process::id().into(),
        };
        let settings = StoreSettings::new(context, &settings)?;
        let mut store = settings.open_existing()?;
        let requests = Query::of(Request::TABLE.name, Request::TABLE.columns);
        let has_pulled = store.reader()?.count(&requests)? > 0;
        if has_pulled {
            store = settings.open_existing_for_pulls()?;
        }
        let dry_run = self.dry_run;
        let (pruned, location) = context.stop()?.race(move || {
            let pulled = if has_pulled {
                qaduct_sources::tables()
            } else {
                Vec::new()
            };
            let (store, clock) = (store.as_mut(), clock.as_ref());
            qaduct_pump::prune(store, &pulled, cutoff, dry_run, &ledger, clock)
                .map(|pruned| (pruned, store.location()))
        })??;
        let verb = if dry_run { "would remove" } else { "removed" };
        context.ui.say(&format!(
            "{verb} from {location} what was gone before {cutoff:.0}: {} mutes, {} declarations, \
             {} tickets, {} branches, {} runs, {} stream runs, {} requests, \
             {} job runs",
            pruned.mutes,
            pruned.declarations,
            pruned.tickets,
            pruned.branches,
            pruned.runs,
            pruned.stream_runs,
            pruned.requests,
            pruned.job_runs
        ));
        Ok(())
    }

    fn cutoff(&self, now: Timestamp) -> Result<Timestamp, CommandError> {
        SignedDuration::try_from(self.older_than.0)
            .ok()
            .and_then(|age| now.checked_sub(age).ok())
            .ok_or_else(|| {
                CommandError::usage(format!("`{}` is longer than time", self.older_than))
                    .help("write `--older-than 1y`")
            })
    }
}
