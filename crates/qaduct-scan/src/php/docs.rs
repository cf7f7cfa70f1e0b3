//! What doc comments say: `@requires`, `@group`, `@test`, `@before`.

use tree_sitter::Node;

use super::walk::is_quarantine;
use crate::syntax::facts::{Arg, ArgValue, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Outline, Place};
use crate::syntax::source::one_line;

/// The doc comment of a declaration.
fn doc<'t>(outline: &Outline<'_>, node: Node<'t>) -> Option<Node<'t>> {
    let before = node.prev_named_sibling()?;
    (before.kind() == "comment" && outline.text(before).starts_with("/**")).then_some(before)
}

/// The tags of a doc comment with what stands behind them.
fn tags(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches(['/', '*', ' ', '\t']);
        let line = line.trim_end_matches("*/").trim();
        let tag = line.strip_prefix('@')?;
        Some(match tag.split_once(char::is_whitespace) {
            Some((tag, rest)) => (tag, rest.trim()),
            None => (tag, ""),
        })
    })
}

/// What a method is by its doc comment.
pub(super) fn role(outline: &Outline<'_>, node: Node<'_>) -> Option<Role> {
    let doc = doc(outline, node)?;
    tags(outline.text(doc)).find_map(|(tag, _)| match tag {
        "test" => Some(Role::Test),
        "before" | "beforeClass" | "after" | "afterClass" => Some(Role::Setup),
        _ => None,
    })
}

/// Notes what a doc comment asks for, and the groups that are kept apart.
pub(super) fn requirements(outline: &mut Outline<'_>, node: Node<'_>, unit: UnitId) {
    let Some(doc) = doc(outline, node) else {
        return;
    };
    for (tag, rest) in tags(outline.text(doc)) {
        let arg = match tag {
            "requires" => Arg {
                name: "condition".into(),
                value: ArgValue::Code(one_line(rest).into()),
            },
            "group" if is_quarantine(rest) => outline.text_arg("reason", rest),
            _ => continue,
        };
        let place = Place::new(Usage::Annotation, tag, doc, doc);
        // What the comment says of the test is no reason where only a condition mutes it.
        if outline.place(place.args(vec![arg]).on(unit)) && tag == "requires" {
            outline.without_comments();
        }
    }
}
