//! Several files in one input: each begins behind a line `%%% path`.

use std::collections::BTreeMap;

/// How a line begins that names a file.
const MARK: &[u8] = b"%%% ";
/// More files are left out.
const MOST: usize = 6;

/// The files of an input, by path; what has no name gets `path`.
#[must_use]
pub fn files(path: &str, data: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut name = path.to_owned();
    let mut text = Vec::new();
    for line in data.split_inclusive(|it| *it == b'\n') {
        let Some(named) = line.strip_prefix(MARK) else {
            text.extend_from_slice(line);
            continue;
        };
        if files.len() == MOST {
            return files;
        }
        if !text.is_empty() {
            files.insert(name, std::mem::take(&mut text));
        }
        name = String::from_utf8_lossy(named).trim().to_owned();
    }
    files.insert(name, text);
    files
}
