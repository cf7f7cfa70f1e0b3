//! Assumptions: calls that skip a test where something does not hold, in the order of
//! arguments that each library asks for.

use crate::syntax::facts::{Arg, ArgValue};
use crate::syntax::outline::Outline;

/// Classes whose functions these are; before them stands nothing where they are imported or
/// inherited.
const OWNERS: &[&str] = &[
    "",
    "Assume",
    "Assumptions",
    "LuceneTestCase",
    "RandomizedTest",
];

/// The name under which the forms know a function, if it is one that assumes.
pub(super) fn form<'a>(qualifier: &str, name: &'a str) -> Option<&'a str> {
    let known = matches!(
        name,
        "assumeTrue"
            | "assumeFalse"
            | "assumeThat"
            | "assumeThatCode"
            | "assumeNotNull"
            | "assumeNoException"
            | "assumingThat"
    );
    (known && OWNERS.contains(&qualifier)).then_some(name)
}

/// The arguments of such a function by what they are: `condition` and `reason`.
pub(super) fn arguments(outline: &Outline<'_>, name: &str, args: Vec<Arg>) -> Vec<Arg> {
    let is_text = |at: usize| {
        matches!(
            args.get(at),
            Some(Arg {
                value: ArgValue::Text(_),
                ..
            })
        )
    };
    let in_junit4 = || {
        let imports = outline.imports();
        !imports
            .iter()
            .any(|it| it.starts_with("org.junit.jupiter.api.Assum"))
            && imports
                .iter()
                .any(|it| it.starts_with("org.junit.Assume") || &**it == "org.junit.*")
    };
    let wanted = match name {
        "assumeThat" => 2,
        _ => 1,
    };
    let message_first = name != "assumeNotNull"
        && args.len() > wanted
        && (is_text(0) || (in_junit4() && !is_text(wanted)));
    let mut args = args.into_iter();
    let message = if message_first { args.next() } else { None };
    let (condition, rest): (Vec<Arg>, Vec<Arg>) = if name == "assumeNotNull" {
        (args.collect(), Vec::new())
    } else {
        let condition = args.by_ref().take(wanted).collect();
        (condition, args.collect())
    };
    // The action of `assumingThat` is no message.
    let message = message.or_else(|| rest.into_iter().next().filter(|_| name != "assumingThat"));
    let condition: Vec<&str> = condition.iter().map(|it| it.value.as_str()).collect();
    let mut condition = condition.join(", ");
    match (name, condition.as_str()) {
        // It never holds: the test is skipped without a condition.
        ("assumeTrue", "false") | ("assumeFalse", "true") => condition.clear(),
        ("assumeNotNull", _) => condition.push_str(" != null"),
        ("assumeNoException", _) => condition.clear(),
        _ => {}
    }
    let mut named = Vec::new();
    if !condition.is_empty() {
        named.push(Arg {
            name: "condition".into(),
            value: ArgValue::Code(condition.into()),
        });
    }
    named.extend(message.map(|it| Arg {
        name: "reason".into(),
        value: it.value,
    }));
    named
}
