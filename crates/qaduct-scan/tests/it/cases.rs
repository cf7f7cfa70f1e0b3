//! Each folder in `cases/LANGUAGE` is a case: the files of a repository, and in
//! `expected.txt` the mutes that they hold, one a line, and below it what
//! belongs to it. `marks.toml` has the marks of a user.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use qaduct_scan::{FileMutes, MarkRule, read_files};

/// The files of a folder by path. `@` in a name stands for nothing: it keeps
/// files such as `.pytest.ini` and broken ones out of the way of other tools.
pub(crate) fn files(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
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

/// The folder of all cases.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases")
}

/// What was found, for people.
pub(crate) fn render(found: &FileMutes) -> String {
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
        line("owner", mute.owner_declared.as_deref());
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

/// Every case of a language has the mutes that it expects.
fn expect(language: &str) {
    #[derive(serde::Deserialize)]
    struct Marks {
        mark: Vec<MarkRule>,
    }
    let mut wrong = Vec::new();
    let mut seen = 0;
    for case in fs::read_dir(folder().join(language)).unwrap() {
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
            let out = Path::new(env!("CARGO_TARGET_TMPDIR"))
                .join(format!("{language}-{name}.expected.txt"));
            fs::write(&out, &found).unwrap();
            wrong.push(format!(
                "{name}: found, also in {}:\n{found}",
                out.display()
            ));
        }
    }
    assert!(seen > 0, "no case was found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A test for each folder of cases, and one that no folder is forgotten.
macro_rules! languages {
    ($($language:ident)*) => {
        $(
            #[test]
            fn $language() {
                expect(stringify!($language));
            }
        )*

        #[test]
        fn every_language_has_a_test() {
            for folder in fs::read_dir(folder()).unwrap() {
                let name = folder.unwrap().file_name().into_string().unwrap();
                assert!([$(stringify!($language)),*].contains(&&*name), "{name}");
            }
        }
    };
}

languages! {
    csharp
    go
    groovy
    java
    javascript
    kotlin
    manifests
    cpp
    lines
    php
    python
    ruby
    rust
    scala
}
