//! What an object of options says: `{ skip: true }`, `{ retries: 3 }`, `{ tags: "@flaky" }`,
//! and the issues that are noted in it.

use tree_sitter::Node;

use super::declare::{text_arg, values};
use crate::syntax::facts::{Arg, ArgValue, Seen, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::guard::negated;
use crate::syntax::outline::{Outline, Place};

/// Tags of tests that are kept apart from the others.
const QUARANTINES: &[&str] = &[
    "quarantine",
    "quarantined",
    "flaky",
    "skip",
    "skipped",
    "disabled",
    "broken",
    "fixme",
];

/// Notes what the options of a declaration mute. Whether they do.
pub(super) fn options<'a>(
    outline: &mut Outline<'a>,
    args: Node<'_>,
    unit: UnitId,
    issues: &[Arg],
) -> bool {
    let mut muted = false;
    for pair in objects(args) {
        let Some((key, value)) = pair_of(outline, pair) else {
            continue;
        };
        let Some(form) = outline.forms.find(Usage::Option, &key, outline.imports()) else {
            continue;
        };
        let Some(mut saying) = said(outline, &key, value) else {
            continue;
        };
        saying.args.extend(issues.iter().cloned());
        let word = pair.child_by_field_name("key").unwrap_or(pair);
        let place = Place::new(Usage::Option, key, pair, word)
            .args(saying.args)
            .on(unit);
        let mut sighting = outline.sighting(Seen::Form(form), place);
        sighting.ineffective = saying.ineffective.map(Into::into);
        outline.add(sighting);
        muted |= saying.ineffective.is_none();
    }
    muted
}

/// What an option says.
struct Saying {
    args: Vec<Arg>,
    ineffective: Option<&'static str>,
}

fn said(outline: &Outline<'_>, key: &str, value: Node<'_>) -> Option<Saying> {
    let plain = |args| {
        Some(Saying {
            args,
            ineffective: None,
        })
    };
    let code = outline.text(value);
    match key {
        "retries" | "retry" | "flaky" => {
            let never = matches!(code, "0" | "false");
            (!never).then_some(())?;
            plain(vec![Arg {
                name: "times".into(),
                value: outline.value(value),
            }])
        }
        "tags" | "tag" => {
            let tags = texts(outline, value);
            let tag = tags.into_iter().find(|it| {
                let bare = it.trim_start_matches('@').to_lowercase();
                QUARANTINES.contains(&&*bare)
            })?;
            plain(vec![text_arg("reason", &tag)])
        }
        "browser" => match outline.value(value) {
            ArgValue::Text(browser) => plain(vec![Arg {
                name: "condition".into(),
                value: ArgValue::Code(match browser.strip_prefix('!') {
                    Some(other) => format!("browser == {other}").into(),
                    None => negated(&format!("browser == {browser}")).into(),
                }),
            }]),
            ArgValue::Code(code) => plain(vec![Arg {
                name: "condition".into(),
                value: ArgValue::Code(negated(&format!("browser in {code}")).into()),
            }]),
        },
        _ => flag(outline, value),
    }
}

/// `true`, a reason, a condition, or a condition with a reason.
fn flag(outline: &Outline<'_>, value: Node<'_>) -> Option<Saying> {
    let mut saying = Saying {
        args: Vec::new(),
        ineffective: None,
    };
    let condition = |text: String| Arg {
        name: "condition".into(),
        value: ArgValue::Code(text.into()),
    };
    match value.kind() {
        "true" => {}
        "false" | "undefined" | "null" => saying.ineffective = Some("it is switched off"),
        "string" | "template_string" => match outline.value(value) {
            ArgValue::Text(text) if text.is_empty() => {
                saying.ineffective = Some("it is switched off");
            }
            ArgValue::Text(text) => saying.args.push(text_arg("reason", &text)),
            ArgValue::Code(code) => saying.args.push(text_arg("reason", &code)),
        },
        "ternary_expression" => {
            let part = |field| value.child_by_field_name(field);
            let of = outline.text(part("condition")?);
            let (then, otherwise) = (part("consequence")?, part("alternative")?);
            let is_off = |it: Node<'_>| matches!(it.kind(), "false" | "undefined" | "null");
            let (on, of) = if is_off(then) {
                (otherwise, negated(of))
            } else {
                (then, of.to_owned())
            };
            if let ArgValue::Text(text) = outline.value(on) {
                saying.args.push(text_arg("reason", &text));
            }
            saying.args.push(condition(of));
        }
        "binary_expression" => {
            let right = value.child_by_field_name("right")?;
            let left = value.child_by_field_name("left")?;
            match outline.value(right) {
                ArgValue::Text(text) if outline.text(value).contains("&&") => {
                    saying.args.push(text_arg("reason", &text));
                    saying.args.push(condition(outline.text(left).to_owned()));
                }
                _ => saying.args.push(condition(outline.text(value).to_owned())),
            }
        }
        _ => saying.args.push(condition(outline.text(value).to_owned())),
    }
    Some(saying)
}

/// The issues that the details of a declaration name: they belong to what mutes it.
pub(super) fn issues(outline: &Outline<'_>, args: Node<'_>) -> Vec<Arg> {
    let mut issues = Vec::new();
    for pair in objects(args) {
        let Some((key, value)) = pair_of(outline, pair) else {
            continue;
        };
        match &*key {
            "annotation" => {
                let each = match value.kind() {
                    "array" => children(value),
                    _ => vec![value],
                };
                for annotation in each {
                    issues.extend(issue(outline, annotation));
                }
            }
            "issue" | "ticket" | "bug" => {
                issues.extend(texts(outline, value).iter().map(|it| text_arg("issue", it)));
            }
            _ => {}
        }
    }
    issues
}

/// The issue that an annotation `{ type: "issue", description: "…" }` names.
pub(super) fn issue(outline: &Outline<'_>, annotation: Node<'_>) -> Option<Arg> {
    let mut is_issue = false;
    let mut text = None;
    for (key, value) in children(annotation)
        .into_iter()
        .filter_map(|it| pair_of(outline, it))
    {
        match (&*key, outline.value(value)) {
            ("type", ArgValue::Text(kind)) => {
                is_issue = matches!(&*kind, "issue" | "bug" | "ticket" | "fixme" | "skip");
            }
            ("description", ArgValue::Text(it)) => text = Some(it),
            _ => {}
        }
    }
    text.filter(|_| is_issue).map(|it| text_arg("issue", &it))
}

/// The pairs of all objects among the arguments.
fn objects(args: Node<'_>) -> Vec<Node<'_>> {
    let objects = values(args).into_iter().filter(|it| it.kind() == "object");
    objects.flat_map(children).collect()
}

/// What stands in a node, without comments.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    let each = node.named_children(&mut cursor);
    each.filter(|it| !it.is_extra()).collect()
}

/// The key and value of a pair; `{ skip }` is both.
pub(super) fn pair_of<'t>(outline: &Outline<'_>, pair: Node<'t>) -> Option<(String, Node<'t>)> {
    match pair.kind() {
        "pair" => {
            let key = outline.text(pair.child_by_field_name("key")?);
            let key = key.trim_matches(['"', '\'']).to_owned();
            Some((key, pair.child_by_field_name("value")?))
        }
        "shorthand_property_identifier" => Some((outline.text(pair).to_owned(), pair)),
        _ => None,
    }
}

/// The texts of a value: one, or those of a list.
fn texts(outline: &Outline<'_>, value: Node<'_>) -> Vec<String> {
    let each = match value.kind() {
        "array" => children(value),
        _ => vec![value],
    };
    let texts = each.into_iter().filter_map(|it| match outline.value(it) {
        ArgValue::Text(text) => Some(text.to_string()),
        ArgValue::Code(_) => None,
    });
    texts.collect()
}
