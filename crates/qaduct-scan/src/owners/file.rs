//! The lines of a `CODEOWNERS` file, and what its patterns mean.

use globset::{Error, Glob};

use crate::paths::{glob, like_gitignore};

/// A line that says something.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// `[Name][2] @default`, of GitLab.
    Section { name: String, owners: Vec<String> },
    /// A pattern and its owners.
    Rule {
        pattern: String,
        owners: Vec<String>,
    },
}

/// The lines of a file, each with its number from 1.
pub(super) fn lines(text: &str) -> Vec<(usize, Line)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (1..)
        .zip(text.lines())
        .filter_map(|(number, line)| Some((number, read(line.trim())?)))
        .collect()
}

fn read(line: &str) -> Option<Line> {
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    if let Some((name, rest)) = section(line) {
        return Some(Line::Section {
            name: name.to_owned(),
            owners: owners(rest),
        });
    }
    let (pattern, rest) = pattern(line);
    Some(Line::Rule {
        pattern,
        owners: owners(rest),
    })
}

/// The name of a section and what stands behind it; how many have to approve is skipped.
fn section(line: &str) -> Option<(&str, &str)> {
    let inside = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (name, rest) = inside.split_once(']')?;
    let count = rest.strip_prefix('[').and_then(|it| it.split_once(']'));
    let rest = match count {
        Some((count, rest)) if count.bytes().all(|it| it.is_ascii_digit()) => rest,
        _ => rest,
    };
    // `[ab]*.rb @team` is a pattern.
    let is_heading = rest.is_empty() || rest.starts_with(char::is_whitespace);
    is_heading.then_some((name.trim(), rest))
}

/// The pattern at the start of a line, in which a space may be escaped.
fn pattern(line: &str) -> (String, &str) {
    let mut pattern = String::new();
    let mut letters = line.char_indices().peekable();
    while let Some((at, it)) = letters.next() {
        match (it, letters.peek()) {
            ('\\', Some((_, next @ (' ' | '#')))) => {
                pattern.push(*next);
                letters.next();
            }
            _ if it.is_whitespace() => return (pattern, &line[at..]),
            _ => pattern.push(it),
        }
    }
    (pattern, "")
}

fn owners(text: &str) -> Vec<String> {
    let words = text.split_whitespace();
    words
        .take_while(|it| !it.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// What a pattern means to GitHub: as in `.gitignore`, but `/*` at its end is of the files of
/// that folder alone, also of the root.
pub(super) fn github(pattern: &str) -> Result<Vec<Glob>, Error> {
    match pattern {
        "*" | "**" | "/**" => Ok(vec![glob("**")?]),
        direct if direct.ends_with("/*") => Ok(vec![glob(direct.trim_start_matches('/'))?]),
        _ => like_gitignore(pattern),
    }
}

/// What a pattern means to GitLab: a path from the root where it begins with a slash, at
/// any depth where not, and a folder only where it ends with one.
pub(super) fn gitlab(pattern: &str) -> Result<Vec<Glob>, Error> {
    let place = match pattern.strip_prefix('/') {
        Some(rooted) => rooted.to_owned(),
        None => format!("**/{pattern}"),
    };
    if place.ends_with('/') || place.is_empty() {
        return Ok(vec![glob(&format!("{place}**"))?]);
    }
    Ok(vec![glob(&place)?])
}
