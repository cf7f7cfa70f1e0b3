//! Ruby: no input stops the scan, and comments and texts are no code.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qaduct_scan::{FileMutes, read_files};

fn read(source: impl Into<Vec<u8>>) -> FileMutes {
    let files = BTreeMap::from([("spec/a_spec.rb".to_owned(), source.into())]);
    read_files(&files, &[]).unwrap()
}

/// Pieces of code that mute, or look as if.
const PIECES: &[&str] = &[
    "require \"minitest\"\n",
    "describe \"a\" do\n",
    "it \"b\"",
    "xit(\"c\") { ",
    "skip",
    "skip \"why\"",
    " if x",
    " unless y",
    "pending: true",
    "if: z",
    ":focus",
    "def test_a\n",
    "class A < B\n",
    "end\n",
    "do |x|\n",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    "\"",
    "'",
    "#{",
    "\\",
    "\n",
    "\r",
    "é",
    "\u{0}",
    "=begin\n",
    "=end\n",
    "<<~A\n",
    "%w[",
    "=>",
    "->",
    "?",
    "x",
    "1",
    ".",
    "::",
    "@a",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        bytes.extend(b"\nxit(1) do end\n");
        read(bytes);
    }

    #[test]
    fn any_pieces_of_code_are_read_without_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        read(format!("{}\nxit(1) do end", pieces.concat()));
    }

    #[test]
    fn what_stands_in_a_comment_or_a_text_is_never_counted(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
        quote in prop::sample::select(&["'", "\""][..]),
    ) {
        let code = pieces.concat().replace(['\'', '"', '\\', '\n', '\r', '\0', '#', '$', '*', '/', '<', '?', '{'], " ");
        let source = format!("# {code}\nx = {quote}{code}{quote};\n# xit(1) do end\n");
        let found = read(source.clone());
        prop_assert!(found.mutes.is_empty(), "{source}\n{:?}", found.mutes);
    }
}

#[test]
fn code_that_is_nested_beyond_all_measure_breaks_nothing() {
    for deep in ["(", "[", "!", "x(", "describe(1) { ", "-> { "] {
        read(format!("xit(1) do end\n{}1", deep.repeat(10_000)));
    }
}

#[test]
fn conditions_that_are_nested_beyond_all_measure_hide_no_skip() {
    let deep = format!("{}{}", "if x\n".repeat(10_000), "end\n".repeat(10_000));
    let found = read(format!("describe 'x' do\n  skip 'y'\n{deep}end\n"));
    assert_eq!(found.mutes.len(), 1);
    assert!(found.problems.is_empty());
}
