//! phpt: tests of PHP itself and of its extensions, a file each, in sections.

use qaduct_records::Scope;

use super::found::{Found, numbered, some};
use super::{Own, Reader};

pub(super) const READER: Reader = Reader {
    language: "phpt",
    reads: |path| path.ends_with(".phpt"),
    is_test_file: |_| true,
    needles: &["--SKIPIF--", "--XFAIL--", "--FLAKY--"],
    read,
};

/// A section: its name, its first line, and the lines in it.
struct Section<'a> {
    name: &'a str,
    line: u32,
    text: Vec<(u32, &'a str)>,
}

impl Section<'_> {
    fn words(&self) -> String {
        let lines = self.text.iter().map(|(_, it)| it.trim());
        let lines: Vec<&str> = lines.filter(|it| !it.is_empty()).collect();
        lines.join(" ")
    }

    fn last_line(&self) -> u32 {
        let mut lines = self.text.iter().rev();
        let last = lines.find(|(_, it)| !it.trim().is_empty());
        last.map_or(self.line, |(line, _)| *line)
    }
}

fn read(text: &str, _: &Own) -> Vec<Found> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (line, text) in numbered(text) {
        match (name(text), sections.last_mut()) {
            (Some(name), _) => sections.push(Section {
                name,
                line,
                text: Vec::new(),
            }),
            (None, Some(section)) => section.text.push((line, text)),
            (None, None) => {}
        }
    }
    let title = sections.iter().find(|it| it.name == "TEST");
    let title = title.map(Section::words).unwrap_or_default();
    let mut found = Vec::new();
    for section in &sections {
        match section.name {
            "XFAIL" | "FLAKY" => {
                let mut its = Found::new(section.name, section.line, Scope::Test);
                its.lines.1 = section.last_line();
                its.reason = some(&section.words());
                found.push(its);
            }
            "SKIPIF" => skips(section, &mut found),
            _ => {}
        }
    }
    for its in &mut found {
        its.test.clone_from(&title);
    }
    found
}

/// The name of the section that begins: `--SKIPIF--`.
fn name(line: &str) -> Option<&str> {
    let name = line.trim_end().strip_prefix("--")?.strip_suffix("--")?;
    let is_name = |it: char| it.is_ascii_uppercase() || it == '_';
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// What a script writes that decides whether the test runs: `skip …`, `xfail …`, `flaky …`.
fn skips(section: &Section<'_>, found: &mut Vec<Found>) {
    let mut asked: Option<String> = None;
    let mut says_nothing = true;
    for (line, text) in &section.text {
        let mut rest = *text;
        while let Some(at) = rest.find(['\'', '"']) {
            asked = condition(&rest[..at]).or(asked);
            let quote = &rest[at..=at];
            let Some(said) = rest[at + 1..].split(quote).next() else {
                break;
            };
            let behind = rest.get(at + said.len() + 2..).unwrap_or_default();
            let word = said.split(|it: char| !it.is_alphabetic()).next();
            let form = match word.unwrap_or_default().to_lowercase().as_str() {
                "skip" => "SKIPIF",
                "xfail" => "XFAIL",
                "flaky" => "FLAKY",
                _ => {
                    // What is asked may hold texts.
                    asked = condition(text).or(asked);
                    rest = behind;
                    continue;
                }
            };
            says_nothing = false;
            let mut its = Found::new(form, *line, Scope::Test);
            let why = said[word.map_or(0, str::len)..].trim_start_matches([':', '-', ' ', ',']);
            its.reason = some(why.trim_end_matches("\\n"));
            its.condition.clone_from(&asked);
            found.push(its);
            rest = behind;
        }
        asked = condition(rest).or(asked);
    }
    if says_nothing {
        // Another file decides.
        let code = section.words();
        let code = code.trim_start_matches("<?php").trim_end_matches("?>");
        if let Some(code) = some(code) {
            let mut its = Found::new("SKIPIF", section.line, Scope::Test);
            its.lines.1 = section.last_line();
            its.condition = Some(code);
            found.push(its);
        }
    }
}

/// What the last `if` of a piece of code asks, where it is closed there.
fn condition(code: &str) -> Option<String> {
    let at = code.rfind("if (").or_else(|| code.rfind("if("))?;
    let open = at + code[at..].find('(')?;
    let mut depth = 0_u32;
    for (end, sign) in code[open..].char_indices() {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return some(&code[open + 1..open + end]);
        }
    }
    None
}
