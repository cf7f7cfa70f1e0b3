//! Whether an issue fits a query, and the order of issues.

use std::cmp::Ordering;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};
use serde_json::Value;

use super::{Condition, Operator, Query, key_parts};
use crate::world::{World, text};

/// Fields that hold an instant, and where.
const TIMES: &[(&str, &str)] = &[
    ("created", "created"),
    ("createddate", "created"),
    ("updated", "updated"),
    ("updateddate", "updated"),
    ("resolved", "resolutiondate"),
    ("resolutiondate", "resolutiondate"),
];

/// A query that is ready to be asked.
pub(in crate::jira) struct Evaluation<'w> {
    world: &'w World,
    zone: TimeZone,
    now: Timestamp,
    condition: Condition,
    order: Vec<(String, bool)>,
}

/// What an issue is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::jira) enum SortKey {
    Number(i128),
    Text(String, u64),
}

impl<'w> Evaluation<'w> {
    /// Checks a query: fields, values and saved filters must exist.
    pub(in crate::jira) fn new(
        query: Query,
        world: &'w World,
        zone: TimeZone,
        now: Timestamp,
    ) -> Result<Self, String> {
        let condition = query.condition.unwrap_or(Condition::All(Vec::new()));
        let mut evaluation = Self {
            world,
            zone,
            now,
            condition: Condition::All(Vec::new()),
            order: Vec::new(),
        };
        evaluation.condition = evaluation.resolve(condition, 0)?;
        for (field, _) in &query.order {
            let field = field.to_lowercase();
            let known = ["key", "issuekey", "id"].contains(&field.as_str());
            if !known && !TIMES.iter().any(|(name, _)| *name == field) {
                return Err(format!("Not able to sort using field '{field}'."));
            }
        }
        evaluation.order = query.order;
        Ok(evaluation)
    }

    /// The issues that fit, in order.
    pub(in crate::jira) fn issues(&self) -> Result<Vec<&'w Value>, String> {
        let mut found = Vec::new();
        for issue in self.world.collection("jira.issues").all() {
            if self.holds(&self.condition, issue)? {
                found.push(issue);
            }
        }
        found.sort_by_cached_key(|it| self.place(it));
        Ok(found)
    }

    /// What an issue is sorted by, with its id last.
    pub(in crate::jira) fn place(&self, issue: &Value) -> Vec<Place> {
        let id = number(&issue["id"]);
        let mut place = Vec::new();
        for (field, down) in &self.order {
            let key = match field.to_lowercase().as_str() {
                "key" | "issuekey" => {
                    let (project, number) = key_parts(issue);
                    SortKey::Text(project, number)
                }
                "id" => SortKey::Number(id),
                field => {
                    let at = self.time(issue, field);
                    SortKey::Number(at.map_or(0, |it| i128::from(it.as_millisecond())))
                }
            };
            place.push(Place(key, *down));
        }
        // Without an order, the newest come first.
        let down = self.order.first().is_none_or(|(_, down)| *down);
        place.push(Place(SortKey::Number(id), down));
        place
    }

    /// Replaces saved filters by what they say and checks fields and values.
    fn resolve(&self, condition: Condition, depth: usize) -> Result<Condition, String> {
        let all = |all: Vec<Condition>| {
            all.into_iter()
                .map(|it| self.resolve(it, depth))
                .collect::<Result<_, _>>()
        };
        Ok(match condition {
            Condition::All(conditions) => Condition::All(all(conditions)?),
            Condition::Any(conditions) => Condition::Any(all(conditions)?),
            Condition::Not(condition) => Condition::Not(Box::new(self.resolve(*condition, depth)?)),
            Condition::Clause {
                field,
                operator,
                values,
            } => {
                let field = field.to_lowercase();
                if field == "filter" || field == "savedfilter" {
                    return self.filters(operator, &values, depth);
                }
                self.check(&field, &values)?;
                Condition::Clause {
                    field,
                    operator,
                    values,
                }
            }
        })
    }

    fn filters(
        &self,
        operator: Operator,
        values: &[String],
        depth: usize,
    ) -> Result<Condition, String> {
        if depth > 8 {
            return Err("The filter refers to itself.".to_owned());
        }
        let mut any = Vec::new();
        for value in values {
            let named = || {
                self.world
                    .collection("jira.filters")
                    .all()
                    .find(|it| it["name"] == value.as_str())
            };
            let filter = self.world.get("jira.filters", value).or_else(named);
            let Some(filter) = filter else {
                return Err(format!(
                    "A value with ID '{value}' does not exist for the field 'filter'."
                ));
            };
            let query = Query::read(filter["jql"].as_str().unwrap_or_default())?;
            any.push(self.resolve(
                query.condition.unwrap_or(Condition::All(Vec::new())),
                depth + 1,
            )?);
        }
        match operator {
            Operator::Equal | Operator::In => Ok(Condition::Any(any)),
            Operator::NotEqual | Operator::NotIn => {
                Ok(Condition::Not(Box::new(Condition::Any(any))))
            }
            _ => Err("The operator is not supported by the 'filter' field.".to_owned()),
        }
    }

    fn check(&self, field: &str, values: &[String]) -> Result<(), String> {
        if TIMES.iter().any(|(name, _)| *name == field) {
            for value in values {
                self.instant(value).ok_or_else(|| {
                    format!(
                        "Date value '{value}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
                         'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
                    )
                })?;
            }
            return Ok(());
        }
        match field {
            "project" => {
                let mut projects = self.world.collection("jira.projects").all();
                for value in values {
                    let known = projects
                        .any(|it| names(it).iter().any(|it| it.eq_ignore_ascii_case(value)));
                    projects = self.world.collection("jira.projects").all();
                    if !known {
                        return Err(format!(
                            "The value '{value}' does not exist for the field 'project'."
                        ));
                    }
                }
                Ok(())
            }
            "issuetype" | "type" | "status" | "statuscategory" | "labels" | "assignee"
            | "reporter" | "priority" | "parent" | "key" | "issuekey" | "issue" | "id"
            | "summary" => Ok(()),
            _ => Err(format!(
                "Field '{field}' does not exist or you do not have permission to view it."
            )),
        }
    }

    fn holds(&self, condition: &Condition, issue: &Value) -> Result<bool, String> {
        match condition {
            Condition::All(all) => {
                for it in all {
                    if !self.holds(it, issue)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Any(all) => {
                for it in all {
                    if self.holds(it, issue)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Condition::Not(it) => Ok(!self.holds(it, issue)?),
            Condition::Clause {
                field,
                operator,
                values,
            } => self.clause(field, *operator, values, issue),
        }
    }

    fn clause(
        &self,
        field: &str,
        operator: Operator,
        values: &[String],
        issue: &Value,
    ) -> Result<bool, String> {
        if TIMES.iter().any(|(name, _)| *name == field) {
            return self.compare_time(field, operator, values, issue);
        }
        let found = self.values(field, issue);
        let among = || {
            values
                .iter()
                .any(|value| found.iter().any(|it| it.eq_ignore_ascii_case(value)))
        };
        Ok(match operator {
            Operator::Equal | Operator::In => among(),
            // As in Jira: what is empty is not unequal.
            Operator::NotEqual | Operator::NotIn => !found.is_empty() && !among(),
            Operator::Empty => found.is_empty(),
            Operator::NotEmpty => !found.is_empty(),
            Operator::Contains if field == "summary" => {
                let text = text(&issue["fields"]["summary"]).to_lowercase();
                values.iter().all(|it| text.contains(&it.to_lowercase()))
            }
            Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast
                if is_key(field) =>
            {
                let wanted = values
                    .first()
                    .map(|it| it.rsplit('-').next().unwrap_or(it).parse::<i128>());
                let Some(Ok(wanted)) = wanted else {
                    return Err(format!("The value is not valid for the field '{field}'."));
                };
                let own = if field == "id" {
                    number(&issue["id"])
                } else {
                    i128::from(key_parts(issue).1)
                };
                fits(own.cmp(&wanted), operator)
            }
            _ => {
                return Err(format!(
                    "The operator is not supported by the '{field}' field."
                ));
            }
        })
    }

    fn compare_time(
        &self,
        field: &str,
        operator: Operator,
        values: &[String],
        issue: &Value,
    ) -> Result<bool, String> {
        let own = self.time(issue, field);
        match (operator, own) {
            (Operator::Empty, own) => Ok(own.is_none()),
            (Operator::NotEmpty, own) => Ok(own.is_some()),
            (_, None) => Ok(false),
            (Operator::In | Operator::NotIn | Operator::Contains, _) => Err(format!(
                "The operator is not supported by the '{field}' field."
            )),
            (operator, Some(own)) => {
                let wanted = values.first().and_then(|it| self.instant(it));
                Ok(wanted.is_some_and(|wanted| fits(own.cmp(&wanted), operator)))
            }
        }
    }

    fn time(&self, issue: &Value, field: &str) -> Option<Timestamp> {
        let (_, field) = TIMES.iter().find(|(name, _)| *name == field)?;
        super::super::fields::time(&issue["fields"][field])
    }

    /// All names under which the value of a field is known.
    fn values(&self, field: &str, issue: &Value) -> Vec<String> {
        let fields = &issue["fields"];
        match field {
            "key" | "issuekey" | "issue" => vec![text(&issue["key"]), text(&issue["id"])],
            "id" => vec![text(&issue["id"]), text(&issue["key"])],
            "type" => names(&fields["issuetype"]),
            "statuscategory" => names(&fields["status"]["statusCategory"]),
            "labels" => fields["labels"]
                .as_array()
                .into_iter()
                .flatten()
                .map(text)
                .collect(),
            "summary" => vec![text(&fields["summary"])],
            other => names(&fields[other]),
        }
    }

    fn instant(&self, value: &str) -> Option<Timestamp> {
        let value = value.trim();
        if value.len() > 8 && value.bytes().all(|it| it.is_ascii_digit()) {
            return Timestamp::from_millisecond(value.parse().ok()?).ok();
        }
        if value.starts_with('-') || value.ends_with(['m', 'h', 'd', 'w']) {
            return self.period(value);
        }
        for format in ["%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"] {
            if let Ok(at) = civil::DateTime::strptime(format, value) {
                return Some(at.to_zoned(self.zone.clone()).ok()?.timestamp());
            }
        }
        for format in ["%Y-%m-%d", "%Y/%m/%d"] {
            if let Ok(day) = civil::Date::strptime(format, value) {
                return Some(day.to_zoned(self.zone.clone()).ok()?.timestamp());
            }
        }
        None
    }

    fn period(&self, value: &str) -> Option<Timestamp> {
        let (negative, rest) = match value.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, value),
        };
        let mut minutes = 0i64;
        for part in rest.split_whitespace() {
            let unit = match part.chars().next_back()? {
                'm' => 1,
                'h' => 60,
                'd' => 24 * 60,
                'w' => 7 * 24 * 60,
                _ => return None,
            };
            minutes += part[..part.len() - 1].parse::<i64>().ok()? * unit;
        }
        let time = SignedDuration::from_mins(minutes);
        Some(if negative {
            self.now - time
        } else {
            self.now + time
        })
    }
}

/// A place in an order; `true` for downwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::jira) struct Place(pub(in crate::jira) SortKey, pub(in crate::jira) bool);

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.0.cmp(&other.0);
        if self.1 { order.reverse() } else { order }
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn is_key(field: &str) -> bool {
    ["id", "key", "issuekey", "issue"].contains(&field)
}

const fn fits(order: Ordering, operator: Operator) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::AtLeast => order.is_ge(),
        _ => false,
    }
}

fn number(value: &Value) -> i128 {
    text(value).parse().unwrap_or(0)
}

/// All names of a thing: id, key, name, account, address.
fn names(thing: &Value) -> Vec<String> {
    let fields = [
        "id",
        "key",
        "name",
        "accountId",
        "emailAddress",
        "displayName",
    ];
    fields
        .iter()
        .filter_map(|it| thing.get(it))
        .map(text)
        .filter(|it| !it.is_empty())
        .collect()
}
