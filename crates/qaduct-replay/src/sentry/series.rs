//! Series of Sentry: sessions and what it took in, by day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Ask, refuse};
use crate::answer::Answer;
use crate::service::Context;
use crate::world::text;

const DAY: i64 = 86_400;
/// Numbers in an answer.
const POINTS: usize = 10_000;
const FIELDS: &[&str] = &[
    "sum(session)",
    "count_unique(user)",
    "crash_free_rate(session)",
    "crash_free_rate(user)",
    "crash_rate(session)",
    "crash_rate(user)",
];

/// What was counted of some releases on a day.
#[derive(Default)]
struct Counted {
    sessions: u64,
    crashed: u64,
    users: u64,
    crashed_users: u64,
    most: u64,
    cells: u64,
}

impl Counted {
    fn add(&mut self, cell: &Value) {
        let number = |name: &str| cell[name].as_u64().unwrap_or_default();
        self.sessions += number("_sessions");
        self.crashed += number("_crashed");
        self.users += number("_users");
        self.crashed_users += number("_crashed_users");
        self.most = self.most.max(number("_users"));
        self.cells += 1;
    }

    fn join(&mut self, other: &Self) {
        self.sessions += other.sessions;
        self.crashed += other.crashed;
        self.users += other.users;
        self.crashed_users += other.crashed_users;
        self.most = self.most.max(other.most);
        self.cells += other.cells;
    }

    /// Users of several releases are fewer than those of each together.
    fn unique(&self) -> u64 {
        match self.cells {
            0 | 1 => self.users,
            _ => self.most.max(self.users * 9 / 10),
        }
    }

    fn value(&self, field: &str) -> Value {
        #[expect(clippy::cast_precision_loss, reason = "they are small")]
        let share = |part: u64, of: u64| match of {
            0 => Value::Null,
            _ => json!(part as f64 / of as f64),
        };
        match field {
            "sum(session)" => self.sessions.into(),
            "count_unique(user)" => self.unique().into(),
            "crash_free_rate(session)" => share(self.sessions - self.crashed, self.sessions),
            "crash_free_rate(user)" => share(self.users - self.crashed_users, self.users),
            "crash_rate(session)" => share(self.crashed, self.sessions),
            _ => share(self.crashed_users, self.users),
        }
    }
}

impl Ask<'_> {
    /// The days of a question, or what is wrong with it.
    fn days(&self) -> Result<Vec<String>, &'static str> {
        let bound = |name: &str| {
            let found = self.get(name).and_then(|it| it.parse::<Timestamp>().ok());
            found.map(Timestamp::as_second)
        };
        let (Some(start), Some(end)) = (bound("start"), bound("end")) else {
            return Err("start and end are required");
        };
        if self.get("interval") != Some("1d") || end < start {
            return Err("The interval has to be less than the date range.");
        }
        let (from, to) = (start.div_euclid(DAY), end.div_euclid(DAY));
        let day = |it: i64| {
            Timestamp::from_second(it * DAY)
                .unwrap_or_default()
                .to_string()
        };
        Ok((from..=to).map(day).collect())
    }

    pub(super) fn sessions(&self, context: &mut Context<'_>) -> Answer {
        self.known(
            context,
            &[
                "field",
                "start",
                "end",
                "environment",
                "statsPeriod",
                "project",
                "per_page",
                "interval",
                "groupBy",
                "orderBy",
                "includeTotals",
                "includeSeries",
                "query",
            ],
        );
        let days = match self.days() {
            Ok(days) => days,
            Err(detail) => return refuse(400, detail),
        };
        let fields: Vec<_> = self.all("field").collect();
        if fields.is_empty() || fields.iter().any(|it| !FIELDS.contains(it)) {
            context.violation(self.request, "no field, or one that there is not");
            return refuse(400, "Invalid field");
        }
        let by_release = self.all("groupBy").any(|it| it == "release");
        let package = self
            .get("query")
            .and_then(|it| it.strip_prefix("release.package:"));
        let projects = self.wanted_projects(context);
        let environments: Vec<_> = self.all("environment").collect();
        let mut groups: BTreeMap<String, BTreeMap<String, Counted>> = BTreeMap::new();
        if !by_release {
            groups.insert(String::new(), BTreeMap::new());
        }
        for cell in context.world.collection("sentry.sessions").all() {
            let is_wanted = projects.contains(&text(&cell["_project"]))
                && (environments.is_empty()
                    || environments.iter().any(|it| cell["_environment"] == **it))
                && package.is_none_or(|it| cell["_package"] == it)
                && days.iter().any(|it| cell["_day"] == it.as_str());
            if is_wanted {
                let name = if by_release {
                    text(&cell["_release"])
                } else {
                    String::new()
                };
                let of_day = groups.entry(name).or_default();
                of_day.entry(text(&cell["_day"])).or_default().add(cell);
            }
        }
        let most = POINTS / (days.len() + 1);
        let asked = match self.get("per_page") {
            Some(asked) => asked.parse().unwrap_or(usize::MAX),
            None => groups.len(),
        };
        if asked > most {
            context.violation(self.request, "more than 10,000 numbers");
            let detail = "Your interval and date range would create too many results. Use a larger interval, or a smaller date range.";
            return refuse(400, detail);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        let sum =
            |of_day: &BTreeMap<String, Counted>| of_day.values().map(|it| it.sessions).sum::<u64>();
        if self.get("orderBy") == Some("-sum(session)") {
            groups.sort_by_key(|(_, of_day)| std::cmp::Reverse(sum(of_day)));
        }
        groups.truncate(asked);
        let nothing = Counted::default();
        let groups = groups.iter().map(|(release, of_day)| {
            let series = fields.iter().map(|field| {
                let numbers = days
                    .iter()
                    .map(|day| of_day.get(day).unwrap_or(&nothing).value(field));
                ((*field).to_owned(), numbers.collect())
            });
            let series: Map<String, Value> = series.collect();
            let by = if by_release {
                json!({ "release": release })
            } else {
                json!({})
            };
            let mut group = json!({ "by": by });
            if self.get("includeSeries") != Some("0") {
                group["series"] = series.into();
            }
            if self.get("includeTotals") != Some("0") {
                let mut whole = Counted::default();
                for of_one in of_day.values() {
                    whole.join(of_one);
                }
                let totals = fields.iter();
                let totals = totals.map(|it| ((*it).to_owned(), whole.value(it)));
                group["totals"] = totals.collect::<Map<_, _>>().into();
            }
            group
        });
        let groups: Vec<_> = groups.collect();
        self.answered(&days, groups.into())
    }

    pub(super) fn stats(&self, context: &mut Context<'_>) -> Answer {
        self.known(
            context,
            &[
                "groupBy",
                "field",
                "statsPeriod",
                "interval",
                "start",
                "end",
                "project",
                "category",
                "outcome",
                "reason",
            ],
        );
        let days = match self.days() {
            Ok(days) => days,
            Err(detail) => return refuse(400, detail),
        };
        let by: Vec<_> = self.all("groupBy").collect();
        if by != ["category", "outcome"] || self.get("field") != Some("sum(quantity)") {
            context.violation(self.request, "only categories and outcomes are served");
            return refuse(400, "Invalid groupBy");
        }
        let projects = self.wanted_projects(context);
        let mut groups: BTreeMap<(String, String), BTreeMap<String, u64>> = BTreeMap::new();
        for cell in context.world.collection("sentry.stats").all() {
            if projects.contains(&text(&cell["_project"])) {
                let of_group = groups.entry((text(&cell["_category"]), text(&cell["_outcome"])));
                let quantity = of_group
                    .or_default()
                    .entry(text(&cell["_day"]))
                    .or_default();
                *quantity += cell["_quantity"].as_u64().unwrap_or_default();
            }
        }
        let groups = groups.iter().map(|((category, outcome), of_day)| {
            let numbers = days.iter().map(|day| of_day.get(day).copied().unwrap_or(0));
            json!({
                "by": { "category": category, "outcome": outcome },
                "series": { "sum(quantity)": numbers.collect::<Vec<_>>() },
            })
        });
        self.answered(&days, groups.collect())
    }

    fn answered(&self, days: &[String], groups: Value) -> Answer {
        Answer::ok(json!({
            "start": days.first(), "end": self.get("end"), "intervals": days, "groups": groups,
            "query": self.get("query").unwrap_or_default(),
        }))
    }
}
