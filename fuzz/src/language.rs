//! The public entry of the scanner that reads files, of any language.
//!
//! Whatever stands in them: every line that is named is one of the file, the same files say
//! the same, and what means nothing to a language changes nothing: a byte order mark, line
//! ends of Windows, an empty line in front or behind.

use std::collections::BTreeMap;

use qaduct_records::{Declaration, TicketSource};
use qaduct_scan::{FileMutes, read_files};

use crate::{archive, choice, windows};

type Files = BTreeMap<String, Vec<u8>>;

/// Reads an input and looks at what was found.
pub fn check(path: &str, data: &[u8]) {
    let files = archive::files(path, data);
    let found = read(&files);
    for (mute, _) in &found.mutes {
        let last = lines(&files[&mute.path]);
        assert!(
            1 <= mute.line_start && mute.line_start <= mute.line_end && mute.line_end <= last,
            "lines {}-{} of {last}: {mute:#?}",
            mute.line_start,
            mute.line_end,
        );
        assert!(
            !mute.form.is_empty() && !mute.language.is_empty(),
            "{mute:#?}"
        );
    }
    for problem in &found.problems {
        let last = lines(&files[&problem.path]);
        assert!(
            (0..=last).contains(&problem.line),
            "of {last}: {problem:#?}"
        );
    }
    let order = found
        .mutes
        .is_sorted_by_key(|(it, _)| (&it.path, it.line_start));
    assert!(order, "out of order: {:#?}", found.mutes);
    let (name, other, shift): (_, fn(&[u8]) -> Option<Vec<u8>>, i64) = match choice(data, 5) {
        0 => ("again", |text| Some(text.to_owned()), 0),
        1 => ("byte order mark", mark, 0),
        2 => ("line ends of Windows", windows, 0),
        3 => ("an empty line behind", behind, 0),
        _ => ("an empty line in front", front, 1),
    };
    let other: Option<Files> = files
        .iter()
        .map(|(path, text)| Some((path.clone(), other(text)?)))
        .collect();
    let Some(other) = other else { return };
    // What is broken may be mended by anything.
    let whole =
        |it: &FileMutes| it.problems.is_empty() && it.mutes.iter().all(|(it, _)| !it.partly_parsed);
    if name != "again" && (!whole(&found) || found.mutes.is_empty()) {
        return;
    }
    let again = read(&other);
    let (one, two) = (told(&found, shift), told(&again, 0));
    assert!(
        one == two,
        "{name} changes\n{}\nto\n{}",
        one.join("\n"),
        two.join("\n")
    );
}

fn read(files: &Files) -> FileMutes {
    read_files(files, &[]).expect("no mark of a user is wrong")
}

/// How many lines a file has at most, however its lines end.
fn lines(text: &[u8]) -> i64 {
    let ends = text.iter().filter(|it| matches!(it, b'\n' | b'\r'));
    i64::try_from(ends.count()).expect("an input is small") + 1
}

/// All that is found, so many lines further down.
fn told(found: &FileMutes, shift: i64) -> Vec<String> {
    let mute = |(mute, texts): &(Declaration, Vec<(TicketSource, String)>)| {
        let mut mute = mute.clone();
        mute.line_start += shift;
        mute.line_end += shift;
        format!("{mute:?} {texts:?}").replace("\\r\\n", "\\n")
    };
    let problems = found.problems.iter().map(|it| {
        let mut it = it.clone();
        it.line += if it.line > 0 { shift } else { 0 };
        format!("{it:?}").replace("\\r\\n", "\\n")
    });
    found.mutes.iter().map(mute).chain(problems).collect()
}

fn mark(text: &[u8]) -> Option<Vec<u8>> {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    (!text.starts_with(MARK)).then(|| [MARK, text].concat())
}

fn behind(text: &[u8]) -> Option<Vec<u8>> {
    Some([text, b"\n\n"].concat())
}

fn front(text: &[u8]) -> Option<Vec<u8>> {
    // What stands in the first line of a file speaks of it as a whole.
    let first = [&b"#!"[..], b"\xef\xbb\xbf", b"<?", b"---"];
    let first = first.iter().any(|it| text.starts_with(it));
    (!first).then(|| [b"\n", text].concat())
}
