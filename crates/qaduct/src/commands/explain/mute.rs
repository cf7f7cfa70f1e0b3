//! Why a test counts as muted, and what the rules say of it.

use qaduct_check::{State, TicketState};
use qaduct_records::scan::Found;
use serde_json::{Value, json};

use crate::checking::{self, Bench, Court, Wanted};
use crate::config::Config;
use crate::context::Context;
use crate::error::CommandError;
use crate::format::table::one_line;
use crate::report::{Code, Report};

/// Mutes that are explained at a time.
const MOST: usize = 10;

/// A mute with all that is known of it.
pub(super) struct Explained {
    test: String,
    /// Name and value, in order; a name may come more than once.
    facts: Vec<(&'static str, String)>,
}

/// The mutes of a test, named by its id or by a part of it.
pub(super) fn explain(
    context: &Context,
    settings: &Config,
    name: &str,
    is_named: bool,
) -> Result<Vec<Explained>, CommandError> {
    let repository = checking::repository(".", context, settings).map_err(|error| {
        error.help("`qaduct explain QM001` explains a rule, `qaduct explain TABLE KEY` a row")
    })?;
    let wanted = Wanted {
        reference: settings.check.reference.as_deref(),
        ..Wanted::default()
    };
    let bench = Bench::of_work_tree(settings, &repository, ".", wanted)?;
    bench.tell(context)?;
    let all = bench.mutes();
    let id = |it: &Found| it.declaration.test_id.clone();
    let exact: Vec<_> = all.iter().filter(|it| id(it) == name).collect();
    let found: Vec<_> = match exact.is_empty() {
        false => exact,
        true => all.iter().filter(|it| id(it).contains(name)).collect(),
    };
    if found.is_empty() {
        let names = all.iter().map(|it| it.declaration.test.as_str());
        let message = format!("no muted test, rule, code or table is called `{name}`");
        let report = Report::new(Code::NotExplained, message);
        let near = qaduct_records::nearest(name, names);
        return Err(match near {
            Some(near) => report.help(format!("did you mean `{near}`?")),
            None => report.help("`qaduct scan` lists the muted tests"),
        }
        .into());
    }
    if found.len() > MOST {
        let message = format!("`{name}` is a part of {} muted tests", found.len());
        let some: Vec<_> = found.iter().take(3).map(|it| id(it)).collect();
        return Err(Report::new(Code::NotExplained, message)
            .help(format!("say more of it, such as `{}`", some.join("`, `")))
            .into());
    }
    let court = Court::new(context, settings, is_named, repository.name(), all)?;
    let verdict = bench.judge(&court, None)?;
    let told = found.into_iter().map(|found| {
        let rules = verdict.findings.iter().filter(|it| {
            let mute = it.mute.as_ref();
            mute.is_some_and(|it| std::sync::Arc::ptr_eq(it, found))
        });
        let owner = bench.owner(&found.declaration.path);
        let mut told = facts(found, &court, owner);
        told.facts.extend(rules.map(|it| {
            let passes = match &it.state {
                State::Open => "",
                _ => ", let pass by a comment",
            };
            let text = format!("{} {}: {}{passes}", it.rule.id, it.level, it.message);
            ("rule", text)
        }));
        told
    });
    Ok(told.collect())
}

fn facts(found: &Found, court: &Court, owner: Option<&str>) -> Explained {
    let mute = &found.declaration;
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    let mut put = |name, value: Option<String>| facts.extend(value.map(|it| (name, it)));
    put("kind", Some(mute.kind.to_string()));
    let alias = mute.alias.as_ref();
    let alias = alias.map(|it| format!(", written as `{it}`"));
    put(
        "mark",
        Some(format!("{}{}", mute.form, alias.unwrap_or_default())),
    );
    put("scope", Some(mute.scope.to_string()));
    put("place", Some(format!("{}:{}", mute.path, mute.line_start)));
    put("condition", mute.condition.clone());
    put("purpose", mute.intent.map(|it| it.to_string()));
    put("reason", mute.reason.clone());
    for ticket in &found.tickets {
        let state = match court.tickets.state(ticket) {
            TicketState::Open => "open".to_owned(),
            TicketState::Closed(status) => format!("closed ({status})"),
            TicketState::Absent => "does not exist or is hidden".to_owned(),
            TicketState::Unknown => "no tracker was pulled that knows it".to_owned(),
        };
        let text = format!("{}, {}; from {}", ticket.key, state, ticket.source);
        put("ticket", Some(text));
    }
    let declared = mute.since_text.as_ref();
    put("since", declared.map(|it| format!("{it} as declared")));
    let known = court.seen.known(mute);
    let git = known.and_then(|it| it.git.as_ref());
    put(
        "since",
        git.map(|it| format!("{} by git: {} of {}", it.day, it.commit, it.author)),
    );
    put("first seen", known.map(|it| it.first_seen.to_string()));
    put("until", mute.until_text.clone());
    put("owner", mute.owner_declared.clone());
    put(
        "owner",
        owner.map(|it| format!("{it}, by CODEOWNERS or the settings")),
    );
    put(
        "runs",
        mute.runs
            .then(|| "its body runs, its result does not count".to_owned()),
    );
    put("without effect", mute.ineffective_because.clone());
    put("recognised", Some(mute.confidence.to_string()));
    for note in &found.notes {
        put("comment", Some(note.clone()));
    }
    Explained {
        test: mute.test_id.clone(),
        facts,
    }
}

impl Explained {
    /// For people.
    pub(super) fn text(&self) -> String {
        let lines = self
            .facts
            .iter()
            .map(|(name, value)| format!("  {name:<15} {}\n", one_line(value)));
        format!("{}\n{}", one_line(&self.test), lines.collect::<String>())
    }

    /// For programs.
    pub(super) fn item(&self) -> Value {
        let facts = self.facts.iter();
        let facts: Vec<_> = facts
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        json!({ "test": self.test, "facts": facts })
    }
}
