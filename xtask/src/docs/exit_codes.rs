//! `docs/exit-codes.md`: what a status and a code mean.

use qaduct::error::Kind;
use qaduct::report::Code;

const HEAD: &str = "\
# Exit statuses and codes

Both are part of what qaduct promises: they do not change their meaning.

## Exit statuses

| Status | Meaning |
| --- | --- |
| 0 | Done. A reader that closes the pipe early is no error. |
";

const CODES: &str = "
A server ends by being asked to: `serve`, `run` and `replay` end with 0 after SIGINT or SIGTERM.

A schedule should try again after 5, and perhaps after 6; never after 2 or 4. What `qaduct run` does is told in
[schedule.md](schedule.md).

## Codes

Every error and every warning has one: `error[QC004]: …`. The words beside it may
change. `QU` is about the command line, `QC` about configuration, `QS` about
scanning, `QK` about checking, `QJ` about jobs, `QD` about the database; `QM` are the [rules](rules.md) of `check`. A warning does not change the status.

| Code | Status | Meaning |
| --- | --- | --- |
";

pub(crate) fn page() -> String {
    let statuses = Kind::ALL
        .iter()
        .map(|kind| format!("| {} | {} |\n", kind.status(), kind.about()));
    let codes = Code::ALL.iter().map(|code| {
        let ends_with = match code.ends_with() {
            Some(kind) => kind.status().to_string(),
            None => "warning".to_owned(),
        };
        format!("| {code} | {ends_with} | {} |\n", code.about())
    });
    [
        HEAD.to_owned(),
        statuses.collect(),
        CODES.to_owned(),
        codes.collect(),
    ]
    .concat()
}
