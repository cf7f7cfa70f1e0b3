//! `#define`: names that stand for a disabled test, and macros that skip.

use super::frameworks::is_macro;
use super::reader::Reader;
use crate::syntax::forms::Usage;
use crate::syntax::lexer::Token;
use crate::syntax::outline::{Guard, Place};

/// What the name of a test begins with that nobody runs.
pub(super) const DISABLED: &str = "DISABLED_";

impl Reader<'_, '_, '_> {
    /// A directive of the preprocessor, its tokens without the `#`.
    pub(super) fn directive(&mut self, tokens: std::ops::Range<usize>) {
        let Some(name) = self.word_at(tokens.start) else {
            return;
        };
        let rest = tokens.start + 1..tokens.end;
        match name {
            "if" => self.directives.begin(self.text_of(&rest), self.stack.len()),
            "ifdef" => {
                let asked = format!("defined({})", self.text_of(&rest));
                self.directives.begin(asked, self.stack.len());
            }
            "ifndef" => {
                let asked = format!("!defined({})", self.text_of(&rest));
                self.directives.begin(asked, self.stack.len());
            }
            "elif" => {
                let asked = self.text_of(&rest);
                let depth = self.directives.next(Some(asked));
                self.back_to(depth);
            }
            "else" => {
                let depth = self.directives.next(None);
                self.back_to(depth);
            }
            "endif" => self.directives.end(),
            "include" => {
                let path = self.text_of(&rest);
                let path = path.trim_matches(['"', '<', '>']).replace(' ', "");
                self.outline.import(&path);
            }
            "define" => self.define(rest),
            _ => {}
        }
    }

    fn define(&mut self, tokens: std::ops::Range<usize>) {
        let Some(name) = self.word_at(tokens.start) else {
            return;
        };
        let word = tokens.start;
        for at in tokens.clone() {
            let start = self.tokens[at].start();
            self.outline.take(start);
        }
        let condition = self.directives.all();
        let guard = condition.map(|text| Guard {
            text,
            line: self.line_of(word),
        });
        let disables = tokens.clone().skip(1).find(|at| {
            let its = self.word_at(*at);
            its.is_some_and(|it| it.starts_with(DISABLED))
        });
        if disables.is_some() {
            // `#define MAYBE_X DISABLED_X` names a test, `DISABLED_##name` makes one.
            let node = self.node(word);
            let place = Place::new(Usage::Name, DISABLED, node, node).guard(guard);
            let is_alias = tokens.len() == 2;
            if is_alias {
                let known = self.aliases.entry(name.to_owned()).or_default();
                known.push(place.guard.map(|it| it.text));
            } else {
                self.outline.lend(name, place);
            }
            return;
        }
        // `#define STOP GTEST_SKIP` is another name of it.
        let is_other_name = tokens.len() == 2;
        let skips = tokens.clone().skip(1).find(|at| {
            let its = self.word_at(*at);
            its.is_some_and(|it| self.outline.knows(Usage::Call, it))
                && (is_other_name || self.sign_at(at + 1) == Some(b'('))
        });
        if let Some(at) = skips.filter(|_| is_macro(name)) {
            let its = self.word_at(at).unwrap_or_default().to_owned();
            let reason = (!is_other_name).then(|| self.reason(at));
            let args = reason.flatten().into_iter().collect();
            let node = self.node(word);
            // What the macro itself asks.
            let asks = tokens
                .clone()
                .find(|it| self.word_at(*it) == Some("if") && *it < at);
            let asked = asks.and_then(|it| {
                let end = self.closing(it + 1)?;
                Some(self.text_of(&(it + 2..end)))
            });
            // Whether this version of the framework can skip at all is no condition.
            let outer = guard
                .map(|it| it.text)
                .filter(|it| !it.contains("GTEST_SKIP"));
            let texts: Vec<String> = outer.into_iter().chain(asked).collect();
            let guard = (!texts.is_empty()).then(|| Guard {
                text: texts.join(" and "),
                line: self.line_of(word),
            });
            let place = Place::new(Usage::Call, its, node, node)
                .args(args)
                .guard(guard);
            self.outline.lend(name, place);
        }
    }

    /// The text of tokens as it stands in the file, comments left out, on one line.
    pub(super) fn text_of(&self, tokens: &std::ops::Range<usize>) -> String {
        let mut text = String::new();
        let mut last = None;
        for token in self.tokens.get(tokens.clone()).unwrap_or_default() {
            let (start, end) = match token {
                Token::Word(it) => (it.start, it.end),
                Token::Text(it) => (it.start - 1, (it.end + 1).min(self.text.len())),
                Token::Sign(at) => (*at, at + 1),
            };
            let Some(piece) = self.text.get(start..end).filter(|it| *it != "\\") else {
                continue;
            };
            if last.is_some_and(|it| it < start) {
                text.push(' ');
            }
            text.push_str(piece);
            last = Some(end);
        }
        text
    }
}
