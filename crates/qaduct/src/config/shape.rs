//! What may stand in a configuration, derived from the structs by way of their
//! JSON Schema: one definition for reading, checking, variables and the docs.

use schemars::generate::SchemaSettings;
use serde_json::Value as Json;

use super::format::Format;
use super::{Config, SecretRef};

/// What may stand at a place.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// These keys and no others.
    Table(Vec<Key>),
    /// Any keys, all with the same inside.
    Map(Box<Self>),
    /// Any number of these.
    List(Box<Self>),
    /// Text of a format.
    Text(Format),
    /// One of these words.
    Word(Vec<String>),
    /// A whole number within bounds.
    Integer(i64, i64),
    /// True or false.
    Flag,
    /// A reference to a secret: [`SecretRef`].
    Secret,
}

/// A key of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// What it means.
    pub about: String,
    /// What may stand there.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
}

/// The JSON Schema of `qaduct.toml`.
#[must_use]
pub fn schema() -> Json {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<Config>()
        .to_value();
    without_null(&mut schema);
    schema
}

/// TOML has no null: what is optional is left out.
fn without_null(schema: &mut Json) {
    match schema {
        Json::Array(items) => items.iter_mut().for_each(without_null),
        Json::Object(object) => {
            if let Some(Json::Array(types)) = object.get_mut("type") {
                types.retain(|it| it != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".to_owned(), only);
                }
            }
            if object.get("default") == Some(&Json::Null) {
                object.remove("default");
            }
            if let Some(Json::Array(any)) = object.get_mut("anyOf") {
                any.retain(|it| it.get("type") != Some(&"null".into()));
                if let [Json::Object(only)] = any.as_mut_slice() {
                    let only = std::mem::take(only);
                    object.remove("anyOf");
                    for (key, value) in only {
                        object.entry(key).or_insert(value);
                    }
                }
            }
            object.values_mut().for_each(without_null);
        }
        _ => {}
    }
}

impl Shape {
    /// What may stand in `qaduct.toml`.
    #[must_use]
    pub fn of_config() -> Self {
        Self::of(&schema())
    }

    fn of(schema: &Json) -> Self {
        let format = schema["format"].as_str();
        if format == Some("secret") {
            return Self::Secret;
        }
        match schema["type"].as_str() {
            Some("object") if schema["properties"].is_object() => Self::Table(keys(schema)),
            Some("object") => Self::Map(Box::new(Self::of(&schema["additionalProperties"]))),
            Some("array") => Self::List(Box::new(Self::of(&schema["items"]))),
            Some("boolean") => Self::Flag,
            Some("integer") => Self::Integer(
                schema["minimum"].as_i64().unwrap_or(i64::MIN),
                schema["maximum"].as_i64().unwrap_or(match format {
                    Some("uint32") => u32::MAX.into(),
                    _ => i64::MAX,
                }),
            ),
            _ => match words(schema) {
                Some(words) => Self::Word(words),
                None => Self::Text(Format::named(format)),
            },
        }
    }

    /// What may stand at a key.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Table(keys) => keys
                .iter()
                .find(|key| key.name == name)
                .map(|key| &key.shape),
            Self::Map(inside) => Some(inside),
            _ => None,
        }
    }

    /// What may stand at a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |shape, key| shape.key(key))
    }

    /// What is expected here, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Table(_) | Self::Map(_) => "a table".to_owned(),
            Self::List(inside) => match inside.as_ref() {
                Self::Table(_) => "a list of tables".to_owned(),
                _ => "a list of text".to_owned(),
            },
            Self::Text(format) => format.words().to_owned(),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Integer(..) => "a whole number".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Secret => {
                format!("a reference to a secret ({})", SecretRef::FORMS.join(", "))
            }
        }
    }
}

/// The words that a schema allows, where it does not allow anything else.
fn words(schema: &Json) -> Option<Vec<String>> {
    let text = |it: &Json| it.as_str().map(str::to_owned);
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(text).collect();
    }
    // Words of which each has a description.
    let words = schema["oneOf"].as_array()?;
    let several = words.iter().map(|it| match it["enum"].as_array() {
        Some(words) => words.iter().map(text).collect(),
        None => Some(vec![text(&it["const"])?]),
    });
    let several: Option<Vec<Vec<String>>> = several.collect();
    several.map(|it| it.concat())
}

fn keys(schema: &Json) -> Vec<Key> {
    let required: Vec<_> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let key = |(name, inner): (&String, &Json)| Key {
        name: name.clone(),
        about: inner["description"]
            .as_str()
            .unwrap_or_default()
            .replace('\n', " "),
        shape: Shape::of(inner),
        required: required.contains(&name.as_str()),
    };
    properties.map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_follows_the_structs() {
        let shape = Shape::of_config();
        assert_eq!(
            shape.at(&["store", "url"]),
            Some(&Shape::Text(Format::Store))
        );
        assert_eq!(shape.at(&["store", "password"]), Some(&Shape::Secret));
        assert_eq!(
            shape.at(&["git", "hosts", "github.com", "token"]),
            Some(&Shape::Secret)
        );
        assert_eq!(
            shape.at(&["serve", "rescan"]),
            Some(&Shape::Text(Format::Period))
        );
        assert_eq!(
            shape.at(&["xfailflake", "redshift", "port"]),
            Some(&Shape::Integer(0, u16::MAX.into()))
        );
        assert!(matches!(shape.at(&["mark"]), Some(Shape::List(inside))
            if matches!(inside.key("kind"), Some(Shape::Word(words)) if words.contains(&"xfail".into()))
            && matches!(inside.key("strict"), Some(Shape::Flag))));
        assert_eq!(shape.at(&["stroe"]), None);
    }

    #[test]
    fn what_a_struct_would_refuse_has_a_shape_that_refuses_it_first() {
        fn walk(schema: &Json, path: &str) {
            let its = Shape::of(schema);
            match schema["type"].as_str() {
                Some("object") => {
                    let keys = schema["properties"].as_object().into_iter().flatten();
                    keys.for_each(|(key, inner)| walk(inner, &format!("{path}.{key}")));
                    if let inner @ Json::Object(_) = &schema["additionalProperties"] {
                        walk(inner, path);
                    }
                }
                Some("array") => walk(&schema["items"], path),
                Some("string") => assert_ne!(its, Shape::Flag, "{path}"),
                Some("boolean") => assert_eq!(its, Shape::Flag, "{path}"),
                Some("integer") => {
                    let bits = schema["format"].as_str().unwrap_or_default();
                    let most = if bits == "uint32" {
                        u32::MAX.into()
                    } else {
                        i64::MAX
                    };
                    assert!(matches!(its, Shape::Integer(_, it) if it <= most), "{path}");
                }
                // A word of several, however the schema says so.
                _ => assert!(matches!(its, Shape::Word(_) | Shape::Secret), "{path}"),
            }
        }
        walk(&schema(), "");
    }

    #[test]
    fn every_key_says_what_it_means() {
        fn walk(shape: &Shape, path: &str) {
            match shape {
                Shape::Table(keys) => keys.iter().for_each(|key| {
                    assert!(
                        !key.about.is_empty(),
                        "{path}.{} has no description",
                        key.name
                    );
                    walk(&key.shape, &format!("{path}.{}", key.name));
                }),
                Shape::Map(inside) | Shape::List(inside) => walk(inside, path),
                _ => {}
            }
        }
        walk(&Shape::of_config(), "");
    }
}
