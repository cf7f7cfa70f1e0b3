//! Whether a comment tells why a test is muted, or what the test is about.
//!
//! `// gh-37343` above a test that runs on Java 17 only names what made somebody write the
//! test. A mute without a condition is read kindly: its ticket is the first that is near.

use super::jira;

/// Words of one who tells why a test does not run, or not here.
const REASONS: &[&str] = &[
    "block",
    "blocked",
    "broken",
    "bug",
    "can't",
    "cannot",
    "disable",
    "disabled",
    "doesn't",
    "don't",
    "enable",
    "fail",
    "failing",
    "fails",
    "fixme",
    "flakes",
    "flaky",
    "hangs",
    "ignore",
    "ignored",
    "incompatible",
    "isn't",
    "limitation",
    "missing",
    "once",
    "re-enable",
    "reenable",
    "segfaults",
    "skip",
    "skipped",
    "skipping",
    "skips",
    "slow",
    "todo",
    "unable",
    "unignore",
    "unimplemented",
    "unreliable",
    "unskip",
    "unstable",
    "unsupported",
    "until",
    "won't",
    "workaround",
    "xfail",
];

/// What of them is more than a word.
const PHRASES: &[&str] = &[
    "not available",
    "not implemented",
    "not supported",
    "not work",
    "not yet",
];

/// What stands before the ticket that a test is about.
const TOPICS: &[&str] = &[
    "as seen in",
    "coverage for",
    "regression for",
    "regression of",
    "regression test for",
    "regression test of",
    "regression tests for",
    "reported in",
    "test case for",
    "test for",
    "tests for",
    "tracked by",
    "verifies",
];

/// What stands before the ticket that a test was taken from, or was written to show.
const ORIGINS: &[&str] = &[
    "adapted from",
    "and verify",
    "copied from",
    "derived from",
    "illustrate",
    "ported from",
    "taken from",
    "test from",
    "tests from",
    "to repro",
];

/// What stands before a ticket that is not the cause.
const DENIALS: &[&str] = &[
    "independent of",
    "not caused by",
    "not related to",
    "unrelated to",
];

/// Whether a text tells that the ticket which follows is not the cause.
pub(super) fn is_denial(before: &str) -> bool {
    jira::follows(before, DENIALS)
}

/// Whether a comment tells where a test was taken from, up to a ticket in it.
pub(super) fn is_origin(before: &str) -> bool {
    jira::follows(before, ORIGINS)
}

/// Whether a comment tells what a test is about, up to a ticket in it.
pub(super) fn is_topic(before: &str) -> bool {
    let before = before.trim_end_matches(|it: char| !it.is_alphanumeric());
    jira::follows(before, TOPICS)
}

/// Whether a comment tells why something does not run, up to the end of the line in which
/// it names a ticket.
pub(super) fn is_reason(comment: &str, at: usize) -> bool {
    let line = comment[at..].find('\n').map_or(comment.len(), |it| at + it);
    let said = comment[..line]
        .replace('\u{2019}', "'")
        .to_ascii_lowercase();
    let mut words = said.split(|it: char| !it.is_alphanumeric() && !"'-_".contains(it));
    words.any(|it| REASONS.binary_search(&it).is_ok()) || PHRASES.iter().any(|it| said.contains(it))
}

/// Whether a comment is an address and nothing else.
pub(super) fn is_bare(comment: &str, url: &str) -> bool {
    !comment.replacen(url, "", 1).contains(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order() {
        for list in [REASONS, PHRASES, TOPICS, DENIALS, ORIGINS] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }

    #[test]
    fn a_comment_that_tells_why_has_a_word_for_it() {
        for comment in [
            "// This fails on Windows because of https://github.com/acme/shop/issues/1664",
            "// can't do Pointer events, see #2527",
            "# TODO(GH-40025): stop here",
            "// requires Node 20 until #12 is fixed",
        ] {
            assert!(is_reason(comment, 3), "{comment}");
        }
        for comment in [
            "// gh-37343",
            "// See issue #14439",
            "// when it exits early, it should throw ERR_RUNTIME_FAILURE instead of hanging, #14077",
            "# DUBBO-147 find all invoker instances",
            "# GH #10269: a key of the encoding only for format 3",
            "// See #6694\n// Doesn't work with a mocked window",
        ] {
            assert!(!is_reason(comment, 3), "{comment}");
        }
    }

    #[test]
    fn what_a_test_is_about_or_was_taken_from_stands_before_the_ticket() {
        assert!(is_topic("// Regression test for "));
        assert!(is_topic("// regression test for: "));
        assert!(!is_topic("// waits for "));
        assert!(is_denial("fails on master as well, not caused by "));
        assert!(!is_denial("caused by "));
        assert!(is_bare("# https://a.example/1", "https://a.example/1"));
        assert!(!is_bare("# see https://a.example/1", "https://a.example/1"));
        assert!(is_origin("/* An adapted version of test from "));
        assert!(!is_origin("// blocked from "));
    }
}
