//! Whoever takes a mark from one test and gives it to another, which was there before, has muted
//! a test: in every language, for the check of a change and for the history alike.

use std::collections::BTreeSet;
use std::sync::Arc;

use qaduct_scan::{
    Access, Beginning, Found, Options, Past, Repository, Silent, State, history, scan_states,
};

use crate::cases;
use crate::origin::Origin;

/// A file with two tests, `alpha` and `beta`. Where `A` and `B` stand in angle brackets the mark
/// is written for the test that has it, and nothing for the other.
struct Handed {
    /// The folder of its cases.
    language: &'static str,
    path: &'static str,
    text: &'static str,
    mark: &'static str,
}

const fn by(
    language: &'static str,
    path: &'static str,
    mark: &'static str,
    text: &'static str,
) -> Handed {
    Handed {
        language,
        path,
        text,
        mark,
    }
}

const ALL: &[Handed] = &[
    by(
        "python",
        "test_mark.py",
        "@pytest.mark.skip(reason=\"x\")\n",
        "import pytest\n<A>def test_alpha(): pass\n<B>def test_beta(): pass\n",
    ),
    by(
        "python",
        "test_call.py",
        "pytest.skip(\"x\")",
        "import pytest\nclass TestIt:\n    def test_alpha(self):\n        <A>\n        go()\n    def test_beta(self):\n        <B>\n        go()\n",
    ),
    by(
        "javascript",
        "modifier.test.js",
        ".skip",
        "import { it } from 'vitest';\nit<A>('alpha', () => {});\nit<B>('beta', () => {});\n",
    ),
    by(
        "javascript",
        "suite.test.js",
        "x",
        "<A>describe('alpha', () => { it('a', () => {}) });\n<B>describe('beta', () => { it('b', () => {}) });\n",
    ),
    by(
        "javascript",
        "call.spec.ts",
        "it.fixme();",
        "import { test as it } from '@playwright/test';\nit('alpha', async () => { <A> });\nit('beta', async () => { <B> });\n",
    ),
    by(
        "javascript",
        "option.test.mjs",
        "{ skip: 'x' }, ",
        "import { test } from 'node:test';\ntest('alpha', <A>() => {});\ntest('beta', <B>() => {});\n",
    ),
    by(
        "java",
        "src/test/java/MarkTest.java",
        "@Disabled(\"x\") ",
        "import org.junit.jupiter.api.*;\nclass MarkTest {\n  <A>@Test void alpha() {}\n  <B>@Test void beta() {}\n}\n",
    ),
    by(
        "java",
        "src/test/java/CallTest.java",
        "assumeTrue(false, \"x\");",
        "import static org.junit.jupiter.api.Assumptions.assumeTrue;\nclass CallTest {\n  @Test void alpha() { <A> go(); }\n  @Test void beta() { <B> go(); }\n}\n",
    ),
    by(
        "kotlin",
        "src/test/kotlin/MarkTest.kt",
        "@Disabled(\"x\") ",
        "import org.junit.jupiter.api.*\nclass MarkTest {\n  <A>@Test fun alpha() {}\n  <B>@Test fun beta() {}\n}\n",
    ),
    by(
        "kotlin",
        "src/test/kotlin/BangSpec.kt",
        "!",
        "import io.kotest.core.spec.style.FunSpec\nclass BangSpec : FunSpec({\n  test(\"<A>alpha\") { go() }\n  test(\"<B>beta\") { go() }\n})\n",
    ),
    by(
        "kotlin",
        "src/test/kotlin/WordSpec.kt",
        "x",
        "import io.kotest.core.spec.style.DescribeSpec\nclass WordSpec : DescribeSpec({\n  <A>it(\"alpha\") { go() }\n  <B>it(\"beta\") { go() }\n})\n",
    ),
    by(
        "groovy",
        "src/test/groovy/MarkSpec.groovy",
        "@Ignore(\"x\") ",
        "import spock.lang.*\nclass MarkSpec extends Specification {\n  <A>def \"alpha\"() { expect: true }\n  <B>def \"beta\"() { expect: true }\n}\n",
    ),
    by(
        "groovy",
        "src/test/groovy/JTest.groovy",
        "@Ignore(\"x\") ",
        "import org.junit.*\nclass JTest {\n  <A>@Test void alpha() { go() }\n  <B>@Test void beta() { go() }\n}\n",
    ),
    by(
        "scala",
        "src/test/scala/CartSuite.scala",
        ".ignore",
        "class CartSuite extends munit.FunSuite {\n  test(\"alpha\"<A>) { go() }\n  test(\"beta\"<B>) { go() }\n}\n",
    ),
    by(
        "csharp",
        "tests/FactTests.cs",
        "(Skip = \"x\")",
        "using Xunit;\npublic class FactTests {\n  [Fact<A>] public void Alpha() {}\n  [Fact<B>] public void Beta() {}\n}\n",
    ),
    by(
        "csharp",
        "tests/CallTests.cs",
        "Assert.Ignore(\"x\");",
        "using NUnit.Framework;\npublic class CallTests {\n  [Test] public void Alpha() { <A> Go(); }\n  [Test] public void Beta() { <B> Go(); }\n}\n",
    ),
    by(
        "go",
        "call_test.go",
        "t.Skip(\"x\")",
        "package a\nimport \"testing\"\nfunc TestAlpha(t *testing.T) {\n\t<A>\n}\nfunc TestBeta(t *testing.T) {\n\t<B>\n}\n",
    ),
    by(
        "go",
        "name_test.go",
        "_",
        "package a\nimport \"testing\"\nfunc <A>TestAlpha(t *testing.T) {}\nfunc <B>TestBeta(t *testing.T) {}\n",
    ),
    by(
        "go",
        "spec_test.go",
        "P",
        "package a\nimport . \"github.com/onsi/ginkgo/v2\"\nvar _ = Describe(\"cart\", func() {\n\t<A>It(\"alpha\", func() {})\n\t<B>It(\"beta\", func() {})\n})\n",
    ),
    by(
        "cpp",
        "name_test.cc",
        "DISABLED_",
        "#include <gtest/gtest.h>\nTEST(Cart, <A>Alpha) { Go(); }\nTEST(Cart, <B>Beta) { Go(); }\n",
    ),
    by(
        "cpp",
        "suite_test.cc",
        "DISABLED_",
        "#include <gtest/gtest.h>\nTEST(<A>Alpha, Adds) { Go(); }\nTEST(<B>Beta, Adds) { Go(); }\n",
    ),
    by(
        "cpp",
        "maybe_test.cc",
        "MAYBE_",
        "#include <gtest/gtest.h>\n#define MAYBE_Alpha DISABLED_Alpha\n#define MAYBE_Beta DISABLED_Beta\nTEST(Cart, <A>Alpha) { Go(); }\nTEST(Cart, <B>Beta) { Go(); }\n",
    ),
    by(
        "cpp",
        "call_test.cc",
        "GTEST_SKIP() << \"x\";",
        "#include <gtest/gtest.h>\nTEST(Cart, Alpha) { <A> Go(); }\nTEST(Cart, Beta) { <B> Go(); }\n",
    ),
    by(
        "cpp",
        "tag_test.cpp",
        "[.]",
        "#include <catch2/catch_test_macros.hpp>\nTEST_CASE(\"alpha\", \"[a]<A>\") { go(); }\nTEST_CASE(\"beta\", \"[a]<B>\") { go(); }\n",
    ),
    by(
        "rust",
        "tests/mark.rs",
        "#[ignore = \"x\"]",
        "#[test] <A>\nfn alpha() {}\n#[test] <B>\nfn beta() {}\n",
    ),
    by(
        "rust",
        "src/inner.rs",
        "#[cfg_attr(windows, ignore)]",
        "#[cfg(test)]\nmod tests {\n    <A>\n    #[tokio::test]\n    async fn alpha() {}\n    <B>\n    #[tokio::test]\n    async fn beta() {}\n}\n",
    ),
    by(
        "rust",
        "src/in_macro.rs",
        "#[ignore]",
        "with_all! {\n    #[test] <A>\n    fn alpha() {}\n    #[test] <B>\n    fn beta() {}\n}\n",
    ),
    by(
        "rust",
        "tests/handed_on.rs",
        "#[ignore] ",
        "test_all!(<A>alpha, 1);\ntest_all!(<B>beta, 2);\n",
    ),
    by(
        "rust",
        "src/docs.rs",
        "ignore",
        "/// A.\n///\n/// ```<A>\n/// go();\n/// ```\npub fn alpha() {}\n\n/// B.\n///\n/// ```<B>\n/// go();\n/// ```\npub fn beta() {}\n",
    ),
    by(
        "rust",
        "tests/mimic.rs",
        ".with_ignored_flag(true)",
        "fn main() {\n    run(vec![\n        Trial::test(\"alpha\", go)<A>,\n        Trial::test(\"beta\", go)<B>,\n    ]);\n}\n",
    ),
    by(
        "php",
        "tests/CartTest.php",
        "$this->markTestSkipped('x');",
        "<?php\nclass CartTest extends TestCase {\n    public function testAlpha() { <A> go(); }\n    public function testBeta() { <B> go(); }\n}\n",
    ),
    by(
        "php",
        "tests/PestTest.php",
        "->skip('x')",
        "<?php\nit('alpha', function () {})<A>;\nit('beta', function () {})<B>;\n",
    ),
    by(
        "ruby",
        "test/cart_test.rb",
        "skip \"x\"",
        "require 'minitest/autorun'\nclass CartTest < Minitest::Test\n  def test_alpha\n    <A>\n  end\n  def test_beta\n    <B>\n  end\nend\n",
    ),
    by(
        "ruby",
        "spec/cart_spec.rb",
        "x",
        "RSpec.describe Cart do\n  <A>it 'alpha' do\n    go\n  end\n  <B>it 'beta' do\n    go\n  end\nend\n",
    ),
    by(
        "lines",
        "test/cart.bats",
        "skip \"x\"",
        "@test \"alpha\" {\n  <A>\n}\n@test \"beta\" {\n  <B>\n}\n",
    ),
    by(
        "lines",
        "robot/cart.robot",
        "    [Tags]    robot:skip",
        "*** Test Cases ***\nAlpha\n<A>\n    Log    x\n\nBeta\n<B>\n    Log    x\n",
    ),
    by(
        "lines",
        "features/cart.feature",
        "@skip",
        "Feature: cart\n\n  <A>\n  Scenario: alpha\n    Given it\n\n  <B>\n  Scenario: beta\n    Given it\n",
    ),
    by(
        "lines",
        "CMakeLists.txt",
        "TRUE",
        "add_test(NAME alpha COMMAND a)\nset_tests_properties(alpha PROPERTIES DISABLED <A>)\nadd_test(NAME beta COMMAND b)\nset_tests_properties(beta PROPERTIES DISABLED <B>)\n",
    ),
    by(
        "manifests",
        "known_failures.txt",
        "",
        "tests/test_x.py::test_<N>\n",
    ),
];

impl Handed {
    /// The file while the first of the two tests has the mark, or the second.
    fn text(&self, first: bool) -> String {
        let (a, b) = if first {
            (self.mark, "")
        } else {
            ("", self.mark)
        };
        let name = if first { "alpha" } else { "beta" };
        let text = self.text.replace("<A>", a).replace("<B>", b);
        text.replace("<N>", name)
    }
}

fn open(origin: &Origin) -> Repository {
    let access = Access {
        cache_dir: "/nonexistent".into(),
        credentials: Vec::new(),
    };
    Repository::open(origin.place(), &access, &Silent).unwrap()
}

#[test]
fn every_language_has_a_mark_that_is_handed_over() {
    let known: BTreeSet<&str> = ALL.iter().map(|it| it.language).collect();
    for folder in std::fs::read_dir(cases::folder()).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&*name), "{name}");
    }
}

#[test]
fn a_mark_that_goes_from_one_test_to_another_that_was_there_is_a_new_mute() {
    let origin = Origin::empty();
    let commit = |message: &str, first: bool| {
        let files = ALL.iter().map(|it| (it.path, it.text(first)));
        let files: Vec<(&str, String)> = files.collect();
        let files: Vec<(&str, &str)> = files.iter().map(|it| (it.0, &*it.1)).collect();
        origin.commit(message, &files)
    };
    let (before, after) = (commit("first", true), commit("second", false));
    let repository = open(&origin);
    let states = [State::Commit(before), State::Commit(after.clone())];
    let states = scan_states(&repository, &states, &Options::default(), &Silent).unwrap();
    let compared = states.compare(0, 1);
    let tips = [("main".to_owned(), after.clone())];
    let past = Past::default();
    let told = history(&repository, &tips, &Options::default(), &past, &Silent).unwrap();
    let began_now = |it: &&qaduct_scan::HistoryRun| {
        it.moved_from.is_none()
            && matches!(&it.began, Beginning::Landed(it) if it.commit_id == after)
    };
    let mut wrong = Vec::new();
    for handed in ALL {
        let of = |it: &Arc<Found>| it.declaration.path == handed.path;
        let new = compared.new.iter().filter(|it| of(it)).count();
        let gone = compared.gone.iter().filter(|it| of(it)).count();
        let same = compared.same.iter().filter(|it| of(&it.1)).count();
        let now = told[0]
            .runs
            .iter()
            .filter(|it| it.ended.is_none() && of(&it.found));
        let begun = now.clone().filter(began_now).count();
        let found = (new, gone, same, now.count(), begun);
        if found != (1, 1, 0, 1, 1) {
            let path = handed.path;
            wrong.push(format!(
                "{path}: new, gone, same; in history, as new: {found:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_disabled_test_that_gets_another_name_goes_on() {
    let origin = Origin::empty();
    let text = |name: &str| {
        format!("#include <gtest/gtest.h>\nTEST(Cart, {name}) {{ Go(); }}\nTEST(Cart, Beta) {{}}\n")
    };
    let before = origin.commit("first", &[("a_test.cc", &text("DISABLED_AddsUp"))]);
    let after = origin.commit("second", &[("a_test.cc", &text("DISABLED_AddsUpWell"))]);
    let states = [State::Commit(before), State::Commit(after)];
    let repository = open(&origin);
    let states = scan_states(&repository, &states, &Options::default(), &Silent).unwrap();
    let compared = states.compare(0, 1);
    assert_eq!((compared.new.len(), compared.same.len()), (0, 1));
}
