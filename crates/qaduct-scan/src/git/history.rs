//! Commit messages: which project keys the people of a repository write.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;

use super::command::{not_started, reading};
use crate::ScanError;

/// Commits that are looked at; a key that is not in the newest ones is not
/// worth the time that all of a long history takes.
const NEWEST: &str = "10000";

/// How often a key must be written to be believed.
const OFTEN: u32 = 2;

/// For each commit those of the keys that stand before a number at least twice
/// in the messages of the newest commits of its own history, so that what else
/// there is in the repository makes no difference.
pub(crate) fn keys_in_messages(
    git_dir: &Path,
    tips: &[&str],
    keys: &BTreeSet<&str>,
) -> Result<Vec<BTreeSet<String>>, ScanError> {
    // What is in no history at all, as most words that only look like a key, is
    // found out once for all of them.
    let somewhere = match tips {
        [_] => keys.iter().map(|&it| it.to_owned()).collect(),
        _ => written(git_dir, tips, keys.iter().copied(), None)?,
    };
    let of_tip = |tip| {
        let keys = somewhere.iter().map(String::as_str);
        written(git_dir, &[tip], keys, Some(NEWEST))
    };
    tips.iter().copied().map(of_tip).collect()
}

/// Those of the keys that are written often enough in the history of any of
/// these commits. Stops reading as soon as that is decided.
fn written<'a>(
    git_dir: &Path,
    tips: &[&str],
    keys: impl Iterator<Item = &'a str>,
    newest: Option<&str>,
) -> Result<BTreeSet<String>, ScanError> {
    let mut counts: BTreeMap<&str, u32> = keys.map(|key| (key, 0)).collect();
    if counts.is_empty() || tips.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut git = reading(git_dir);
    git.args([
        "log",
        "--stdin",
        "--ignore-missing",
        "--no-show-signature",
        "--format=%B",
    ])
    .args(newest.map(|it| format!("--max-count={it}")))
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .stderr(Stdio::null());
    let mut child = git.spawn().map_err(not_started)?;
    let (input, output) = child
        .stdin
        .take()
        .zip(child.stdout.take())
        .expect("both are pipes");
    // git reads all of its input before it writes, so that neither waits for the other.
    let mut input = input;
    let tips: String = tips.iter().flat_map(|&it| [it, "\n"]).collect();
    let _sent = input.write_all(tips.as_bytes()).is_ok();
    drop(input);

    let mut lines = BufReader::new(output);
    let mut line = Vec::new();
    while counts.values().any(|&count| count < OFTEN) {
        line.clear();
        // A history that ends early, as that of a shallow clone, teaches less.
        if !matches!(lines.read_until(b'\n', &mut line), Ok(1..)) {
            break;
        }
        for key in keys_of(&line) {
            if let Some(count) = counts.get_mut(key) {
                *count += 1;
            }
        }
    }
    drop(lines);
    let _gone = child.kill().is_ok();
    let _ended = child.wait().is_ok();
    let often = counts.into_iter().filter(|&(_, count)| count >= OFTEN);
    Ok(often.map(|(key, _)| key.to_owned()).collect())
}

/// Words directly before a hyphen and a digit: `KAFKA` of `KAFKA-12`.
fn keys_of(line: &[u8]) -> impl Iterator<Item = &str> {
    memchr::memchr_iter(b'-', line).filter_map(|at| {
        line.get(at + 1).filter(|it| it.is_ascii_digit())?;
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let start = line[..at]
            .iter()
            .rposition(|it| !word(it))
            .map_or(0, |it| it + 1);
        str::from_utf8(&line[start..at])
            .ok()
            .filter(|it| !it.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_before_a_hyphen_and_a_digit() {
        let found: Vec<_> = keys_of(b"[KAFKA-12] see DCOS_OSS-3, not-this -4 x-y").collect();
        assert_eq!(found, ["KAFKA", "DCOS_OSS"]);
    }
}
