//! PHP: no input stops the scan, and comments and texts are no code.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qaduct_scan::{FileMutes, read_files};

fn read(source: impl Into<Vec<u8>>) -> FileMutes {
    let files = BTreeMap::from([("tests/ATest.php".to_owned(), source.into())]);
    read_files(&files, &[]).unwrap()
}

/// Pieces of code that mute, or look as if.
const PIECES: &[&str] = &[
    "use PHPUnit\\Framework\\TestCase;\n",
    "class A extends TestCase {\n",
    "#[RequiresPhp(",
    "/** @requires PHP 8 */\n",
    "/** @test */\n",
    "public function testA() {",
    "$this->markTestSkipped(",
    "self::",
    "if (x) ",
    "else ",
    "it(",
    "->skip(",
    "->todo(",
    "'why'",
    "fn () => ",
    "function () {",
    "throw new SkippedTestError(",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    "'",
    "\"",
    "<?php ",
    "?>",
    "<<<A\n",
    "\\",
    "\n",
    "\r",
    "é",
    "\u{0}",
    "//",
    "/*",
    "*/",
    "#",
    "$x",
    "1",
    ".",
    "=",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        bytes.extend(b"\nit(1)->skip();\n");
        read(bytes);
    }

    #[test]
    fn any_pieces_of_code_are_read_without_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        read(format!("<?php\n{}\nit(1)->skip();", pieces.concat()));
    }

    #[test]
    fn what_stands_in_a_comment_or_a_text_is_never_counted(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
        quote in prop::sample::select(&["'", "\""][..]),
    ) {
        let code = pieces.concat().replace(['\'', '"', '\\', '\n', '\r', '\0', '#', '$', '*', '/', '<', '?', '{'], " ");
        let source = format!("<?php\n// {code}\n$x = {quote}{code}{quote};\n// it(1)->skip();\n");
        let found = read(source.clone());
        prop_assert!(found.mutes.is_empty(), "{source}\n{:?}", found.mutes);
    }
}

#[test]
fn code_that_is_nested_beyond_all_measure_breaks_nothing() {
    for deep in ["(", "[", "!", "f(", "{", "if (x) "] {
        read(format!("<?php\nit(1)->skip();\n{}1", deep.repeat(10_000)));
    }
}
