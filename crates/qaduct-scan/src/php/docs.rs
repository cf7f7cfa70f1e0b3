//! What doc comments say: `@requires`, `@group`, `@test`, `@before`.

use tree_sitter::Node;

use super::walk::is_quarantine;
use crate::syntax::facts::{Arg, ArgValue, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Outline, Place};
use crate::syntax::source::{self, one_line};

/// The doc comment of a declaration.
fn doc<'t>(outline: &Outline<'_>, node: Node<'t>) -> Option<Node<'t>> {
    let before = node.prev_named_sibling()?;
    (before.kind() == "comment" && outline.text(before).starts_with("/**")).then_some(before)
}

/// The lines of a doc comment, without what makes them one, counted from 0.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (0..).zip(text.lines().map(|line| {
        let line = line.trim().trim_start_matches(['/', '*', ' ', '\t']);
        line.trim_end_matches("*/").trim()
    }))
}

/// The tags of a doc comment with their lines and what stands behind them.
fn tags(text: &str) -> impl Iterator<Item = (u32, &str, &str)> {
    lines(text).filter_map(|(line, text)| {
        let tag = text.strip_prefix('@')?;
        let (tag, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        Some((line, tag, rest.trim()))
    })
}

/// What a doc comment says, and who answers for what; tags that are read are no words about
/// each other.
fn words(text: &str) -> String {
    let is_read = |it: &str| {
        ["@requires", "@group", "@test"]
            .iter()
            .any(|tag| it.starts_with(tag))
    };
    let lines = lines(text).filter(|(_, it)| !it.is_empty() && !is_read(it));
    let lines: Vec<&str> = lines.map(|(_, it)| it).collect();
    lines.join("\n")
}

/// What a method is by its doc comment.
pub(super) fn role(outline: &Outline<'_>, node: Node<'_>) -> Option<Role> {
    let doc = doc(outline, node)?;
    tags(outline.text(doc)).find_map(|(_, tag, _)| match tag {
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
    let text = outline.text(doc);
    let first = source::line(doc);
    for (line, tag, rest) in tags(text) {
        let arg = match tag {
            "requires" => Arg {
                name: "condition".into(),
                value: ArgValue::Code(one_line(rest).into()),
            },
            "group" if is_quarantine(rest) => outline.text_arg("reason", rest),
            _ => continue,
        };
        let place = Place::new(Usage::Annotation, tag, doc, doc);
        if outline.place(place.args(vec![arg]).on(unit)) {
            outline.at_line(first + line, &words(text));
        }
    }
}
