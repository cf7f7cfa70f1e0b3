//! Commit messages: which project keys the people of a repository write.

use std::collections::BTreeMap;
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

/// Those of the keys that stand before a number at least twice in the messages
/// of the newest commits. Stops reading as soon as that is decided.
pub(crate) fn keys_in_messages(
    git_dir: &Path,
    tips: &BTreeMap<String, String>,
    keys: &[&str],
) -> Result<Vec<String>, ScanError> {
    let mut counts: BTreeMap<&str, u32> = keys.iter().map(|&key| (key, 0)).collect();
    let mut git = reading(git_dir);
    git.args([
        "log",
        "--stdin",
        "--ignore-missing",
        "--no-show-signature",
        "--format=%B",
        "-n",
    ])
    .arg(NEWEST)
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
    let tips: String = tips.values().flat_map(|it| [it.as_str(), "\n"]).collect();
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
