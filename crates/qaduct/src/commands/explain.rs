//! `qaduct explain`: a rule, a code, a muted test; or a row, and the request that brought it.

mod mute;

use qaduct_records::pull::{Problem, Request};
use qaduct_records::stream::{CHANGED_AT, FIRST_SEEN_AT, GONE, GONE_AT, REQUEST, SOURCE};
use qaduct_records::values::values_of;
use qaduct_records::{ColumnType, Query, Reader, Row, Run, Table, Test, Value, nearest};
use serde_json::json;

use crate::context::Context;
use crate::error::CommandError;
use crate::format::Plain;
use crate::format::table::one_line;
use crate::report::{Code, Report};
use crate::wire::{self, StoreArgs, StoreSettings};

/// Explain a rule, a code, a muted test or a pulled row
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct explain QM002
  qaduct explain test_pays_by_card
  qaduct explain testrail_cases 4711
  qaduct explain bugzilla_flags 1234567 89 --source bmo")]
pub struct Args {
    /// Rule, code, muted test or a part of its id; or the table of a row
    #[arg(value_name = "RULE|CODE|TEST|TABLE")]
    table: String,

    /// For a row the values of its key, in order, without the source
    #[arg(value_name = "KEY", allow_negative_numbers = true)]
    key: Vec<String>,

    /// Source, where several have such a row
    #[arg(long, value_name = "NAME", env = "QADUCT_SOURCE")]
    source: Option<String>,

    #[command(flatten)]
    store: StoreArgs,

    #[command(flatten)]
    format: Plain,
}

/// A row and where it came from.
struct Explained {
    row: Vec<(&'static str, Value)>,
    request: Option<Request>,
    run: Option<Run>,
    problems: Vec<Problem>,
}

impl Args {
    /// Shows it.
    ///
    /// # Errors
    /// When there is no such row.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        if self.key.is_empty() && self.source.is_none() {
            if let Some(done) = self.rule_or_code(context) {
                return done;
            }
            if !wire::tables().iter().any(|it| it.name == self.table) {
                return self.test(context);
            }
        }
        let settings = context.config(&self.store.flags())?.config;
        let table = self.table()?;
        let store = StoreSettings::new(context, &settings)?.open_existing_for_pulls()?;
        let mut reader = store.reader()?;
        let rows = self.rows(table, reader.as_mut())?;
        if rows.is_empty() {
            let message = format!("`{}` has no row {}", table.name, self.key.join(" "));
            return Err(Report::new(Code::Usage, message)
                .help(format!("its key is {}", keys(table).join(", ")))
                .into());
        }
        let explained = rows
            .into_iter()
            .map(|row| explain(table, row, reader.as_mut()))
            .collect::<Result<Vec<_>, _>>()?;
        if self.format.is_json() {
            let items: Vec<_> = explained.iter().map(document).collect();
            let document = json!({ "schema_version": 1, "table": table.name, "items": items });
            return json_document(context, &document);
        }
        let texts: Vec<_> = explained.iter().map(|it| text(table, it)).collect();
        context.ui.text(&texts.join("\n"))
    }

    /// The page of a rule, or what a code means.
    fn rule_or_code(&self, context: &Context) -> Option<Result<(), CommandError>> {
        let (head, page, document) = if let Some(rule) = qaduct_check::rule(&self.table) {
            let head = format!("{} {}: {}", rule.id, rule.name, rule.about);
            let level = format!("level: {}\n\n{}", rule.level, rule.page);
            let document = json!({
                "schema_version": 1, "rule": rule.id, "name": rule.name, "about": rule.about,
                "level": rule.level, "page": rule.page, "url": rule.url(),
            });
            (head, level, document)
        } else {
            let mut codes = Code::ALL.iter();
            let code = codes.find(|it| it.as_str().eq_ignore_ascii_case(&self.table))?;
            let status = code.ends_with().map(|it| it.status());
            let ends = match status {
                Some(status) => format!("a command that ends with it has status {status}\n"),
                None => "a warning, which changes no status\n".to_owned(),
            };
            let document = json!({
                "schema_version": 1, "code": code.as_str(), "about": code.about(), "status": status,
            });
            (format!("{code}: {}", code.about()), ends, document)
        };
        Some(match self.format.is_json() {
            true => json_document(context, &document),
            false => context.ui.text(&format!("{head}\n{page}")),
        })
    }

    /// The mutes of a test.
    fn test(&self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&self.store.flags())?.config;
        let is_named = self.store.is_named();
        let explained = mute::explain(context, &settings, &self.table, is_named)?;
        if self.format.is_json() {
            let items: Vec<_> = explained.iter().map(mute::Explained::item).collect();
            let document = json!({ "schema_version": 1, "items": items });
            return json_document(context, &document);
        }
        let texts: Vec<_> = explained.iter().map(mute::Explained::text).collect();
        context.ui.text(&texts.join("\n"))
    }

    fn table(&self) -> Result<&'static Table, CommandError> {
        let tables = wire::tables();
        let found = tables.iter().find(|it| it.name == self.table);
        found.copied().ok_or_else(|| {
            let error = CommandError::usage(format!("there is no table `{}`", self.table));
            match nearest(&self.table, tables.iter().map(|it| it.name)) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`qaduct sources schema NAME` lists the tables of a source"),
            }
        })
    }

    /// The rows of that key; one for each source that has it.
    fn rows(
        &self,
        table: &'static Table,
        reader: &mut dyn Reader,
    ) -> Result<Vec<Vec<(&'static str, Value)>>, CommandError> {
        let names = keys(table);
        // As it is told elsewhere: `17,4`.
        let joined: Vec<String> = match self.key.as_slice() {
            [one] if names.len() > 1 => one.split(',').map(str::to_owned).collect(),
            several => several.to_vec(),
        };
        if joined.len() != names.len() {
            return Err(CommandError::usage(format!(
                "the key of `{}` is {}",
                table.name,
                names.join(", ")
            ))
            .help(format!(
                "write `qaduct explain {} {}`",
                table.name,
                names.join(" ").to_uppercase()
            )));
        }
        let mut query = Query::of(table.name, table.columns);
        for (name, text) in names.iter().zip(&joined) {
            let kind = table.column(name).map_or(ColumnType::Text, |it| it.kind);
            let value = value(kind, text).ok_or_else(|| {
                CommandError::usage(format!("`{name}` is {}, and `{text}` is none", kind.name()))
            })?;
            query = query.filter(*name, Test::In(vec![value]));
        }
        if let Some(source) = &self.source {
            if table.column(SOURCE).is_none() {
                return Err(CommandError::usage(format!(
                    "`{}` has no column `source`",
                    table.name
                )));
            }
            query = query.filter(SOURCE, Test::In(vec![source.as_str().into()]));
        }
        let batch = reader.query(&query)?;
        let mut rows: Vec<Vec<(&'static str, Value)>> = vec![Vec::new(); batch.num_rows()];
        for column in table.columns {
            let name: &'static str = column.name.as_ref();
            let values = values_of(&batch, name).map_err(|it| unfit(table, &it))?;
            for (row, value) in rows.iter_mut().zip(values) {
                row.push((name, value));
            }
        }
        Ok(rows)
    }
}

fn json_document(context: &Context, document: &serde_json::Value) -> Result<(), CommandError> {
    context.ui.data(|out| {
        serde_json::to_writer_pretty(&mut *out, document)?;
        writeln!(out)
    })
}

fn unfit(table: &Table, mismatch: &qaduct_records::table::Mismatch) -> CommandError {
    Report::new(
        Code::StoreFailed,
        format!("table `{}`: {mismatch}", table.name),
    )
    .into()
}

/// The columns of a key, without the source.
fn keys(table: &Table) -> Vec<&'static str> {
    table
        .key
        .iter()
        .copied()
        .filter(|it| *it != SOURCE)
        .collect()
}

fn value(kind: ColumnType, text: &str) -> Option<Value> {
    Some(match kind {
        ColumnType::Text => text.into(),
        ColumnType::Int => Value::Int(text.parse().ok()?),
        ColumnType::Float => Value::Float(text.parse().ok()?),
        ColumnType::Bool => Value::Bool(text.parse().ok()?),
        ColumnType::Timestamp => Value::Timestamp(text.parse().ok()?),
        ColumnType::Date => Value::Date(text.parse().ok()?),
    })
}

fn explain(
    table: &'static Table,
    row: Vec<(&'static str, Value)>,
    reader: &mut dyn Reader,
) -> Result<Explained, CommandError> {
    let of = |name: &str| {
        let found = row.iter().find(|(column, _)| *column == name);
        found
            .map(|(_, value)| value.to_string())
            .unwrap_or_default()
    };
    let lineage = of(REQUEST);
    let mut explained = Explained {
        request: None,
        run: None,
        problems: Vec::new(),
        row: Vec::new(),
    };
    if !lineage.is_empty() {
        let one = |value: &str| Test::In(vec![value.into()]);
        let query = Query::of(Request::TABLE.name, Request::TABLE.columns)
            .filter("request_id", one(&lineage));
        let found = Request::rows(&reader.query(&query)?);
        explained.request = found.map_err(|it| unfit(Request::TABLE, &it))?.pop();
        // What was found gone was not in any answer: then the run stands there.
        let run = match &explained.request {
            Some(request) => request.run_id.clone(),
            None => lineage,
        };
        let query = Query::of(Run::TABLE.name, Run::TABLE.columns).filter("run_id", one(&run));
        let found = Run::rows(&reader.query(&query)?);
        explained.run = found.map_err(|it| unfit(Run::TABLE, &it))?.pop();
        let key: Vec<_> = keys(table).into_iter().map(of).collect();
        let query = Query::of(Problem::TABLE.name, Problem::TABLE.columns)
            .filter(SOURCE, one(&of(SOURCE)))
            .filter("table_name", one(table.name))
            .filter("row_key", one(&key.join(",")));
        let found = Problem::rows(&reader.query(&query)?);
        explained.problems = found.map_err(|it| unfit(Problem::TABLE, &it))?;
    }
    explained.row = row;
    Ok(explained)
}

fn text(table: &Table, explained: &Explained) -> String {
    let mut text = format!("{}\n", table.name);
    let mut put = |name: &str, value: &str| {
        text += &[&format!("  {name:<26} "), one_line(value).as_str(), "\n"].concat();
    };
    for (name, value) in &explained.row {
        let about = [FIRST_SEEN_AT, CHANGED_AT, REQUEST, GONE_AT, GONE];
        if *value == Value::Null || about.contains(name) {
            continue;
        }
        put(name, &value.to_string());
    }
    for (name, label) in [
        (GONE, "gone"),
        (GONE_AT, "gone at"),
        (FIRST_SEEN_AT, "first seen"),
        (CHANGED_AT, "last change seen"),
    ] {
        let found = explained.row.iter().find(|(column, _)| *column == name);
        if let Some((_, value)) = found.filter(|(_, it)| *it != Value::Null) {
            put(label, &value.to_string());
        }
    }
    if let Some(request) = &explained.request {
        put("brought by", &format!("{} {}", request.method, request.url));
        let (status, attempts) = (request.status, request.attempts);
        let again = match attempts {
            1 => String::new(),
            more => format!(", sent {more} times"),
        };
        put(
            "answer",
            &format!(
                "status {status}, {} rows, {} bytes{again}",
                request.rows, request.bytes
            ),
        );
        let part = match request.part.as_str() {
            "" => String::new(),
            part => format!(" of {part}"),
        };
        put(
            "page",
            &format!(
                "{} of {}.{}{part}, at {}",
                request.page, request.source, request.stream, request.at
            ),
        );
    } else if explained.run.is_none() && explained.row.iter().any(|(it, _)| *it == REQUEST) {
        put("brought by", "a request that is older than the ledger");
    }
    if let Some(run) = &explained.run {
        put(
            "run",
            &format!(
                "{}: qaduct {} {}, {}",
                run.run_id, run.command, run.version, run.outcome
            ),
        );
    }
    for problem in &explained.problems {
        put(
            "problem",
            &format!("{}: {}: {}", problem.field, problem.problem, problem.value),
        );
    }
    text
}

fn document(explained: &Explained) -> serde_json::Value {
    let row: serde_json::Map<String, serde_json::Value> = explained
        .row
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Null => serde_json::Value::Null,
                Value::Int(it) => (*it).into(),
                Value::Float(it) => (*it).into(),
                Value::Bool(it) => (*it).into(),
                other => other.to_string().into(),
            };
            ((*name).to_owned(), value)
        })
        .collect();
    json!({
        "row": row,
        "request": explained.request,
        "run": explained.run,
        "problems": explained.problems,
    })
}
