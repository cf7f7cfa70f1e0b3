//! How mutes are printed: one file a format, all over the same rows.

pub mod contract;
pub mod json;
pub mod listing;
pub mod markdown;
pub mod planned;
pub mod pulled;
pub mod table;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use qaduct_formats::rows;
use qaduct_records::{Column, RecordBatch, View};
use qaduct_serve::documents;

pub use listing::{Listing, Summary};

use crate::context::Context;
use crate::error::CommandError;
use crate::report::{Code, Report};

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

/// `--format` of commands that print a table for people or one document.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Plain {
    /// table or json
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        hide_possible_values = true,
        hide_default_value = true
    )]
    format: PlainFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum PlainFormat {
    /// For people, as wide as the terminal
    #[default]
    Table,
    /// One document
    Json,
}

impl Plain {
    /// Whether a document is wanted.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.format == PlainFormat::Json
    }
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
                    let near = qaduct_records::nearest(
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

    /// Refuses a file that cannot be written or whose format nobody knows,
    /// before anything is scanned and stored.
    ///
    /// # Errors
    /// When there is no such folder, or the ending of the file says nothing.
    pub fn check_output(&self) -> Result<(), CommandError> {
        let Some(path) = &self.output else {
            return Ok(());
        };
        can_be_written(path)?;
        let place = path.display();
        let known = ["json", "jsonl", "ndjson", "csv", "md", "txt"];
        match path.extension().and_then(|it| it.to_str()) {
            Some(ending) if self.format.is_none() && !known.contains(&ending) => Err(
                CommandError::usage(format!("the ending of {place} tells no format"))
                    .help("say it with `--format`"),
            ),
            _ => Ok(()),
        }
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
        let file = self
            .output
            .as_deref()
            .filter(|path| *path != Path::new("-"));
        let Some(path) = file else {
            let look = table::Look {
                width: context.ui.width(),
            };
            if matches!(format, Format::Table) {
                return context.ui.text(&table_text(listing, columns, look));
            }
            return context.ui.data(|out| write(out, format, listing, columns));
        };
        let redactor = context.ui.redactor();
        replace(path, |out| {
            let mut out = redactor.data(out);
            write(&mut out, format, listing, columns).and_then(|()| out.finish())
        })
        .map_err(|error| CommandError::output(&path.display().to_string(), &error))
    }
}

/// Refuses a file that cannot be written, before anything is done for it.
///
/// # Errors
/// When there is no such folder, or it is one itself.
pub(crate) fn can_be_written(path: &Path) -> Result<(), CommandError> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let wrong = match folder {
        Some(folder) if !folder.exists() => format!("there is no folder `{}`", folder.display()),
        Some(folder) if !folder.is_dir() => format!("`{}` is no folder", folder.display()),
        _ if path.is_dir() => "it is a folder".to_owned(),
        _ => return Ok(()),
    };
    let message = format!("cannot write {}: {wrong}", path.display());
    Err(Report::new(Code::Output, message)
        .help("name a file in a folder that is there")
        .into())
}

/// Writes a file as a whole: readers see all of it or what was there before. A
/// device, a pipe or a link is written to and stays what it is.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let is_special = path.symlink_metadata().is_ok_and(|it| !it.is_file());
    if is_special {
        let mut file = BufWriter::new(File::create(path)?);
        write(&mut file)?;
        return file.flush();
    }
    let folder = path
        .parent()
        .filter(|it| !it.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new();
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let beside = beside.prefix(".qaduct-").tempfile_in(folder);
    // The name beside the file means nothing to the reader of the message.
    let mut beside = BufWriter::new(beside.map_err(|error| io::Error::from(error.kind()))?);
    write(&mut beside)?;
    let beside = beside
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    beside.persist(path).map(drop).map_err(|error| error.error)
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
        Format::Markdown => {
            let text = match columns {
                Some(_) => markdown::of_columns(mutes),
                None => markdown::render(listing),
            };
            out.write_all(text.as_bytes())
        }
        Format::Redash => documents::redash(out, mutes),
        Format::Xfailflake => {
            documents::grabber(out, &documents::grabber_rows(mutes)?, listing.as_of)
        }
    }
}

fn project(batch: &RecordBatch, columns: &[Column]) -> RecordBatch {
    let indices: Vec<usize> = columns
        .iter()
        .filter_map(|column| batch.schema().index_of(&column.name).ok())
        .collect();
    batch.project(&indices).unwrap_or_else(|_| batch.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_a_failure_leaves_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mutes.csv");
        replace(&path, |out| out.write_all(b"one")).unwrap();
        let failure = replace(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failure.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        replace(&link, |out| out.write_all(b"new")).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
    }
}
