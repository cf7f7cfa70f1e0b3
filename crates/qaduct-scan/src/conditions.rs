//! What a condition asks for: systems, architectures, versions, variables, features.
//!
//! Reads the text of one condition, whatever language it is written in, with the words
//! of `conditions.toml`. A value without a sign means that the test is muted where it
//! holds, with `!` where it does not. What is joined by *and* or *or* is listed: this says
//! what a condition is about, not when it is true. What is not understood is left out,
//! and the text itself always stays in `condition`.

mod operand;
#[cfg(test)]
mod tests;
mod token;
mod truth;
pub(crate) mod vocabulary;

use qaduct_records::{Declaration, Kind};

use operand::Operand;
use token::{Token, before, bracketed, call, inserted, split, tokens, written};
pub(crate) use truth::truth;
use vocabulary::{Subject, VOCABULARY, Vocabulary};

/// What a condition asks for, each in order and once.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Conditions {
    /// Operating systems.
    pub(crate) os: Vec<String>,
    /// Processor architectures.
    pub(crate) arch: Vec<String>,
    /// Versions, as comparisons.
    pub(crate) version: Vec<String>,
    /// Environment variables, with the value where one is compared.
    pub(crate) env: Vec<String>,
    /// Features, packages, browsers, build settings.
    pub(crate) feature: Vec<String>,
}

/// Reads a condition; the form of its declaration says what its arguments are.
pub(crate) fn read(condition: &str, form: &str) -> Conditions {
    let mut reader = Reader {
        words: &VOCABULARY,
        form,
        depth: 0,
        found: Conditions::default(),
    };
    let text = condition.trim_start().trim_start_matches("//").trim_start();
    let text = text
        .strip_prefix("go:build")
        .or(text.strip_prefix("+build"))
        .unwrap_or(text);
    reader.walk(&inserted(tokens(text)), false);
    reader.found
}

/// Fills in what the condition of a declaration asks for. One that always holds asks for
/// nothing, whatever stands beside the side of it that does: `GOOS == "windows" || true`.
pub(crate) fn fill(declaration: &mut Declaration) {
    let Some(condition) = &declaration.condition else {
        return;
    };
    if truth(condition) == Some(true) {
        if declaration.kind == Kind::CondSkip {
            declaration.kind = Kind::Skip;
        }
        return;
    }
    let found = read(condition, &declaration.form);
    let joined = |list: Vec<String>| (!list.is_empty()).then(|| list.join(", "));
    declaration.condition_os = joined(found.os);
    declaration.condition_arch = joined(found.arch);
    declaration.condition_version = joined(found.version);
    declaration.condition_env = joined(found.env);
    declaration.condition_feature = joined(found.feature);
}

/// Conditions that must all hold, as one; what is joined by *or* in them stands in brackets.
pub(crate) fn all_of<T: AsRef<str>>(conditions: &[T]) -> String {
    let is_several = conditions.len() > 1;
    let written = conditions.iter().map(|it| {
        let it = it.as_ref();
        let has_sides = split(&tokens(it), &["||"]).len() > 1;
        match is_several && has_sides {
            true => format!("({it})"),
            false => it.to_owned(),
        }
    });
    written.collect::<Vec<_>>().join(" and ")
}

/// The conditions of which each is enough, where one that is joined by *or* has several.
pub(crate) fn alternatives(condition: &str) -> Vec<String> {
    let all = tokens(condition);
    let mut all = all.as_slice();
    while let (Some(Token::Sign("(")), Some(inside)) = (all.first(), bracketed(all)) {
        all = inside;
    }
    let sides = split(all, &["||"]);
    let is_several = sides.len() > 1 && split(all, &["=>", ",", ";", "?"]).len() == 1;
    let sides = sides.into_iter().filter(|_| is_several);
    sides.map(token::as_text).collect()
}

/// Deeper brackets are no condition that anybody wrote.
const DEEPEST: usize = 40;

/// Signs between conditions.
const JOINTS: [&str; 9] = ["&&", "||", ",", "|", "&", ";", "?", ":", "-"];

/// Signs between what is compared.
const COMPARISONS: [&str; 11] = [
    "===", "!==", "==", "!=", "<=", ">=", "=~", "!~", "<", ">", "=",
];

struct Reader<'a> {
    words: &'a Vocabulary,
    form: &'a str,
    depth: usize,
    found: Conditions,
}

impl Reader<'_> {
    /// Conditions that are joined.
    fn walk(&mut self, tokens: &[Token], negated: bool) {
        if self.depth >= DEEPEST {
            return;
        }
        self.depth += 1;
        // The parameters of a callback.
        let arrow = split(tokens, &["=>"]).pop().unwrap_or_default();
        if !self.named(arrow, negated) {
            for term in split(arrow, &JOINTS) {
                self.term(term, negated);
            }
        }
        self.depth -= 1;
    }

    /// `named = "os.name", matches = "Linux"`, of JUnit.
    fn named(&mut self, tokens: &[Token], negated: bool) -> bool {
        let parts = split(tokens, &[","]);
        let value = |wanted: &str| {
            parts.iter().find_map(|it| match it {
                [Token::Name(name), Token::Sign("="), Token::Text(text)] if name == wanted => {
                    Some(text.as_str())
                }
                _ => None,
            })
        };
        let (Some(name), value) = (value("named"), value("matches").unwrap_or("")) else {
            return false;
        };
        match self.words.subject(name) {
            _ if self.form.contains("EnvironmentVariable") => self.env(name, value, negated),
            Some(Subject::Os) => self.values(Subject::Os, &[value.to_owned()], negated),
            Some(Subject::Arch) => self.values(Subject::Arch, &[value.to_owned()], negated),
            Some(Subject::Version(name)) => self.version(&name, "==", value, negated),
            _ if self.form.contains("SystemProperty") => {
                push(&mut self.found.feature, &format!("{name}={value}"), negated)
            }
            _ => self.env(name, value, negated),
        }
        true
    }

    /// One condition.
    fn term(&mut self, tokens: &[Token], mut negated: bool) {
        let mut tokens = tokens;
        loop {
            match tokens.first() {
                Some(Token::Sign("!" | "~")) => negated = !negated,
                Some(Token::Name(word)) if matches!(word.as_str(), "unless" | "#ifndef") => {
                    negated = !negated
                }
                Some(Token::Name(word))
                    if matches!(word.as_str(), "if" | "when" | "#if" | "#ifdef" | "#elif") => {}
                _ => break,
            }
            tokens = &tokens[1..];
        }
        if let [
            left @ ..,
            Token::Sign(is @ ("==" | "!=")),
            Token::Name(word),
        ] = tokens
            && self.words.features.methods.contains(word.as_str())
        {
            push(
                &mut self.found.feature,
                &written(left),
                negated ^ (*is == "!="),
            );
            return;
        }
        let sides = split(tokens, &COMPARISONS);
        if sides.len() > 1 {
            let mut at = 0;
            for pair in sides.windows(2) {
                at += pair[0].len() + 1;
                if let Token::Sign(sign) = tokens[at - 1] {
                    self.compare(pair[0], sign, pair[1], negated);
                }
            }
        } else if let Some(inside) = bracketed(tokens) {
            self.walk(inside, negated);
        } else {
            self.plain(tokens, negated);
        }
    }

    fn compare(&mut self, left: &[Token], sign: &str, right: &[Token], negated: bool) {
        let (one, other) = (
            Operand::of(left, self.words),
            Operand::of(right, self.words),
        );
        let subject = |it: &Operand| it.path.as_deref().and_then(|path| self.words.subject(path));
        let (one, other, sign, right, left) = match (subject(&one), subject(&other)) {
            (None, Some(_)) => (other, one, mirrored(sign), left, right),
            (None, None) if one.path.is_none() => (other, one, mirrored(sign), left, right),
            _ => (one, other, sign, right, left),
        };
        let unlike = negated ^ matches!(sign, "!=" | "!==" | "!~");
        let path = one.path.as_deref().unwrap_or("");
        match self.words.subject(path) {
            Some(Subject::Version(name)) => {
                if let Some(value) = other.number.as_ref().or(other.texts.first()) {
                    self.version(&name, sign, value, negated);
                }
            }
            Some(Subject::Env(name)) => match name.or(one.argument) {
                Some(name) => {
                    let (value, unlike) = match other.literal() {
                        Some(false) => ("", !unlike),
                        _ => (other.value(), unlike),
                    };
                    self.env(&name, value, unlike);
                }
                // `"CI" in os.environ`
                None => {
                    for name in &other.texts {
                        self.env(name, "", unlike);
                    }
                }
            },
            Some(subject) => self.values(subject, &other.values(), unlike),
            None if matches!(path, "min" | "max") && other.path.is_some() => {
                let sign = if path == "min" { ">=" } else { "<=" };
                self.java(other.path.as_deref().unwrap_or(""), sign, negated);
            }
            None if self.words.calls.users.contains(&last(path).to_lowercase())
                && other.number.is_some() =>
            {
                push(&mut self.found.feature, "root", unlike);
            }
            None => match other.literal() {
                Some(value) => self.term(left, unlike ^ !value),
                // Where the words alone tell: `current() == OS.MAC`.
                None => self.known(if right.is_empty() { left } else { right }, unlike),
            },
        }
    }

    /// Systems and architectures that are compared with something unknown.
    fn known(&mut self, tokens: &[Token], negated: bool) {
        let operand = Operand::of(tokens, self.words);
        for text in operand.texts.iter().chain(&operand.path) {
            if !self.jre(text, negated) {
                self.system(text, negated);
            }
        }
    }

    /// A condition without a comparison.
    fn plain(&mut self, tokens: &[Token], negated: bool) {
        let calls = &self.words.calls;
        if let Some((receiver, method, arguments)) = call(tokens) {
            let name = method.to_lowercase();
            if calls.not.contains(&name) && receiver.is_empty() {
                return self.walk(arguments, !negated);
            }
            if calls.join.contains(last(&name)) && receiver.is_empty() {
                return self.walk(arguments, negated);
            }
            let two = [name.as_str(), last(&name)]
                .iter()
                .any(|it| calls.compare_two.contains(*it));
            if let (true, [one, other, ..]) = (two, split(arguments, &[","]).as_slice()) {
                return self.compare(one, "==", other, negated);
            }
            if calls.compare.contains(last(&name)) && name.contains('.') {
                let receiver = before(receiver, method);
                return self.compare(&receiver, "==", arguments, negated);
            }
            if calls.missing.contains(last(&name)) && name.contains('.') {
                let receiver = before(receiver, method);
                return self.term(&receiver, !negated);
            }
            if self.named(arguments, negated) {
                return;
            }
        }
        let operand = Operand::of(tokens, self.words);
        let Some(path) = operand.path else {
            for text in &operand.texts {
                if text.contains([' ', '(', '=', '!']) {
                    // A condition that the framework evaluates.
                    self.walk(&token::tokens(text), negated);
                } else {
                    self.system(text, negated);
                }
            }
            return;
        };
        let beside = tokens
            .iter()
            .skip(1)
            .all(|it| matches!(it, Token::Name(name) if !name.starts_with('.')));
        if tokens.len() > 1 && beside {
            // Words beside each other: the tags of Chromium.
            for word in tokens {
                self.plain(std::slice::from_ref(word), negated);
            }
            return;
        }
        if let Some(Subject::Env(name)) = self.words.subject(&path)
            && let Some(name) = name.or(operand.argument.clone())
        {
            return self.env(&name, "", negated);
        }
        let found = self.found.clone();
        self.name(&path, operand.argument.as_deref(), negated);
        // A function that nobody knows may still be asked for a system: `Os(OS.MAC)`.
        if let (true, Some((_, _, arguments))) = (found == self.found, call(tokens)) {
            for argument in split(arguments, &[","]) {
                self.known(argument, negated);
            }
        }
    }

    /// What a name alone says: `IS_WINDOWS`, `JRE.JAVA_8`, `torch.cuda.is_available`.
    fn name(&mut self, path: &str, argument: Option<&str>, negated: bool) {
        let lower = path.to_lowercase();
        let (receiver, end) = lower.rsplit_once('.').unwrap_or(("", &lower));
        let features = &self.words.features;
        if let Some(version) = self.words.version_words.get(end) {
            let (name, value) = version.rsplit_once(" == ").unwrap_or((version, ""));
            return self.version(name, "==", value, negated);
        }
        if self.jre(path, negated) || self.system(path, negated) {
            return;
        }
        let looks = |it: &str| features.lookups.contains(it);
        if let Some(argument) = argument.filter(|_| looks(end) || looks(&lower)) {
            return push(&mut self.found.feature, argument, negated);
        }
        if features.methods.contains(end) && !receiver.is_empty() {
            return push(&mut self.found.feature, receiver, negated);
        }
        let (words, not) = self.words_of(path);
        let joined = words.join("_");
        if features.words.contains(&joined) {
            return push(&mut self.found.feature, &joined, negated ^ not);
        }
        let snake = snake(last(path));
        let absent = |it: &String| features.absent.contains(it);
        let cut = features
            .before
            .iter()
            .find_map(|it| Some((snake.strip_prefix(it.as_str())?, absent(it))));
        let cut = cut.or_else(|| {
            features
                .behind
                .iter()
                .find_map(|it| Some((snake.strip_suffix(it.as_str())?, absent(it))))
        });
        if let Some((name, absent)) = cut.filter(|(name, _)| !name.is_empty()) {
            let name = name.trim_end_matches(['?', '!']);
            push(&mut self.found.feature, name, negated ^ absent);
        }
    }

    /// A version of Java as JUnit names it.
    fn jre(&mut self, path: &str, negated: bool) -> bool {
        let is = path.contains("JAVA_") && path.rsplit('.').nth(1).is_none_or(|it| it == "JRE");
        if is {
            self.java(path, "==", negated);
        }
        is
    }

    fn java(&mut self, path: &str, sign: &str, negated: bool) {
        if let Some((_, version)) = path.rsplit_once("JAVA_") {
            self.version("java", sign, version, negated);
        }
    }

    /// Systems and architectures in a name or text; whether it is one.
    fn system(&mut self, text: &str, negated: bool) -> bool {
        let (words, not) = self.words_of(text);
        let negated = negated ^ not;
        let whole = text.to_lowercase();
        let whole = last(&whole).trim_end_matches('?');
        let joined = words.join("_");
        for word in [text.to_lowercase().as_str(), whole, &joined] {
            if self.one(word, negated) {
                return true;
            }
        }
        let known = |it: &String| self.words.os(it).or(self.words.arch(it)).is_some();
        let named: Vec<String> = words
            .into_iter()
            .filter(|it| it != "or" && it != "and")
            .collect();
        let all = !named.is_empty() && named.iter().all(known);
        if all {
            named.iter().for_each(|it| {
                self.one(it, negated);
            });
        }
        all
    }

    fn one(&mut self, word: &str, negated: bool) -> bool {
        if let Some(name) = self.words.arch(word) {
            push(&mut self.found.arch, name, negated);
        } else if let Some(name) = self.words.os(word) {
            push(&mut self.found.os, name, negated);
        } else {
            return false;
        }
        true
    }

    /// The words of the last part of a name that say something, and whether they say no.
    fn words_of(&self, text: &str) -> (Vec<String>, bool) {
        let fillers = &self.words.fillers;
        let snake = snake(last(text));
        let mut not = false;
        let mut words = Vec::new();
        for word in snake.split(|it: char| !(it.is_alphanumeric() || it == '-')) {
            if fillers.not.contains(word) {
                not = !not;
            } else if !word.is_empty() && !fillers.words.contains(word) {
                words.push(word.to_owned());
            }
        }
        (words, not)
    }

    /// What a system, an architecture or a feature is compared with.
    fn values(&mut self, subject: Subject, values: &[String], negated: bool) {
        for value in values {
            let lower = value.to_lowercase();
            let words: Vec<&str> = lower
                .split(|it: char| !(it.is_alphanumeric() || matches!(it, '_' | '-' | ' ' | '.')))
                .map(|it| last(it.trim()))
                .filter(|it| it.contains(char::is_alphanumeric))
                .collect();
            for word in words {
                let (list, name) = match subject {
                    Subject::Os => (&mut self.found.os, self.words.os(word).unwrap_or(word)),
                    Subject::Arch => {
                        let word = match word {
                            "32" => "32-bit",
                            "64" => "64-bit",
                            _ => word,
                        };
                        (&mut self.found.arch, self.words.arch(word).unwrap_or(word))
                    }
                    _ => (&mut self.found.feature, word),
                };
                push(list, name, negated);
            }
        }
    }

    fn version(&mut self, name: &str, sign: &str, value: &str, negated: bool) {
        let sign = match (sign, negated) {
            ("===" | "==" | "=", false) | ("!==" | "!=", true) => "==",
            ("===" | "==" | "=", true) | ("!==" | "!=", false) => "!=",
            ("<", true) => ">=",
            (">", true) => "<=",
            ("<=", true) => ">",
            (">=", true) => "<",
            ("=~", true) => "!~",
            ("!~", true) => "=~",
            (sign, _) => sign,
        };
        let value = value.trim();
        if !value.is_empty() {
            push(
                &mut self.found.version,
                &format!("{name} {sign} {value}"),
                false,
            );
        }
    }

    fn env(&mut self, name: &str, value: &str, negated: bool) {
        if value.is_empty() {
            push(&mut self.found.env, name, negated);
        } else {
            push(&mut self.found.env, &format!("{name}={value}"), negated);
        }
    }
}

fn push(list: &mut Vec<String>, value: &str, negated: bool) {
    let value = if negated {
        format!("!{value}")
    } else {
        value.to_owned()
    };
    if value != "!" && !value.is_empty() && !list.contains(&value) {
        list.push(value);
    }
}

fn mirrored(sign: &str) -> &str {
    match sign {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        sign => sign,
    }
}

/// The last part of a dotted name.
fn last(path: &str) -> &str {
    path.rsplit('.').find(|it| !it.is_empty()).unwrap_or(path)
}

/// `IsNotWindows` as `is_not_windows`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut before = '_';
    let mut letters = name.chars().peekable();
    while let Some(it) = letters.next() {
        let next_is_lower = letters.peek().is_some_and(|it| it.is_lowercase());
        let hump = it.is_uppercase()
            && (before.is_lowercase()
                || before.is_ascii_digit()
                || (before.is_uppercase() && next_is_lower));
        if hump {
            snake.push('_');
        }
        snake.extend(it.to_lowercase());
        before = it;
    }
    snake
}
