//! What is written about lists of mutes: the facts from which their page is made.

use qaduct_records::Kind;

use super::rules::{self, Form};

/// A list of mutes, or settings of a runner, that is known by its path.
#[derive(Debug, Clone)]
pub struct List {
    /// The name of its file in `manifests/`.
    pub name: &'static str,
    /// What it is.
    pub title: String,
    /// The framework of its mutes.
    pub framework: String,
    /// Where the format is described, or a repository that uses it.
    pub url: String,
    /// Globs of the files.
    pub paths: Vec<String>,
    /// How they are written.
    pub format: &'static str,
    /// What mutes in them.
    pub forms: Vec<ListForm>,
    /// What qaduct does not see of it, a sentence each.
    pub limits: Vec<String>,
}

/// A way in which a list mutes.
#[derive(Debug, Clone)]
pub struct ListForm {
    /// What it is called in the table of mutes.
    pub form: String,
    /// What it does to a test where nothing else is said.
    pub kind: Kind,
    /// Where it stands in a structured file.
    pub at: Option<String>,
    /// What is read, and from which keys.
    pub keys: Vec<(&'static str, Vec<String>)>,
    /// How it looks.
    pub example: String,
}

/// All lists that ship, in order of their names.
#[must_use]
pub fn lists() -> Vec<List> {
    let mut all: Vec<List> = rules::named()
        .map(|(name, preset)| List {
            name,
            format: preset.format.as_str(),
            forms: preset.form.iter().map(form).collect(),
            title: preset.title,
            framework: preset.framework,
            url: preset.url,
            paths: preset.path,
            limits: preset.limits,
        })
        .collect();
    all.sort_by_key(|it| it.name);
    all
}

fn form(form: &Form) -> ListForm {
    let keys = [
        ("target", &form.target),
        ("container", &form.container),
        ("test", &form.test),
        ("parameter", &form.param),
        ("kind", &form.kind_from),
        ("condition", &form.condition),
        ("ticket", &form.ticket),
        ("reason", &form.reason),
        ("since", &form.since),
        ("until", &form.until),
        ("owner", &form.owner),
    ];
    // `=…` is a text of our own, and `$1` and `.` are no keys.
    let is_key = |it: &&String| !it.starts_with(['=', '$']) && !matches!(it.as_str(), "." | "#");
    let keys = keys.map(|(what, its)| (what, its.iter().filter(is_key).cloned().collect()));
    let some = |it: &(&str, Vec<String>)| !it.1.is_empty();
    ListForm {
        form: form.name.clone(),
        kind: form.kind,
        at: form.at.clone(),
        keys: keys.into_iter().filter(some).collect(),
        example: form.example.clone(),
    }
}
