//! What becomes of people: kept, replaced by a hash, or left out.
//!
//! A hash is keyed by a salt of the configuration, so that it joins rows of the
//! same person and cannot be looked up. With `hash` and `drop` every e-mail address
//! and every id that only accounts of Atlassian have is replaced in any text as well,
//! and what describes a person in unknown fields; names in free text cannot be recognised.

use std::borrow::Cow;
use std::sync::LazyLock;

use qaduct_records::{Secret, digest};
use regex::{Captures, Regex};
use serde_json::{Map, Value as Json};

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

/// E-mail addresses. A route of Taskcluster has one in its middle: `notify.email.a@b.org.on-failed`.
/// No domain ends in a number, as the versions of a release do: `app@148.0.3`.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
    Regex::new(concat!(
        r"(?P<before>notify\.email\.)(?P<to>[^\s,@]+(?:@|%40)[\w.-]+?)(?P<after>\.on-[a-z]+)",
        r"|[\w.!#$%&'*+/=?^`{|}~-]+(?:@|%40)(?P<host>(?:[\w-]+\.)+\p{Alphabetic}[\w-]*)",
    ))
    .unwrap()
});

/// Ids of accounts of Atlassian, and how texts of Jira name whom they mention.
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
    Regex::new(concat!(
        r"(?P<before>\[~(?:accountid:)?)(?P<mentioned>[^\]\s]+)(?P<after>\])",
        r"|\d{6}(?::|%3[Aa])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        r"|\bJIRAUSER\d+",
    ))
    .unwrap()
});

/// Fields that only a person has.
const MARKS: &[&str] = &[
    "accountId",
    "account_id",
    "emailAddress",
    "email",
    "login",
    "real_name",
    "nick",
    "tmpFromAccountId",
    "tmpToAccountId",
];

/// Fields by which a person is known, the most lasting first.
const NAMES: &[&str] = &[
    "accountId",
    "account_id",
    "key",
    "login",
    "name",
    "emailAddress",
    "email",
    "nick",
    "displayName",
    "real_name",
];

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

    /// A text that may hold e-mail addresses and ids of accounts.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if matches!(self, Self::Keep) {
            return Cow::Borrowed(text);
        }
        let someone = |text: &str| self.person(text).unwrap_or_else(|| "person".to_owned());
        let mut text = Cow::Borrowed(text);
        // Most texts hold none; looking for the signs is cheaper than the patterns.
        if text.contains('@') || text.contains("%40") {
            let hidden = ADDRESS.replace_all(&text, |it: &Captures<'_>| match it.name("to") {
                Some(to) => format!("{}{}{}", &it["before"], someone(to.as_str()), &it["after"]),
                None if is_nobody(&it[0], &it["host"]) => it[0].to_owned(),
                None => someone(&it[0]),
            });
            if let Cow::Owned(hidden) = hidden {
                text = Cow::Owned(hidden);
            }
        }
        if ["[~", "-", "JIRAUSER"].iter().any(|it| text.contains(it)) {
            let hidden = ACCOUNT.replace_all(&text, |it: &Captures<'_>| {
                let who = it.name("mentioned").unwrap_or_else(|| it.get_match());
                // What was an address is hidden already.
                let who = match who.as_str().starts_with("person") {
                    true => who.as_str().to_owned(),
                    false => someone(who.as_str()),
                };
                let part = |name: &str| it.name(name).map_or("", |it| it.as_str());
                format!("{}{who}{}", part("before"), part("after"))
            });
            if let Cow::Owned(hidden) = hidden {
                text = Cow::Owned(hidden);
            }
        }
        text
    }

    /// A text of a key. Left out, people would make one row of many: they are told apart by
    /// a hash, which knows no salt.
    #[must_use]
    pub fn key<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self {
            Self::Drop => Self::Hash(Secret::new("")).text(text),
            _ => self.text(text),
        }
    }

    /// All of a JSON value that is about people.
    pub fn json(&self, json: &mut Json) {
        self.hide(json, &[]);
    }

    /// Unknown fields of a record, which may say once more who `named` are.
    pub(crate) fn fields(&self, fields: &mut Map<String, Json>, named: &[String]) {
        if matches!(self, Self::Keep) {
            return;
        }
        // A field may be named after a person.
        if fields
            .keys()
            .any(|it| matches!(self.text(it), Cow::Owned(_)))
        {
            let all = std::mem::take(fields).into_iter();
            fields.extend(all.map(|(name, it)| (self.key(&name).into_owned(), it)));
        }
        for (name, value) in fields {
            match value {
                Json::String(text) if MARKS.contains(&name.as_str()) => {
                    *value = self.person(text).map_or(Json::Null, Json::String);
                }
                _ => self.hide(value, named),
            }
        }
    }

    fn hide(&self, json: &mut Json, named: &[String]) {
        match json {
            _ if matches!(self, Self::Keep) => {}
            Json::String(text) if named.contains(text) => {
                *json = self.person(text).map_or(Json::Null, Json::String);
            }
            Json::String(text) => {
                if let Cow::Owned(changed) = self.text(text) {
                    *text = changed;
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|it| self.hide(it, named)),
            Json::Object(object) if is_person(object) => {
                let mut texts = NAMES.iter().filter_map(|it| object.get(*it)?.as_str());
                let name = texts.find(|it| !it.trim().is_empty());
                *json = name
                    .and_then(|it| self.person(it))
                    .map_or(Json::Null, Json::String);
            }
            Json::Object(object) => self.fields(object, named),
            _ => {}
        }
    }
}

/// Whether what looks like an address is one of nobody: of a repository, as in
/// `git@github.com:owner/name.git`, or the picture of a screen of many dots, `icon@2x.png`.
fn is_nobody(address: &str, host: &str) -> bool {
    let to = address.split(['@', '%']).next().unwrap_or_default();
    let is_dense = |it: &str| {
        ["1x.", "2x.", "3x.", "4x."]
            .iter()
            .any(|x| it.starts_with(x))
    };
    to.rsplit('/').next() == Some("git") || is_dense(host)
}

/// Whether an object describes a person.
fn is_person(object: &Map<String, Json>) -> bool {
    MARKS.iter().any(|it| object.contains_key(*it))
        || (object.contains_key("displayName") && object.contains_key("active"))
}

fn hash(salt: &Secret, text: &str) -> String {
    let text = text
        .trim()
        .to_lowercase()
        .replace("%40", "@")
        .replace("%3a", ":");
    let hash = digest::digest([Some(salt.expose()), Some(&text)]);
    format!("person-{}", &hash[..16])
}

#[cfg(test)]
mod tests {
    use qaduct_records::source::Scope;
    use qaduct_records::values::values_of;
    use serde_json::json;

    use super::*;
    use crate::rows::Rows;

    crate::spec! {
        /// What is named by texts.
        static NAMED in "all_named" key ["name", "label"] {
            /// The name of a thing.
            exact name: Text = "name",
            /// Words.
            label: Text = "label",
        }
    }

    #[test]
    fn rows_whose_keys_hold_people_stay_apart_when_those_are_left_out() {
        let (scope, people) = (Scope::default(), People::Drop);
        let mut rows = Rows::new(&NAMED, "tools", &scope, &people);
        for who in ["ada", "bob"] {
            let label = format!("ask {who}@example.org");
            rows.push(
                &json!({ "name": "app@beta.org", "label": label }),
                &Json::Null,
                0,
            );
        }
        let made = rows.finish().rows;
        let cells = values_of(&made, "label").unwrap();
        assert_ne!(cells[0], cells[1]);
        for cell in cells {
            let cell = cell.to_string();
            assert!(
                cell.starts_with("ask person-") && !cell.contains('@'),
                "{cell}"
            );
        }
        let names = values_of(&made, "name").unwrap();
        assert_eq!(names[0], "app@beta.org".into());
    }
}
