//! Go, Rust, C++ and what is read line by line, whatever stands in a file.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qaduct_scan::read_files;

const PIECES: &[&str] = &[
    "func TestA(t *testing.T) {",
    "t.Skip(",
    "t.Run(\"x\", func(t *testing.T) {",
    "if x {",
    "} else {",
    "switch y {",
    "case 1:",
    "default:",
    "return",
    "import . \"github.com/onsi/ginkgo\"\n",
    "PIt(\"x\", ",
    "Pending, ",
    "It(",
    "Entry(nil)",
    "//go:build ignore\n",
    "#[ignore",
    "#[cfg_attr(",
    "#[test]\n",
    "fn a() {",
    "mod tests {",
    "#[case(1)]",
    "#[test_case(1 => ignore[",
    "=> ignore",
    "macro_rules! m {",
    "/// ```ignore\n",
    "//@ ignore-test\n",
    "r#\"",
    "\"#",
    "TEST(A, DISABLED_B) {",
    "GTEST_SKIP() << ",
    "#define M DISABLED_M\n",
    "#if 0\n",
    "#else\n",
    "#elif x\n",
    "#endif\n",
    "#define X(a) \\\n",
    "TEST_CASE(\"a\", \"[.][!mayfail]\") {",
    "BOOST_AUTO_TEST_SUITE(a)\n",
    "BOOST_AUTO_TEST_SUITE_END()",
    "* skip(",
    "INSTANTIATE_TEST_SUITE_P(DISABLED_x, ",
    "struct S {",
    "if (",
    "else if (",
    "S::SetUp()",
    "QSKIP(",
    "set_tests_properties(a PROPERTIES DISABLED ",
    "set_property(TEST ",
    "#[[",
    "]]",
    "[=[",
    "if(",
    "endif()",
    "XFAIL: ",
    "// REQUIRES: x\n",
    "@test \"a\" {\n",
    "skip \"",
    "[ a ] && skip",
    "fi\n",
    "<<EOF\n",
    "EOF\n",
    "setup() {\n",
    "*** Test Cases ***\n",
    "*** Settings ***\n",
    "A\n    [Tags]    robot:skip\n",
    "    Skip If    a    b\n",
    "IF    a\n",
    "ELSE\n",
    "END\n",
    "| Skip |",
    "@skip @wip\n",
    "Feature: a\n",
    "Scenario: b\n",
    "Examples:\n",
    "\"\"\"\n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "`",
    "\\",
    ",",
    ";",
    ":",
    "=",
    "\n",
    "\r\n",
    "\t",
    "//",
    "/*",
    "*/",
    "#",
    "é",
    "\u{feff}",
    "\0",
];

const PATHS: &[&str] = &[
    "a_test.go",
    "b.go",
    "a.rs",
    "tests/a.rs",
    "a_test.cc",
    "a.h",
    "a.c",
    "test/a.ll",
    "CMakeLists.txt",
    "a.bats",
    "a.robot",
    "a.feature",
    "test/lit.local.cfg",
];

proptest! {
    // Each case reads a file of every kind.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_pieces_of_code_are_read_without_a_panic(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40),
    ) {
        let source = pieces.concat().into_bytes();
        let files: BTreeMap<String, Vec<u8>> =
            PATHS.iter().map(|it| ((*it).to_owned(), source.clone())).collect();
        read_files(&files, &[]).unwrap();
    }

    #[test]
    fn what_stands_in_a_comment_or_a_text_is_never_counted(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
    ) {
        let code = pieces.concat().replace(['\'', '"', '\\', '\n', '\r', '\0', '`'], " ");
        let code = code.replace("*/", " ").replace("/*", " ").replace("//@", " ");
        let files = [
            ("a_test.go", format!("package a\n// {code}\n/* {code} */\nvar x = \"{code}\"\n")),
            ("a.rs", format!("// {code}\n/* {code} */\nconst X: &str = \"{code}\";\n")),
            ("a_test.cc", format!("// {code}\n/* {code} */\nconst char* x = \"{code}\";\n")),
            ("CMakeLists.txt", format!("# {}\nmessage(\"{code}\")\n", code.replace('[', " "))),
            ("a.robot", format!("*** Test Cases ***\nA\n    # {code}\n")),
        ];
        let files = files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes()));
        let found = read_files(&files.collect(), &[]).unwrap();
        prop_assert!(found.mutes.is_empty(), "{code}\n{:?}", found.mutes);
    }
}
