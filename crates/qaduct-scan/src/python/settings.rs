//! Settings of pytest: which files, classes and functions are tests, whether
//! an expected failure is strict, and what is left out.
//!
//! Read from any of the files that pytest looks into; which of them counts is
//! decided by their names, in [`Settings::of`].

use toml::de::{DeTable, DeValue};

use super::facts::Trouble;
use super::ini;
use super::text::Lines;

/// The names of pytest's configuration files, in the order in which it looks for them.
pub(super) const FILES: [&str; 7] = [
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
];

/// What a file would say, under each of the names it could have.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// `[pytest]` of an ini file.
    ini: Option<Options>,
    /// `[tool:pytest]` of `setup.cfg`.
    cfg: Option<Options>,
    /// `[pytest]` of a TOML file.
    toml: Option<Options>,
    /// `[tool.pytest]` or `[tool.pytest.ini_options]`.
    tool: Option<Options>,
    ini_trouble: Option<Trouble>,
    toml_trouble: Option<Trouble>,
}

/// What pytest is told.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) strict: Option<bool>,
    pub(super) files: Option<Vec<String>>,
    pub(super) classes: Option<Vec<String>>,
    pub(super) functions: Option<Vec<String>>,
    /// Folders that are not searched.
    pub(super) folders: Vec<String>,
    pub(super) excluded: Vec<Excluded>,
}

/// Something that a command line in a configuration file leaves out or repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excluded {
    /// The option: `--deselect`.
    pub(super) option: &'static str,
    pub(super) pattern: String,
    pub(super) lines: (u32, u32),
}

impl Settings {
    /// Whether a text can hold settings at all: a cheap look before [`Settings::read`].
    pub(super) fn possible(bytes: &[u8]) -> bool {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        bytes.len() < 1 << 20
            && memchr::memmem::find_iter(bytes, b"pytest").any(|at| {
                let start = memchr::memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |end| end + 1);
                let head = bytes[start..at].trim_ascii_start();
                [&b"["[..], b"[tool:", b"[tool.", b"[\""].contains(&head)
            })
    }

    pub(super) fn read(text: &str) -> Self {
        let mut settings = Self::default();
        let ini = ini::read(text);
        for (name, place) in [
            ("pytest", &mut settings.ini),
            ("tool:pytest", &mut settings.cfg),
        ] {
            if ini.sections.contains(&name) {
                let mut options = Options::default();
                for entry in ini.entries.iter().filter(|entry| entry.section == name) {
                    options.set(
                        entry.name,
                        &Setting::Words(entry.value.clone()),
                        entry.lines,
                    );
                }
                *place = Some(options);
            }
        }
        settings.ini_trouble = ini.broken.map(|(line, why)| trouble(line, why.to_owned()));
        let (table, wrong) = DeTable::parse_recoverable(text);
        settings.toml_tables(text, table.get_ref());
        match wrong.first() {
            None => {}
            Some(wrong) => {
                let at = wrong.span().map_or(0, |span| span.start);
                let line = Lines::new(text.as_bytes()).line(super::text::offset(at));
                settings.toml_trouble = Some(trouble(line, wrong.message().to_owned()));
            }
        }
        settings
    }

    fn toml_tables(&mut self, text: &str, table: &DeTable<'_>) {
        let lines = Lines::new(text.as_bytes());
        let read = |table: &DeTable<'_>| {
            let mut options = Options::default();
            for (key, value) in table {
                let line = |at: usize| lines.line(super::text::offset(at));
                let span = (
                    line(key.span().start),
                    line(value.span().end.saturating_sub(1)),
                );
                options.set(key.get_ref(), &Setting::of(value.get_ref()), span);
            }
            options
        };
        self.toml = inner(table, "pytest").map(read);
        let Some(tool) = inner(table, "tool").and_then(|tool| inner(tool, "pytest")) else {
            return;
        };
        let native = tool.iter().any(|(key, _)| key.get_ref() != "ini_options");
        self.tool = match inner(tool, "ini_options") {
            Some(options) if !native => Some(read(options)),
            Some(_) => {
                self.toml_trouble = Some(trouble(
                    1,
                    "both [tool.pytest] and [tool.pytest.ini_options] are there".to_owned(),
                ));
                Some(read(tool))
            }
            None if native => Some(read(tool)),
            None => None,
        };
    }

    /// What counts for a file of this name: `None` where pytest would look on.
    pub(super) fn of(&self, file: &str) -> Option<&Options> {
        match file {
            "pytest.toml" | ".pytest.toml" => self.toml.as_ref(),
            "pytest.ini" | ".pytest.ini" | "tox.ini" => self.ini.as_ref(),
            "pyproject.toml" => self.tool.as_ref(),
            "setup.cfg" => self.cfg.as_ref(),
            _ => None,
        }
    }

    /// What is wrong with a file of this name.
    pub(super) fn trouble_of(&self, file: &str) -> Option<&Trouble> {
        if file.ends_with(".toml") {
            self.toml_trouble.as_ref()
        } else {
            self.ini_trouble.as_ref()
        }
    }
}

fn inner<'t, 'i>(table: &'t DeTable<'i>, name: &str) -> Option<&'t DeTable<'i>> {
    table.get(name)?.get_ref().as_table()
}

fn trouble(line: u32, message: String) -> Trouble {
    Trouble {
        kind: "configuration",
        line,
        message,
    }
}

/// The value of an option.
enum Setting {
    /// A text that is split where the option is a list.
    Words(String),
    List(Vec<String>),
}

impl Setting {
    fn of(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::Array(values) => Self::List(
                values
                    .iter()
                    .filter_map(|each| each.get_ref().as_str().map(str::to_owned))
                    .collect(),
            ),
            DeValue::String(text) => Self::Words(text.to_string()),
            DeValue::Boolean(value) => Self::Words(value.to_string()),
            DeValue::Integer(value) => Self::Words(value.as_str().to_owned()),
            _ => Self::Words(String::new()),
        }
    }

    fn truth(&self) -> Option<bool> {
        let Self::Words(text) = self else { return None };
        match text.trim().to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" | "y" | "t" => Some(true),
            "0" | "false" | "no" | "off" | "n" | "f" => Some(false),
            _ => None,
        }
    }

    fn words(&self) -> Vec<String> {
        match self {
            Self::List(list) => list.clone(),
            Self::Words(text) => shell_words(text),
        }
    }
}

impl Options {
    fn set(&mut self, name: &str, value: &Setting, lines: (u32, u32)) {
        match name {
            "strict_xfail" | "xfail_strict" => self.strict = value.truth(),
            // Since pytest 9 one option turns on all that is strict.
            "strict" => self.strict = self.strict.or(value.truth()),
            "python_files" => self.files = Some(value.words()),
            "python_classes" => self.classes = Some(value.words()),
            "python_functions" => self.functions = Some(value.words()),
            "norecursedirs" => self.folders = value.words(),
            "addopts" => self.excluded = excluded(&value.words(), lines),
            _ => {}
        }
    }
}

/// What a command line leaves out.
fn excluded(words: &[String], lines: (u32, u32)) -> Vec<Excluded> {
    let mut found = Vec::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
            _ => match word.split_at_checked(2) {
                Some((name @ ("-k" | "-m"), value)) if !value.is_empty() => {
                    (name, Some(value.trim_start_matches('=').to_owned()))
                }
                _ => (word.as_str(), None),
            },
        };
        let Some(option) = [
            "--deselect",
            "--ignore",
            "--ignore-glob",
            "--reruns",
            "-k",
            "-m",
        ]
        .into_iter()
        .find(|option| *option == name) else {
            continue;
        };
        let Some(pattern) = value.or_else(|| words.next().cloned()) else {
            continue;
        };
        // A selection leaves something out where it says `not`.
        let selects = matches!(option, "-k" | "-m");
        let says_not = pattern
            .split(|each: char| !each.is_alphanumeric())
            .any(|part| part == "not");
        let nothing = option == "--reruns" && pattern == "0";
        if (!selects || says_not) && !nothing {
            found.push(Excluded {
                option,
                pattern,
                lines,
            });
        }
    }
    found
}

/// Splits like a POSIX shell, as far as quotes and backslashes go.
fn shell_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(each) = chars.next() {
        match (quote, each) {
            (Some(open), _) if each == open => quote = None,
            (Some('"') | None, '\\') => word.get_or_insert_default().extend(chars.next()),
            (Some(_), _) => word.get_or_insert_default().push(each),
            (None, '"' | '\'') => {
                quote = Some(each);
                word.get_or_insert_default();
            }
            (None, _) if each.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(each),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(file: &str, text: &str) -> Options {
        assert!(Settings::possible(text.as_bytes()));
        Settings::read(text).of(file).unwrap().clone()
    }

    #[test]
    fn strictness_is_read_from_every_file_that_pytest_reads() {
        for (file, text) in [
            ("pytest.ini", "[pytest]\nxfail_strict = true\n"),
            (".pytest.ini", "[pytest]\nxfail_strict=1\n"),
            (
                "tox.ini",
                "[tox]\nenvlist = py3\n[pytest]\nxfail_strict = True\n",
            ),
            ("setup.cfg", "[tool:pytest]\nxfail_strict = yes\n"),
            (
                "pyproject.toml",
                "[tool.pytest.ini_options]\nxfail_strict = true\n",
            ),
            (
                "pyproject.toml",
                "[tool.pytest.ini_options]\nxfail_strict = \"true\"\n",
            ),
            ("pyproject.toml", "[tool.pytest]\nstrict_xfail = true\n"),
            ("pyproject.toml", "[tool.pytest]\nstrict = true\n"),
            ("pytest.toml", "[pytest]\nstrict_xfail = true\n"),
        ] {
            assert_eq!(options(file, text).strict, Some(true), "{file}: {text}");
        }
        let text = "[tool.pytest]\nstrict = true\nstrict_xfail = false\n";
        assert_eq!(options("pyproject.toml", text).strict, Some(false));
    }

    #[test]
    fn a_section_counts_only_in_the_files_that_pytest_takes_it_from() {
        let settings = Settings::read("[pytest]\nxfail_strict = true\n");
        assert_eq!(settings.of("setup.cfg"), None);
        assert_eq!(settings.of("pyproject.toml"), None);
    }

    #[test]
    fn what_the_command_line_leaves_out_is_listed() {
        let text = "[pytest]\naddopts = -q --deselect tests/a.py::test_x\n  --ignore=docs -k 'not slow and not net'\n  -m \"gpu\" --ignore-glob \"*_old.py\" -mnot\\ x --reruns 3\n";
        let found: Vec<_> = options("pytest.ini", text)
            .excluded
            .into_iter()
            .map(|each| format!("{} {}", each.option, each.pattern))
            .collect();
        assert_eq!(
            found,
            [
                "--deselect tests/a.py::test_x",
                "--ignore docs",
                "-k not slow and not net",
                "--ignore-glob *_old.py",
                "-m not x",
                "--reruns 3"
            ]
        );
    }

    #[test]
    fn settings_are_looked_for_where_a_line_begins_with_their_section() {
        for text in [
            "\u{feff}[pytest]",
            "a\r [tool.pytest.ini_options]",
            "[\"pytest\"]",
        ] {
            assert!(Settings::possible(text.as_bytes()), "{text}");
        }
        for text in ["marks = [pytest.mark.skip]", "# see [pytest]", "pytest = 1"] {
            assert!(!Settings::possible(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_broken_file_is_reported_with_its_line() {
        let settings = Settings::read("[tool.pytest.ini_options]\nxfail_strict = tru\n");
        assert_eq!(settings.trouble_of("pyproject.toml").unwrap().line, 2);
        let settings = Settings::read("x = 1\n[pytest]\n");
        assert_eq!(settings.trouble_of("pytest.ini").unwrap().line, 1);
        assert!(settings.of("pytest.ini").is_some());
    }

    #[test]
    fn lines_of_a_toml_value_are_its_own() {
        let text = "[tool.pytest.ini_options]\naddopts = [\n  \"--ignore=a\",\n]\n";
        assert_eq!(options("pyproject.toml", text).excluded[0].lines, (2, 4));
    }
}
