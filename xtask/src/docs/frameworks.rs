//! `docs/frameworks/`: a page for each test framework, and the list of them.

use qaduct_scan::frameworks::{Form, Framework, frameworks};

const HEAD: &str = include_str!("frameworks.head.md");

/// Path and text of every page.
pub(crate) fn pages() -> Vec<(String, String)> {
    let all = frameworks();
    let rows: String = all.iter().map(row).collect();
    let list = (
        "docs/frameworks/README.md".to_owned(),
        format!("{HEAD}{rows}"),
    );
    let pages = all.iter().map(|it| {
        let path = format!("docs/frameworks/{}.md", it.name);
        (path, page(it))
    });
    std::iter::once(list).chain(pages).collect()
}

fn row(framework: &Framework) -> String {
    let Framework { name, title, .. } = framework;
    let languages = framework.languages.join(", ");
    format!(
        "| [{title}]({name}.md) | {languages} | {} |\n",
        framework.forms.len()
    )
}

fn page(framework: &Framework) -> String {
    let forms: String = framework.forms.iter().map(form).collect();
    let limits: String = framework
        .limits
        .iter()
        .map(|it| format!("- {it}\n"))
        .collect();
    format!(
        "# {}\n\nHow its authors describe it: <{}>. Languages: {}.\n\n\
         ## What qaduct sees\n\n\
         | Form | Kind | Looks like | Read from it |\n|---|---|---|---|\n{forms}\n\
         A `skip` under a condition is a `cond_skip`. Tickets are also looked for in the reason, in the\n\
         comments above and beside the declaration and, where these name none and there is no condition, in the\n\
         name of the test.\n\n\
         ## What qaduct does not see\n\n{limits}",
        framework.title,
        framework.url,
        framework.languages.join(", "),
    )
}

fn form(form: &Form) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let read: Vec<String> = form
        .arguments
        .iter()
        .map(|(what, names)| {
            let names: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
            format!("{what}: {}", names.join(", "))
        })
        .collect();
    let example = form.example.as_deref().unwrap_or_default();
    format!(
        "| `{}` ({}) | `{}` | `` {} `` | {} |\n",
        form.form,
        form.usage,
        form.kind,
        cell(example.trim()),
        read.join("; ")
    )
}
