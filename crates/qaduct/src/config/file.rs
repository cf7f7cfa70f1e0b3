//! Which files are read: the user's, and the project's over it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::tree::SourceFile;
use super::{Environment, Place};
use crate::report::{Code, Report};

/// The file of a project, beside its sources or among its other settings.
const NAMES: [&str; 2] = ["qaduct.toml", ".config/qaduct.toml"];

/// The files that count, the stronger one last.
pub(crate) fn find(
    place: &Place,
    environment: &Environment,
) -> Result<Vec<Arc<SourceFile>>, Report> {
    if place.no_files {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    if let Some(home) = &environment.config_home {
        let folder = home.join("qaduct");
        let file = folder.join("config.toml");
        if file.is_file() {
            files.push(read(&file, &folder, &place.folder, false)?);
        }
    }
    match &place.file {
        Some(file) => {
            let file = place.folder.join(file);
            let folder = folder_of(&file).unwrap_or(&place.folder);
            files.push(read(&file, folder, &place.folder, false)?);
        }
        None => files.extend(walk(&place.folder)?),
    }
    Ok(files)
}

/// The folder that a file is about: naming a file that would also be found
/// means the same paths.
fn folder_of(file: &Path) -> Option<&Path> {
    let folder = if file.ends_with(NAMES[1]) {
        file.parent()
    } else {
        Some(file)
    };
    folder?.parent()
}

/// Up to the root of the repository, or else to the root of the file system.
fn walk(from: &Path) -> Result<Option<Arc<SourceFile>>, Report> {
    for folder in from.ancestors() {
        let [beside, among] = NAMES.map(|name| folder.join(name));
        match (beside.is_file(), among.is_file()) {
            (true, true) => {
                let message = format!(
                    "{} and {} are both there",
                    beside.display(),
                    among.display()
                );
                return Err(
                    Report::new(Code::Unreadable, message).help("move everything into one of them")
                );
            }
            (true, false) => return read(&beside, folder, from, true).map(Some),
            (false, true) => return read(&among, folder, from, true).map(Some),
            (false, false) if folder.join(".git").exists() => return Ok(None),
            (false, false) => {}
        }
    }
    Ok(None)
}

fn read(
    file: &Path,
    folder: &Path,
    working: &Path,
    found: bool,
) -> Result<Arc<SourceFile>, Report> {
    let name = file
        .strip_prefix(working)
        .unwrap_or(file)
        .display()
        .to_string();
    let text = fs::read_to_string(file).map_err(|error| {
        Report::new(Code::Unreadable, format!("cannot read {name}: {error}"))
            .help("name another file with `--config`, or none with `--no-config`")
    })?;
    Ok(Arc::new(SourceFile {
        name,
        folder: folder.to_owned(),
        text,
        found,
    }))
}
