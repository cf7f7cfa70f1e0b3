//! `qaduct sources`: which services there are, who we are to them, what they have.

use std::collections::BTreeMap;

use qaduct_records::source::{Discovered, Failure, SourceError};
use qaduct_sources::{KINDS, Kind};
use serde_json::json;

use crate::config::tree::{Node, Origin, Value, quoted};
use crate::context::Context;
use crate::error::{CommandError, Kind as Status};
use crate::format::table::{Look, grid, one_line};
use crate::format::{Plain, contract};
use crate::report::Report;
use crate::sources::{self, Configured};

/// Which services can be pulled, who we are to them, and what they have
#[derive(Debug, clap::Subcommand)]
#[command(before_long_help = "Examples:
  qaduct sources list
  qaduct sources test testrail
  qaduct sources discover jira
  qaduct sources schema testrail.cases")]
pub enum Command {
    /// List the configured sources, and the kinds that there are
    List(List),
    /// Ask each source who we are, what we may, and what is left of the quota
    Test(Test),
    /// Print what a source has, with ids, ready to paste
    Discover(Discover),
    /// Print tables, columns and contracts of the streams
    Schema(Schema),
}

/// List the configured sources, and the kinds that there are
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct sources list
  qaduct sources list --format json")]
pub struct List {
    #[command(flatten)]
    format: Plain,
}

/// Ask each source who we are, what we may, and what is left of the quota
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct sources test
  qaduct sources test testrail")]
pub struct Test {
    /// Source; all where none is named
    #[arg(value_name = "NAME")]
    name: Option<String>,

    #[command(flatten)]
    format: Plain,
}

/// Print what a source has, with ids, ready to paste
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct sources discover testrail")]
pub struct Discover {
    /// Source
    #[arg(value_name = "NAME")]
    name: String,

    #[command(flatten)]
    format: Plain,
}

/// Print tables, columns and contracts of the streams
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct sources schema testrail
  qaduct sources schema testrail.cases --format json")]
pub struct Schema {
    /// Source or kind, and one of its streams
    #[arg(value_name = "NAME[.STREAM]")]
    name: String,

    #[command(flatten)]
    format: Plain,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// When the settings are wrong or a service fails.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        match self {
            Self::List(list) => list.run(context),
            Self::Test(test) => test.run(context),
            Self::Discover(discover) => discover.run(context),
            Self::Schema(schema) => schema.run(context),
        }
    }
}

fn look(context: &Context) -> Look {
    Look {
        width: context.ui.width(),
    }
}

fn print(context: &Context, document: &serde_json::Value) -> Result<(), CommandError> {
    context.ui.data(|out| {
        serde_json::to_writer_pretty(&mut *out, document)?;
        writeln!(out)
    })
}

fn names(kind: &Kind) -> Vec<&'static str> {
    kind.contracts.iter().map(|it| it.name).collect()
}

impl List {
    fn run(self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&[])?.config;
        let configured = sources::configured(&settings)?;
        if self.format.is_json() {
            let document = json!({
                "schema_version": 1,
                "sources": configured.iter().map(|it| json!({
                    "name": it.name,
                    "kind": it.kind.name,
                    "url": it.settings.url,
                    "projects": it.settings.projects,
                    "queries": it.settings.queries.keys().collect::<Vec<_>>(),
                    "streams": if it.settings.streams.is_empty() {
                        names(it.kind).into_iter().map(str::to_owned).collect()
                    } else {
                        it.settings.streams.clone()
                    },
                })).collect::<Vec<_>>(),
                "kinds": KINDS.iter().map(|kind| json!({
                    "kind": kind.name,
                    "about": kind.about,
                    "variables": kind.variables.iter().copied().collect::<BTreeMap<_, _>>(),
                    "streams": kind.contracts.iter().map(|it| contract::json(it)).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
            });
            return print(context, &document);
        }
        let rows: Vec<Vec<String>> = configured.iter().map(Self::row).collect();
        if !rows.is_empty() {
            let heads = ["SOURCE", "KIND", "URL", "CREDENTIAL", "PROJECTS"];
            context.ui.text(&grid(&heads, rows, look(context)))?;
            context.ui.text("\n")?;
        }
        let rows = KINDS
            .iter()
            .map(|kind| {
                let [name, about] = [kind.name, kind.about].map(str::to_owned);
                vec![name, about, names(kind).join(", ")]
            })
            .collect();
        context
            .ui
            .text(&grid(&["KIND", "WHAT", "STREAMS"], rows, look(context)))?;
        if configured.is_empty() {
            context
                .ui
                .say("no source is configured; `qaduct config default` shows how to write one");
        }
        Ok(())
    }

    fn row(source: &Configured<'_>) -> Vec<String> {
        let settings = source.settings;
        let or = |text: Option<String>, other: &str| text.unwrap_or_else(|| other.to_owned());
        let asked: Vec<String> = settings
            .projects
            .iter()
            .cloned()
            .chain(settings.queries.keys().map(|it| format!("query={it}")))
            .collect();
        vec![
            source.name.to_owned(),
            source.kind.name.to_owned(),
            or(settings.url.clone(), "-"),
            or(settings.token.as_ref().map(ToString::to_string), "none"),
            if asked.is_empty() {
                "all".to_owned()
            } else {
                asked.join(", ")
            },
        ]
    }
}

impl Test {
    fn run(self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&[])?.config;
        let wanted = match &self.name {
            Some(name) => vec![sources::named(&settings, name)?],
            None => sources::configured(&settings)?,
        };
        let (clock, stop) = (context.clock()?, context.stop()?);
        let (mut rows, mut items, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for source in &wanted {
            stop.check()?;
            let probe = source
                .open(context, &clock, &stop)
                .and_then(|mut it| it.probe().map_err(|error| asked(source.name, error).into()));
            match probe {
                Err(error) => failed.push(error),
                Ok(probe) => {
                    let quota = match (probe.quota_left, probe.quota_limit) {
                        (Some(left), Some(limit)) => format!("{left} of {limit}"),
                        (Some(left), None) => left.to_string(),
                        _ => "-".to_owned(),
                    };
                    items.push(json!({
                        "source": source.name,
                        "kind": source.kind.name,
                        "user": probe.user,
                        "permissions": probe.permissions,
                        "version": probe.version,
                        "quota_left": probe.quota_left,
                        "quota_limit": probe.quota_limit,
                    }));
                    rows.push(vec![
                        source.name.to_owned(),
                        source.kind.name.to_owned(),
                        probe.user,
                        probe.version.unwrap_or_else(|| "-".to_owned()),
                        quota,
                        probe.permissions.join(", "),
                    ]);
                }
            }
        }
        stop.check()?;
        let good = items.len();
        if self.format.is_json() {
            let reports: Vec<Report> = failed.iter().flat_map(|it| it.reports()).cloned().collect();
            let document =
                json!({ "schema_version": 1, "items": items, "errors": Report::json(&reports) });
            print(context, &document)?;
        } else if good > 0 {
            let heads = ["SOURCE", "KIND", "USER", "VERSION", "QUOTA LEFT", "MAY"];
            context.ui.text(&grid(&heads, rows, look(context)))?;
        }
        let Some(last) = failed.pop() else {
            if wanted.is_empty() {
                context.ui.say("no source is configured");
            }
            return Ok(());
        };
        if good == 0 && failed.is_empty() {
            return Err(last);
        }
        failed.push(last);
        failed.iter().for_each(|it| context.ui.error(it));
        let first = failed.first().map_or(Status::Partial, CommandError::kind);
        Err(CommandError::silent(if good > 0 {
            Status::Partial
        } else {
            first
        }))
    }
}

/// An error of a command that asks and stores nothing: what helps a pull leads back to it.
fn asked(source: &str, error: SourceError) -> SourceError {
    let help = match error.kind {
        Failure::Credential => format!(
            "check `token` of [source.{source}], and `user` where there is one; `qaduct config show --origin` tells where they are set"
        ),
        Failure::Unavailable => format!(
            "check `url` of [source.{source}] and the way to it; `qaduct config show --origin` tells where it is set"
        ),
        Failure::Quota => "run the command again later".to_owned(),
        _ => return error,
    };
    match &error.hint {
        Some(_) => error.hint(help),
        None => error,
    }
}

impl Discover {
    fn run(self, context: &Context) -> Result<(), CommandError> {
        let effective = context.config(&[])?;
        let source = sources::named(&effective.config, &self.name)?;
        let (clock, stop) = (context.clock()?, context.stop()?);
        let mut opened = source.open(context, &clock, &stop)?;
        let found = opened.discover();
        stop.check()?;
        let found = found.map_err(|error| asked(source.name, error))?;
        if self.format.is_json() {
            let items: Vec<_> = found
                .iter()
                .map(|it| json!({ "what": it.what, "id": it.id, "name": it.name }))
                .collect();
            return print(context, &json!({ "schema_version": 1, "items": items }));
        }
        let head = head(&effective.tree, &source);
        context.ui.text(&toml(head, &found))
    }
}

/// What stands over the lines: the section, or where it is already.
fn head(tree: &Node, source: &Configured<'_>) -> String {
    let section = format!("[source.{}]", quoted(source.name));
    let Some(Value::Table(sources)) = tree.entry("source") else {
        return section;
    };
    let found = sources.get(source.name).map(|it| &it.key);
    match found {
        Some(place @ Origin::File(..)) => {
            let former = match source.settings.projects.is_empty() {
                true => "",
                false => ", in place of its `projects`",
            };
            let place = one_line(&place.words());
            format!("# for {section} in {place}{former}")
        }
        _ => section,
    }
}

/// What was found, as lines of `qaduct.toml`: the first sort stands in `projects`,
/// the rest as comments.
fn toml(head: String, found: &[Discovered]) -> String {
    let mut sorts: Vec<&str> = Vec::new();
    for it in found {
        if !sorts.contains(&it.what) {
            sorts.push(it.what);
        }
    }
    let mut lines = vec![head];
    for (n, sort) in sorts.iter().enumerate() {
        let first = n == 0;
        lines.push(match first {
            true => "projects = [".to_owned(),
            false => format!("# {sort}:"),
        });
        for it in found.iter().filter(|it| it.what == *sort) {
            let id = toml::Value::from(it.id.as_str());
            let name = one_line(&it.name);
            let name = if name == it.id { *sort } else { name.as_str() };
            lines.push(match (first, name) {
                (true, "") => format!("  {id},"),
                (true, name) => format!("  {id},  # {name}"),
                (false, "") => format!("#   {id}"),
                (false, name) => format!("#   {id}  {name}"),
            });
        }
        if first {
            lines.push("]".to_owned());
        }
    }
    lines.join("\n") + "\n"
}

impl Schema {
    fn run(self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&[])?.config;
        let (kind, stream) = self.find(&settings)?;
        let streams = kind
            .contracts
            .iter()
            .filter(|it| stream.is_none_or(|name| it.name == name));
        if self.format.is_json() {
            let items: Vec<_> = streams.map(|it| contract::json(it)).collect();
            return print(
                context,
                &json!({ "schema_version": 1, "kind": kind.name, "items": items }),
            );
        }
        for (n, stream) in streams.enumerate() {
            if n > 0 {
                context.ui.text("\n")?;
            }
            context
                .ui
                .text(&format!("{}.{}\n", kind.name, stream.name))?;
            for (about, text) in contract::clauses(stream) {
                context.ui.text(&format!("  {about:<8} {text}\n"))?;
            }
            for table in contract::tables(stream) {
                let about = one_line(table.description);
                let text = format!(
                    "\n  {}: {about}\n  key: {}\n",
                    table.name,
                    table.key.join(", ")
                );
                context.ui.text(&text)?;
                for column in table.columns {
                    let mark = if column.nullable { "?" } else { "" };
                    let kind = format!("{}{mark}", column.kind.name());
                    let about = one_line(&column.description);
                    let line = format!("    {:<26} {kind:<11} {about}\n", column.name);
                    context.ui.text(&line)?;
                }
            }
        }
        Ok(())
    }

    /// The kind and the stream that are named.
    fn find<'n>(
        &'n self,
        settings: &crate::config::Config,
    ) -> Result<(&'static Kind, Option<&'n str>), CommandError> {
        let kind = |name: &str| {
            let kind = KINDS.iter().copied().find(|it| it.name == name);
            let source = sources::named(settings, name);
            match (source, kind) {
                (Ok(source), _) => Ok(source.kind),
                (_, Some(kind)) => Ok(kind),
                (Err(_), None) => {
                    let known: Vec<_> = KINDS.iter().map(|it| it.name).collect();
                    Err(CommandError::usage(format!(
                        "there is neither a source nor a kind `{name}`"
                    ))
                    .help(format!("kinds are {}", known.join(", "))))
                }
            }
        };
        if let Ok(kind) = kind(&self.name) {
            return Ok((kind, None));
        }
        let Some((of, stream)) = self.name.rsplit_once('.') else {
            return kind(&self.name).map(|it| (it, None));
        };
        let kind = kind(of)?;
        if !names(kind).contains(&stream) {
            return Err(
                CommandError::usage(format!("`{of}` has no stream `{stream}`"))
                    .help(format!("streams are {}", names(kind).join(", "))),
            );
        }
        Ok((kind, Some(stream)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_name_has_no_comment() {
        let found = ["acme/shop", "acme/app"].map(|id| Discovered {
            what: "repository",
            id: id.to_owned(),
            name: String::new(),
        });
        assert_eq!(
            toml("[source.hub]".to_owned(), &found),
            "[source.hub]\nprojects = [\n  \"acme/shop\",\n  \"acme/app\",\n]\n"
        );
    }
}
