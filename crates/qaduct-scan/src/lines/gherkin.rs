//! Gherkin: tags above features, rules, scenarios and examples.

use qaduct_records::Scope;

use super::found::{Found, numbered, some};
use super::{FILE, Own, Reader};

pub(super) const READER: Reader = Reader {
    language: "gherkin",
    reads: |path| path.ends_with(".feature"),
    is_test_file: |_| true,
    needles: &["@"],
    read,
};

/// A tag above something.
struct Tag {
    form: String,
    reason: Option<String>,
    args: Vec<String>,
    line: u32,
}

impl Tag {
    /// What stands behind an `@`: a word, perhaps with something in brackets or behind a colon.
    fn of(tag: &str, line: u32, own: &Own) -> Self {
        // A user's mark has that name and no shorter one.
        let mark = own.iter().filter(|it| {
            let rest = tag.strip_prefix(it.as_str());
            rest.is_some_and(|it| it.is_empty() || it.starts_with(['(', ':', '=', ' ']))
        });
        let mark = mark.max_by_key(|it| it.len());
        let end = mark.map_or_else(
            || tag.find(['(', ':', '=', ' ']).unwrap_or(tag.len()),
            String::len,
        );
        let more = some(tag[end..].trim_matches(['(', ')', ':', '=', ' ', '"', '\'']));
        match mark {
            Some(mark) => Self {
                form: mark.clone(),
                reason: None,
                args: more.into_iter().collect(),
                line,
            },
            None => Self {
                form: format!("@{}", tag[..end].to_lowercase()),
                reason: more,
                args: Vec::new(),
                line,
            },
        }
    }
}

fn read(text: &str, own: &Own) -> Vec<Found> {
    let mut all = Vec::new();
    let mut tags: Vec<Tag> = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    let mut trailing = String::new();
    let (mut feature, mut rule, mut scenario) = (String::new(), String::new(), String::new());
    let mut quote: Option<&str> = None;
    for (number, line) in numbered(text) {
        let line = line.trim();
        if let Some(sign) = ["\"\"\"", "```"]
            .into_iter()
            .find(|it| line.starts_with(it))
        {
            quote = match quote {
                Some(open) if open == sign => None,
                None => Some(sign),
                open => open,
            };
            continue;
        }
        if quote.is_some() {
            continue;
        }
        if line.starts_with('#') {
            above.push(line);
            continue;
        }
        if line.starts_with('@') {
            let (its, comment) = line.split_once(" #").unwrap_or((line, ""));
            comment.clone_into(&mut trailing);
            for tag in its.split('@').skip(1) {
                tags.push(Tag::of(tag.trim(), number, own));
            }
            continue;
        }
        if line.is_empty() {
            if tags.is_empty() {
                above.clear();
            }
            continue;
        }
        let (keyword, name) = line.split_once(':').unwrap_or((line, ""));
        let name = name.trim();
        let scope = match keyword {
            "Rule" => {
                name.clone_into(&mut rule);
                Scope::Class
            }
            "Scenario" | "Example" | "Scenario Outline" | "Scenario Template" => {
                name.clone_into(&mut scenario);
                Scope::Test
            }
            "Examples" | "Scenarios" => Scope::ParamCase,
            // The first keyword of a file is that of the feature, in any language.
            _ if feature.is_empty() && line.contains(':') => {
                name.clone_into(&mut feature);
                FILE
            }
            _ if !tags.is_empty() && line.contains(':') => {
                name.clone_into(&mut scenario);
                Scope::Test
            }
            _ => {
                tags.clear();
                above.clear();
                continue;
            }
        };
        for tag in tags.drain(..) {
            let mut found = Found::new(&tag.form, tag.line, scope);
            let inner = match scope {
                Scope::Test | Scope::ParamCase => rule.as_str(),
                Scope::Class => name,
                _ => "",
            };
            let containers = [feature.as_str(), inner];
            let containers: Vec<&str> =
                containers.into_iter().filter(|it| !it.is_empty()).collect();
            found.container = containers.join("::");
            if matches!(scope, Scope::Test | Scope::ParamCase) {
                found.test.clone_from(&scenario);
            }
            found.reason = tag.reason;
            found.args = tag.args;
            found.above = above.join("\n");
            found.trailing.clone_from(&trailing);
            all.push(found);
        }
        above.clear();
        trailing.clear();
    }
    all
}
