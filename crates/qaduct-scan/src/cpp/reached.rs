//! When a call is reached, and why it is made.

use super::reader::Reader;
use super::stack::Open;
use crate::syntax::facts::Arg;
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
            Open::If(text) => Some(text.clone()),
            _ => None,
        });
        texts.extend(ifs);
        texts.extend(self.condition(&(self.head..at)));
        (!texts.is_empty()).then(|| Guard {
            text: texts.join(" and "),
            line: self.line_of(self.head.min(at)),
        })
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
