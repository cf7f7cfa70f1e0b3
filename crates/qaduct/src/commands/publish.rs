//! `qaduct publish`: brings what is stored to people.

use qaduct_publish::Mode;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::format::Plain;
use crate::format::table::{Look, grid};
use crate::publishing::{Desk, Published, select, trouble};
use crate::report::Report;
use crate::wire::{self, StoreArgs, StoreSettings};

/// Bring what is stored to people: files, pages, messages
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct publish
  qaduct publish export.weekly
  qaduct publish message.health alert
  qaduct publish --dry-run")]
pub struct Args {
    /// Publications, such as `export.weekly`, or `export` for all of a kind; else all
    #[arg(value_name = "KIND[.NAME]")]
    names: Vec<String>,

    /// Tell what would be written; write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,

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
            mode,
        };
        let mut done = Vec::new();
        for publication in &selected {
            stop.check()?;
            done.push(publication.publish(&mut desk));
        }
        self.tell(context, done, mode)
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
            let changes = match it.changes {
                Ok(changes) => changes,
                Err(error) => {
                    reports.push(trouble(&it.name, error));
                    continue;
                }
            };
            made += 1;
            for change in changes {
                let effect = change.effect.word(mode).to_owned();
                let mut item = json!({
                    "publication": it.name,
                    "target": change.target,
                    "effect": effect,
                    "detail": change.detail,
                });
                if let Some(document) = change.document {
                    item["document"] = document;
                }
                items.push(item);
                let (detail, more) = match change.detail.split_once('\n') {
                    Some((detail, more)) => (detail.to_owned(), more),
                    None => (change.detail, ""),
                };
                if !more.is_empty() {
                    texts.push(format!("\n{} to {}:\n{more}\n", it.name, change.target));
                }
                rows.push(vec![it.name.clone(), change.target, effect, detail]);
            }
        }
        if self.format.is_json() {
            let document = json!({
                "schema": 1,
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
        } else {
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
