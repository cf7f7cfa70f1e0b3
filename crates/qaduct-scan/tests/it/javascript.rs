//! JavaScript and TypeScript: what no case says, and that no input stops the scan.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qaduct_scan::{FileMutes, read_files};

use crate::cases::render;

fn read(path: &str, source: impl Into<Vec<u8>>) -> FileMutes {
    let files = BTreeMap::from([(path.to_owned(), source.into())]);
    read_files(&files, &[]).unwrap()
}

/// Reads a source as files of all these names.
fn read_as(paths: &[&str], source: &[u8]) {
    let files = paths.iter().map(|it| ((*it).to_owned(), source.to_vec()));
    read_files(&files.collect(), &[]).unwrap();
}

/// Pieces of code that mute, or look as if.
const PIECES: &[&str] = &[
    "import { test } from 'vitest';\n",
    "const t = require('tape');\n",
    "it.skip(",
    "describe.skip(",
    "test.skipIf(a)",
    ".each`\n",
    "xit(",
    "this.skip()",
    "t.skip(",
    "pending(",
    "const x = c ? it : it.skip",
    "export ",
    "function f(t) {",
    "() => {",
    "function () {",
    "async ",
    "{ skip: ",
    "retries: 3",
    "}",
    "{",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    "'a'",
    "'",
    "\"",
    "`",
    "${",
    "\\",
    "/",
    "//",
    "/*",
    "*/",
    "\n",
    "\r",
    "é",
    "\u{0}",
    "if (x) ",
    "else ",
    "? a : b",
    "=",
    "=>",
    "<T>",
    "@a ",
    "class A {",
    "x",
    "1",
    ".",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        bytes.extend(b"\nit.skip('a', () => {})\n");
        read_as(&["a.test.js", "a.test.tsx", "package.json", "jest.config.js"], &bytes);
    }

    #[test]
    fn any_pieces_of_code_are_read_without_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let source = pieces.concat();
        let source = format!("{source}\nxit(");
        read_as(&["a.test.js", "a.test.ts", "a.test.tsx", "vitest.config.mts"], source.as_bytes());
    }

    #[test]
    fn what_stands_in_a_comment_or_a_text_is_never_counted(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
        quote in prop::sample::select(&["'", "\"", "`"][..]),
    ) {
        let code = pieces.concat().replace(['\'', '"', '`', '\\', '\n', '\r', '\0', '*', '/', '$'], " ");
        let source = format!("// {code}\n/* {code} */\nconst x = {quote}it.skip(a, {code}){quote};\n");
        let found = read("a.test.js", source.clone());
        prop_assert!(found.mutes.is_empty(), "{source}\n{:?}", found.mutes);
    }

    #[test]
    fn a_mute_says_the_same_however_it_is_written(
        word in prop::sample::select(&["it.skip", "test.skip", "xit", "it\n  .skip", "(it.skip)", "it.concurrent.skip"][..]),
        title in "[ -!#-&(-\\[\\]-_a-~é]{1,30}",
        quote in prop::sample::select(&["'", "\""][..]),
        body in prop::sample::select(&["() => {}", "function () {}", "async (done) => { await x; }"][..]),
        newline in prop::sample::select(&["\n", "\r\n"][..]),
        path in prop::sample::select(&["a.test.js", "a.test.ts", "a.test.tsx", "a.spec.mjs"][..]),
    ) {
        prop_assume!(title.trim() == title && !title.contains("  "));
        let source = format!("describe('s', () => {{\n  {word}({quote}{title}{quote}, {body});\n}});\n");
        let found = read(path, source.replace('\n', newline));
        prop_assert_eq!(found.mutes.len(), 1, "{}", source);
        let (mute, _) = &found.mutes[0];
        prop_assert_eq!(&*mute.form, "jest.test.skip");
        prop_assert_eq!(&*mute.container, "s");
        prop_assert_eq!(&mute.test, &title);
    }
}

#[test]
fn code_that_is_nested_beyond_all_measure_breaks_nothing() {
    for deep in [
        "(",
        "[",
        "!",
        "() => ",
        "x(",
        "a ? ",
        "{",
        "it.skip('a', () => {",
    ] {
        read(
            "a.test.js",
            format!("it.skip('a', () => {{}});\n{}1", deep.repeat(10_000)),
        );
    }
}

#[test]
fn a_bundle_that_a_machine_made_is_named_and_not_read() {
    let bundle = "it.skip('a',()=>{});".repeat(20_000);
    insta::assert_snapshot!(render(&read("dist/bundle.test.js", bundle)), @r"
    test files: 1

    problem dist/bundle.test.js:0  size: a machine packed it into long lines, which are not read
    ");
}
