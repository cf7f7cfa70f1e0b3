//! bats: tests in Bash, which skip by calling `skip`.

use qaduct_records::Scope;

use super::found::{Found, all, both, numbered, otherwise, some};
use super::{FILE, Reader};

pub(super) const READER: Reader = Reader {
    language: "bats",
    reads: |path| path.ends_with(".bats"),
    is_test_file: |_| true,
    needles: &["skip", "requires", "bats:focus"],
    read,
};

fn read(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut test: Option<(String, Scope)> = None;
    let mut asked: Vec<String> = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    let mut until: Option<String> = None;
    for (number, line) in numbered(text) {
        let line = line.trim_end();
        if let Some(end) = &until {
            if line.trim() == end {
                until = None;
            }
            continue;
        }
        let code = line.trim_start();
        if code.starts_with('#') {
            if code.starts_with("# bats") && code.contains("bats:focus") {
                found.push(Found::new("bats:focus", number, Scope::Test));
            }
            above.push(code);
            continue;
        }
        if let Some(name) = code.strip_prefix("@test ") {
            let name = name.trim_end_matches('{').trim();
            let name = name.trim_matches(['"', '\'']).replace("\\\"", "\"");
            test = Some((name, Scope::Test));
            asked.clear();
        } else if let Some(name) =
            function(code).filter(|_| !line.starts_with(' ') && !line.starts_with('\t'))
        {
            let scope = match name {
                "setup" | "setup_file" | "teardown" | "teardown_file" => FILE,
                _ => Scope::Hook,
            };
            test = Some((
                if scope == FILE {
                    String::new()
                } else {
                    name.to_owned()
                },
                scope,
            ));
            asked.clear();
        } else if line == "}" {
            test = None;
        }
        if let Some((name, scope)) = &test {
            statements(code, &mut asked, &mut |its, asked| {
                let mut place = Found::new("skip", number, *scope);
                place.test.clone_from(name);
                place.dynamic = *scope == Scope::Hook;
                place.is_guess = its.is_guess || *scope == Scope::Hook;
                place.alias = its.alias;
                place.condition = all(asked);
                place.reason = some(&its.reason);
                place.above = above.join("\n");
                found.push(place);
            });
        }
        if let Some((_, end)) = code.split_once("<<").filter(|it| !it.1.starts_with('<')) {
            let end = end.trim_start_matches('-').trim_start();
            let end = end
                .split([' ', ';', '|', ')', '>'])
                .next()
                .unwrap_or_default();
            until = some(end.trim_matches(['"', '\'', '\\']));
        }
        above.clear();
    }
    found
}

fn function(code: &str) -> Option<&str> {
    let code = code.strip_prefix("function ").unwrap_or(code);
    let (name, rest) = code
        .split_once('(')
        .unwrap_or((code.strip_suffix('{')?.trim(), ")"));
    let is_name = !name.is_empty()
        && name
            .trim()
            .chars()
            .all(|it| it.is_alphanumeric() || "_-:".contains(it));
    (is_name && rest.starts_with(')')).then(|| name.trim())
}

/// A call of `skip` or of a helper whose name says that it skips.
struct Skip {
    alias: Option<String>,
    reason: String,
    is_guess: bool,
}

/// Looks at the statements of a line.
fn statements(code: &str, asked: &mut Vec<String>, tell: &mut dyn FnMut(Skip, &[String])) {
    let mut before: Option<String> = None;
    for (sign, piece) in pieces(code) {
        let mut piece = piece.trim();
        // What the shell asks for between statements.
        loop {
            let word = piece.split_whitespace().next().unwrap_or_default();
            match word {
                "if" => {
                    asked.push(piece[2..].trim().to_owned());
                    break;
                }
                "elif" => {
                    otherwise(asked, piece[4..].trim());
                    break;
                }
                "else" => {
                    otherwise(asked, "");
                    piece = piece[4..].trim();
                }
                "fi" | "esac" => {
                    asked.pop();
                    break;
                }
                "case" => {
                    asked.push(piece.trim_end_matches(" in").to_owned());
                    break;
                }
                "then" | "do" => piece = piece[word.len()..].trim(),
                "{" => piece = piece[1..].trim(),
                _ => break,
            }
        }
        let condition = match (sign, &before) {
            ("&&", Some(it)) => Some(it.clone()),
            ("||", Some(it)) => Some(format!("not ({it})")),
            _ => None,
        };
        let word = piece.split_whitespace().next().unwrap_or_default();
        let is_helper = ["skip_if", "skip_unless", "skip_on", "skip_for"]
            .iter()
            .any(|it| word.starts_with(it));
        let rest = piece[word.len()..].trim();
        if needs(word) && !rest.is_empty() && !rest.starts_with(['=', '(']) {
            let mut conditions = asked.clone();
            conditions.extend(condition.clone());
            conditions.push(format!("not ({rest})"));
            let skip = Skip {
                alias: Some(word.to_owned()),
                reason: String::new(),
                is_guess: true,
            };
            tell(skip, &conditions);
        }
        if (word == "skip" || is_helper)
            && !piece[word.len()..].trim_start().starts_with(['=', '('])
        {
            let reason = piece[word.len()..].trim();
            let reason = match reason.chars().next().filter(|it| matches!(it, '"' | '\'')) {
                Some(quote) => reason[1..].split(quote).next().unwrap_or(reason),
                None => reason.split(" #").next().unwrap_or(reason),
            };
            let helper = is_helper.then(|| word.to_owned());
            let mut conditions = asked.clone();
            conditions.extend(condition.clone());
            conditions.extend(helper.clone());
            let skip = Skip {
                alias: helper,
                reason: reason.trim_matches(['"', '\'', '}', ' ', ';']).to_owned(),
                is_guess: is_helper,
            };
            tell(skip, &conditions);
        }
        before = Some(match condition {
            Some(it) => both(&it, piece),
            None => piece.to_owned(),
        });
    }
}

/// Whether a word is a helper that skips where what it names is not there: `requires root`.
fn needs(word: &str) -> bool {
    word == "requires" || word.starts_with("requires_")
}

/// The statements of a line, each with the sign in front of it.
fn pieces(code: &str) -> Vec<(&str, &str)> {
    let mut all = Vec::new();
    let (mut start, mut sign) = (0, "");
    let mut quote: Option<u8> = None;
    let mut depth = 0;
    let bytes = code.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match (quote, byte) {
            (_, b'\\') => at += 1,
            (Some(open), _) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'[') => depth += 1,
            (None, b')' | b']') => depth -= 1,
            (None, b'#') if at > 0 && bytes[at - 1] == b' ' && depth == 0 => break,
            (None, b'&' | b'|') if depth <= 0 && bytes.get(at + 1) == Some(&byte) => {
                all.push((sign, &code[start..at]));
                sign = &code[at..at + 2];
                at += 1;
                start = at + 1;
            }
            (None, b';') if depth <= 0 => {
                all.push((sign, &code[start..at]));
                sign = ";";
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    all.push((
        sign,
        &code[start.min(code.len())..at.min(code.len()).max(start.min(code.len()))],
    ));
    all
}
