//! What a rule finds in the items of a row. A value that is not there is nothing, never 0.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use regex::{Captures, Regex};
use serde_json::{Map, Value as Json};

use super::rule::{Category, FieldKind, Flag, How, Rule};
use super::{RichText, version};

/// Something that was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) name: String,
    pub(super) ordinal: i64,
    pub(super) value: String,
    pub(super) number: Option<f64>,
    pub(super) instant: Option<Timestamp>,
}

impl Found {
    fn new(name: &str, ordinal: usize, value: impl Into<String>) -> Self {
        let value = value.into();
        Self {
            name: name.to_owned(),
            ordinal: i64::try_from(ordinal).unwrap_or(i64::MAX),
            number: number(&value),
            instant: instant(&value),
            value,
        }
    }
}

/// What the rule finds in these items.
pub(super) fn find(rule: &Rule, items: &[Json], rich_text: RichText<'_>) -> Vec<Found> {
    let texts = || items.iter().flat_map(|it| texts(it, rich_text));
    let name = rule.name.as_str();
    let first = |value: Option<String>| Vec::from_iter(value.map(|it| Found::new(name, 0, it)));
    match &rule.how {
        How::Pattern { pattern, words } => {
            let mut found = Vec::new();
            let mut ordinal = 0;
            for text in texts() {
                for captures in pattern.captures_iter(&text) {
                    let before = found.len();
                    groups(pattern, &captures, ordinal, &mut found);
                    if pattern.capture_names().flatten().next().is_none() {
                        found.push(Found::new(name, ordinal, &captures[0]));
                    }
                    for it in &mut found[before..] {
                        let meant = words.get(&it.name);
                        if let Some(word) = meant.and_then(|of| of.get(&it.value.to_lowercase())) {
                            *it = Found::new(&it.name.clone(), ordinal, word.as_str());
                        }
                    }
                    ordinal += usize::from(found.len() > before);
                }
            }
            found
        }
        How::Keys { pattern } => items
            .iter()
            .filter_map(Json::as_object)
            .flat_map(|object| keys(name, pattern, object, rich_text))
            .collect(),
        How::Labels(flags) => labels(flags, texts()),
        How::Field(kind) => fields(name, *kind, items, rich_text),
        How::Bracket { tag, upper } => first(texts().find_map(|text| {
            let value = bracket(&text, tag)?;
            Some(if *upper { value.to_uppercase() } else { value })
        })),
        How::After(before) => first(texts().find_map(|text| after(&text, before))),
        How::Version { after: before } => texts()
            .find_map(|text| {
                let text = match before {
                    Some(before) => after(&text, before)?,
                    None => text,
                };
                let found = version::first(&text)?;
                let mut found = Found::new(name, 0, found);
                #[expect(clippy::cast_precision_loss, reason = "releases are far below 2^53")]
                let major = version::major(&found.value).map(|it| it as f64);
                found.number = major;
                Some(vec![found])
            })
            .unwrap_or_default(),
        How::Category {
            categories,
            otherwise,
        } => first(texts().next().and_then(|text| {
            let text = text.to_lowercase();
            let fits = |it: &&Category| {
                let mut parts = it.contains.iter();
                parts.all(|part| text.contains(&part.to_lowercase()))
            };
            let category = categories.iter().find(fits).map(|it| it.name.clone());
            category.or_else(|| otherwise.clone())
        })),
    }
}

/// Whether a rule that found nothing was given something that it cannot read.
pub(super) fn is_unread(rule: &Rule, items: &[Json], rich_text: RichText<'_>) -> bool {
    let mut texts = items.iter().flat_map(|it| texts(it, rich_text));
    matches!(rule.how, How::Field(_)) && texts.next().is_some()
}

/// The named groups of a match.
fn groups(pattern: &Regex, captures: &Captures<'_>, ordinal: usize, found: &mut Vec<Found>) {
    for group in pattern.capture_names().flatten() {
        if let Some(it) = captures.name(group) {
            found.push(Found::new(group, ordinal, it.as_str()));
        }
    }
}

/// The fields of an object whose names match, in the order of the names.
fn keys(
    name: &str,
    pattern: &Regex,
    object: &Map<String, Json>,
    rich_text: RichText<'_>,
) -> Vec<Found> {
    let mut fields: Vec<_> = object.iter().collect();
    fields.sort_by_key(|(key, _)| *key);
    let mut found = Vec::new();
    let mut ordinal = 0;
    for (key, value) in fields {
        let (Some(captures), Some(value)) = (
            pattern.captures(key),
            texts(value, rich_text).into_iter().next(),
        ) else {
            continue;
        };
        groups(pattern, &captures, ordinal, &mut found);
        found.push(Found::new(name, ordinal, value));
        found.push(Found::new(&format!("{name}_key"), ordinal, key.as_str()));
        ordinal += 1;
    }
    found
}

/// Each label is looked at by itself and counts for the first flag that it fits.
fn labels(flags: &[Flag], labels: impl Iterator<Item = String>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for label in labels {
        let fits = |flag: &&Flag| flag.labels.iter().any(|it| like(it, &label));
        let Some(flag) = flags.iter().find(fits) else {
            continue;
        };
        let ordinal = found.iter().filter(|it| it.name == flag.name).count();
        found.push(Found::new(&flag.name, ordinal, label));
    }
    found
}

/// Whether a text is the whole of a pattern in which `*` stands for anything.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else {
            return false;
        };
        rest = behind;
    }
    rest.ends_with(last)
}

fn fields(name: &str, kind: FieldKind, items: &[Json], rich_text: RichText<'_>) -> Vec<Found> {
    let many = matches!(kind, FieldKind::Multiselect | FieldKind::List);
    let texts = items.iter().flat_map(|it| texts(it, rich_text));
    let texts = texts.take(if many { usize::MAX } else { 1 });
    let found = texts.enumerate().map(|(n, text)| Found::new(name, n, text));
    let fits = |it: &Found| match kind {
        FieldKind::Number => it.number.is_some(),
        FieldKind::Date => it.instant.is_some(),
        _ => true,
    };
    found.filter(fits).collect()
}

/// What stands between brackets behind the tag.
fn bracket(text: &str, tag: &str) -> Option<String> {
    let behind = text.split(tag).skip(1);
    let mut values = behind.filter_map(|rest| {
        let rest = rest.trim_start().trim_start_matches(':').trim_start();
        let (inner, _) = rest.strip_prefix('[')?.split_once(']')?;
        Some(inner.trim().to_owned()).filter(|it| !it.is_empty())
    });
    values.next()
}

/// What follows the text in its line.
fn after(text: &str, before: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    let rest = rest.lines().next().unwrap_or_default().trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// The texts of a value: of a list, those of its items; of a choice, its name.
fn texts(json: &Json, rich_text: RichText<'_>) -> Vec<String> {
    match json {
        Json::Null => Vec::new(),
        Json::String(text) if text.is_empty() => Vec::new(),
        Json::String(text) => vec![text.clone()],
        Json::Number(number) => vec![number.to_string()],
        Json::Bool(flag) => vec![flag.to_string()],
        Json::Array(items) => items.iter().flat_map(|it| texts(it, rich_text)).collect(),
        Json::Object(object) => {
            if let Some(text) = rich_text(json) {
                return Vec::from_iter(Some(text).filter(|it| !it.is_empty()));
            }
            let named = [
                "value",
                "displayName",
                "real_name",
                "name",
                "title",
                "key",
                "id",
            ];
            let named = named.iter().find_map(|it| object.get(*it));
            let Some(own) = named.filter(|it| !it.is_object() && !it.is_array()) else {
                return Vec::new();
            };
            // A choice below a choice.
            let mut own = texts(own, rich_text);
            let child = object.get("child").map(|it| texts(it, rich_text));
            if let (Some(own), Some([child])) = (own.first_mut(), child.as_deref()) {
                *own = format!("{own} / {child}");
            }
            own
        }
    }
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.starts_with(|it: char| it.is_ascii_digit() || "+-.".contains(it));
    text.parse()
        .ok()
        .filter(|it: &f64| digits && it.is_finite())
}

/// An instant of a year that stores can hold.
fn instant(text: &str) -> Option<Timestamp> {
    any_instant(text).filter(|it| it.to_zoned(TimeZone::UTC).year() > 0)
}

/// An instant with an offset, or the beginning of a day in UTC.
fn any_instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(day) = text.parse::<Date>()
        && text.len() == 10
    {
        return Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp());
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M:%S%.f%z"];
    let zulu = text.parse::<Timestamp>().ok();
    zulu.or_else(|| {
        formats
            .iter()
            .find_map(|it| Timestamp::strptime(it, text).ok())
    })
}

#[cfg(test)]
mod tests;
