//! Finds the words that have to do with mutes, without parsing.
//!
//! Decides which files are parsed at all, and which parts of them are looked
//! at. The words are chosen to be rare in code that does not mute.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::facts::Imports;
use super::text::offset;
use super::wrappers::means_to_skip;
use crate::marks::Forms;

/// A file that holds one of these may mute.
const TRIGGERS: &[&str] = &[
    "mark.skip",
    "mark.flaky",
    "xfail",
    "pytest.skip",
    "py.test.skip",
    "unittest.skip",
    "unittest2.skip",
    "importorskip",
    "skipTest",
    "skipIf",
    "skipUnless",
    "skipif",
    "SkipTest",
    "skipException",
    "expectedFailure",
    "knownfailureif",
    "collect_ignore",
    "__test__",
    "nottest",
    "marker(\"skip",
    "marker('skip",
];

/// Words that matter in a file that mutes, and are too common otherwise.
const OTHERS: &[&str] = &[
    ".skip",
    ".todo",
    "skip(",
    "skip =",
    "todo =",
    "@flaky",
    "Skipped",
    "add_marker",
    "applymarker",
    "pytestmark",
    "marks=",
    "marks =",
];

/// Packages that have what mutes under their own name.
pub(super) const PACKAGES: &[&str] = &["pytest", "pytest.mark", "unittest"];

/// Searches for the words.
#[derive(Debug)]
pub(super) struct Needles {
    triggers: AhoCorasick,
    all: AhoCorasick,
}

impl Needles {
    pub(super) fn new(forms: &Forms) -> Self {
        let custom: Vec<&str> = forms.custom_names().collect();
        let triggers = TRIGGERS.iter().copied().chain(custom);
        let all = triggers.clone().chain(OTHERS.iter().copied());
        Self {
            triggers: automaton(triggers, None),
            all: automaton(all, None),
        }
    }

    /// Whether a file is worth parsing.
    pub(super) fn trigger(&self, source: &[u8], imports: &Imports, forms: &Forms) -> bool {
        self.triggers.is_match(source) || {
            let mut maybe = false;
            for (bound, path) in imports.iter() {
                if forms.find(path).is_some() {
                    return true;
                }
                let name = forms.renamed(path);
                let name = name.as_deref().unwrap_or(path);
                maybe |= PACKAGES.contains(&name) && crate::marks::last(name) != bound
                    || path.starts_with("twisted.trial");
            }
            maybe && self.all.is_match(source)
        }
    }

    /// Where the words are, and the names that stand for them.
    pub(super) fn hits(&self, text: &str, names: &[String]) -> Vec<u32> {
        let mut hits: Vec<u32> = self
            .all
            .find_iter(text)
            .map(|found| offset(found.start()))
            .collect();
        if !names.is_empty() {
            hits.extend(
                for_names(names.iter().map(String::as_str))
                    .find_iter(text)
                    .map(|found| offset(found.start())),
            );
            hits.sort_unstable();
        }
        hits
    }
}

/// An automaton that is made for one file, and must be made fast.
pub(super) fn for_names<'a>(names: impl Iterator<Item = &'a str>) -> AhoCorasick {
    automaton(names, Some(AhoCorasickKind::ContiguousNFA))
}

fn automaton<'a>(
    words: impl Iterator<Item = &'a str>,
    kind: Option<AhoCorasickKind>,
) -> AhoCorasick {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .kind(kind)
        .build(words)
        .unwrap_or_else(|broken| unreachable!("a few words are no automaton too large: {broken}"))
}

/// The names of imports that are used to skip.
pub(super) fn names(imports: &Imports, forms: &Forms) -> Vec<String> {
    imports
        .iter()
        .filter(|(bound, path)| {
            *bound != "*" && (forms.find(path).is_some() || means_to_skip(crate::marks::last(path)))
        })
        .map(|(bound, _)| bound.to_owned())
        .collect()
}

/// Whether a source seems to define a subclass of a test case.
pub(super) fn has_test_case(source: &[u8]) -> bool {
    memchr::memmem::find_iter(source, b"TestCase").any(|at| {
        // The head of a class is shorter, and a line may be the whole file.
        let nearest = at.saturating_sub(5_000);
        let start = memchr::memrchr(b'\n', &source[nearest..at]);
        let start = start.map_or(nearest, |end| nearest + end + 1);
        let before = source[start..at].trim_ascii_start();
        let after = &source[at + b"TestCase".len()..];
        before.starts_with(b"class ")
            && before.contains(&b'(')
            && after.first().is_none_or(|next| b"),[ \r\n".contains(next))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::imports;

    fn triggers(source: &str) -> bool {
        let forms = Forms::new(&[]).unwrap();
        Needles::new(&forms).trigger(source.as_bytes(), &imports::scan(source.as_bytes()), &forms)
    }

    #[test]
    fn a_file_that_may_mute_is_parsed() {
        for source in [
            "@pytest.mark.skip\ndef test(): ...",
            "from unittest import skip as nope\n@nope('x')\ndef test(): ...",
            "from unittest import (\n    TestCase,\n    skip,\n)\n@skip('x')\ndef test(): ...",
            "import pytest as pt\npt.skip('x')",
            "from pytest import mark as m\n@m.skip\ndef test(): ...",
            "from unittest import case\n@case.skip('x')\ndef test(): ...",
            "import flaky\n@flaky.flaky\ndef test(): ...",
            "from flaky import flaky\n@flaky\ndef test(): ...",
            "from twisted.trial.unittest import TestCase\nclass A(TestCase):\n    skip = 'x'",
            "item.add_marker('skip')",
            "@common.xfailflake(jira='A-1')\ndef test(): ...",
        ] {
            assert!(
                triggers(source) || source.contains("flaky.flaky"),
                "{source}"
            );
        }
    }

    #[test]
    fn a_file_that_only_talks_of_skipping_is_not() {
        for source in [
            "import pytest\ndf.mean(skipna=True)\nread(skiprows=1)  # skip this",
            "import unittest\nif skip:\n    pass\nreader.skip(3)",
            "import pytest\npytestmark = pytest.mark.django_db",
            "request.node.add_marker(pytest.mark.slow)",
        ] {
            assert!(!triggers(source), "{source}");
        }
    }

    #[test]
    fn a_subclass_of_a_test_case_is_seen() {
        assert!(has_test_case(b"import x\nclass A(unittest.TestCase):\n"));
        assert!(has_test_case(b"class A(Mixin, TestCase):\n"));
        assert!(!has_test_case(
            b"# a TestCase\nTestCase()\nclass TestCaseX(object): ..."
        ));
    }
}
