//! What is written about frameworks: the facts from which their pages are made.
//!
//! Reads what ships in `frameworks/`, and nothing else.

use qaduct_records::Kind;

use crate::{marks, syntax};

/// A framework whose mutes are found.
#[derive(Debug, Clone)]
pub struct Framework {
    /// Name of its page.
    pub name: String,
    /// Its name as its authors write it.
    pub title: String,
    /// Where its authors describe how tests are muted.
    pub url: String,
    /// Languages whose files it stands in.
    pub languages: Vec<String>,
    /// Its forms.
    pub forms: Vec<Form>,
    /// What qaduct does not see of it, a sentence each.
    pub limits: Vec<String>,
}

/// A form of a framework.
#[derive(Debug, Clone)]
pub struct Form {
    /// What it is called in the table of mutes.
    pub form: String,
    /// How it is used: `annotation`, `call` and others.
    pub usage: &'static str,
    /// What it does to a test where nothing else is said.
    pub kind: Kind,
    /// How it looks.
    pub example: Option<String>,
    /// Its arguments that are read, and what for.
    pub arguments: Vec<(&'static str, Vec<String>)>,
}

/// All frameworks, by name.
#[must_use]
pub fn frameworks() -> Vec<Framework> {
    let mut all: Vec<Framework> = marks::shipped()
        .map(|(file, framework, _)| of_python(file, framework))
        .chain(
            syntax::forms::shipped().map(|(file, framework, _)| of_syntax(file, framework.clone())),
        )
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn of_python(file: &str, framework: marks::Framework) -> Framework {
    let examples = framework.examples.clone();
    Framework {
        name: file.to_owned(),
        title: framework.title.clone(),
        url: framework.url.clone(),
        languages: vec!["python".to_owned()],
        limits: framework.limits.clone(),
        forms: framework
            .forms()
            .map(|(name, usage, rule)| Form {
                usage: match usage {
                    marks::Usage::Mark => "mark",
                    marks::Usage::Decorator => "decorator",
                    marks::Usage::Call => "call",
                    marks::Usage::Raise => "raise",
                },
                kind: rule.kind,
                example: examples.get(&name).cloned(),
                arguments: arguments([
                    ("reason", rule.reason),
                    ("ticket", rule.ticket),
                    ("condition", rule.condition),
                    ("not where", rule.unless),
                    ("since", rule.since),
                    ("until", rule.until),
                ]),
                form: name,
            })
            .collect(),
    }
}

fn of_syntax(file: &str, framework: syntax::forms::Framework) -> Framework {
    let form = |mut form: syntax::forms::Form| {
        form.framework.clone_from(&framework.framework);
        Form {
            form: form.id().into_owned(),
            usage: form.usage.as_str(),
            kind: form.kind,
            example: form.example,
            arguments: arguments([
                ("reason", form.reason),
                ("ticket", form.ticket),
                ("condition", form.condition),
                ("not where", form.unless),
                ("since", form.since),
                ("until", form.until),
                ("owner", form.owner),
            ]),
        }
    };
    Framework {
        name: file.to_owned(),
        forms: framework.forms.into_iter().map(form).collect(),
        title: framework.title,
        url: framework.url,
        languages: framework.languages,
        limits: framework.limits,
    }
}

/// The arguments that are there.
fn arguments<const N: usize>(
    all: [(&'static str, Vec<String>); N],
) -> Vec<(&'static str, Vec<String>)> {
    let some = all.into_iter().filter(|(_, its)| !its.is_empty());
    some.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_framework_has_an_address_an_example_of_each_form_and_says_what_is_not_seen() {
        for framework in frameworks() {
            let name = &framework.name;
            assert!(framework.url.starts_with("https://"), "{name}");
            assert!(
                !framework.limits.is_empty(),
                "{name}: every scanner has limits"
            );
            for form in framework.forms {
                assert!(
                    form.example.is_some(),
                    "{name}: {} has no example",
                    form.form
                );
            }
        }
    }
}
