//! What is deep or long: nested conditions, long rows of branches, one line that is a file.

use std::collections::BTreeMap;

use qaduct_scan::{FileMutes, read_files};

/// Levels of conditions, each with a mute in it. When each of them asked for the conditions
/// around it by the parents of its nodes, this took minutes.
const LEVELS: usize = 500;

fn read(path: &str, source: String) -> FileMutes {
    let files = BTreeMap::from([(path.to_owned(), source.into_bytes())]);
    read_files(&files, &[]).unwrap()
}

/// Reads levels of the same code in each other.
fn nested(path: &str, head: &str, level: &str, close: &str, tail: &str) -> FileMutes {
    let levels = level.repeat(LEVELS) + &close.repeat(LEVELS);
    read(path, format!("{head}{levels}{tail}"))
}

/// The conditions of all mutes, the innermost last, by their number of parts.
fn parts(found: &FileMutes) -> Vec<usize> {
    let conditions = found.mutes.iter().map(|(it, _)| it.condition.as_deref());
    let parts = conditions.map(|it| it.unwrap_or_default().split(" and ").count());
    parts.collect()
}

#[test]
fn a_mute_in_hundreds_of_conditions_carries_the_nearest_ones() {
    let java =
        "import static org.junit.jupiter.api.Assumptions.*;\nclass ATest { @Test void a() {\n";
    let csharp = "using NUnit.Framework;\nclass ATests { [Test] public void A() {\n";
    let go = "package a\nimport \"testing\"\nfunc TestA(t *testing.T) {\n";
    let php = "<?php\nclass ATest extends TestCase { public function testA() {\n";
    for (path, head, level, close, tail) in [
        (
            "src/test/java/ATest.java",
            java,
            "if (a) { abort(\"b\");\n",
            "}\n",
            "}}",
        ),
        (
            "Tests/ATests.cs",
            csharp,
            "if (a) { Assert.Ignore(\"b\");\n",
            "}\n",
            "}}",
        ),
        ("a_test.go", go, "if a { t.Skip(\"b\")\n", "}\n", "}\n"),
        (
            "a.test.js",
            "",
            "if (a) { it.skip('b', () => {});\n",
            "}\n",
            "",
        ),
        (
            "spec/a_spec.rb",
            "it 'x' do\n",
            "if a\n skip 'b'\n",
            "end\n",
            "end\n",
        ),
        (
            "tests/ATest.php",
            php,
            "if ($a) { $this->markTestSkipped('b');\n",
            "}\n",
            "}}",
        ),
        (
            "test/a.bats",
            "@test \"a\" {\n",
            "if a; then\n  skip \"b\"\n",
            "fi\n",
            "}\n",
        ),
        (
            "a.robot",
            "*** Test Cases ***\nA\n",
            "    IF    a\n    Skip    b\n",
            "    END\n",
            "",
        ),
    ] {
        let found = nested(path, head, level, close, tail);
        assert_eq!(found.mutes.len(), LEVELS, "{path}");
        let parts = parts(&found);
        assert_eq!(&parts[..3], [1, 2, 3], "{path}");
        assert_eq!(parts.last(), Some(&41), "{path}");
        let last = found.mutes.last().unwrap().0.condition.as_deref().unwrap();
        assert!(last.contains('…'), "{path}: {last}");
    }
}

#[test]
fn a_row_of_branches_is_told_as_far_as_anybody_reads_it() {
    let elif = |word: &str| format!("{word} abc\n").repeat(20_000);
    for (path, source) in [
        (
            "test/a.bats",
            format!(
                "@test \"a\" {{\n  if a; then\n{}  skip\n  fi\n}}\n",
                elif("  elif")
            ),
        ),
        (
            "test/a.bats",
            format!("@test \"a\" {{\n  {}skip\n}}\n", "a && ".repeat(20_000)),
        ),
        (
            "CMakeLists.txt",
            format!(
                "if(a)\n{}set_tests_properties(a PROPERTIES DISABLED ON)\nendif()\n",
                "elseif(abc)\n".repeat(20_000)
            ),
        ),
        (
            "a_test.cc",
            format!(
                "#include <gtest/gtest.h>\n#if A\n{}TEST(A, DISABLED_B) {{}}\n#endif\n",
                elif("#elif")
            ),
        ),
    ] {
        let found = read(path, source);
        assert_eq!(found.mutes.len(), 1, "{path}");
        let condition = found.mutes[0].0.condition.as_deref().unwrap_or("…");
        assert!(
            condition.contains('…') && condition.len() < 10_000,
            "{path}: {} {}",
            condition.len(),
            condition.chars().take(200).collect::<String>()
        );
    }
}

#[test]
fn a_line_of_a_megabyte_is_read_once() {
    for (path, piece) in [
        ("test_a.py", "import "),
        ("test_a.py", "TestCase "),
        (".test_quarantine.json", "/**/"),
        ("CODEOWNERS", "</a>"),
    ] {
        let source = format!("{} skip", piece.repeat((1 << 20) / piece.len()));
        assert!(read(path, source).mutes.is_empty(), "{path}");
    }
}

#[test]
fn what_is_imported_again_and_again_is_looked_up_once() {
    let source = "import pytest\n@pytest.mark.skip\ndef test_a(): ...\n".repeat(3_000);
    assert_eq!(read("test_a.py", source).mutes.len(), 3_000);
}
