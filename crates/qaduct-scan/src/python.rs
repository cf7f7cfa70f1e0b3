//! Finds mutes in Python: pytest and unittest.

use crate::language::{BlobId, Commit, Language, Resolved};
use crate::{MarkRule, language};

/// Python, with its frameworks and marks.
pub(crate) struct Python;

impl Python {
    pub(crate) fn new(_marks: &[MarkRule]) -> Self {
        Self
    }

    pub(crate) fn rules_digest(&self) -> String {
        String::new()
    }
}

impl language::Language for Python {
    type Facts = ();

    fn reads(&self, path: &str) -> bool {
        path.ends_with(".py")
    }

    fn read(&self, _: &[u8], _: bool) -> Self::Facts {}

    fn wanted(&self, _: &Commit<'_, ()>) -> Vec<BlobId> {
        Vec::new()
    }

    fn resolve(&self, _: &Commit<'_, ()>) -> Resolved {
        Resolved::default()
    }
}

const _: fn(&Python) -> bool = |it| it.reads("");
