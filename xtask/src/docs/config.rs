//! `docs/config.md` and `docs/config.schema.json`: every setting.

use qaduct::config::alias::ALIASES;
use qaduct::config::shape::{Key, Shape};
use qaduct::config::tree::path;
use qaduct::config::{self, variables};

const HEAD: &str = include_str!("config.head.md");
/// What has no defaults: a table of a name of the user's, an item of a list.
static EMPTY: toml::Value = toml::Value::Boolean(false);

pub(crate) fn schema() -> Result<String, String> {
    let schema = serde_json::to_string_pretty(&config::schema());
    schema
        .map(|text| text + "\n")
        .map_err(|error| error.to_string())
}

pub(crate) fn page() -> Result<String, String> {
    let defaults = config::defaults()
        .map_err(|error| error.to_string())?
        .to_toml();
    let mut lines = vec![HEAD.trim_end().to_owned()];
    if let Shape::Table(keys) = Shape::of_config() {
        for key in &keys {
            section(key, &[], &defaults, &mut lines);
        }
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// A heading, the settings under it, and then the tables in it.
fn section(key: &Key, parents: &[&str], defaults: &toml::Value, lines: &mut Vec<String>) {
    let keys = [parents, &[key.name.as_str()]].concat();
    let default = defaults.get(&key.name);
    match &key.shape {
        Shape::Table(inner) => {
            heading(&format!("[{}]", path(&keys)), &key.about, lines);
            settings(inner, Some(&keys), default, lines);
            for key in inner {
                section(key, &keys, default.unwrap_or(defaults), lines);
            }
        }
        Shape::Map(inside) => {
            if let Shape::Table(inner) = inside.as_ref() {
                let named = [keys.as_slice(), &["NAME"]].concat();
                heading(&format!("[{}]", path(&named)), &key.about, lines);
                settings(inner, Some(&named), None, lines);
                for key in inner {
                    section(key, &named, &EMPTY, lines);
                }
            }
        }
        Shape::List(inside) => {
            if let Shape::Table(inner) = inside.as_ref() {
                heading(&format!("[[{}]]", path(&keys)), &key.about, lines);
                settings(inner, None, None, lines);
                for key in inner {
                    section(key, &keys, &EMPTY, lines);
                }
            }
        }
        _ => {}
    }
}

fn heading(name: &str, about: &str, lines: &mut Vec<String>) {
    lines.extend([
        String::new(),
        format!("### `{name}`"),
        String::new(),
        about.to_owned(),
    ]);
}

/// A table of the keys that are no tables themselves.
fn settings(
    keys: &[Key],
    parents: Option<&[&str]>,
    defaults: Option<&toml::Value>,
    lines: &mut Vec<String>,
) {
    let values: Vec<_> = keys
        .iter()
        .filter(|key| !holds_tables(&key.shape))
        .collect();
    if values.is_empty() {
        return;
    }
    lines.extend([
        String::new(),
        "| Key | Value | Default | Meaning |".to_owned(),
        "| --- | --- | --- | --- |".to_owned(),
    ]);
    for key in values {
        let default = match defaults.and_then(|table| table.get(&key.name)) {
            Some(value) => format!("`{value}`"),
            None if key.required => "must be set".to_owned(),
            None => String::new(),
        };
        let variables = parents
            .map(|parents| names(parents, key))
            .unwrap_or_default();
        lines.push(format!(
            "| `{}` | {} | {default} | {}{variables} |",
            key.name,
            words(&key.shape),
            key.about,
        ));
    }
}

/// Whether it has a heading of its own. A table of names and values has none.
fn holds_tables(shape: &Shape) -> bool {
    match shape {
        Shape::Table(_) => true,
        Shape::Map(inside) | Shape::List(inside) => holds_tables(inside),
        _ => false,
    }
}

/// What may stand there: `a table of names and text`.
fn words(shape: &Shape) -> String {
    fn many(shape: &Shape) -> String {
        match shape {
            Shape::Map(inside) => format!("tables of names and {}", many(inside)),
            Shape::List(inside) => format!("lists of {}", many(inside)),
            other => other.words(),
        }
    }
    match shape {
        Shape::Map(inside) => format!("a table of names and {}", many(inside)),
        other => other.words(),
    }
}

/// The variables that stand for a key.
fn names(parents: &[&str], key: &Key) -> String {
    let mut keys = [parents, &[key.name.as_str()]].concat();
    if matches!(key.shape, Shape::Map(_)) {
        keys.push("KEY");
    }
    let stands = |path: &[&str]| {
        path.len() == keys.len()
            && path
                .iter()
                .zip(&keys)
                .all(|(part, key)| part == key || *key == "NAME")
    };
    let mut names: Vec<_> = ALIASES
        .iter()
        .filter(|(_, path)| stands(path))
        .map(|(name, path)| match keys.contains(&"NAME") {
            true => format!("`{name}` (for {})", path[path.len() - 2]),
            false => format!("`{name}`"),
        })
        .collect();
    names.insert(0, format!("`{}`", variables::name(&keys)));
    format!("<br>{}", names.join(", "))
}
