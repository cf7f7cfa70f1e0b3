//! Conditions on bugs: single tests, and boolean charts (`f1`, `o1`, `v1`, `j_top`, `OP`, `CP`).

use jiff::{SignedDuration, Timestamp, civil};
use serde_json::Value;

use super::fields;
use crate::world::{World, text};

/// A test of one field.
#[derive(Debug, Clone)]
pub(super) struct Test {
    /// The field of the record.
    pub(super) field: String,
    pub(super) operator: String,
    pub(super) value: String,
    pub(super) negated: bool,
}

/// A condition.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Test(Test),
    All(Vec<Self>, bool),
    Any(Vec<Self>, bool),
}

/// All operators.
const OPERATORS: &[&str] = &[
    "equals",
    "notequals",
    "anyexact",
    "substring",
    "casesubstring",
    "notsubstring",
    "anywordssubstr",
    "allwordssubstr",
    "nowordssubstr",
    "anywords",
    "allwords",
    "nowords",
    "lessthan",
    "lessthaneq",
    "greaterthan",
    "greaterthaneq",
    "isempty",
    "isnotempty",
    "changedafter",
    "changedbefore",
];

impl Condition {
    pub(super) fn holds(&self, bug: &Value, world: &World) -> bool {
        match self {
            Self::Test(test) => test.holds(bug, world) != test.negated,
            Self::All(all, negated) => all.iter().all(|it| it.holds(bug, world)) != *negated,
            Self::Any(all, negated) => all.iter().any(|it| it.holds(bug, world)) != *negated,
        }
    }

    /// Reads the chart of the parameters.
    ///
    /// An error has the code and the message of the server.
    pub(super) fn of_chart(
        parameters: &[(String, String)],
        world: &World,
    ) -> Result<Self, (u32, String)> {
        let get = |name: &str| {
            let found = parameters.iter().find(|(it, _)| it == name);
            found.map(|(_, value)| value.as_str())
        };
        let mut numbers: Vec<u32> = parameters
            .iter()
            .filter_map(|(name, _)| name.strip_prefix('f')?.parse().ok())
            .collect();
        numbers.sort_unstable();
        let any = |name: &str| get(name).is_some_and(|it| it.eq_ignore_ascii_case("OR"));
        // Open parentheses: their conditions so far, whether any is enough, whether negated.
        let mut open = vec![(Vec::new(), any("j_top"), false)];
        for number in numbers {
            let name = get(&format!("f{number}")).unwrap_or_default();
            let negated = get(&format!("n{number}")).is_some_and(|it| it != "0");
            match name {
                "" => {}
                "OP" => open.push((Vec::new(), any(&format!("j{number}")), negated)),
                "CP" if open.len() > 1 => close(&mut open),
                _ => {
                    let operator = get(&format!("o{number}")).unwrap_or("equals").to_owned();
                    let Some(field) = fields::field(world, name) else {
                        return Err((108, format!("Can't use {name} as a field name.")));
                    };
                    if !OPERATORS.contains(&operator.as_str()) {
                        return Err((108, format!("The operator {operator} is not valid.")));
                    }
                    let test = Test {
                        field: field.to_owned(),
                        operator,
                        value: get(&format!("v{number}")).unwrap_or_default().to_owned(),
                        negated,
                    };
                    if let Some((conditions, ..)) = open.last_mut() {
                        conditions.push(Self::Test(test));
                    }
                }
            }
        }
        while open.len() > 1 {
            close(&mut open);
        }
        let (conditions, any, _) = open.pop().unwrap_or_default();
        // An empty chart is no condition, however it is joined.
        Ok(if any && !conditions.is_empty() {
            Self::Any(conditions, false)
        } else {
            Self::All(conditions, false)
        })
    }
}

fn close(open: &mut Vec<(Vec<Condition>, bool, bool)>) {
    if let Some((conditions, any, negated)) = open.pop()
        && let Some((outer, ..)) = open.last_mut()
    {
        outer.push(if any {
            Condition::Any(conditions, negated)
        } else {
            Condition::All(conditions, negated)
        });
    }
}

impl Test {
    fn holds(&self, bug: &Value, world: &World) -> bool {
        let values = fields::values(bug, &self.field);
        let wanted = self.value.to_lowercase();
        let empty = |value: &str| value.is_empty() || value == "---";
        let equal = |value: &str, wanted: &str| {
            value.to_lowercase() == wanted || (empty(value) && empty(wanted))
        };
        let any = |test: &dyn Fn(&str) -> bool| values.iter().any(|it| test(it));
        let words = || wanted.split([',', ' ']).filter(|it| !it.is_empty());
        let holds = |word: &str| any(&|it| it.to_lowercase().contains(word));
        let whole = |word: &str| any(&|it| whole_word(&it.to_lowercase(), word));
        match self.operator.as_str() {
            "equals" => any(&|it| equal(it, &wanted)) || (values.is_empty() && empty(&wanted)),
            "notequals" => {
                !(any(&|it| equal(it, &wanted)) || (values.is_empty() && empty(&wanted)))
            }
            "anyexact" => {
                let mut of = wanted.split(',').map(str::trim);
                of.any(|wanted| {
                    any(&|it| equal(it, wanted)) || (values.is_empty() && empty(wanted))
                })
            }
            "substring" => holds(&wanted),
            "casesubstring" => any(&|it| it.contains(&self.value)),
            "notsubstring" => !holds(&wanted),
            "anywordssubstr" => words().any(holds),
            "allwordssubstr" => words().all(holds),
            "nowordssubstr" => !words().any(holds),
            "anywords" => words().any(whole),
            "allwords" => words().all(whole),
            "nowords" => !words().any(whole),
            "isempty" => values.iter().all(|it| empty(it)),
            "isnotempty" => any(&|it| !empty(it)),
            "changedafter" | "changedbefore" => self.changed(bug, world),
            compare => {
                use std::cmp::Ordering::{Equal, Greater, Less};
                let order = values.first().and_then(|it| self.order(it, world));
                match compare {
                    "lessthan" => order == Some(Less),
                    "lessthaneq" => matches!(order, Some(Less | Equal)),
                    "greaterthan" => order == Some(Greater),
                    _ => matches!(order, Some(Greater | Equal)),
                }
            }
        }
    }

    /// How a value compares with the wanted one: as instants, as numbers or as text.
    fn order(&self, value: &str, world: &World) -> Option<std::cmp::Ordering> {
        if let Ok(at) = value.parse::<Timestamp>() {
            return Some(at.cmp(&instant(&self.value, world.now())?));
        }
        match (value.parse::<u64>(), self.value.parse::<u64>()) {
            (Ok(value), Ok(wanted)) => Some(value.cmp(&wanted)),
            _ => Some(value.cmp(&self.value)),
        }
    }

    fn changed(&self, bug: &Value, world: &World) -> bool {
        let Some(limit) = instant(&self.value, world.now()) else {
            return false;
        };
        let after = self.operator == "changedafter";
        let mut history = world.collection("bugzilla.history").of(&text(&bug["id"]));
        history.any(|it| {
            let changes = it["changes"].as_array();
            let of_field =
                changes.is_some_and(|all| all.iter().any(|it| it["field_name"] == self.field));
            let at = fields::time(&it["when"]);
            of_field && at.is_some_and(|at| if after { at > limit } else { at < limit })
        })
    }
}

fn whole_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let inside = |it: char| it.is_alphanumeric() || it == '_';
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(inside) && !after.is_some_and(inside)
    })
}

/// An instant as a search writes it: `2026-01-31T10:00:00Z`, `2026-01-31 10:00`, `2026-01-31`, `-2d`.
pub(super) fn instant(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("now") {
        return Some(now);
    }
    if let Some(ago) = text.strip_prefix('-') {
        let (number, unit) = ago.split_at(ago.len().checked_sub(1)?);
        let hours = match unit {
            "h" => 1,
            "d" => 24,
            "w" => 168,
            _ => return None,
        };
        return Some(now - SignedDuration::from_hours(number.parse::<i64>().ok()? * hours));
    }
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let day = |it: civil::DateTime| {
        it.to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
            .map(|it| it.timestamp())
    };
    for format in ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"] {
        if let Ok(at) = civil::DateTime::strptime(format, text) {
            return day(at);
        }
    }
    day(text
        .parse::<civil::Date>()
        .ok()?
        .to_datetime(civil::Time::midnight()))
}
