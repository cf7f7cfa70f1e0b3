//! What becomes of people: kept, replaced by a hash, or left out.
//!
//! A hash is keyed by a salt of the configuration, so that it joins rows of the
//! same person and cannot be looked up. With `hash` and `drop` every e-mail
//! address in any text is replaced as well, in unknown fields too; names in free
//! text cannot be recognised.

use std::borrow::Cow;
use std::sync::LazyLock;

use qaduct_records::{Secret, digest};
use regex::Regex;
use serde_json::Value as Json;

/// What becomes of people.
#[derive(Debug, Clone, Default)]
pub enum People {
    /// They stay as the service names them.
    #[default]
    Keep,
    /// `person-` and a hash.
    Hash(Secret),
    /// NULL.
    Drop,
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
    Regex::new(r"[\w.!#$%&'*+/=?^`{|}~-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+").unwrap()
});

impl People {
    /// A text that names a person; `None` when it is left out.
    #[must_use]
    pub fn person(&self, text: &str) -> Option<String> {
        match self {
            Self::Keep => Some(text.to_owned()),
            // Nobody is nobody.
            Self::Hash(_) if text.trim().is_empty() => Some(text.to_owned()),
            Self::Hash(salt) => Some(hash(salt, text)),
            Self::Drop => None,
        }
    }

    /// A text that may hold e-mail addresses.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        // Most texts hold none; looking for the sign is cheaper than the pattern.
        if matches!(self, Self::Keep) || !(text.contains('@') || text.contains("%40")) {
            return Cow::Borrowed(text);
        }
        ADDRESS.replace_all(text, |found: &regex::Captures<'_>| match self {
            Self::Hash(salt) => hash(salt, &found[0]),
            _ => "person".to_owned(),
        })
    }

    /// All texts of a JSON value.
    pub fn json(&self, json: &mut Json) {
        match json {
            Json::String(text) => {
                if let Cow::Owned(changed) = self.text(text) {
                    *text = changed;
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|it| self.json(it)),
            Json::Object(object) => {
                // A field may be named after a person.
                if object
                    .keys()
                    .any(|it| matches!(self.text(it), Cow::Owned(_)))
                {
                    let fields = std::mem::take(object).into_iter();
                    object.extend(fields.map(|(name, it)| (self.text(&name).into_owned(), it)));
                }
                object.values_mut().for_each(|it| self.json(it));
            }
            _ => {}
        }
    }
}

fn hash(salt: &Secret, text: &str) -> String {
    let text = text.trim().to_lowercase().replace("%40", "@");
    let hash = digest::digest([Some(salt.expose()), Some(&text)]);
    format!("person-{}", &hash[..16])
}
