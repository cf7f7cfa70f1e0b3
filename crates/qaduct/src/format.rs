//! How mutes are printed: one file a format, all over the same rows.

pub mod json;
pub mod listing;
pub mod markdown;
pub mod table;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use qaduct_records::{Column, RecordBatch, View};
use qaduct_serve::documents as rows;

pub use listing::{Listing, Summary};

use crate::context::Context;
use crate::error::CommandError;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, as wide as the terminal
    Table,
    /// One document with scope, summary and items
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values, with a header
    Csv,
    /// A table for pull requests and wikis
    Markdown,
    /// Columns and rows for Redash
    Redash,
    /// The document of the xfailflake grabber
    Xfailflake,
}

/// `--format`, `--output` and `--columns`.
#[derive(Debug, Clone, clap::Args)]
pub struct FormatArgs {
    /// table, json, jsonl, csv, markdown, redash or xfailflake
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        env = "QADUCT_FORMAT",
        hide_possible_values = true
    )]
    format: Option<Format>,

    /// Write to a file; its ending tells the format where `--format` does not
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Columns, separated by commas; `help` lists them
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        env = "QADUCT_COLUMNS"
    )]
    columns: Vec<String>,
}

impl FormatArgs {
    /// Whether the columns themselves are asked for.
    #[must_use]
    pub fn lists_columns(&self) -> bool {
        self.columns == ["help"]
    }

    /// Prints every column there is, its type and its meaning.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn list_columns(&self, context: &Context) -> Result<(), CommandError> {
        let lines = view().columns.into_iter().map(|column| {
            let about = table::one_line(&column.description);
            format!("{:<22} {:<10} {about}\n", column.name, column.kind.name())
        });
        let text: String = lines.collect();
        context.ui.text(&text)
    }

    /// The columns that were chosen; `None` for those that the format prints by itself.
    ///
    /// # Errors
    /// When there is no such column, or the format has no choice.
    pub fn columns(&self) -> Result<Option<Vec<Column>>, CommandError> {
        if self.columns.is_empty() {
            return Ok(None);
        }
        let format = self.format();
        if matches!(format, Format::Redash | Format::Xfailflake) {
            return Err(CommandError::usage("the columns of this format are fixed")
                .help("leave out `--columns`, or use `--format csv`"));
        }
        let view = view();
        let chosen = self.columns.iter().map(|name| {
            view.columns
                .iter()
                .find(|column| column.name == *name)
                .cloned()
                .ok_or_else(|| {
                    let near = crate::config::nearest(
                        name,
                        view.columns.iter().map(|it| it.name.as_ref()),
                    );
                    let error = CommandError::usage(format!("there is no column `{name}`"));
                    match near {
                        Some(near) => error.help(format!("did you mean `{near}`?")),
                        None => error.help("`--columns help` lists them"),
                    }
                })
        });
        chosen.collect::<Result<_, _>>().map(Some)
    }

    fn format(&self) -> Format {
        self.format.unwrap_or_else(|| {
            let ending = self.output.as_ref().and_then(|path| path.extension());
            match ending.and_then(|it| it.to_str()) {
                Some("json") => Format::Json,
                Some("jsonl" | "ndjson") => Format::Jsonl,
                Some("csv") => Format::Csv,
                Some("md") => Format::Markdown,
                _ => Format::Table,
            }
        })
    }

    /// Prints a listing to standard output or into the file.
    ///
    /// # Errors
    /// When it cannot be written; then the file is what it was before.
    pub fn write(
        &self,
        context: &Context,
        listing: &Listing,
        columns: Option<&[Column]>,
    ) -> Result<(), CommandError> {
        let format = self.format();
        let Some(path) = &self.output else {
            let look = table::Look {
                width: context.ui.width(),
            };
            if matches!(format, Format::Table) {
                return context.ui.text(&table_text(listing, columns, look));
            }
            return context.ui.data(|out| write(out, format, listing, columns));
        };
        let failed = |error: io::Error| CommandError::output(&path.display().to_string(), &error);
        if std::fs::metadata(path).is_ok_and(|it| !it.is_file()) {
            // A device or a pipe is written to; a file in its place would replace it.
            let mut there = File::options().write(true).open(path).map_err(failed)?;
            return write(&mut there, format, listing, columns).map_err(failed);
        }
        let mut beside = path.clone().into_os_string();
        beside.push(".part");
        let mut file = BufWriter::new(File::create(&beside).map_err(failed)?);
        write(&mut file, format, listing, columns)
            .and_then(|()| file.flush())
            .map_err(failed)?;
        // Readers of the file see all of it or what was there before.
        std::fs::rename(&beside, path).map_err(failed)
    }
}

/// The view behind every listing.
pub(crate) fn view() -> View {
    let mut views = qaduct_models::views();
    let at = views.iter().position(|view| view.name == "v_mutes_current");
    views.swap_remove(at.expect("the view is part of this version"))
}

fn table_text(listing: &Listing, columns: Option<&[Column]>, look: table::Look) -> String {
    match columns {
        Some(columns) => table::of_columns(&project(&listing.mutes, columns), look),
        None => table::render(listing, look),
    }
}

/// Writes a listing.
///
/// # Errors
/// When it cannot be written.
pub fn write(
    out: &mut dyn Write,
    format: Format,
    listing: &Listing,
    columns: Option<&[Column]>,
) -> io::Result<()> {
    let mutes = match columns {
        Some(columns) => &project(&listing.mutes, columns),
        None => &listing.mutes,
    };
    match format {
        Format::Table => {
            out.write_all(table_text(listing, columns, table::Look::default()).as_bytes())
        }
        Format::Json => json::write(out, listing, mutes),
        Format::Jsonl => rows::jsonl(out, mutes),
        Format::Csv => rows::csv(out, mutes),
        Format::Markdown => out.write_all(markdown::render(listing).as_bytes()),
        Format::Redash => rows::redash(out, mutes),
        Format::Xfailflake => rows::grabber(out, &rows::grabber_rows(mutes)?, listing.as_of),
    }
}

fn project(batch: &RecordBatch, columns: &[Column]) -> RecordBatch {
    let indices: Vec<usize> = columns
        .iter()
        .filter_map(|column| batch.schema().index_of(&column.name).ok())
        .collect();
    batch.project(&indices).unwrap_or_else(|_| batch.clone())
}
