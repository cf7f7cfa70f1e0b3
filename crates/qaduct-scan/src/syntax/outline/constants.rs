//! Reasons that stand in a name: `skip reason`, where the file says what the name holds.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::text::literal;
use super::tree::each;
use crate::syntax::facts::{Arg, ArgValue, Facts, Seen};
use crate::syntax::forms::{Form, Forms};
use crate::syntax::lexer::Lexicon;
use crate::syntax::resolve::is_named;
use crate::syntax::source::{Source, line, one_line};

/// What gives a value to a name, in any language: its kind, and the fields of both.
const BINDINGS: &[(&str, &str, &str)] = &[
    ("assignment", "left", "right"),
    ("assignment_expression", "left", "right"),
    ("variable_declarator", "name", "value"),
    ("const_element", "", ""),
    ("const_spec", "name", "value"),
    ("var_spec", "name", "value"),
    ("short_var_declaration", "left", "right"),
    ("const_item", "name", "value"),
    ("static_item", "name", "value"),
];

/// The values of a name: the line of each, and its text where it is one.
type Values = Vec<(u32, Option<String>)>;

/// Puts texts in place of the names that hold them. What a variable holds that is no text of
/// the file is no reason.
pub(super) fn follow(
    root: Node<'_>,
    source: &Source<'_>,
    lexicon: &Lexicon,
    forms: &Forms,
    facts: &mut Facts,
) {
    let lent = facts.lent.iter_mut().map(|it| &mut it.sighting);
    let wanted = facts.sightings.iter_mut().chain(lent).flat_map(|it| {
        let form = match it.seen {
            Seen::Form(form) | Seen::Guess(_, _, form) => Some(forms.form(form)),
            Seen::Name(..) => None,
        };
        let first = it.lines.0;
        let args = it.args.iter_mut().enumerate();
        let args = args.filter(move |(at, arg)| form.is_some_and(|it| is_told(it, arg, *at)));
        args.map(move |(_, arg)| (first, arg))
    });
    let mut wanted: Vec<(u32, String, &mut Arg)> = wanted
        .filter_map(|(line, arg)| Some((line, name(&arg.value)?.to_owned(), arg)))
        .collect();
    if wanted.is_empty() {
        return;
    }
    let mut values: FxHashMap<String, Values> = FxHashMap::default();
    for (_, name, _) in &wanted {
        values.entry(name.clone()).or_default();
    }
    each(&mut root.walk(), |node| {
        if let Some((_, left, right)) = BINDINGS.iter().find(|it| it.0 == node.kind()) {
            let part = |field: &str, at: u32| match field {
                "" => node.named_child(at),
                _ => node.child_by_field_name(field),
            };
            if let (Some(left), Some(right)) = (part(left, 0), part(right, 1))
                && let Some(its) = values.get_mut(bare(source.of(left)))
            {
                let text = literal(source.of(right), lexicon);
                its.push((line(node), text.map(|it| one_line(&it))));
            }
        }
        true
    });
    for (line, name, arg) in &mut wanted {
        let its = &values[name];
        let above = its.iter().rfind(|it| it.0 <= *line).or(its.last());
        match above {
            Some((_, Some(text))) => arg.value = ArgValue::Text(text.as_str().into()),
            _ if is_variable(name) => arg.value = ArgValue::Code("".into()),
            _ => {}
        }
    }
}

/// Whether an argument says why, or names a ticket.
fn is_told(form: &Form, arg: &Arg, at: usize) -> bool {
    let lists = [&form.reason, &form.ticket];
    let mut names = lists.into_iter().flatten();
    names.any(|it| is_named(arg, at, it))
}

/// The name that an argument is, where it is nothing else.
fn name(value: &ArgValue) -> Option<&str> {
    let ArgValue::Code(code) = value else {
        return None;
    };
    let name = bare(code);
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    // What is called on a variable is known at run time, too: `error.message`.
    let path = name.split(['.', '-', '>']).filter(|it| !it.is_empty());
    let is_path = !name.starts_with(['-', '>', '.'])
        && is_variable(name)
        && !name.contains(char::is_whitespace);
    let is_call = |it: &str| it.strip_suffix("()").unwrap_or(it).chars().all(is_word);
    let is_name = name.chars().all(is_word) && !name.starts_with(|it: char| it.is_ascii_digit())
        || is_path && path.clone().count() > 1 && path.clone().all(is_call);
    (is_name && !name.is_empty() && !matches!(name, "true" | "false" | "nil" | "null" | "None"))
        .then_some(name)
}

fn bare(name: &str) -> &str {
    let own = ["self::", "static::", "Self::", "this.", "$", "@"];
    own.iter()
        .find_map(|it| name.strip_prefix(it))
        .unwrap_or(name)
}

/// Whether a name is one of a variable; that of a constant says something by itself.
fn is_variable(name: &str) -> bool {
    name.starts_with(|it: char| it.is_lowercase() || it == '_')
}
