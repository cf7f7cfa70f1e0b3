//! `docs/sources.md`: every kind of source, its streams and what they promise.

use qaduct::format::contract;
use qaduct_records::stream::Stream;
use qaduct_sources::choice::Choice;
use qaduct_sources::{KINDS, Kind};

const HEAD: &str = include_str!("sources.head.md");

/// The page.
pub(crate) fn page() -> String {
    let kinds: String = KINDS.iter().map(|kind| section(kind)).collect();
    format!("{HEAD}{kinds}")
}

fn section(kind: &Kind) -> String {
    let variables: Vec<String> = kind
        .variables
        .iter()
        .map(|(key, variable)| format!("`{variable}` stands for `{key}`"))
        .collect();
    let variables = match variables.as_slice() {
        [] => String::new(),
        some => format!(
            "\n\nWithout a `[source.NAME]` of this kind {}.",
            some.join(", ")
        ),
    };
    let options: String = kind.options.iter().map(option).collect();
    let options = match options.as_str() {
        "" => options,
        _ => format!(
            "\n\n| Option | Words | Says |\n|---|---|---|\n{}",
            options.trim_end()
        ),
    };
    let streams: String = kind.contracts.iter().map(|it| stream(it)).collect();
    let mut about = kind.about.to_owned();
    if let Some(first) = about.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!(
        "\n## `{}`\n\n{about}.{variables}{options}\n\n\
         | Stream | Tables | Contract |\n|---|---|---|\n{streams}",
        kind.name
    )
}

fn option(option: &Choice) -> String {
    let words: Vec<_> = option.words.iter().map(|it| format!("`{it}`")).collect();
    let (name, words) = (option.name, words.join(", "));
    format!("| `{name}` | {words} | {} |\n", option.about)
}

fn stream(stream: &Stream) -> String {
    let tables: Vec<String> = contract::tables(stream)
        .map(|it| format!("`{}`", it.name))
        .collect();
    let clauses: Vec<String> = contract::clauses(stream)
        .into_iter()
        .map(|(name, text)| format!("**{name}** {}", text.replace('|', "\\|")))
        .collect();
    format!(
        "| `{}` | {} | {} |\n",
        stream.name,
        tables.join(", "),
        clauses.join("<br>")
    )
}
