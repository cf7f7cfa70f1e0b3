//! Questions about trees: where the parser did not understand a file.

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

/// Where a word stands that the parser took for a word and whose surroundings it understood.
///
/// Found in one walk over a file: to look a word up, or the parent of a node, begins at the
/// root, which for each word of a deep file would cost its depth.
pub(super) fn understood(
    root: Node<'_>,
    source: &Source<'_>,
    words: &FxHashSet<&str>,
) -> FxHashSet<usize> {
    let mut starts = FxHashSet::default();
    each(&mut root.walk(), |node| {
        if node.child_count() == 0 && words.contains(source.of(node)) {
            starts.insert(node.start_byte());
        }
        !node.is_error()
    });
    starts
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
