//! `.gitattributes`: which files a repository calls vendored or generated.
//!
//! Only the two attributes that GitHub gives a meaning to are read. As git does it, a
//! file nearer to the one in question goes before one further up, and a later line
//! before an earlier one.

use std::collections::BTreeMap;
use std::sync::Arc;

use globset::{Glob, GlobSet};

use crate::git::command::readable;
use crate::paths::{LONGEST, glob};

/// The rules that hold in a folder, those of the folders above included.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    above: Option<Arc<Self>>,
    globs: GlobSet,
    lines: Vec<Line>,
    macros: Arc<Macros>,
}

/// What the macros of the root stand for: `[attr]NAME linguist-generated`.
type Macros = BTreeMap<String, Line>;

/// What a line says; `None` where it says nothing of an attribute.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    vendored: Option<Said>,
    generated: Option<Said>,
}

/// Set, unset, or as if nobody had said anything.
type Said = Option<bool>;

impl Attributes {
    /// The rules of a file in this folder, below others; `None` where it says nothing of
    /// what is read here.
    pub(crate) fn read(folder: &str, text: &[u8], above: Option<&Arc<Self>>) -> Option<Self> {
        // As paths are written that are no UTF-8.
        let text = readable(text);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut globs: Vec<Glob> = Vec::new();
        let mut lines: Vec<Line> = Vec::new();
        let mut macros = BTreeMap::new();
        // Only the file of the root may define some.
        if folder.is_empty() {
            let defined = text
                .lines()
                .filter_map(|it| it.trim().strip_prefix("[attr]"));
            for line in defined {
                if let Some((name, rest)) = line.split_once(char::is_whitespace) {
                    let said = words(rest, &macros);
                    macros.insert(name.to_owned(), said);
                }
            }
        }
        let macros = match above {
            Some(above) => Arc::clone(&above.macros),
            None => Arc::new(macros),
        };
        for line in text.lines() {
            let Some((pattern, said)) = read(line.trim(), &macros) else {
                continue;
            };
            if pattern.len() > LONGEST {
                continue;
            }
            let place = match (folder, pattern.contains('/')) {
                ("", true) => pattern.trim_start_matches('/').to_owned(),
                (folder, true) => {
                    format!("{}/{}", escaped(folder), pattern.trim_start_matches('/'))
                }
                ("", false) => format!("**/{pattern}"),
                (folder, false) => format!("{}/**/{pattern}", escaped(folder)),
            };
            // Git too ignores what is no pattern.
            if let Ok(glob) = glob(&place) {
                globs.push(glob);
                lines.push(said);
            }
        }
        if lines.is_empty() && (!folder.is_empty() || macros.is_empty()) {
            return None;
        }
        Some(Self {
            above: above.cloned(),
            globs: GlobSet::new(globs).ok()?,
            lines,
            macros,
        })
    }

    /// Whether a file is vendored or generated; `None` where nothing says so or not.
    pub(crate) fn of(&self, path: &str) -> Option<bool> {
        let (mut vendored, mut generated) = (None, None);
        let mut folder = Some(self);
        while let Some(it) = folder {
            for line in it.globs.matches(path).into_iter().rev() {
                vendored = vendored.or(it.lines[line].vendored);
                generated = generated.or(it.lines[line].generated);
            }
            folder = it.above.as_deref();
        }
        match (vendored.flatten(), generated.flatten()) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (None, None) => None,
            _ => Some(false),
        }
    }
}

/// The pattern of a line and what it says, if it says anything of interest.
fn read(line: &str, macros: &Macros) -> Option<(String, Line)> {
    if line.starts_with(['#', '!', '[']) {
        return None;
    }
    let (pattern, rest) = match line.strip_prefix('"') {
        Some(quoted) => {
            let (pattern, rest) = quoted.split_once('"')?;
            (pattern, rest)
        }
        None => line.split_once(char::is_whitespace)?,
    };
    // A pattern of folders alone says nothing of files.
    if pattern.ends_with('/') {
        return None;
    }
    let said = words(rest, macros);
    (said.vendored.is_some() || said.generated.is_some()).then(|| (pattern.to_owned(), said))
}

/// What attributes say together, the last one of a name before the others.
fn words(text: &str, macros: &Macros) -> Line {
    let mut said = Line::default();
    for word in text.split_whitespace() {
        let (name, value) = match (word.strip_prefix('-'), word.strip_prefix('!')) {
            (Some(name), _) => (name, Some(false)),
            (_, Some(name)) => (name, None),
            _ => match word.split_once('=') {
                Some((name, value)) => (name, Some(!value.eq_ignore_ascii_case("false"))),
                None => (word, Some(true)),
            },
        };
        match name {
            "linguist-vendored" => said.vendored = Some(value),
            "linguist-generated" => said.generated = Some(value),
            // What is unset or unspecified does not expand.
            _ if value == Some(true) => {
                let stands_for = macros.get(name).copied().unwrap_or_default();
                said.vendored = stands_for.vendored.or(said.vendored);
                said.generated = stands_for.generated.or(said.generated);
            }
            _ => {}
        }
    }
    said
}

/// A folder in a glob that stands for itself.
fn escaped(folder: &str) -> String {
    globset::escape(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_macro_of_the_root_stands_for_what_it_says() {
        let root = "[attr]mygen linguist-generated=true\nm/** mygen\nn/** -mygen\n";
        let root = Arc::new(Attributes::read("", root.as_bytes(), None).unwrap());
        assert_eq!(root.of("m/x.test.js"), Some(true));
        assert_eq!(root.of("n/x.test.js"), None);
        let below = b"*.js mygen\n[attr]other linguist-vendored\n*.ts other\n";
        let below = Attributes::read("sub", below, Some(&root)).unwrap();
        assert_eq!(below.of("sub/x.js"), Some(true));
        assert_eq!(below.of("sub/x.ts"), None, "macros are of the root");
    }
}
