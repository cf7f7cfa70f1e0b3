//! Which names of other files a thorough reader asks about.

use super::Outline;
use crate::language::Names;
use crate::syntax::forms::{Usage, last_word};
use crate::syntax::names;

impl<'a> Outline<'a> {
    /// Where of all names that other files lend only these count.
    pub(in crate::syntax) fn lent(self, lent: Option<&'a Names>) -> Self {
        Self { lent, ..self }
    }

    /// Whether names count that another file may lend.
    pub(crate) fn is_thorough(&self) -> bool {
        self.thorough
    }

    /// Whether this name, used so, is one of those.
    pub(crate) fn asks(&self, usage: Usage, name: &str) -> bool {
        let is_lent = |lent: &Names| lent.contains(&names::hash(last_word(name).as_bytes()));
        self.thorough
            && matches!(usage, Usage::Annotation | Usage::Call)
            && self.lent.is_none_or(is_lent)
    }
}
