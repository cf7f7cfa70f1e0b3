//! C#: no input stops the scan, comments and texts are no code, and a mark is found however
//! it is written.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qaduct_scan::{FileMutes, read_files};

fn read(source: impl Into<Vec<u8>>) -> FileMutes {
    let files = BTreeMap::from([("Tests/ATests.cs".to_owned(), source.into())]);
    read_files(&files, &[]).unwrap()
}

/// Pieces of code that mute, or look as if.
const PIECES: &[&str] = &[
    "using Xunit;\n",
    "using NUnit.Framework;\n",
    "using static Acme.TestUtil;\n",
    "using Skip = Acme.SkipAttribute;\n",
    "namespace Acme;\n",
    "namespace Acme {",
    "[assembly: Ignore(\"all\")]\n",
    "[Fact(Skip = \"x\")]",
    "[Theory] [InlineData(1, Skip = ",
    "[Test, Ignore(",
    "[TestCase(1, Ignore = \"r\")]",
    "[TestMethod]\n",
    "[ActiveIssue(\"https://x/1\", ",
    "[Explicit]",
    "[Platform(Exclude = \"Win\")]",
    "class ATests ",
    "public class B<T> : ",
    "record R(int A);",
    "public async Task A() ",
    "void D(int a) => ",
    "Assert.Ignore(\"x\");",
    "Assert.Skip($\"a {b}\");",
    "throw new SkipException(",
    "yield return new TestCaseData(1).Ignore(\"r\");",
    "const string W = \"w\" + ",
    "#if DEBUG\n",
    "#else\n",
    "#endif\n",
    "#region \"\n",
    "if (x) ",
    "else ",
    "switch { _ => ",
    "() => ",
    "get { ",
    "nameof(",
    "@\"",
    "$\"",
    "$@\"",
    "\"\"\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    ",",
    ";",
    ":",
    "=",
    "?",
    "'",
    "\"",
    "\\",
    "//",
    "///",
    "/*",
    "*/",
    "\n",
    "\r\n",
    "\t",
    "x",
    "1",
    ".",
    "é",
    "\u{feff}",
    "\u{0}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        bytes.extend(b"\n[Ignore] class A { }\n");
        read(bytes);
    }

    #[test]
    fn any_pieces_of_code_are_read_without_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        read(format!("{}\n[Ignore] class A {{ }}", pieces.concat()));
    }

    #[test]
    fn what_stands_in_a_comment_or_a_text_is_never_counted(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
    ) {
        let code = pieces.concat().replace(['\'', '"', '\\', '\n', '\r', '\0', '*', '/', '{', '}'], " ");
        let source = format!("using NUnit.Framework;\nclass ATests {{\n// {code}\n/* {code} */\nstring x = \"{code}\";\nstring y = @\"{code}\n[Ignore] class B\";\nstring z = $\"{code}\";\n// [Ignore]\n}}\n");
        let found = read(source.clone());
        prop_assert!(found.mutes.is_empty(), "{source}\n{:?}", found.mutes);
    }

    #[test]
    fn an_attribute_says_the_same_however_it_is_written(
        name in prop::sample::select(&["Ignore", "IgnoreAttribute"][..]),
        reason in "[!#-\\[\\]-~é😀]{1,20}( [!#-\\[\\]-~é😀]{1,20})?",
        verbatim in prop::sample::select(&["", "@"][..]),
        gap in prop::collection::vec(prop::sample::select(&["", " ", "\n", "\n        ", " /* c */ ", "\t"][..]), 3),
        newline in prop::sample::select(&["\n", "\r\n"][..]),
        beside in prop::sample::select(&[("[Test, ", "]"), ("[Test] [", "]"), ("[", ", Test]"), ("[", "]\n// why\n[Test]")][..]),
    ) {
        let source = format!(
            "using NUnit.Framework;\nclass ATests {{\n{}{name}({}{verbatim}\"{reason}\"{}){}{} public void Total() {{ }}\n}}\n",
            beside.0, gap[0], gap[1], gap[2], beside.1,
        )
        .replace('\n', newline);
        let found = read(source.clone());
        prop_assert_eq!(found.mutes.len(), 1, "{}", source);
        let (mute, _) = &found.mutes[0];
        prop_assert_eq!(mute.form.as_str(), "nunit.Ignore", "{}", source);
        prop_assert_eq!(mute.reason.as_deref(), Some(reason.as_str()), "{}", source);
        prop_assert_eq!((mute.container.as_str(), mute.test.as_str()), ("ATests", "Total"));
        prop_assert!(!mute.partly_parsed);
    }
}

#[test]
fn code_that_is_nested_beyond_all_measure_hides_no_mute_in_front() {
    let front = "using NUnit.Framework; class ATests { [Test, Ignore(\"x\")] public void A() { }\n";
    for deep in [
        "(",
        "[",
        "{",
        "!",
        "f(",
        "class A {",
        "if (x) ",
        "[A(",
        "a<",
        "$\"{",
        "() => ",
    ] {
        let found = read(format!("{front}{}1", deep.repeat(10_000)));
        assert!(!found.mutes.is_empty(), "{deep}");
    }
}
