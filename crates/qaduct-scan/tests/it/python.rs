//! Each folder in `cases/python` is a case: the files of a repository, and in
//! `expected.txt` the mutes that they hold, one a line, and below it what
//! belongs to it. `marks.toml` has the marks of a user.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use qaduct_scan::{FileMutes, MarkRule, read_files};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases/python")
}

/// The files of a folder by path. `@` in a name stands for nothing: it keeps
/// files such as `.pytest.ini` and broken ones out of the way of other tools.
fn files(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap().replace('@', "");
        let path = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), &path, found);
        } else {
            found.insert(path, fs::read(entry.path()).unwrap());
        }
    }
}

/// What was found, for people.
fn render(found: &FileMutes) -> String {
    let mut text = format!("test files: {}\n", found.test_files);
    for (mute, texts) in &found.mutes {
        let lines = if mute.line_start == mute.line_end {
            mute.line_start.to_string()
        } else {
            format!("{}-{}", mute.line_start, mute.line_end)
        };
        let name: Vec<&str> = [mute.container.as_str(), &mute.test]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        let name = if name.is_empty() {
            "*".to_owned()
        } else {
            name.join("::")
        };
        let param = mute
            .param
            .as_ref()
            .map(|param| format!("[{param}]"))
            .unwrap_or_default();
        write!(
            text,
            "\n{}:{lines}  {name}{param}  {}  {}  {}",
            mute.path, mute.form, mute.kind, mute.scope
        )
        .unwrap();
        if mute.dynamic {
            text.push_str("  dynamic");
        }
        text.push('\n');
        let mut line = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                writeln!(text, "    {name}: {value}").unwrap();
            }
        };
        line("alias", mute.alias.as_deref());
        line("condition", mute.condition.as_deref());
        line("reason", mute.reason.as_deref());
        line("since", mute.since_text.as_deref());
        line("until", mute.until_text.as_deref());
        if let Some(source) = &mute.strict_source {
            let strict = mute
                .strict
                .map_or("unknown".to_owned(), |strict| strict.to_string());
            line("strict", Some(&format!("{strict}, by {source}")));
        }
        line("no effect", mute.ineffective_because.as_deref());
        if mute.confidence.as_str() != "exact" {
            line("confidence", Some(mute.confidence.as_str()));
        }
        if mute.partly_parsed {
            line("file", Some("partly parsed"));
        }
        for (source, words) in texts {
            let source = source.as_str();
            // The reason and the name are told already.
            if !matches!(source, "reason" | "name") {
                line(source, Some(&words.replace('\n', " / ")));
            }
        }
    }
    for problem in &found.problems {
        writeln!(
            text,
            "\nproblem {}:{}  {}: {}",
            problem.path, problem.line, problem.problem, problem.message
        )
        .unwrap();
    }
    text
}

#[test]
fn every_case_has_the_mutes_that_it_expects() {
    #[derive(serde::Deserialize)]
    struct Marks {
        mark: Vec<MarkRule>,
    }
    let mut wrong = Vec::new();
    let mut seen = 0;
    for case in fs::read_dir(cases()).unwrap() {
        let folder = case.unwrap().path();
        let mut sources = BTreeMap::new();
        files(&folder, "", &mut sources);
        let expected = sources.remove("expected.txt").unwrap_or_default();
        let marks = match sources.remove("marks.toml") {
            Some(text) => toml::from_slice::<Marks>(&text).unwrap().mark,
            None => Vec::new(),
        };
        let found = render(&read_files(&sources, &marks).unwrap());
        seen += 1;
        if found.as_bytes() != expected {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            // Written beside the target, to be looked at and copied.
            let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.expected.txt"));
            fs::write(&out, &found).unwrap();
            wrong.push(format!(
                "{name}: found, also in {}:\n{found}",
                out.display()
            ));
        }
    }
    assert!(seen >= 20, "only {seen} cases were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

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
