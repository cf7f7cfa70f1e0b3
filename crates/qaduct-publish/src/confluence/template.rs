//! Sections of pages that ship: `{name}` in a text of theirs stands for a value.

use std::collections::{BTreeMap, BTreeSet};

use qaduct_models::{Panel, PanelKind};
use qaduct_records::values::values_of;
use qaduct_records::{Reader, StoreError, Value, View, nearest};
use serde::Deserialize;

use super::page::Section;
use crate::PublishError;

/// The templates, by their word.
pub(crate) const WORDS: [&str; 1] = ["sign-off"];

/// Their texts, in the same order.
const TEXTS: [&str; 1] = [include_str!("../../templates/sign-off.toml")];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Template {
    /// What has to be stored before there is anything to tell.
    pub(crate) needs: Option<Needs>,
    /// What it shows.
    pub(crate) section: Vec<Section>,
}

/// A row without which a page would show nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Needs {
    /// What people call it.
    what: String,
    /// The view that has it.
    view: String,
    /// Rows that it stands among.
    #[serde(rename = "where")]
    only: BTreeMap<String, Vec<String>>,
    /// The column that tells it from the others.
    column: String,
    /// What it has there.
    value: String,
}

impl Needs {
    /// Looks whether it is stored.
    pub(crate) fn check(
        &self,
        place: &str,
        views: &[View],
        reader: &mut dyn Reader,
    ) -> Result<(), PublishError> {
        let panel = Panel {
            y: vec![self.column.clone()],
            only: self.only.clone(),
            ..Panel::of(self.view.clone(), PanelKind::Table)
        };
        let query = panel.query(views).map_err(|source| PublishError::Panel {
            place: place.to_owned(),
            source,
        })?;
        let rows = reader.query(&query)?;
        let values = values_of(&rows, &self.column);
        let values = values.map_err(|mismatch| StoreError::Fit {
            table: self.view.clone(),
            mismatch,
        })?;
        let known: BTreeSet<&str> = values
            .iter()
            .filter_map(|it| match it {
                Value::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        if known.contains(self.value.as_str()) {
            return Ok(());
        }
        let near = nearest(&self.value, known.iter().copied());
        let near = near.map(|it| format!("; did you mean `{it}`?"));
        Err(PublishError::Settings {
            place: place.to_owned(),
            why: format!("no {} is stored{}", self.what, near.unwrap_or_default()),
        })
    }
}

/// A template with these values.
pub(crate) fn of_values(
    place: &str,
    word: &str,
    values: &BTreeMap<String, String>,
) -> Result<Template, PublishError> {
    let wrong = |why: String| PublishError::Settings {
        place: place.to_owned(),
        why,
    };
    let all = WORDS.into_iter().zip(TEXTS);
    let found = all.into_iter().find(|(it, _)| *it == word);
    let (_, text) = found.ok_or_else(|| {
        wrong(format!(
            "there is no template `{word}`; there are {}",
            WORDS.join(", ")
        ))
    })?;
    let mut tree: toml::Value = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let mut names = BTreeSet::new();
    filled(&mut tree, values, &mut names);
    // A name that is misspelt is missing as well.
    if let Some(name) = values.keys().find(|it| !names.contains(*it)) {
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        return Err(wrong(format!(
            "`values`: the template `{word}` has no `{name}`, but {}",
            names.join(", ")
        )));
    }
    let missing: Vec<_> = names
        .iter()
        .filter(|it| !values.contains_key(*it))
        .collect();
    if let Some(first) = missing.first() {
        return Err(wrong(format!(
            "the template `{word}` needs `{first}`; set it in `values`"
        )));
    }
    tree.try_into().map_err(|error: toml::de::Error| {
        wrong(format!("the template `{word}` is no page: {error}"))
    })
}

/// Puts the values into all texts, and tells which names stand in them.
fn filled(tree: &mut toml::Value, values: &BTreeMap<String, String>, names: &mut BTreeSet<String>) {
    match tree {
        toml::Value::String(text) => *text = of_text(text, values, names),
        toml::Value::Array(items) => items.iter_mut().for_each(|it| filled(it, values, names)),
        toml::Value::Table(table) => {
            for (_, it) in table.iter_mut() {
                filled(it, values, names);
            }
        }
        _ => {}
    }
}

fn of_text(text: &str, values: &BTreeMap<String, String>, names: &mut BTreeSet<String>) -> String {
    let mut parts = text.split('{');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // Values are not looked through again.
        let Some((name, rest)) = part.split_once('}') else {
            whole.push('{');
            whole.push_str(part);
            continue;
        };
        whole.push_str(values.get(name).map_or("", String::as_str));
        whole.push_str(rest);
        names.insert(name.to_owned());
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rowless::Rowless;

    fn sign_off(values: &[(&str, &str)]) -> Result<Vec<Section>, String> {
        let values = values
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        let template = of_values("[page.x]", "sign-off", &values.collect());
        template.map(|it| it.section).map_err(|it| it.to_string())
    }

    #[test]
    fn a_template_says_what_it_needs() {
        assert_eq!(
            sign_off(&[("project", "fenix")]).unwrap_err(),
            "[page.x]: the template `sign-off` needs `version`; set it in `values`"
        );
        let many = [("project", "fenix"), ("version", "1"), ("build", "2")];
        assert_eq!(
            sign_off(&many).unwrap_err(),
            "[page.x]: `values`: the template `sign-off` has no `build`, but project, version"
        );
    }

    #[test]
    fn a_misspelt_value_is_named_before_the_one_that_is_missing_for_its_sake() {
        assert_eq!(
            sign_off(&[("projct", "fenix"), ("version", "1")]).unwrap_err(),
            "[page.x]: `values`: the template `sign-off` has no `projct`, but project, version"
        );
    }

    #[test]
    fn a_build_that_is_not_stored_is_named() {
        let values = [("project", "fenix"), ("version", "1.2.3.4")];
        let values = values.map(|(a, b)| (a.to_owned(), b.to_owned()));
        let template = of_values("[page.x]", "sign-off", &values.into()).unwrap();
        let error =
            template
                .needs
                .unwrap()
                .check("[page.x]", &qaduct_models::reports(), &mut Rowless);
        assert_eq!(
            error.unwrap_err().to_string(),
            "[page.x]: no milestone of fenix 1.2.3.4 is stored"
        );
    }

    #[test]
    fn values_stand_where_the_template_names_them_and_nowhere_else() {
        let sections = sign_off(&[("project", "{version}"), ("version", "142.0b3")]).unwrap();
        let only = &sections[0].item[0].only;
        assert_eq!(only["build_version"], ["142.0b3"]);
        assert_eq!(only["project"], ["{version}"]);
    }
}
