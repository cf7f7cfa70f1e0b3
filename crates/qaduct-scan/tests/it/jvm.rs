//! Java, Kotlin, Groovy and Scala: no input stops the scan, and comments and texts are no code.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qaduct_scan::{FileMutes, read_files};

const PATHS: &[&str] = &[
    "src/test/java/ATest.java",
    "src/test/kotlin/ATest.kt",
    "src/test/groovy/ASpec.groovy",
    "src/test/scala/ASpec.scala",
];

fn read(path: &str, source: impl Into<Vec<u8>>) -> FileMutes {
    let files = BTreeMap::from([(path.to_owned(), source.into())]);
    read_files(&files, &[]).unwrap()
}

/// Pieces of code that mute, or look as if.
const PIECES: &[&str] = &[
    "package a;\n",
    "import org.junit.jupiter.api.*\n",
    "import static org.junit.jupiter.api.Assumptions.assumeTrue;\n",
    "import io.kotest.core.spec.style.*\n",
    "import spock.lang.*\n",
    "import org.scalatest._\n",
    "@Test ",
    "@Disabled",
    "@Ignore(",
    "@DisabledOnOs(value = OS.WINDOWS, ",
    "@EnabledIf({ ",
    "@IgnoreIf({ ",
    "@Tag(\"x\")\n",
    "@file:Ignored(\"x\")\n",
    "@interface A ",
    "annotation class A\n",
    "class ATest ",
    "extends Specification ",
    "extends AnyFunSuite ",
    ": FunSpec({",
    "object A ",
    "void a() ",
    "fun `a b`() ",
    "def \"a b\"() ",
    "def a = ",
    "assumeTrue(x, \"y\");",
    "abort()",
    "xtest(\"a\") {",
    "test(\"!a\")",
    ".config(enabled = false) ",
    "ignore(\"a\") {",
    "\"a\" ignore {",
    "\"a\" should {",
    "pending",
    "cancel(\"x\")",
    "throw new TestAbortedException(",
    "if (x) ",
    "else ",
    "when (x) { 1 -> ",
    "x match { case 1 => ",
    "where:\n a | b\n",
    "() -> ",
    "it -> ",
    "static final String W = \"w\" + ",
    "const val W = ",
    "<T>",
    "reason = ",
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
    "+",
    ".",
    "'",
    "\"",
    "\"\"\"",
    "'''",
    "${",
    "$x",
    "s\"",
    "/",
    "$/",
    "`",
    "\\",
    "\\u0022",
    "//",
    "/*",
    "*/",
    "\n",
    "\r\n",
    "\t",
    "x",
    "1",
    "é",
    "\u{feff}",
    "\u{0}",
];

proptest! {
    // Each case is read by every language.
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        bytes.extend(b"\n@Disabled @Ignore class A { }\n");
        for path in PATHS {
            read(path, bytes.clone());
        }
    }

    #[test]
    fn any_pieces_of_code_are_read_without_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let source = format!("{}\n@Disabled @Ignore class A {{ }}", pieces.concat());
        for path in PATHS {
            read(path, source.clone());
        }
    }

    #[test]
    fn what_stands_in_a_comment_or_a_text_is_never_counted(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
    ) {
        let code = pieces.concat().replace(['\'', '"', '\\', '\n', '\r', '\0', '$', '*', '/'], " ");
        let source = format!("class ATest {{\n// {code}\n/* {code} */\n/** @Disabled {code} */\nString x = \"{code}\";\n// @Ignore\n}}\n");
        for path in PATHS {
            let found = read(path, source.clone());
            prop_assert!(found.mutes.is_empty(), "{path}\n{source}\n{:?}", found.mutes);
        }
    }

    #[test]
    fn an_annotation_says_the_same_however_it_is_written(
        reason in "[!#-\\[\\]-~é😀]{1,20}( [!#-\\[\\]-~é😀]{1,20})?",
        gap in prop::collection::vec(prop::sample::select(&["", " ", "\n", "\n        ", " /* c */ ", "\t"][..]), 5),
        named in any::<bool>(),
        newline in prop::sample::select(&["\n", "\r\n"][..]),
        before in prop::sample::select(&["", "@Test\n", "@Tag(\"x\")\n", "// why\n"][..]),
        after in prop::sample::select(&["", "\n@Test\n", "\n\n", "\n// why\n", " public "][..]),
    ) {
        let named = if named { format!("value{}= ", gap[0]) } else { String::new() };
        let source = format!(
            "package a;\nimport org.junit.jupiter.api.*;\nclass ATest {{\n{before}@Disabled{}({}{named}\"{reason}\"{}){}{after} void total() {{}}\n}}\n",
            gap[1], gap[2], gap[3], gap[4],
        )
        .replace('\n', newline);
        let found = read(PATHS[0], source.clone());
        prop_assert_eq!(found.mutes.len(), 1, "{}", source);
        let (mute, _) = &found.mutes[0];
        prop_assert_eq!(mute.form.as_str(), "junit.Disabled", "{}", source);
        prop_assert_eq!(mute.reason.as_deref(), Some(reason.as_str()), "{}", source);
        prop_assert_eq!((mute.container.as_str(), mute.test.as_str()), ("ATest", "total"));
        prop_assert!(!mute.partly_parsed);
    }
}

#[test]
fn code_that_is_nested_beyond_all_measure_hides_no_mute_in_front() {
    // As the scanner has it.
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    let done = thread.spawn(read_what_is_nested).unwrap();
    done.join().unwrap();
}

fn read_what_is_nested() {
    let fronts = [
        "import org.junit.jupiter.api.*; class ATest { @Disabled @Test void a() { }\n",
        "import org.junit.jupiter.api.*\nclass ATest { @Disabled @Test fun a() { }\n",
        "import spock.lang.*\nclass ASpec extends Specification { @Ignore def \"a\"() { }\n",
        "class ASpec extends AnyFunSuite { ignore(\"a\") { }\n",
    ];
    for (path, front) in PATHS.iter().zip(fronts) {
        for deep in [
            "(",
            "[",
            "{",
            "!",
            "f(",
            "class A {",
            "if (x) ",
            "@A(",
            "a<",
            "\"${",
        ] {
            let found = read(path, format!("{front}{}1", deep.repeat(10_000)));
            assert!(!found.mutes.is_empty(), "{path}: {deep}");
        }
    }
}

/// The grammar goes round in circles over it.
const CIRCLES: &str = r#"@file:Suppress("x")
package a
import a.B as C
@Ignored("x")
abstract class A<T>(val x: Int) : Base<T>(), Foo {
  companion object {
    const val WHY = "w" + "x"
  }
  @Test @Disabled(WHY)
  fun `my test`(a: Int) {
    Assumptions.assumeTrue(x) { "lazy" }
    this.foo()
    try { a() } catch (e: IOException) { abort() }
    if (a) {
    when (x) { 1 -> b(); else -> c() }
      b()
    } else c()
$  }
  init {
    xtest("a") {}
  }
  @Nested inner class In
}
object O : FunSpec({
})
annotation class Flaky(val s: String)
fun top() = assumeTrue(1)
class D : FunSpec() { 
  init { 
    given("x").config(enabled = false) { `when`("y") { then("z") { } } }
    "a".config(enabledIf = { os() }) { }
    context("a").config(enabled = x) { }
    "a + b" should { "c" { } }
  }
}
"#;

#[test]
fn a_source_that_its_grammar_never_ends_with_is_left_to_the_lexer() {
    let found = read(PATHS[1], CIRCLES);
    assert!(found.mutes.iter().all(|(it, _)| it.partly_parsed));
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].problem, "syntax");
}
