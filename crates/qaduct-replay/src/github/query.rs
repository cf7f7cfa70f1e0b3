//! The query of a search: words and qualifiers.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::Value;

use crate::world::text;

/// A span of time: from an instant, to before another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    from: Option<Timestamp>,
    before: Option<Timestamp>,
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Qualifier {
    pub(super) negated: bool,
    pub(super) name: String,
    pub(super) value: String,
}

impl Span {
    /// Reads `2026-01-01..2026-01-31`, `>=2026-01-01T10:00:00Z`, `*..2026-01-01`, `2026-01-01`.
    pub(super) fn read(text: &str) -> Option<Self> {
        // An instant, and the first one behind the day or second that the text means.
        let instant = |text: &str| -> Option<(Timestamp, Timestamp)> {
            if let Ok(at) = text.parse::<Timestamp>() {
                return Some((at, at + SignedDuration::from_secs(1)));
            }
            let day: Date = text.parse().ok()?;
            let at = |day: Date| day.to_zoned(TimeZone::UTC).ok().map(|it| it.timestamp());
            Some((at(day)?, at(day.checked_add(1.day()).ok()?)?))
        };
        let (mut from, mut before) = (None, None);
        if let Some((low, high)) = text.split_once("..") {
            if low != "*" {
                from = Some(instant(low)?.0);
            }
            if high != "*" {
                before = Some(instant(high)?.1);
            }
        } else if let Some(rest) = text.strip_prefix(">=") {
            from = Some(instant(rest)?.0);
        } else if let Some(rest) = text.strip_prefix("<=") {
            before = Some(instant(rest)?.1);
        } else if let Some(rest) = text.strip_prefix('>') {
            from = Some(instant(rest)?.1);
        } else if let Some(rest) = text.strip_prefix('<') {
            before = Some(instant(rest)?.0);
        } else {
            let (first, behind) = instant(text)?;
            (from, before) = (Some(first), Some(behind));
        }
        Some(Self { from, before })
    }

    pub(super) fn holds(&self, at: &Value) -> bool {
        let at = at.as_str().and_then(|it| it.parse::<Timestamp>().ok());
        at.is_some_and(|at| {
            self.from.is_none_or(|from| at >= from) && self.before.is_none_or(|before| at < before)
        })
    }
}

/// Takes a query apart; words have no name.
pub(super) fn read(text: &str) -> Vec<Qualifier> {
    let mut parts = Vec::new();
    let (mut part, mut quoted) = (String::new(), false);
    for it in text.chars() {
        match it {
            '"' => quoted = !quoted,
            it if it.is_whitespace() && !quoted => parts.push(std::mem::take(&mut part)),
            it => part.push(it),
        }
    }
    parts.push(part);
    parts
        .into_iter()
        .filter(|it| !it.is_empty())
        .map(|part| {
            let (negated, rest) = match part.strip_prefix('-') {
                Some(rest) => (true, rest),
                None => (false, part.as_str()),
            };
            let (name, value) = rest.split_once(':').unwrap_or(("", rest));
            Qualifier {
                negated,
                name: name.to_owned(),
                value: value.to_owned(),
            }
        })
        .collect()
}

impl Qualifier {
    /// Whether an issue passes; `None` when there is no such qualifier.
    pub(super) fn holds(&self, issue: &Value) -> Option<bool> {
        let pull = issue.get("pull_request").is_some_and(|it| !it.is_null());
        let value = self.value.as_str();
        let login = |user: &Value| {
            user["login"]
                .as_str()
                .is_some_and(|it| it.eq_ignore_ascii_case(value))
        };
        let any = |all: &Value, field: &str| {
            let all = all.as_array();
            all.is_some_and(|all| {
                all.iter().any(|it| {
                    it[field]
                        .as_str()
                        .is_some_and(|it| it.eq_ignore_ascii_case(value))
                })
            })
        };
        let repository = text(&issue["_repo"]);
        let holds = match self.name.as_str() {
            "" => {
                let text =
                    format!("{} {}", text(&issue["title"]), text(&issue["body"])).to_lowercase();
                text.contains(&value.to_lowercase())
            }
            "repo" => repository.eq_ignore_ascii_case(value),
            "org" | "user" => repository
                .split('/')
                .next()
                .is_some_and(|it| it.eq_ignore_ascii_case(value)),
            "is" | "type" | "state" => match value {
                "issue" => !pull,
                "pr" | "pull-request" => pull,
                "open" | "closed" => issue["state"] == value,
                "merged" => issue["pull_request"]["merged_at"].is_string(),
                _ => return None,
            },
            "no" => match value {
                "assignee" => issue["assignee"].is_null(),
                "label" => issue["labels"].as_array().is_none_or(Vec::is_empty),
                "milestone" => issue["milestone"].is_null(),
                _ => return None,
            },
            "author" => login(&issue["user"]),
            "assignee" => any(&issue["assignees"], "login"),
            "label" => any(&issue["labels"], "name"),
            "created" => Span::read(value)?.holds(&issue["created_at"]),
            "updated" => Span::read(value)?.holds(&issue["updated_at"]),
            "closed" => Span::read(value)?.holds(&issue["closed_at"]),
            "in" | "sort" | "archived" => true,
            _ => return None,
        };
        Some(holds != self.negated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_day_at_the_end_of_a_span_is_in_it() {
        let holds = |span: &str, at: &str| Span::read(span).unwrap().holds(&json!(at));
        assert!(holds("2026-01-01..2026-01-31", "2026-01-31T23:59:59Z"));
        assert!(!holds("2026-01-01..2026-01-31", "2026-02-01T00:00:00Z"));
        assert!(!holds(">2026-01-01", "2026-01-01T12:00:00Z"));
        assert!(holds("<=2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z"));
        assert!(!holds("<2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z"));
        assert!(holds("*..2026-01-01", "1970-01-01T00:00:00Z"));
        assert!(Span::read("soon").is_none());
    }

    #[test]
    fn quotes_keep_words_together() {
        let all = read(r#"repo:a/b -author:bot label:"good first issue" crash"#);
        let names: Vec<_> = all
            .iter()
            .map(|it| (it.negated, it.name.as_str(), it.value.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                (false, "repo", "a/b"),
                (true, "author", "bot"),
                (false, "label", "good first issue"),
                (false, "", "crash")
            ]
        );
    }
}
