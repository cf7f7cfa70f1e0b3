//! Questions about trees: where the parser did not understand a file.

use std::ops::Range;

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

/// Where the parser understood nothing: the bytes of errors, in order.
///
/// Found once for a file: a node is asked for its parent from the root down, which for each
/// word of a deep file would cost the square of its depth.
pub(super) fn errors(root: Node<'_>) -> Vec<Range<usize>> {
    let mut errors = Vec::new();
    each(&mut root.walk(), |node| {
        if node.is_error() {
            errors.push(node.byte_range());
        }
        node.has_error() && !node.is_error()
    });
    errors
}

/// Whether the parser has a node of its own for a word, and understood all that is around it.
pub(super) fn is_understood(root: Node<'_>, errors: &[Range<usize>], word: &Range<usize>) -> bool {
    let before = errors.partition_point(|it| it.end < word.end);
    let is_lost = errors.get(before).is_some_and(|it| it.start <= word.start);
    let node = || root.descendant_for_byte_range(word.start, word.end);
    !is_lost && node().is_some_and(|it| it.byte_range() == *word)
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
