//! Sources that are stood in for: a server on the loopback, and the settings that lead to it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use qaduct_replay::{Fault, Options, Server, World};

use crate::Home;
use crate::home::Run;

/// The instant of every test; the server has it too.
pub(crate) const NOW: &str = "2026-11-21T07:00:00Z";

/// What the server takes for a credential. Long enough to be recognised in data.
pub(crate) const TOKEN: &str = "pl4nted-t0ken-for-replay";

/// What a source of Sentry needs beside its address, with an app.
pub(crate) const SENTRY: &str = "options = { organization = \"mozilla\", events = \"true\" }\n\
    queries = { fenix = \"project=fenix&environment=release&package=org.mozilla.firefox\" }\n";

/// A server that takes [`TOKEN`] and nothing else.
pub(crate) fn serve(world: World, faults: &[&str]) -> Server {
    let options = Options {
        faults: faults
            .iter()
            .map(|it| it.parse::<Fault>().unwrap())
            .collect(),
        credentials: vec![TOKEN.to_owned()],
        clock: Some(Arc::new(|| NOW.parse().unwrap())),
        ..Options::default()
    };
    Server::start(world, options).unwrap()
}

/// The settings of a source. No limit holds at the server, so none is kept to: the
/// clock stands still, and what is waited for would add up.
pub(crate) fn settings(server: &Server, name: &str) -> String {
    let (kind, user, more) = match name {
        "testrail" => (
            "testrail",
            true,
            "options = { edition = \"professional\" }\n",
        ),
        "bmo" => ("bugzilla", false, "options = { edition = \"mozilla\" }\n"),
        "bugzilla" => ("bugzilla", true, "options = { edition = \"stock\" }\n"),
        "jira" => ("jira", true, "options = { edition = \"cloud\" }\n"),
        "jira-dc" => ("jira", false, "options = { edition = \"datacenter\" }\n"),
        "sentry" => ("sentry", false, SENTRY),
        "bitrise" => ("bitrise", false, ""),
        "confluence" => ("confluence", true, ""),
        "confluence-dc" => (
            "confluence",
            false,
            "options = { edition = \"datacenter\" }\n",
        ),
        "looker" => ("looker", true, ""),
        _ => panic!("{name} is not stood in for"),
    };
    let user = if user {
        "user = \"qa@example.org\"\n"
    } else {
        ""
    };
    format!(
        "[source.{name}]\nkind = \"{kind}\"\nurl = \"{}\"\n{user}\
         token = {{ env = \"REPLAY_TOKEN\" }}\n{more}requests_per_minute = 10000000\n",
        server.url(name)
    )
}

/// A home whose configuration has these sources, and more lines behind them.
pub(crate) fn home(server: &Server, names: &[&str], more: &str) -> Home {
    let sources: String = names.iter().map(|it| settings(server, it)).collect();
    let text =
        format!("[pull]\nattempts = 2\ntimeout = \"5s\"\ndeadline = \"10s\"\n{sources}{more}");
    Home::new().file("work/qaduct.toml", &text)
}

/// A run that brings the credential.
pub(crate) fn run<'h>(home: &'h Home, arguments: &str) -> Run<'h> {
    home.qaduct(arguments).env("REPLAY_TOKEN", TOKEN)
}

/// A pull that has to end with this status.
pub(crate) fn pull(home: &Home, arguments: &str, status: i32) -> String {
    let outcome = run(home, &format!("pull --progress none {arguments}")).run();
    assert_eq!(outcome.status, Some(status), "{outcome}");
    outcome.to_string()
}

/// The values of a column, as text.
pub(crate) fn ids(database: &Path, table: &str, column: &str, source: &str) -> BTreeSet<String> {
    let database = rusqlite::Connection::open(database).unwrap();
    let sql = format!("SELECT DISTINCT CAST({column} AS TEXT) FROM {table} WHERE source = ?1");
    let mut statement = database.prepare(&sql).unwrap();
    let rows = statement.query_map([source], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// One value of the database, as text.
pub(crate) fn value(database: &Path, sql: &str) -> String {
    let database = rusqlite::Connection::open(database).unwrap();
    let value: Option<String> = database
        .query_row(&format!("SELECT CAST(({sql}) AS TEXT)"), [], |row| {
            row.get(0)
        })
        .unwrap();
    value.unwrap_or_default()
}

/// All rows of a sound database in the order of their values, but for the ledger, the
/// requests that rows came with, what a service is asked with whether anything changed, and
/// when a state was stored.
pub(crate) fn dump(database: &Path) -> String {
    let database = rusqlite::Connection::open(database).unwrap();
    let sound: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    let list = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let mut text = String::new();
    for table in list("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1") {
        if ["runs", "stream_runs", "requests", "qaduct_meta"].contains(&table.as_str()) {
            continue;
        }
        let columns = list(&format!("SELECT name FROM pragma_table_info('{table}')"));
        let quoted: Vec<_> = columns
            .iter()
            .filter(|it| {
                !["_request_id", "request_id", "validator", "stored_at"].contains(&it.as_str())
            })
            .map(|it| format!("quote(\"{it}\")"))
            .collect();
        let sql = format!(
            "SELECT {} FROM \"{table}\" ORDER BY 1",
            quoted.join(" || '|' || ")
        );
        for row in list(&sql) {
            text += &[table.as_str(), ": ", &row, "\n"].concat();
        }
    }
    text
}

/// The first lines that only one of two dumps has.
pub(crate) fn differing(one: &str, other: &str) -> String {
    let only = |of: &str, without: &str, sign: &str| -> String {
        let lines = of
            .lines()
            .filter(|it| !without.lines().any(|line| line == *it));
        lines.take(5).map(|it| format!("\n{sign} {it}")).collect()
    };
    only(one, other, "-") + &only(other, one, "+")
}
