//! The values of nodes: what an argument or a title is, as text or as code.

use tree_sitter::Node;

use super::text::literal;
use super::{Outline, one_line};
use crate::syntax::facts::{Arg, ArgValue};

impl Outline<'_> {
    /// An argument whose code a language took out of a larger piece.
    pub(crate) fn code_arg(&self, name: &str, code: &str) -> Arg {
        let value = match literal(code, self.lexicon) {
            Some(text) => ArgValue::Text(one_line(&text).into()),
            None => ArgValue::Code(one_line(code).into()),
        };
        Arg {
            name: name.into(),
            value,
        }
    }

    /// A title: its text, or the code that makes it, and whether that is known at run time only.
    pub(crate) fn title(&self, node: Node<'_>) -> (String, bool) {
        match self.value(node) {
            ArgValue::Text(it) => (it.into(), false),
            ArgValue::Code(it) => (it.into(), true),
        }
    }

    /// An argument that a language read out of a text.
    pub(crate) fn text_arg(&self, name: &str, text: &str) -> Arg {
        Arg {
            name: name.into(),
            value: ArgValue::Text(one_line(text).into()),
        }
    }

    /// The value of a node: its text where it is one, put together where it is several.
    pub(crate) fn value(&self, node: Node<'_>) -> ArgValue {
        let code = self.text(node);
        match literal(code, self.lexicon) {
            Some(text) => ArgValue::Text(one_line(&text).into()),
            None => ArgValue::Code(one_line(code).into()),
        }
    }

    /// The text of a node that is nothing but one, with its white space.
    pub(crate) fn literal(&self, node: Node<'_>) -> Option<String> {
        literal(self.text(node), self.lexicon)
    }

    /// An argument without a name.
    pub(crate) fn arg(&self, node: Node<'_>) -> Arg {
        Arg {
            name: "".into(),
            value: self.value(node),
        }
    }

    /// An argument with a name.
    pub(crate) fn named_arg(&self, name: &str, node: Node<'_>) -> Arg {
        Arg {
            name: name.into(),
            value: self.value(node),
        }
    }
}
