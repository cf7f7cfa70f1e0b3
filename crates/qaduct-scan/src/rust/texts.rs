//! Tests that are no functions: examples in the documentation, files that the compiler's own
//! tests consist of, and those that a program puts together.

use tree_sitter::Node;

use crate::syntax::facts::{Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Guard, Outline, Place};
use crate::syntax::source::line;

/// The name of a test that stands in what a file says of itself, while its path is not known.
pub(super) const OF_MODULE: &str = "//!";

/// What a comment mutes.
pub(super) fn comment(outline: &mut Outline<'_>, node: Node<'_>) {
    let text = outline.text(node);
    if let Some(directive) = text.strip_prefix("//@ ") {
        self::directive(outline, node, directive.trim());
    } else if ["///", "//!", "/**", "/*!"]
        .iter()
        .any(|it| text.starts_with(it))
    {
        for line in text.lines() {
            let line = line.trim_start_matches(['/', '!', '*', ' ']);
            if let Some(info) = line.strip_prefix("```") {
                example(outline, node, info.trim());
            }
        }
    }
}

/// A piece of code in the documentation, by the words behind its fence.
fn example(outline: &mut Outline<'_>, node: Node<'_>, info: &str) {
    let mut words = info.split([',', ' ', '{', '}', '\t']);
    let word = words.find(|it| *it == "ignore" || it.starts_with("ignore-"));
    if word.is_none() && !outline.is_thorough() {
        return;
    }
    let name = described(outline, node).unwrap_or_default();
    // What stands in a module describes it from inside.
    let parent = match is_inner(outline.text(node)) {
        true => outline.unit(outline.here()).parent,
        false => outline.here(),
    };
    let unit = outline.within(parent, |outline| outline.open(Role::Test, &name, node));
    let Some(word) = word else { return };
    let target = word.strip_prefix("ignore-");
    let guard = target.map(|it| Guard {
        text: it.to_owned(),
        line: line(node),
    });
    let place = Place::new(Usage::Name, "doc.ignore", node, node);
    if outline.place(place.guard(guard).on(unit)) {
        outline.without_comments();
    }
}

/// Whether a comment describes what it stands in.
fn is_inner(comment: &str) -> bool {
    comment.starts_with("//!") || comment.starts_with("/*!")
}

/// The name of what a comment describes.
fn described(outline: &Outline<'_>, comment: Node<'_>) -> Option<String> {
    let text = outline.text(comment);
    if is_inner(text) {
        return Some(match outline.here() {
            UnitId::FILE => OF_MODULE.to_owned(),
            module => outline.unit(module).name.to_string(),
        });
    }
    let mut next = comment.next_named_sibling();
    while let Some(node) = next {
        if !node.kind().ends_with("comment") && node.kind() != "attribute_item" {
            let name = ["name", "type", "macro"]
                .iter()
                .find_map(|it| node.child_by_field_name(it));
            return name.map(|it| outline.text(it).to_owned());
        }
        next = node.next_named_sibling();
    }
    None
}

/// `//@ ignore-windows (why)`: the whole file is one test.
fn directive(outline: &mut Outline<'_>, node: Node<'_>, text: &str) {
    let text = text.strip_prefix('[').map_or(text, |it| {
        // Of one revision only.
        it.split_once(']').map_or(it, |it| it.1.trim())
    });
    let end = text.find([' ', ':', '(']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start_matches([':', ' ', '(']);
    let rest = rest.strip_suffix(')').unwrap_or(rest).trim();
    let kinds = ["ignore", "needs", "only"];
    let split = name.split_once('-').filter(|it| kinds.contains(&it.0));
    let (form, target) = match split {
        Some(("ignore", "test" | "auxiliary")) => ("//@ ignore-test".to_owned(), None),
        Some((kind, target)) => (format!("//@ {kind}"), Some(target)),
        None => (format!("//@ {name}"), None),
    };
    let mut args = vec![outline.text_arg("", rest)];
    args.extend(target.map(|it| outline.text_arg("condition", it)));
    let place = Place::new(Usage::Name, form, node, node);
    if outline.place(place.args(args).on(UnitId::FILE)) {
        outline.without_comments();
    }
}

/// `Trial::test("name", run).with_ignored_flag(true)` of libtest-mimic.
pub(super) fn call(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(callee) = node.child_by_field_name("function") else {
        return;
    };
    if outline.is_thorough() && outline.text(callee).ends_with("Trial::test") {
        let args = node.child_by_field_name("arguments");
        if let Some(title) = args.and_then(|it| it.named_child(0)) {
            let (title, dynamic) = outline.title(title);
            outline.open_dynamic(Role::Test, &title, dynamic, node);
        }
    }
    let fields = ["value", "field"];
    let [Some(object), Some(word)] = fields.map(|it| callee.child_by_field_name(it)) else {
        return;
    };
    if outline.text(word) != "with_ignored_flag" {
        return;
    }
    let args = node.child_by_field_name("arguments");
    if let Some(args) = args {
        flag(outline, args, object.child_by_field_name("arguments"));
    }
}

/// The arguments of `with_ignored_flag`, and those of the call that made the test.
pub(super) fn flag(outline: &mut Outline<'_>, args: Node<'_>, made: Option<Node<'_>>) {
    let flag = outline.text(args);
    let flag = flag.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    let flag = flag.unwrap_or_default().trim().to_owned();
    let title = made.and_then(|it| it.named_child(0));
    let (title, dynamic) = title.map_or((String::new(), true), |it| outline.title(it));
    let unit = outline.open_dynamic(Role::Test, &title, dynamic, args);
    let guard = (!matches!(&*flag, "true" | "false")).then(|| Guard {
        text: flag.clone(),
        line: line(args),
    });
    let word = args.prev_sibling().unwrap_or(args);
    let place = Place::new(Usage::Call, "with_ignored_flag", word, word).guard(guard);
    if outline.place(place.on(unit)) && flag == "false" {
        outline.without_effect("it says `false`");
    }
}
