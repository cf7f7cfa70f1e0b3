//! `[export.NAME]`: the rows of a view as a file, or as an object in a bucket.
//!
//! Reads the view as a whole; writes the file beside itself and renames it, or puts the
//! object at once, so that whoever reads it sees all of it or what was there before.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use qaduct_formats::parquet::parquet;
use qaduct_formats::rows as written;
use qaduct_models::panel;
use qaduct_records::{Query, Reader, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Change, Effect, Mode, PublishError};

/// How the rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Comma-separated values with a header.
    Csv,
    /// One document, a list of objects.
    Json,
    /// One object a line.
    Jsonl,
    /// Typed columns.
    Parquet,
}

impl FileFormat {
    /// All formats, by their word.
    pub const WORDS: [&str; 4] = ["csv", "json", "jsonl", "parquet"];
}

/// `[export.NAME]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// The view whose rows are written.
    pub view: String,
    /// Its columns; empty: all.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Only rows that have one of these values in a column.
    #[serde(default, rename = "where")]
    pub only: std::collections::BTreeMap<String, Vec<String>>,
    /// The file, or the object: `s3://bucket/key`, `gs://bucket/key`; `{date}` is the day in UTC.
    #[schemars(extend("format" = "target"))]
    pub to: PathBuf,
    /// `csv`, `json`, `jsonl` or `parquet`; follows from the ending of the file where it is not set.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("enum" = FileFormat::WORDS))]
    pub format: Option<FileFormat>,
}

impl Export {
    fn format(&self, place: &str) -> Result<FileFormat, PublishError> {
        let of_ending = || match self.to.extension()?.to_str()? {
            "csv" => Some(FileFormat::Csv),
            "json" => Some(FileFormat::Json),
            "jsonl" | "ndjson" => Some(FileFormat::Jsonl),
            "parquet" => Some(FileFormat::Parquet),
            _ => None,
        };
        self.format
            .or_else(of_ending)
            .ok_or_else(|| PublishError::Settings {
                place: place.to_owned(),
                why: format!(
                    "the ending of `{}` tells no format; set `format` to {}",
                    self.to.display(),
                    FileFormat::WORDS.join(", ")
                ),
            })
    }

    fn query(&self, place: &str, views: &[View]) -> Result<Query, PublishError> {
        let columns = self.columns.iter().map(|it| ("columns", it.as_str()));
        let query = panel::rows(&self.view, columns, &self.only, views);
        query.map_err(|source| PublishError::Panel {
            place: place.to_owned(),
            source,
        })
    }

    /// What does not fit in it, as far as it can be told without a store: all of it.
    #[must_use]
    pub fn check(&self, place: &str, views: &[View]) -> Vec<PublishError> {
        let wrong = [self.format(place).err(), self.query(place, views).err()];
        wrong.into_iter().flatten().collect()
    }
}

/// The rows of an export as bytes.
pub struct Rows {
    /// Where they go, without placeholders.
    pub to: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Their `Content-Type`.
    pub content_type: &'static str,
    /// How many rows they are, of which view.
    pub detail: String,
}

/// Reads the rows; `place` is where the settings ask for them.
///
/// # Errors
/// When the settings name what does not exist, or the store fails.
pub fn rows(
    place: &str,
    export: &Export,
    views: &[View],
    reader: &mut dyn Reader,
    now: Timestamp,
) -> Result<Rows, PublishError> {
    let format = export.format(place)?;
    let query = export.query(place, views)?;
    // A total order: the same rows are the same bytes.
    let query = query.columns.clone().iter().fold(query, |query, column| {
        query.order_by(column.name.to_string(), qaduct_records::Direction::Up)
    });
    let batch = reader.query(&query)?;
    let mut bytes = Vec::new();
    let written = match format {
        FileFormat::Csv => written::csv(&mut bytes, &batch),
        FileFormat::Json => written::json(&mut bytes, &batch),
        FileFormat::Jsonl => written::jsonl(&mut bytes, &batch),
        FileFormat::Parquet => parquet(&mut bytes, &batch),
    };
    let today = now.to_zoned(TimeZone::UTC).date().to_string();
    let to = export.to.display().to_string().replace("{date}", &today);
    written.map_err(|source| PublishError::File {
        path: to.clone(),
        source,
    })?;
    Ok(Rows {
        to,
        bytes,
        content_type: match format {
            FileFormat::Csv => "text/csv; charset=utf-8",
            FileFormat::Json => "application/json",
            FileFormat::Jsonl => "application/x-ndjson",
            FileFormat::Parquet => "application/vnd.apache.parquet",
        },
        detail: format!("{} rows of {}", batch.num_rows(), export.view),
    })
}

impl Rows {
    /// Lets a file have these bytes, unless it has them.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn write(&self, mode: Mode) -> Result<Effect, PublishError> {
        let path = Path::new(&self.to);
        let of_file = |source| PublishError::File {
            path: self.to.clone(),
            source,
        };
        let effect = match fs::read(path) {
            Ok(there) if there == self.bytes => Effect::Unchanged,
            Ok(_) => Effect::Updated,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Effect::Created,
            Err(error) => return Err(of_file(error)),
        };
        if mode == Mode::Write && effect != Effect::Unchanged {
            // Names of days make new folders all the time.
            fs::create_dir_all(folder(path)).map_err(of_file)?;
            replace(path, &self.bytes).map_err(of_file)?;
        }
        Ok(effect)
    }

    /// What became of them.
    #[must_use]
    pub fn change(self, effect: Effect) -> Change {
        Change {
            target: self.to,
            effect,
            detail: self.detail,
            notes: Vec::new(),
            document: None,
        }
    }
}

/// The folder of a file.
#[must_use]
pub fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Writes a file beside itself and renames it.
///
/// # Errors
/// When it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = tempfile::Builder::new();
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let beside = beside.prefix(".qaduct-").tempfile_in(folder(path));
    // The name beside the file means nothing to the reader of the message.
    let mut beside = beside.map_err(|error| io::Error::from(error.kind()))?;
    beside.write_all(bytes)?;
    beside.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export(to: &str, format: Option<FileFormat>) -> Export {
        Export {
            view: "v_mutes_weekly".to_owned(),
            columns: Vec::new(),
            only: std::collections::BTreeMap::new(),
            to: to.into(),
            format,
        }
    }

    #[test]
    fn the_ending_tells_the_format_unless_it_is_set() {
        let format = |to, format| export(to, format).format("[export.weekly]");
        assert_eq!(format("a.csv", None).unwrap(), FileFormat::Csv);
        assert_eq!(
            format("a.csv", Some(FileFormat::Jsonl)).unwrap(),
            FileFormat::Jsonl
        );
        assert_eq!(
            format("a.txt", None).unwrap_err().to_string(),
            "[export.weekly]: the ending of `a.txt` tells no format; set `format` to csv, json, jsonl, parquet"
        );
    }
}
