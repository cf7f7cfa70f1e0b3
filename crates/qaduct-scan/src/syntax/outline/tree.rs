//! Questions about trees: where the parser did not understand a file.

use std::ops::Range;

use rustc_hash::FxHashSet;
use tree_sitter::{Node, TreeCursor};

use crate::syntax::source::Source;

/// Visits all nodes in order; `visit` tells whether to go into one.
pub(crate) fn each<'t>(cursor: &mut TreeCursor<'t>, mut visit: impl FnMut(Node<'t>) -> bool) {
    loop {
        if visit(cursor.node()) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// The nodes around a node, the outermost first.
///
/// Found in one way down: to ask a node for its parent goes down from the root each time.
pub(super) fn around<'t>(root: Node<'t>, node: Node<'t>) -> Vec<Node<'t>> {
    let mut around = Vec::new();
    let mut at = Some(root);
    while let Some(outer) = at.filter(|it| it.id() != node.id()) {
        around.push(outer);
        at = outer.child_with_descendant(node);
    }
    around
}

/// What one walk over a file finds: to look a word up, or the parent of a node, begins at the
/// root, which for each word of a deep file would cost its depth.
#[derive(Debug, Default)]
pub(super) struct Survey<'t> {
    /// The comments, in order.
    pub(super) comments: Vec<Node<'t>>,
    /// Where words stand that the parser took for words and whose surroundings it understood.
    pub(super) understood: FxHashSet<usize>,
    /// Where texts stand whose signs the lexer does not know: heredocs, in order.
    pub(super) texts: Vec<Range<usize>>,
}

/// Walks over a file.
pub(super) fn survey<'t>(
    root: Node<'t>,
    source: &Source<'_>,
    words: &FxHashSet<&str>,
) -> Survey<'t> {
    let mut survey = Survey::default();
    let longest = words.iter().map(|it| it.len()).max().unwrap_or_default();
    // Where the last error ends.
    let mut lost = 0;
    each(&mut root.walk(), |node| {
        // Comments may stand anywhere, which a node tells faster than its name does.
        if node.is_extra() && node.kind().contains("comment") {
            survey.comments.push(node);
            return false;
        }
        let range = node.byte_range();
        if matches!(node.kind(), "heredoc_body" | "nowdoc_body") {
            survey.texts.push(range);
            return false;
        }
        if range.start >= lost
            && node.child_count() == 0
            && range.len() <= longest
            && words.contains(source.of(node))
        {
            survey.understood.insert(range.start);
        }
        if node.is_error() {
            lost = lost.max(range.end);
        }
        true
    });
    survey
}

/// The first node that is an error.
pub(super) fn first_error(root: Node<'_>) -> Option<Node<'_>> {
    let mut found = None;
    each(&mut root.walk(), |node| {
        if found.is_none() && (node.is_error() || node.is_missing()) {
            found = Some(node);
        }
        found.is_none() && node.has_error()
    });
    found
}
