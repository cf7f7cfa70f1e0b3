//! What stands behind the title of an example or group: `:skip`, `pending: "why"`, `if: …`.

use tree_sitter::Node;

use crate::syntax::facts::{Arg, ArgValue, Seen, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Outline, Place};

/// Why `skip: false` mutes nothing.
const OFF: &str = "it is switched off";

/// The arguments of a list, without comments.
pub(super) fn values(list: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = list.walk();
    let each = list.named_children(&mut cursor);
    each.filter(|it| !it.is_extra()).collect()
}

/// Notes what the metadata of a declaration mute. Whether they do.
pub(super) fn options(
    outline: &mut Outline<'_>,
    values: &[Node<'_>],
    unit: UnitId,
    declaration: Node<'_>,
) -> bool {
    let mut muted = false;
    for value in values {
        let parts = match value.kind() {
            "hash" => self::values(*value),
            _ => vec![*value],
        };
        for part in parts {
            muted |= option(outline, part, unit, declaration);
        }
    }
    muted
}

fn option(outline: &mut Outline<'_>, part: Node<'_>, unit: UnitId, declaration: Node<'_>) -> bool {
    let (key, value) = match part.kind() {
        "simple_symbol" => (part, None),
        "pair" => match (
            part.child_by_field_name("key"),
            part.child_by_field_name("value"),
        ) {
            (Some(key), value) => (key, value),
            _ => return false,
        },
        _ => return false,
    };
    let name = outline.text(key).trim_matches([':', '"', '\'']).to_owned();
    let Some(form) = outline.forms.find(Usage::Option, &name, outline.imports()) else {
        return false;
    };
    let mut args = Vec::new();
    let mut ineffective = None;
    match value.map(|it| (it, it.kind())) {
        None | Some((_, "true")) if name == "if" => return false,
        // What asks for something that never is keeps it out of every run.
        Some((_, "false" | "nil")) if name == "if" => {}
        None | Some((_, "true")) => {}
        Some((_, "false" | "nil")) => ineffective = Some(OFF),
        Some((value, "hash")) => {
            for pair in values(value) {
                let key = pair.child_by_field_name("key");
                let value = pair.child_by_field_name("value");
                if let (Some(key), Some(value)) = (key, value) {
                    let name = outline.text(key).trim_matches(':');
                    args.push(match value.kind() {
                        "simple_symbol" => {
                            outline.text_arg(name, outline.text(value).trim_matches(':'))
                        }
                        _ => outline.named_arg(name, value),
                    });
                }
            }
        }
        Some((value, _)) => {
            let its = match outline.value(value) {
                _ if matches!(&*name, "if" | "unless") => Arg {
                    name: "condition".into(),
                    value: ArgValue::Code(asked(outline, value).into()),
                },
                ArgValue::Text(text) => Arg {
                    name: "reason".into(),
                    value: ArgValue::Text(text),
                },
                ArgValue::Code(_) if has_interpolation(value) => Arg {
                    name: "reason".into(),
                    value: ArgValue::Text(outline.value(value).as_str().into()),
                },
                ArgValue::Code(code) => Arg {
                    name: "condition".into(),
                    value: ArgValue::Code(code),
                },
            };
            args.push(its);
        }
    }
    let place = Place::new(Usage::Option, name, part, key)
        .args(args)
        .guard(super::body::guard(outline, declaration))
        .on(unit);
    let mut sighting = outline.sighting(Seen::Form(form), place);
    sighting.ineffective = ineffective.map(Into::into);
    outline.add(sighting);
    ineffective.is_none()
}

/// The condition that a lambda or a value asks.
fn asked(outline: &Outline<'_>, value: Node<'_>) -> String {
    let text = outline.text(value);
    let body = text.split_once('{').filter(|_| value.kind() == "lambda");
    let body = body.map_or(text, |(_, it)| it.trim_end_matches('}').trim());
    crate::syntax::source::one_line(body)
}

/// Whether parts of a text are computed.
pub(super) fn has_interpolation(node: Node<'_>) -> bool {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .any(|it| it.kind() == "interpolation")
}
