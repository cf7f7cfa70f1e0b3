//! Questions about trees: where the parser did not understand a file.

use tree_sitter::{Node, TreeCursor};

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

/// Whether the parser has a node of its own for a word, and understood all that is around it.
pub(super) fn is_understood(root: Node<'_>, word: std::ops::Range<usize>) -> bool {
    let Some(node) = root.descendant_for_byte_range(word.start, word.end) else {
        return false;
    };
    let mut around = std::iter::successors(node.parent(), Node::parent);
    node.byte_range() == word && !around.any(|it| it.is_error())
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
