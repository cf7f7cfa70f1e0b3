//! Where tests are that nothing mutes: what a version of a file declares.
//!
//! Asked only about mutes that may have moved, a few of a change; so files are read again for it,
//! and nothing is kept of those that are not asked about.

use std::rc::Rc;

use qaduct_records::Declaration;
use rustc_hash::{FxHashMap, FxHashSet};

use super::same::{Places, Standing, When, has_name, running};
use crate::language::{Content, Outline};
use crate::languages::Languages;
use crate::syntax::lexer::{Lexicon, Token, tokens};
use crate::syntax::source::Source;

/// The versions of files in two states.
pub(super) struct Versions<'a> {
    languages: &'a Languages,
    /// The file of a path in a state, where it is read at all.
    file: &'a dyn Fn(When, &str) -> Option<Content>,
    /// What stands in it, as far as it can be read.
    text: &'a mut dyn FnMut(&Content) -> Option<Vec<u8>>,
    /// What was read.
    known: FxHashMap<Content, Option<Rc<Version>>>,
}

/// What a version of a file tells.
struct Version {
    text: Vec<u8>,
    /// By each language that reads it.
    outlines: Vec<Outline>,
    lexicon: Option<&'static Lexicon>,
}

impl Places for Versions<'_> {
    fn standing(&mut self, when: When, path: &str, mute: &Declaration) -> Standing {
        let Some(content) = (self.file)(when, path) else {
            return Standing::Absent;
        };
        let Some(version) = self.version(content) else {
            return Standing::Unknown;
        };
        if version.is_list() {
            return Standing::Listed;
        }
        // A test that is disabled by its name is the one that runs under the rest of it.
        let place = running_place(&mute.container, &mute.test);
        // One that its own version does not list under this name is looked for by its words.
        let own = match when {
            When::Before => When::After,
            When::After => When::Before,
        };
        let own = (self.file)(own, &mute.path).and_then(|it| self.version(it));
        let is_named = match own.is_some_and(|it| it.has(&place) == Some(true)) {
            true => version.has(&place),
            false => None,
        };
        let is_there = is_named.unwrap_or_else(|| {
            let containers = place.0.split("::");
            let mut names = containers.chain([place.1.as_str()]);
            names.all(|it| it.is_empty() || version.says(it))
        });
        let param = mute.param.as_deref().filter(|it| has_name(Some(it)));
        match is_there && param.is_none_or(|it| version.says(it)) {
            true => Standing::There,
            false => Standing::Absent,
        }
    }
}

impl<'a> Versions<'a> {
    pub(super) fn new(
        languages: &'a Languages,
        file: &'a dyn Fn(When, &str) -> Option<Content>,
        text: &'a mut dyn FnMut(&Content) -> Option<Vec<u8>>,
    ) -> Self {
        Self {
            languages,
            file,
            text,
            known: FxHashMap::default(),
        }
    }

    fn version(&mut self, content: Content) -> Option<Rc<Version>> {
        if let Some(known) = self.known.get(&content) {
            return known.clone();
        }
        let version = (self.text)(&content).map(|text| {
            let outlines = self.languages.outlines(content.readers, &text);
            Rc::new(Version {
                outlines: outlines.into_iter().map(as_running).collect(),
                lexicon: self.languages.lexicon(content.readers),
                text,
            })
        });
        self.known.insert(content, version.clone());
        version
    }
}

/// What a test stands in and its name, as they are while it runs.
fn running_place(container: &str, test: &str) -> (String, String) {
    let containers: Vec<&str> = container.split("::").map(running).collect();
    (containers.join("::"), running(test).to_owned())
}

/// An outline with the names that its tests have while they run.
fn as_running(outline: Outline) -> Outline {
    match outline {
        Outline::Places(places) => {
            let places = places.iter();
            Outline::Places(places.map(|it| running_place(&it.0, &it.1)).collect())
        }
        other => other,
    }
}

impl Version {
    /// Whether nobody reads it as anything but a list.
    fn is_list(&self) -> bool {
        let mut all = self.outlines.iter();
        all.all(|it| matches!(it, Outline::List))
    }

    /// Whether a test or a suite is one of those in it; `None` where only words can tell.
    fn has(&self, place: &(String, String)) -> Option<bool> {
        let places: Vec<&FxHashSet<(String, String)>> = self
            .outlines
            .iter()
            .filter_map(|it| match it {
                Outline::Places(places) => Some(places),
                Outline::Words | Outline::List => None,
            })
            .collect();
        (!places.is_empty()).then(|| places.iter().any(|it| it.contains(place)))
    }

    /// Whether its code says a name; a comment does not count.
    fn says(&self, name: &str) -> bool {
        // The second test of a name has a number.
        let name = match name.rsplit_once(" #") {
            Some((name, number)) if !has_name(Some(number)) => name,
            _ => name,
        };
        let source = Source::new(&self.text);
        // A title, or the code that makes one, has other signs than the lexer's words.
        let is_word = name.bytes().all(|it| is_part(Some(&it)));
        match self.lexicon.filter(|_| is_word) {
            Some(lexicon) => is_in_code(&source.text, name, lexicon),
            None => holds(source.text.as_bytes(), name),
        }
    }
}

/// Whether a name is a word of the code, or stands in a text.
fn is_in_code(text: &str, name: &str, lexicon: &Lexicon) -> bool {
    tokens(text, lexicon).any(|token| match token {
        Token::Word(range) => running(&text[range]) == name,
        Token::Text(range) => text.get(range).is_some_and(|it| holds(it.as_bytes(), name)),
        Token::Sign(_) => false,
    })
}

/// Whether a text holds a word that is no part of a longer one.
fn holds(text: &[u8], word: &str) -> bool {
    memchr::memmem::find_iter(text, word).any(|at| {
        let before = at.checked_sub(1).and_then(|it| text.get(it));
        !is_part(before) && !is_part(text.get(at + word.len()))
    })
}

fn is_part(byte: Option<&u8>) -> bool {
    byte.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_' || *it >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::tests::languages_that_ship;

    /// What is said of a place of a file that was `before` and is `after` a change.
    fn standing(path: &str, before: &str, after: &str, place: (&str, &str)) -> Standing {
        let languages = languages_that_ship();
        let readers = languages.readers(path).unwrap();
        let content = |text: &str| Content {
            blob: text.as_bytes().into(),
            readers,
        };
        let file = |when: When, _: &str| {
            Some(content(match when {
                When::Before => before,
                When::After => after,
            }))
        };
        let mut text = |it: &Content| Some(it.blob.to_vec());
        let mut versions = Versions::new(&languages, &file, &mut text);
        let mut mute = Declaration::skip("", path, place.1);
        place.0.clone_into(&mut mute.container);
        versions.standing(When::After, path, &mute)
    }

    #[test]
    fn a_test_is_at_its_place_and_not_wherever_its_name_is() {
        let old = "def test_a(): pass\n";
        for (after, there) in [
            ("def test_a(): pass\n", true),
            ("if x:\n    async def test_a(): pass\n", true),
            ("class TestX:\n    def test_a(self): pass\n", false),
            ("# test_a went to another file\n", false),
            ("def test_b(): test_a()\n", false),
            // Half of the file is not understood: its words tell.
            ("def test_b(:\n    test_a()\n", true),
            ("def test_b(:\n    pass # test_a\n", false),
        ] {
            let standing = standing("test_x.py", old, after, ("", "test_a"));
            assert_eq!(standing == Standing::There, there, "{after}: {standing:?}");
        }
    }

    #[test]
    fn suites_and_titles_are_places_as_well() {
        let old = "describe('a', () => { it.skip('adds up', () => {}) })\n";
        for (after, there) in [
            ("describe('a', () => { it('adds up', () => {}) })\n", true),
            ("describe('b', () => { it('adds up', () => {}) })\n", false),
            (
                "describe('a', () => { it('adds up well', () => {}) })\n",
                false,
            ),
        ] {
            let standing = standing("a.test.js", old, after, ("a", "adds up"));
            assert_eq!(standing == Standing::There, there, "{after}: {standing:?}");
        }
        let java = |name: &str| format!("class {name} {{ @Test void a() {{}} }}");
        let stays = standing(
            "src/test/java/ATest.java",
            &java("ATest"),
            &java("ATest"),
            ("ATest", ""),
        );
        assert_eq!(stays, Standing::There);
        let gone = standing(
            "src/test/java/ATest.java",
            &java("ATest"),
            &java("BTest"),
            ("ATest", ""),
        );
        assert_eq!(gone, Standing::Absent);
    }

    #[test]
    fn a_list_of_mutes_tells_nothing_of_tests_that_are_not_muted() {
        let list = "a/test_x.py test_a\n";
        let standing = standing("muted_ya.txt", list, "", ("", "test_a"));
        assert_eq!(standing, Standing::Listed);
    }

    #[test]
    fn a_word_is_found_where_it_stands_alone() {
        assert!(holds(b"def test_a():", "test_a"));
        assert!(holds(b"it('adds up', fn)", "adds up"));
        assert!(!holds(b"def test_ab(): x_test_a", "test_a"));
    }
}
