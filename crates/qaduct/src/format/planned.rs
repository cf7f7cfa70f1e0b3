//! How the plan of a pull is told.

use std::io::{self, Write};

use qaduct_pump::pull::{Basis, Planned};
use serde_json::json;

use super::table::{Look, grid};
use crate::planning::{Plan, Share};
use crate::report::Report;

/// Version of the document; it grows when a reader would have to change.
const SCHEMA_VERSION: u32 = 1;

/// The streams as a table.
#[must_use]
pub fn table(plans: &[Plan], look: Look) -> String {
    let rows: Vec<Vec<String>> = plans
        .iter()
        .flat_map(|plan| plan.streams.iter().map(move |it| (plan, it)))
        .map(|(plan, it)| {
            let number = |count: Option<u64>| match (it.basis, count) {
                (Basis::Off, _) => "-".to_owned(),
                (_, None) => "?".to_owned(),
                (_, Some(count)) => count.to_string(),
            };
            let least = match it.basis {
                Basis::AtLeast => ">= ",
                _ => "",
            };
            vec![
                format!("{}.{}", plan.source, it.stream),
                match it.behind {
                    Some(_) => format!("{least}{}", number(it.parts)),
                    None => number(it.parts),
                },
                number(it.rows),
                format!("{least}{}", number(it.requests)),
                match (it.basis, plan.seconds_of(it)) {
                    (Basis::Off, _) => "-".to_owned(),
                    (_, None) => "?".to_owned(),
                    // At least a moment says nothing.
                    (Basis::AtLeast, Some(seconds)) if seconds < 1.0 => "?".to_owned(),
                    (_, Some(seconds)) => format!("{least}{}", time(seconds)),
                },
                how(it),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let heads = ["STREAM", "PARTS", "ROWS", "REQUESTS", "TIME", "KNOWN FROM"];
    grid(&heads, rows, look)
}

fn how(planned: &Planned) -> String {
    let how = match (planned.basis, planned.behind) {
        (Basis::AtLeast | Basis::Unknown, Some(parent)) => {
            return format!("not known before `{parent}` was pulled");
        }
        (Basis::Counted, _) => "a count of the service",
        (Basis::LastRuns, _) => "the last pulls",
        (Basis::AtLeast, None) => "not known before it was pulled",
        (Basis::Off, _) => "the settings: it is off",
        (Basis::Unknown, None) => "nothing yet",
    };
    how.to_owned()
}

/// What a source would cost in all.
#[must_use]
pub fn line(plan: &Plan) -> String {
    let mut words = vec![format!(
        "{}: {} {} {}",
        plan.source,
        if plan.is_known() { "about" } else { "at least" },
        plan.requests(),
        if plan.requests() == 1 {
            "request"
        } else {
            "requests"
        },
    )];
    for share in plan.shares() {
        if let (Some(part), Some(left)) = (share.of_left(), share.left) {
            words.push(format!(
                "{}{:.1} % of the {left} that are left",
                named(&share),
                part * 100.0
            ));
        }
    }
    match plan.seconds() {
        None => {}
        Some(seconds) if plan.is_known() => words.push(time(seconds)),
        Some(seconds) if seconds < 1.0 => {}
        Some(seconds) => words.push(format!("at least {}", time(seconds))),
    }
    for share in plan.shares() {
        if let Some(pace) = share.pace {
            words.push(format!("{}at {pace:.0} a minute at most", named(&share)));
        }
    }
    words.join(", ")
}

/// What a number is about, where there are several.
fn named(share: &Share) -> String {
    match share.resource {
        "" => String::new(),
        name => format!("{name} "),
    }
}

/// `40 s`, `12 min`, `3 h`.
#[must_use]
pub fn time(seconds: f64) -> String {
    match seconds {
        it if it < 1.0 => "< 1 s".to_owned(),
        it if it < 120.0 => format!("{it:.0} s"),
        it if it < 7_200.0 => format!("{:.0} min", it / 60.0),
        it => format!("{:.1} h", it / 3_600.0),
    }
}

/// Writes the document.
///
/// # Errors
/// When it cannot be written.
pub fn json(out: &mut dyn Write, plans: &[Plan], errors: &[Report]) -> io::Result<()> {
    let document = json!({
        "schema_version": SCHEMA_VERSION,
        "tool": { "name": "qaduct", "version": env!("CARGO_PKG_VERSION") },
        "summary": plans.iter().map(|it| json!({
            "source": it.source,
            "requests": it.requests(),
            "complete": it.is_known(),
            "seconds": it.seconds(),
            "quotas": it.shares().iter().map(|share| json!({
                "resource": share.resource,
                "requests": share.requests,
                "left": share.left,
                "share": share.of_left(),
                "requests_per_minute": share.pace,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "items": plans.iter().flat_map(|plan| plan.streams.iter().map(|it| json!({
            "source": plan.source,
            "stream": it.stream,
            "parts": it.parts,
            "rows": it.rows,
            "requests": it.requests,
            "resource": it.budget.resource,
            "seconds": plan.seconds_of(it),
            "basis": match it.basis {
                Basis::Counted => "counted",
                Basis::LastRuns => "last_runs",
                Basis::AtLeast => "at_least",
                Basis::Off => "off",
                Basis::Unknown => "unknown",
            },
        }))).collect::<Vec<_>>(),
        "errors": Report::json(errors),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}
