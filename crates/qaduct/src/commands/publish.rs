//! `qaduct publish`: brings what is stored to people.

use std::path::{Path, PathBuf};

use qaduct_publish::Mode;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::format::Plain;
use crate::format::table::{Look, grid};
use crate::jobs;
use crate::publishing::{self, Desk, Published, select, trouble};
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
        for publication in &selected {
            stop.check()?;
            let published = publication.publish(&mut desk);
            if published.made.is_err() {
                // Whoever asked it to stop knows why it failed.
                stop.check()?;
            }
            done.push(published);
        }
        self.tell(context, done, mode)
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
        mode: Mode,
    ) -> Result<(), CommandError> {
        let (mut rows, mut items, mut reports) = (Vec::new(), Vec::new(), Vec::new());
        let mut texts = Vec::new();
        let mut made = 0;
        for it in done {
            let changes = match it.made {
                Ok(mut it) => {
                    reports.append(&mut it.lacks);
                    it.changes
                }
                Err(error) => {
                    reports.push(trouble(&it.name, error));
                    continue;
                }
            };
            made += 1;
            for change in changes {
                let effect = change.effect.word(mode).to_owned();
                let (detail, diff) = match change.detail.split_once('\n') {
                    Some((detail, diff)) => (detail.to_owned(), diff),
                    None => (change.detail, ""),
                };
                let mut item = json!({
                    "publication": it.name,
                    "target": change.target,
                    "effect": effect,
                    "detail": detail,
                    "diff": diff.lines().collect::<Vec<_>>(),
                });
                if let Some(document) = change.document {
                    item["document"] = document;
                }
                items.push(item);
                if !diff.is_empty() {
                    texts.push(format!("\n{} to {}:\n{diff}\n", it.name, change.target));
                }
                rows.push(vec![it.name.clone(), change.target, effect, detail]);
            }
        }
        if self.format.is_json() {
            let document = json!({
                "schema_version": 1,
                "tool": { "name": "qaduct", "version": env!("CARGO_PKG_VERSION") },
                "dry_run": mode == Mode::DryRun,
                "items": items,
                "errors": Report::json(&reports),
            });
            context.ui.data(|out| {
                serde_json::to_writer_pretty(&mut *out, &document)?;
                writeln!(out)
            })?;
        } else if rows.is_empty() && reports.is_empty() {
            context.ui.say(
                "nothing to publish; `qaduct config default` shows how to write a publication",
            );
        } else if !rows.is_empty() {
            let look = Look {
                width: context.ui.width(),
            };
            let heads = ["PUBLICATION", "TARGET", "EFFECT", "DETAIL"];
            context
                .ui
                .text(&(grid(&heads, rows, look) + &texts.concat()))?;
        }
        let Some(first) = reports.first() else {
            return Ok(());
        };
        let kind = match made {
            0 => first.code.kind(),
            _ => Kind::Partial,
        };
        context.ui.error(&CommandError::all(reports));
        Err(CommandError::silent(kind))
    }
}
