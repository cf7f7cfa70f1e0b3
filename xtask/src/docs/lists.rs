//! `docs/manifests.md`: the lists of mutes and settings of runners that are read.

use qaduct_scan::{List, ListForm, lists};

const HEAD: &str = include_str!("lists.head.md");

/// The page.
pub(crate) fn page() -> String {
    let all = lists();
    let rows: String = all.iter().map(row).collect();
    let sections: String = all.iter().map(section).collect();
    format!("{HEAD}{rows}{sections}")
}

fn row(list: &List) -> String {
    let first = list.paths.first();
    let first = first.map_or("other lists".to_owned(), |it| format!("`{}`", cell(it)));
    let more = match list.paths.len() {
        0 | 1 => String::new(),
        number => format!(" and {} more", number - 1),
    };
    format!(
        "| [{}](#{}) | {first}{more} | {} |\n",
        list.title, list.name, list.format
    )
}

fn section(list: &List) -> String {
    let paths: Vec<String> = list.paths.iter().map(|it| format!("`{it}`")).collect();
    let files = match paths.is_empty() {
        true => "Its forms are looked for in files of others.".to_owned(),
        false => format!("Files: {}.", paths.join(", ")),
    };
    let forms: String = list.forms.iter().map(form).collect();
    let limits: String = list.limits.iter().map(|it| format!("- {it}\n")).collect();
    format!(
        "\n<a id=\"{}\"></a>\n\n## {}\n\n{files} Format: {}. Described at <{}>.\n\n{forms}\
         What qaduct does not see:\n\n{limits}",
        list.name, list.title, list.format, list.url,
    )
}

fn form(form: &ListForm) -> String {
    let read: Vec<String> = form
        .keys
        .iter()
        .map(|(what, keys)| {
            let keys: Vec<String> = keys.iter().map(|it| format!("`{it}`")).collect();
            format!("{what}: {}", keys.join(", "))
        })
        .collect();
    let at = form.at.as_ref().map(|it| format!(", at `{it}`"));
    let read = match read.is_empty() {
        true => String::new(),
        false => format!("; {}", read.join("; ")),
    };
    format!(
        "`{}`, `{}`{}{read}:\n\n```text\n{}\n```\n\n",
        form.form,
        form.kind,
        at.unwrap_or_default(),
        form.example.trim(),
    )
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
