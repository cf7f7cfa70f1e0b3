//! The page files of the predecessor, one or a folder of them, as settings.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use qaduct_publish::PublishError;
use qaduct_publish::confluence::import::{self, NoPage};

use crate::error::CommandError;
use crate::report::{Code, Report};

/// Its folder of pages that were no longer made.
const ARCHIVE: &str = "archive";

/// The settings of a file, or of all files of a folder and the folders in it, in the order of
/// their names.
///
/// # Errors
/// When one of them cannot be read or is no page file.
pub fn pages(path: &Path) -> Result<String, CommandError> {
    let mut files = Vec::new();
    let mut notes = Vec::new();
    match path.is_dir() {
        true => walk(path, &mut files, &mut notes)?,
        false => files.push(path.to_owned()),
    }
    if files.is_empty() {
        let message = format!("there is no file `.yaml` or `.yml` in `{}`", path.display());
        return Err(CommandError::usage(message));
    }
    let mut parts = notes;
    for file in files {
        let text = fs::read_to_string(&file).map_err(|source| of_file(&file, source))?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let settings = import::settings(&name, &text).map_err(|why| no_page(&file, &why))?;
        parts.push(settings);
    }
    Ok(parts.join("\n"))
}

fn walk(
    folder: &Path,
    files: &mut Vec<PathBuf>,
    notes: &mut Vec<String>,
) -> Result<(), CommandError> {
    let entries = fs::read_dir(folder).map_err(|source| of_file(folder, source))?;
    let paths: io::Result<Vec<PathBuf>> = entries.map(|it| Ok(it?.path())).collect();
    let mut paths = paths.map_err(|source| of_file(folder, source))?;
    paths.sort();
    for path in paths {
        let ending = path.extension().and_then(|it| it.to_str());
        if path.is_dir() && path.file_name().is_some_and(|it| it == ARCHIVE) {
            notes.push(format!("# {} was left out\n", path.display()));
        } else if path.is_dir() {
            walk(&path, files, notes)?;
        } else if matches!(ending, Some("yaml" | "yml")) {
            files.push(path);
        }
    }
    Ok(())
}

fn no_page(path: &Path, why: &NoPage) -> CommandError {
    Report::new(Code::PublishSettings, format!("{}: {why}", path.display()))
        .help("a page file has one `wiki_page` with `page_id` and a list of `sections`")
        .into()
}

fn of_file(path: &Path, source: io::Error) -> CommandError {
    let path = path.display().to_string();
    CommandError::new(Code::Unreadable, PublishError::File { path, source }, None)
}
