//! bats: tests in Bash, which skip by calling `skip`.

use qaduct_records::Scope;
use shlex::Shlex;

use super::branches::Branches;
use super::found::{Found, all, numbered, some};
use super::shell::{function, here_document, is_test_comment, pieces, title};
use super::{FILE, Own, Reader};

pub(super) const READER: Reader = Reader {
    language: "bats",
    reads: |path| path.ends_with(".bats"),
    is_test_file: |_| true,
    needles: &["skip", "requires", "bats:focus", "_tags="],
    read,
};

/// Tags of tests that are kept apart from the others.
const QUARANTINES: &[&str] = &["flaky", "quarantine", "quarantined", "broken", "disabled"];

/// So many letters of what is asked in one row are kept: nobody wrote more by hand.
const LONGEST: usize = 4_000;

fn read(text: &str, own: &Own) -> Vec<Found> {
    let mut found = Vec::new();
    let mut test: Option<(String, Scope)> = None;
    let mut body = Body::default();
    let mut above: Vec<&str> = Vec::new();
    // Tags stand above the test that they are of.
    let mut tags: Vec<Found> = Vec::new();
    let mut until: Option<&str> = None;
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in numbered(text) {
        let line = line.trim_end();
        if let Some(end) = until {
            if line.trim() == end {
                until = None;
            }
            continue;
        }
        let mut code = line.trim_start();
        if code.starts_with('#') {
            tagged(code, number, own, &mut tags, &mut found);
            above.push(code);
            continue;
        }
        let begins_line = !line.starts_with([' ', '\t']);
        let mut is_one_line = false;
        if let Some((name, rest)) = code.strip_prefix("@test ").map(title) {
            test = Some((name, Scope::Test));
            is_one_line = rest.trim_end().ends_with('}');
            code = rest;
            body = Body::default();
        } else if let Some((name, rest)) = function(code).filter(|_| begins_line) {
            let is_test = is_test_comment(rest);
            let scope = match name {
                "setup" | "setup_file" | "setup_suite" | "teardown" | "teardown_file" => FILE,
                _ if is_test => Scope::Test,
                _ => Scope::Hook,
            };
            let name = if scope == FILE { "" } else { name };
            test = Some((name.to_owned(), scope));
            is_one_line = rest.trim_end().ends_with('}');
            code = if is_test { "" } else { rest };
            body = Body::default();
        } else if line == "}" {
            test = None;
        }
        if let Some((name, scope)) = &test {
            for mut tag in tags.drain(..) {
                tag.test.clone_from(name);
                found.push(tag);
            }
            body.statements(code, own, &mut |its| {
                let mut place = Found::new(its.own.as_deref().unwrap_or("skip"), number, *scope);
                place.test.clone_from(name);
                place.dynamic = *scope == Scope::Hook;
                place.is_guess = its.alias.is_some() || *scope == Scope::Hook;
                place.alias = its.alias;
                place.condition = all(&its.conditions);
                place.reason = some(&its.reason);
                place.args = its.args;
                place.above = above.join("\n");
                found.push(place);
            });
        }
        if is_one_line {
            test = None;
        }
        // What is never closed is no text.
        until = here_document(line)
            .filter(|end| lines[number as usize..].iter().any(|it| it.trim() == *end));
        above.clear();
    }
    found.extend(tags);
    found
}

/// Tags in a comment: those of the file, and those of the test below.
fn tagged(comment: &str, number: u32, own: &Own, tags: &mut Vec<Found>, found: &mut Vec<Found>) {
    let Some((scope, list)) = comment.strip_prefix("# bats ").and_then(|it| {
        let (what, list) = it.split_once('=')?;
        match what.trim() {
            "test_tags" => Some((Scope::Test, list)),
            "file_tags" => Some((FILE, list)),
            _ => None,
        }
    }) else {
        return;
    };
    for tag in list.split(',').map(str::trim) {
        let its = match tag {
            "bats:focus" => Found::new(tag, number, scope),
            _ if own.contains(tag) => Found::new(tag, number, scope),
            _ if QUARANTINES.contains(&&*tag.to_lowercase()) => {
                let mut its = Found::new("tag", number, scope);
                its.reason = some(tag);
                its
            }
            _ => continue,
        };
        match scope {
            Scope::Test => tags.push(its),
            _ => found.push(its),
        }
    }
}

/// A call of `skip`, of a helper whose name says that it skips, or of a user's mark.
struct Skip {
    /// The mark.
    own: Option<String>,
    args: Vec<String>,
    alias: Option<String>,
    reason: String,
    conditions: Vec<String>,
}

/// What is open in the body of a function.
#[derive(Debug, Default)]
struct Body {
    asked: Branches,
    /// What each `case` is about, and how many conditions were open at its beginning.
    cases: Vec<(String, usize)>,
    /// Whether the next word is a pattern of the innermost `case`.
    at_pattern: bool,
    /// Whether what an `if` asks goes on.
    in_head: bool,
    /// What the line before asks, and its sign, where it ends with `||` or `&&`.
    pending: Option<(Option<String>, &'static str)>,
}

impl Body {
    /// Looks at the statements of a line.
    fn statements(&mut self, code: &str, own: &Own, tell: &mut dyn FnMut(Skip)) {
        let (mut before, first) = self.pending.take().unwrap_or_default();
        let pieces = pieces(code);
        let last = pieces.len() - 1;
        for (at, (sign, piece)) in pieces.into_iter().enumerate() {
            let sign = if at == 0 { first } else { sign };
            let piece = piece.trim();
            let goes_on = matches!(sign, "&&" | "||");
            self.at_pattern |= sign == ";;" && !self.cases.is_empty();
            self.in_head &= goes_on;
            if at == last && piece.is_empty() && goes_on {
                self.pending = Some((before, if sign == "&&" { "&&" } else { "||" }));
                return;
            }
            if self.in_head {
                self.asked.more(&format!(" {sign} {piece}"));
                continue;
            }
            let condition = match (sign, &before) {
                ("&&", Some(it)) => Some(it.clone()),
                ("||", Some(it)) => Some(format!("not ({it})")),
                _ => None,
            };
            let depth = self.asked.depth();
            let Some(piece) = self.opened(piece, condition.as_deref()) else {
                before = Some("…".to_owned());
                continue;
            };
            // A block that begins here has the condition now.
            let condition = condition.filter(|_| self.asked.depth() == depth);
            if let Some(skip) = skip(piece, own) {
                let mut conditions = self.asked.hold();
                conditions.extend(condition.clone());
                conditions.extend(skip.conditions.iter().cloned());
                tell(Skip { conditions, ..skip });
            }
            before = Some(match condition {
                Some(it) if it.len() < LONGEST => format!("{it} and {piece}"),
                Some(_) => format!("… and {piece}"),
                None => piece.to_owned(),
            });
        }
    }

    /// Goes past what the shell asks for between statements; what is left of a piece, where
    /// it is a statement.
    fn opened<'p>(&mut self, mut piece: &'p str, condition: Option<&str>) -> Option<&'p str> {
        loop {
            let word = piece.split_whitespace().next().unwrap_or_default();
            if word == "esac" {
                if let Some((_, depth)) = self.cases.pop() {
                    while self.asked.depth() > depth {
                        self.asked.end();
                    }
                }
                self.at_pattern = false;
                return None;
            }
            if self.at_pattern && !piece.is_empty() {
                let (pattern, rest) = piece.split_once(')')?;
                self.at_pattern = false;
                let about = self.cases.last().map_or("", |it| &it.0);
                let patterns = pattern.trim_start_matches('(').split('|');
                let patterns: Vec<String> = patterns
                    .map(|it| format!("{about} == {}", it.trim()))
                    .collect();
                match pattern.trim() {
                    "*" => self.asked.next(""),
                    _ => self.asked.case(patterns.join(" || ")),
                }
                piece = rest.trim();
                continue;
            }
            match word {
                "if" | "while" | "until" | "for" | "select" => {
                    self.in_head = word == "if";
                    let asked = if self.in_head { piece[2..].trim() } else { "" };
                    self.asked.begin(asked);
                    return None;
                }
                "elif" => {
                    self.in_head = true;
                    self.asked.next(piece[4..].trim());
                    return None;
                }
                "else" => {
                    self.asked.next("");
                    piece = piece[4..].trim();
                }
                "fi" | "done" => {
                    self.asked.end();
                    return None;
                }
                "case" => {
                    let (about, rest) = piece[4..].split_once(" in")?;
                    self.cases
                        .push((about.trim().to_owned(), self.asked.depth()));
                    self.asked.begin("");
                    self.at_pattern = true;
                    piece = rest.trim();
                }
                "then" | "do" => piece = piece[word.len()..].trim(),
                "{" => {
                    self.asked.begin(condition.unwrap_or_default());
                    piece = piece[1..].trim();
                }
                "}" => {
                    if self.asked.depth() > self.cases.last().map_or(0, |it| it.1 + 1) {
                        self.asked.end();
                    }
                    return None;
                }
                _ if piece.ends_with(" {") => {
                    // A function in a function.
                    self.asked.begin("");
                    return None;
                }
                _ => return Some(piece),
            }
        }
    }
}

/// The call of a piece that skips.
fn skip(piece: &str, own: &Own) -> Option<Skip> {
    let word = piece.split_whitespace().next().unwrap_or_default();
    if own.contains(word) {
        return Some(Skip {
            own: Some(word.to_owned()),
            args: Shlex::new(&piece[word.len()..]).collect(),
            alias: None,
            reason: String::new(),
            conditions: Vec::new(),
        });
    }
    let is_helper = ["skip_if", "skip_unless", "skip_on", "skip_for"]
        .iter()
        .any(|it| word.starts_with(it));
    let rest = piece[word.len()..].trim();
    if needs(word) && !rest.is_empty() && !rest.starts_with(['=', '(']) {
        return Some(Skip {
            own: None,
            args: Vec::new(),
            alias: Some(word.to_owned()),
            reason: String::new(),
            conditions: vec![format!("not ({rest})")],
        });
    }
    if !(word == "skip" || is_helper) || rest.starts_with(['=', '(']) {
        return None;
    }
    let reason = match rest.chars().next().filter(|it| matches!(it, '"' | '\'')) {
        Some(quote) => rest[1..].split(quote).next().unwrap_or(rest),
        None => rest.split(" #").next().unwrap_or(rest),
    };
    let helper = is_helper.then(|| word.to_owned());
    Some(Skip {
        own: None,
        args: Vec::new(),
        conditions: helper.iter().cloned().collect(),
        alias: helper,
        reason: reason.trim_matches(['"', '\'', '}', ' ', ';']).to_owned(),
    })
}

/// Whether a word is a helper that skips where what it names is not there: `requires root`.
fn needs(word: &str) -> bool {
    word == "requires" || word.starts_with("requires_")
}
