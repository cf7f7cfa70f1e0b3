//! `CMake`: properties of tests, and the tests that `CTest` is told to leave out.

use qaduct_records::Scope;

use super::branches::Branches;
use super::found::{Found, all, some};
use super::{FILE, Own, Reader};

pub(super) const READER: Reader = Reader {
    language: "cmake",
    reads: |path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name == "CMakeLists.txt" || name.ends_with(".cmake") || name.ends_with(".cmake.in")
    },
    is_test_file: |_| false,
    needles: &[
        "DISABLED",
        "WILL_FAIL",
        "SKIP_RETURN_CODE",
        "SKIP_REGULAR",
        "LABELS",
        "TESTS_IGNORE",
    ],
    read,
};

/// A command with its arguments.
struct Command<'a> {
    name: String,
    args: Vec<&'a str>,
    lines: (u32, u32),
    above: String,
    trailing: String,
}

fn read(text: &str, _: &Own) -> Vec<Found> {
    let mut found = Vec::new();
    let mut asked = Branches::default();
    for command in commands(text) {
        let joined = || command.args.join(" ");
        match &*command.name {
            "if" => asked.begin(joined()),
            "elseif" => asked.next(joined()),
            "else" => asked.next(""),
            "endif" => asked.end(),
            "set_tests_properties"
            | "set_property"
            | "gtest_discover_tests"
            | "catch_discover_tests"
            | "doctest_discover_tests" => properties(&mut found, &command, &asked.hold()),
            "set" | "list" => {
                let at = usize::from(command.name == "list");
                let is_ignore = command.args.get(at) == Some(&"CTEST_CUSTOM_TESTS_IGNORE");
                for test in command.args.iter().skip(at + 1).filter(|_| is_ignore) {
                    if !test.contains("CTEST_CUSTOM_TESTS_IGNORE") {
                        let asked = asked.hold();
                        found.push(place("CTEST_CUSTOM_TESTS_IGNORE", test, &command, &asked));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn place(form: &str, test: &str, command: &Command<'_>, asked: &[String]) -> Found {
    let mut found = Found::new(form, command.lines.0, Scope::Test);
    found.lines = command.lines;
    test.clone_into(&mut found.test);
    found.condition = all(asked);
    found.above.clone_from(&command.above);
    found.trailing.clone_from(&command.trailing);
    found
}

fn properties(found: &mut Vec<Found>, command: &Command<'_>, asked: &[String]) {
    let args = &command.args;
    let Some(at) = args
        .iter()
        .position(|it| matches!(*it, "PROPERTIES" | "PROPERTY"))
    else {
        return;
    };
    if command.name == "set_property" && args.first() != Some(&"TEST") {
        return;
    }
    let discovers = command.name.ends_with("discover_tests");
    let first = usize::from(command.name == "set_property");
    let tests = if discovers {
        &args[..1.min(at)]
    } else {
        &args[first..at]
    };
    let tests = tests
        .iter()
        .filter(|it| !matches!(**it, "APPEND" | "APPEND_STRING" | "DIRECTORY"));
    let tests: Vec<&str> = tests.copied().collect();
    let given = &args[at + 1..];
    let pairs: Vec<(&str, String)> = if command.name == "set_property" {
        given
            .split_first()
            .map(|(name, values)| (*name, values.join(";")))
            .into_iter()
            .collect()
    } else {
        given
            .chunks(2)
            .filter_map(|it| Some((*it.first()?, (*it.get(1)?).to_owned())))
            .collect()
    };
    for (name, value) in pairs {
        let form = match name {
            "DISABLED" | "WILL_FAIL" | "SKIP_RETURN_CODE" | "SKIP_REGULAR_EXPRESSION" => name,
            "LABELS" => {
                let of_interest = ["flaky", "quarantine", "disabled", "broken"];
                let mut labels = value.split(';').map(str::to_lowercase);
                if !labels.any(|it| of_interest.contains(&&*it)) {
                    continue;
                }
                "LABELS"
            }
            _ => continue,
        };
        let off = matches!(&*value.to_uppercase(), "FALSE" | "OFF" | "0" | "NO" | "");
        for test in &tests {
            let mut its = place(form, test, command, asked);
            if discovers {
                its.scope = Scope::Target;
            }
            match form {
                "DISABLED" | "WILL_FAIL" if off => its.ineffective = Some("it says that it is off"),
                "SKIP_RETURN_CODE" => its.condition = some(&format!("exit code {value}")),
                "SKIP_REGULAR_EXPRESSION" => {
                    its.condition = some(&format!("output matches {value}"))
                }
                "DISABLED" | "WILL_FAIL" if value.contains("${") || value.contains("$<") => {
                    let mut asked = asked.to_vec();
                    asked.push(value.clone());
                    its.condition = all(&asked);
                }
                _ => {}
            }
            if its.test.is_empty() {
                its.scope = FILE;
            }
            found.push(its);
        }
    }
}

/// The commands of a file.
fn commands(text: &str) -> Vec<Command<'_>> {
    let bytes = text.as_bytes();
    let mut commands = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    let mut at = 0;
    let mut line = 1;
    let mut last_comment = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => {
                line += 1;
                at += 1;
            }
            b'#' => {
                let end = comment_end(text, at);
                if last_comment + 1 != line {
                    above.clear();
                }
                let its = &text[at..end];
                line += lines_in(its);
                last_comment = line;
                above.push(its.trim_end());
                at = end;
            }
            it if it.is_ascii_alphabetic() || it == b'_' => {
                let start = at;
                while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
                    at += 1;
                }
                let name = text[start..at].to_ascii_lowercase();
                while at < bytes.len() && matches!(bytes[at], b' ' | b'\t') {
                    at += 1;
                }
                if bytes.get(at) != Some(&b'(') {
                    continue;
                }
                let first = line;
                let mut trailing = Vec::new();
                let (args, end) = arguments(text, at + 1, &mut trailing);
                line += lines_in(&text[at..end]);
                at = end;
                let rest = text[at..].lines().next().unwrap_or_default().trim();
                if rest.starts_with('#') {
                    trailing.push(rest);
                }
                let is_above = last_comment + 1 == first;
                commands.push(Command {
                    name,
                    args,
                    lines: (first, line),
                    above: if is_above {
                        above.join("\n")
                    } else {
                        String::new()
                    },
                    trailing: trailing.join("\n"),
                });
                above.clear();
                if rest.starts_with('#') {
                    at += text[at..].find('\n').unwrap_or(text.len() - at);
                }
            }
            _ => at += 1,
        }
    }
    commands
}

fn lines_in(text: &str) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', text.as_bytes()).count()).unwrap_or(0)
}

fn comment_end(text: &str, at: usize) -> usize {
    if let Some(end) = bracket_end(text, at + 1) {
        return end;
    }
    text[at..].find('\n').map_or(text.len(), |it| at + it)
}

/// The end of a text in `[[` and `]]`, with any number of `=` between the brackets.
fn bracket_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix('[')?;
    let level = rest.bytes().take_while(|it| *it == b'=').count();
    rest[level..].strip_prefix('[')?;
    let close = format!("]{}]", "=".repeat(level));
    let end = text[at..].find(&close);
    Some(end.map_or(text.len(), |it| at + it + close.len()))
}

/// The arguments up to the closing bracket, and where that ends.
fn arguments<'a>(
    text: &'a str,
    start: usize,
    comments: &mut Vec<&'a str>,
) -> (Vec<&'a str>, usize) {
    let bytes = text.as_bytes();
    let mut args: Vec<&str> = Vec::new();
    // Where the last argument ended.
    let mut last = start;
    let mut depth = 1;
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'(' => {
                depth += 1;
                at += 1;
            }
            b')' => {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    break;
                }
            }
            b'#' => {
                let end = comment_end(text, at);
                comments.push(text[at..end].trim());
                at = end;
            }
            b'"' => {
                let begin = at + 1;
                at = begin;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let end = at.min(bytes.len());
                args.push(text.get(begin..end).unwrap_or_default());
                at = end + 1;
                last = at;
            }
            b'[' if bracket_end(text, at).is_some() => {
                let end = bracket_end(text, at).unwrap_or(text.len());
                args.push(text[at..end].trim_matches(['[', ']', '=']));
                at = end;
                last = at;
            }
            it if it.is_ascii_whitespace() || it == b';' => at += 1,
            _ => {
                let begin = at;
                while at < bytes.len()
                    && !bytes[at].is_ascii_whitespace()
                    && !b"();\"#".contains(&bytes[at])
                {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let end = at.min(bytes.len());
                args.push(text.get(begin..end).unwrap_or_default());
                at = end;
                last = at;
            }
        }
    }
    // A command that nothing closes has no end but that of what it says.
    let end = if depth > 0 { last } else { at };
    (args, end.min(text.len()))
}
