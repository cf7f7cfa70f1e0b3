//! Which preset reads the file of a path. Asked for every path of every tree:
//! most are told from the name and its ending alone.

use std::sync::OnceLock;

use globset::{Glob, GlobBuilder, GlobMatcher};
use rustc_hash::FxHashMap;

/// Presets by the globs of their files; the first that fits counts.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// By the name of the file.
    names: FxHashMap<String, Vec<Candidate>>,
    /// By what stands behind the last dot.
    endings: FxHashMap<String, Vec<Candidate>>,
    /// What tells neither.
    others: Vec<Candidate>,
}

#[derive(Debug, Clone)]
struct Candidate {
    number: u8,
    /// What every path that fits has in it.
    word: String,
    /// Nothing where the name tells it all.
    glob: Option<Lazy>,
}

/// A glob that is compiled when a path comes near it: of many formats no file ever does.
#[derive(Debug, Clone)]
struct Lazy {
    glob: Glob,
    matcher: OnceLock<GlobMatcher>,
}

impl Lazy {
    fn is_match(&self, path: &str) -> bool {
        let matcher = || self.glob.compile_matcher();
        self.matcher.get_or_init(matcher).is_match(path)
    }
}

impl Paths {
    /// Adds a glob of a preset.
    pub(super) fn add(&mut self, glob: &str, number: u8) -> Result<(), globset::Error> {
        let matcher = Lazy {
            glob: compile(glob)?,
            matcher: OnceLock::new(),
        };
        let name = glob.rsplit('/').next().unwrap_or(glob);
        let plain = |text: &str| !text.contains(['*', '?', '[', ']', '{', '}', '\\']);
        let anywhere = glob.strip_prefix("**/") == Some(name);
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        let list = match ending {
            _ if plain(name) => self.names.entry(name.to_owned()).or_default(),
            Some(ending) if plain(ending) => self.endings.entry(ending.to_owned()).or_default(),
            _ => &mut self.others,
        };
        list.push(Candidate {
            number,
            word: word(glob).to_owned(),
            glob: (!(anywhere && plain(name))).then_some(matcher),
        });
        Ok(())
    }

    /// The preset that reads a path.
    pub(super) fn find(&self, path: &str) -> Option<u8> {
        let bytes = path.as_bytes();
        let name = &path[memchr::memrchr(b'/', bytes).map_or(0, |at| at + 1)..];
        let ending = memchr::memrchr(b'.', name.as_bytes()).map(|at| &name[at + 1..]);
        let lists = [
            self.names.get(name),
            ending.and_then(|it| self.endings.get(it)),
            Some(&self.others),
        ];
        let all = lists.into_iter().flatten().flatten();
        let fits = |it: &&Candidate| {
            let matches = |glob: &Lazy| path.contains(&*it.word) && glob.is_match(path);
            it.glob.as_ref().is_none_or(matches)
        };
        all.filter(fits).map(|it| it.number).min()
    }
}

/// The longest text that every path has in it that a glob fits.
fn word(glob: &str) -> &str {
    if glob.contains(['[', '{', '\\']) {
        return "";
    }
    let words = glob.split(['*', '?', '/']);
    words.max_by_key(|it| it.len()).unwrap_or_default()
}

pub(super) fn compile(glob: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(glob).literal_separator(true).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_preset_whose_glob_fits_reads_the_file() {
        let mut paths = Paths::default();
        for (number, glob) in [
            (1, "**/muted-tests.yml"),
            (2, ".github/workflows/*.yml"),
            (3, "**/*.yml"),
            (4, "**/LayoutTests/TestExpectations"),
            (5, "ci/skip*"),
            (6, "{a,bbbb}/x*.{txt,list}"),
        ] {
            paths.add(glob, number).unwrap();
        }
        for (path, number) in [
            ("muted-tests.yml", Some(1)),
            ("a/muted-tests.yml", Some(1)),
            (".github/workflows/ci.yml", Some(2)),
            (".github/workflows/deep/ci.yml", Some(3)),
            ("a/LayoutTests/TestExpectations", Some(4)),
            ("TestExpectations", None),
            ("ci/skip_these.txt", Some(5)),
            ("ci/deep/skip", None),
            ("a/x.list", Some(6)),
            ("README.md", None),
        ] {
            assert_eq!(paths.find(path), number, "{path}");
        }
    }
}
