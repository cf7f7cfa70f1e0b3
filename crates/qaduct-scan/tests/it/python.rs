//! Python: what no case says, and that no input stops the scan.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qaduct_scan::{FileMutes, read_files};

use crate::cases::render;

fn read(source: impl Into<Vec<u8>>) -> FileMutes {
    let files = BTreeMap::from([("test_it.py".to_owned(), source.into())]);
    read_files(&files, &[]).unwrap()
}

/// Pieces of code that mute, or look as if.
const PIECES: &[&str] = &[
    "import pytest\n",
    "from pytest import mark, skip\n",
    "from m import *\n",
    "@pytest.mark.skip",
    "@x\n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    "reason=",
    "'",
    "\"",
    "'''",
    "f'{",
    "\\",
    "\n",
    "\r",
    "\n    ",
    "\n  ",
    "\t",
    "def test_a():",
    "class TestA(",
    "A):",
    "if x:",
    "else:",
    "pytest.skip('a')",
    "raise SkipTest",
    "pytestmark = ",
    "+=",
    "pytest.param(1, marks=",
    "@pytest.mark.parametrize('x', ",
    "lambda: ",
    "not ",
    "async ",
    "await ",
    "x",
    "é",
    "\u{0}",
    "#",
    "# c\n",
    "return ",
    "try:",
    "except A:",
    "with a:",
    "for x in y:",
    "match x:",
    "case 1:",
    "*",
    "**",
    ":=",
    "for",
    "if",
    "self.skipTest(",
    "item.add_marker(",
    "x = x(x)\n",
    "def f(x): return f(x)\n",
    "collect_ignore = [",
    "__test__ = False\n",
    "1",
    ".",
    "skip",
    "xfail",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(bytes.clone());
        bytes.extend(b"\n@pytest.mark.skip\n");
        read(bytes);
    }

    #[test]
    fn any_pieces_of_code_are_read_without_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let source = pieces.concat();
        read(source.clone());
        read(format!("import pytest, unittest\nfrom unittest import SkipTest\n{source}"));
    }

    #[test]
    fn what_stands_in_a_comment_or_a_string_is_never_counted(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
        quote in prop::sample::select(&["'''", "\"\"\""][..]),
        raw in prop::sample::select(&["", "r", "b", "rb"][..]),
    ) {
        let code = pieces.concat().replace(['\'', '"', '\\', '\n', '\r', '\0'], " ").replace(|each: char| !each.is_ascii(), " ");
        let source = format!("import pytest\n# {code}\nX = {raw}{quote}{code}\n@pytest.mark.skip\ndef test_a(): ...\n{quote}\n");
        let found = read(source.clone());
        prop_assert!(found.mutes.is_empty(), "{source}\n{:?}", found.mutes);
    }

    #[test]
    fn a_mark_says_the_same_however_it_is_written(
        import in prop::sample::select(&[
            ("import pytest", "pytest.mark."),
            ("import pytest as pt", "pt.mark."),
            ("from pytest import mark", "mark."),
            ("from pytest import mark as m", "m."),
            ("from pytest import *", "mark."),
        ][..]),
        mark in prop::sample::select(&["skip", "xfail", "skipif"][..]),
        reason in "[ -&(-\\[\\]-~é😀]{1,40}",
        quote in prop::sample::select(&["'", "\"", "'''", "\"\"\""][..]),
        gap in prop::collection::vec(prop::sample::select(&["", " ", "\n", "\n        ", "  # c\n", "\t"][..]), 6),
        comma in prop::sample::select(&["", ","][..]),
        newline in prop::sample::select(&["\n", "\r\n"][..]),
        before in prop::sample::select(&["", "@other\n", "@pytest.mark.parametrize('x', [1])\n", "# why\n"][..]),
        after in prop::sample::select(&["", "@other(1)\n", "\n\n", "# why\n"][..]),
        head in prop::sample::select(&["def", "async def"][..]),
        method in any::<bool>(),
    ) {
        prop_assume!(!reason.contains(quote) && !reason.ends_with(['"', '\'']) && !reason.contains(['\'', '"']));
        let (import, prefix) = import;
        let condition = if mark == "skipif" { "a == 1," } else { "" };
        let declared = format!(
            "{before}@{prefix}{mark}({}{condition}{}reason{}={}{quote}{reason}{quote}{}{comma}{})\n{after}{head} test_a():\n    pass\n",
            gap[0], gap[1], gap[2], gap[3], gap[4], gap[5],
        );
        // Comments of a block stand deeper; a class changes the indent of all lines.
        let declared = if method {
            let lines: Vec<String> = declared.lines().map(|line| format!("    {line}")).collect();
            format!("class TestA:\n{}\n", lines.join("\n"))
        } else {
            declared
        };
        let source = format!("{import}\n\n\n{declared}").replace('\n', newline);
        let found = read(source.clone());
        prop_assert_eq!(found.mutes.len(), 1, "{}", source);
        let (mute, _) = &found.mutes[0];
        prop_assert_eq!(&mute.form, &format!("pytest.mark.{mark}"));
        prop_assert_eq!(mute.reason.as_deref(), Some(reason.as_str()), "{}", source);
        prop_assert_eq!(mute.test.as_str(), "test_a");
        prop_assert_eq!(mute.container.as_str(), if method { "TestA" } else { "" });
        prop_assert_eq!(mute.condition.as_deref(), (mark == "skipif").then_some("a == 1"));
        prop_assert!(mute.effective && !mute.partly_parsed);
    }

    #[test]
    fn what_is_broken_does_not_hide_what_is_not(line in prop::sample::select(&["x = = 1", "print 'a'", "foo(", "except:", "def", "'", "1 +", "if a", "      x", "@", "class"][..])) {
        let source = format!("import pytest\n\n\n@pytest.mark.skip\ndef test_a():\n    pass\n\n\n{line}\n\n\n@pytest.mark.xfail(reason='x')\ndef test_b():\n    pass\n");
        let found = read(source.clone());
        let names: Vec<&str> = found.mutes.iter().map(|(mute, _)| mute.test.as_str()).collect();
        prop_assert_eq!(names, ["test_a", "test_b"], "{}", source);
        prop_assert_eq!(found.problems.len(), 1);
    }
}

#[test]
fn a_file_that_is_too_large_is_named_and_not_read() {
    let mut source = b"@pytest.mark.skip\ndef test_a(): ...\n#".to_vec();
    source.resize(9 << 20, b' ');
    let found = read(source);
    assert!(found.mutes.is_empty());
    insta::assert_snapshot!(render(&found), @r"
    test files: 1

    problem test_it.py:1  size: the file has 9437184 bytes; up to 8388608 are read
    ");
}

#[test]
fn code_that_is_nested_beyond_all_measure_is_named_and_breaks_nothing() {
    for deep in [
        "(",
        "[",
        "-",
        "not ",
        "lambda: ",
        "x.y(",
        "a if b else ",
        "await ",
    ] {
        let source = format!(
            "import pytest\n@pytest.mark.skip\ndef test_a(): ...\nx = {}1\n",
            deep.repeat(60_000)
        );
        let found = read(source);
        assert_eq!(found.problems.len(), 1, "{deep}");
    }
    // Many operands side by side nest to the left.
    let found = read(format!(
        "import pytest\n@pytest.mark.skip\ndef test_a(): ...\nx = 1{}\n",
        " + 1".repeat(15_000)
    ));
    assert_eq!(found.mutes.len(), 1);
}

#[test]
fn a_class_of_a_thousand_strings_in_a_row_is_no_nesting() {
    let strings = "    'a string'\n".repeat(50_000);
    let found = read(format!(
        "import pytest\n@pytest.mark.skip\ndef test_a(): ...\nx = (\n{strings})\n"
    ));
    assert_eq!((found.mutes.len(), found.problems.len()), (1, 0));
}
