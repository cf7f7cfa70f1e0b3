//! When a call is reached, and why it is made.

use super::reader::Reader;
use super::stack::{MOST, Open};
use crate::syntax::facts::Arg;
use crate::syntax::guard::negated;
use crate::syntax::outline::Guard;

impl Reader<'_, '_, '_> {
    /// The conditions under which a call is reached.
    pub(super) fn guard(&self, at: usize) -> Option<Guard> {
        let code = self
            .stack
            .iter()
            .position(|it| matches!(it, Open::Unit { is_code: true, .. }));
        let inner = code.unwrap_or(0);
        let mut texts: Vec<String> = self
            .directives
            .since(inner + 1)
            .map(str::to_owned)
            .collect();
        let ifs = self.stack[inner..].iter().filter_map(|it| match it {
            Open::If(text, _) => Some(text.clone()),
            Open::Switch(its) => its.holds(),
            _ => None,
        });
        texts.extend(ifs);
        texts.extend(self.condition(&(self.head..at)).map(|it| it.0));
        (!texts.is_empty()).then(|| Guard {
            text: crate::conditions::all_of(&texts),
            line: self.line_of(self.head.min(at)),
        })
    }

    /// What an `if` or `else` before a brace or a statement asks: as it holds there, and what
    /// its chain asked so far.
    pub(super) fn condition(&self, head: &std::ops::Range<usize>) -> Option<(String, Vec<String>)> {
        let mut at = head.start;
        let mut chain = Vec::new();
        if self.word_at(at) == Some("else") {
            chain.clone_from(&self.asked);
            at += 1;
        }
        let mut texts: Vec<String> = chain.iter().map(|it| negated(it)).collect();
        if self.word_at(at) == Some("if") {
            let open = (at + 1..head.end).find(|it| self.sign_at(*it) == Some(b'('))?;
            let close = self.closing(open)?;
            let asked = self.text_of(&(open + 1..close));
            if chain.len() < MOST {
                chain.push(asked.clone());
            }
            texts.push(asked);
        }
        (!texts.is_empty()).then(|| (crate::conditions::all_of(&texts), chain))
    }

    /// `case A:` and `default:`.
    pub(super) fn label(&mut self, at: usize) {
        let is_case = self.word_at(at) == Some("case");
        let is_colon = |it: &usize| self.sign_at(*it) == Some(b':');
        // `A::B` has two of them.
        let end = (at + 1..self.tokens.len().min(at + 40))
            .find(|it| is_colon(it) && !is_colon(&(it + 1)) && !is_colon(&(it - 1)));
        let Some(end) = end.filter(|it| is_case || *it == at + 1) else {
            return;
        };
        let label = is_case.then(|| self.text_of(&(at + 1..end)));
        let falls = at > 0 && is_colon(&(at - 1));
        if let Some(Open::Switch(its)) = self.stack.last_mut() {
            its.case(label, falls);
            self.head = end + 1;
        }
    }

    /// The reason of a call: the texts in its brackets, and those that are streamed to it.
    pub(super) fn reason(&self, at: usize) -> Option<Arg> {
        let close = self.closing(at + 1)?;
        let end = (close..self.tokens.len().min(close + 60))
            .find(|it| matches!(self.sign_at(*it), Some(b';' | b'}' | b'{' | b'#')))?;
        let texts = (at + 2..end).filter_map(|it| self.text_at(it));
        let texts: Vec<&str> = texts.filter(|it| !it.is_empty()).collect();
        let first = texts.join(" ");
        (!first.is_empty()).then(|| {
            self.outline
                .text_arg("", &first.replace("\\\"", "\"").replace("\\n", " "))
        })
    }
}
