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
    "only",
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

/// What stands before the ticket that a test was taken from.
const ORIGINS: &[&str] = &[
    "adapted from",
    "copied from",
    "derived from",
    "ported from",
    "taken from",
    "test from",
    "tests from",
];

/// Whether a comment tells where a test was taken from, up to a ticket in it.
pub(super) fn is_origin(before: &str) -> bool {
    jira::follows(before, ORIGINS)
}

/// Whether a comment tells what a test is about, up to a ticket in it.
pub(super) fn is_topic(before: &str) -> bool {
    let before = before.trim_end_matches(|it: char| !it.is_alphanumeric());
    jira::follows(before, TOPICS)
}

/// Whether a comment tells why something does not run.
pub(super) fn is_reason(comment: &str) -> bool {
    let words = comment.split(|it: char| !it.is_alphanumeric() && !"'\u{2019}-_".contains(it));
    let mut words = words.map(|it| it.replace('\u{2019}', "'").to_ascii_lowercase());
    words.any(|it| REASONS.binary_search(&it.as_str()).is_ok())
        || PHRASES
            .iter()
            .any(|it| comment.to_ascii_lowercase().contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order() {
        assert!(REASONS.is_sorted() && TOPICS.is_sorted() && ORIGINS.is_sorted());
    }

    #[test]
    fn a_comment_that_tells_why_has_a_word_for_it() {
        for comment in [
            "// This fails on Windows because of https://github.com/acme/shop/issues/1664",
            "// can't do Pointer events, see #2527",
            "# TODO(GH-40025): stop here",
            "// requires Node 20 until #12 is fixed",
        ] {
            assert!(is_reason(comment), "{comment}");
        }
        for comment in [
            "// gh-37343",
            "// See issue #14439",
            "// when it exits early, it should throw ERR_RUNTIME_FAILURE instead of hanging, #14077",
            "# DUBBO-147 find all invoker instances",
        ] {
            assert!(!is_reason(comment), "{comment}");
        }
    }

    #[test]
    fn what_a_test_is_about_or_was_taken_from_stands_before_the_ticket() {
        assert!(is_topic("// Regression test for "));
        assert!(is_topic("// regression test for: "));
        assert!(!is_topic("// waits for "));
        assert!(is_origin("/* An adapted version of test from "));
        assert!(!is_origin("// blocked from "));
    }
}
