//! `qaduct publish`: brings what is stored to people.

mod seen;

use std::path::{Path, PathBuf};

use qaduct_publish::Mode;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::format::Plain;
use crate::format::table::Look;
use crate::jobs;
use crate::publishing::{self, Desk, Publication, Published, select, trouble};
use crate::report::Report;
use crate::wire::{self, StoreArgs, StoreSettings};

/// Bring what is stored to people: files, pages, messages
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct publish
  qaduct publish export.weekly
  qaduct publish message.health alert
  qaduct publish page --dry-run
  qaduct publish confluence --import config/confluence/yaml >> qaduct.toml")]
pub struct Args {
    /// Publications, such as `export.weekly`, or `export` for all of a kind; else all
    #[arg(value_name = "KIND[.NAME]")]
    names: Vec<String>,

    /// Tell what would be written; write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Print the page files of testops-dashboard as settings, and publish nothing
    #[arg(
        long,
        value_name = "FILE|FOLDER",
        conflicts_with = "dry_run",
        hide_short_help = true
    )]
    import: Option<PathBuf>,

    #[command(flatten)]
    store: StoreArgs,

    #[command(flatten)]
    format: Plain,
}

impl Args {
    /// Publishes and tells.
    ///
    /// # Errors
    /// When a publication failed; the others were made.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        if let Some(path) = &self.import {
            return self.import(context, path);
        }
        let settings = context.config(&self.store.flags())?.config;
        let selected = select(&settings, &self.names)?;
        let mut store = StoreSettings::new(context, &settings)?.open_existing_for_pulls()?;
        let mode = match self.dry_run {
            true => Mode::DryRun,
            false => Mode::Write,
        };
        let stop = context.stop()?;
        let mut desk = Desk {
            context,
            settings: &settings,
            views: &wire::views(&settings),
            store: store.as_mut(),
            clock: &context.clock()?,
            stop: &stop,
            slot: context.variable(jobs::SLOT),
            mode,
        };
        let mut done = Vec::new();
        let mut left = selected.as_slice();
        while let [publication, rest @ ..] = left {
            if stop.check().is_err() {
                break;
            }
            let published = publication.publish(&mut desk);
            if published.made.is_err() && stop.check().is_err() {
                // Whoever asked it to stop knows why it failed.
                break;
            }
            done.push(published);
            left = rest;
        }
        let left: Vec<String> = left.iter().map(Publication::name).collect();
        let told = self.tell(context, done, &left, mode);
        if !left.is_empty() {
            let names = left.join(", ");
            context
                .ui
                .say(&format!("stopped; not published, or not in full: {names}"));
            stop.check()?;
        }
        told
    }

    fn import(&self, context: &Context, path: &Path) -> Result<(), CommandError> {
        if let Some(name) = self.names.iter().find(|it| *it != "confluence") {
            return Err(CommandError::usage(format!(
                "`--import` reads page files, and no publication `{name}`"
            ))
            .help("leave the name out"));
        }
        let pages = publishing::import::pages(path)?;
        context.ui.data(|out| out.write_all(pages.as_bytes()))
    }

    fn tell(
        &self,
        context: &Context,
        done: Vec<Published>,
        left: &[String],
        mode: Mode,
    ) -> Result<(), CommandError> {
        let mut reports = Vec::new();
        let mut made = Vec::new();
        for it in done {
            match it.made {
                Ok(mut of_it) => {
                    reports.append(&mut of_it.lacks);
                    made.push((it.name, of_it.changes));
                }
                Err(error) => reports.push(trouble(&it.name, error)),
            }
        }
        if self.format.is_json() {
            let document = json!({
                "schema_version": 1,
                "tool": { "name": "qaduct", "version": env!("CARGO_PKG_VERSION") },
                "dry_run": mode == Mode::DryRun,
                "items": seen::items(&made, mode),
                "not_published": left,
                "errors": Report::json(&reports),
            });
            context.ui.data(|out| {
                serde_json::to_writer_pretty(&mut *out, &document)?;
                writeln!(out)
            })?;
        } else if made.is_empty() && reports.is_empty() && left.is_empty() {
            context.ui.say(
                "nothing to publish; `qaduct config default` shows how to write a publication",
            );
        } else if !made.is_empty() {
            let look = Look {
                width: context.ui.width(),
            };
            context.ui.text(&seen::text(&made, mode, look))?;
        }
        let Some(first) = reports.first() else {
            return Ok(());
        };
        let kind = match made.as_slice() {
            [] => first.code.kind(),
            _ => Kind::Partial,
        };
        context.ui.error(&CommandError::all(reports));
        Err(CommandError::silent(kind))
    }
}
