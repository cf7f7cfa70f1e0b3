//! `qaduct check`: the gate for pull requests, hooks and schedules.

use std::path::{Path, PathBuf};

use anstream::adapter::strip_str;
use clap::ValueEnum;
use clap::builder::NonEmptyStringValueParser;
use qaduct_check::format::{Outcome, Scene, github, gitlab, json, junit, markdown, sarif, text};
use qaduct_check::{Baseline, BaselineError, Verdict};

use crate::checking::{self, Bench, Court, Part, Staged, Wanted};
use crate::config::tree::excerpt;
use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::format::{can_be_written, replace};
use crate::report::{Code, Report};
use crate::ui::visible;
use crate::wire::StoreArgs;

/// Judge the muted tests, or what a change does to them
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct check
  qaduct check --since origin/main
  qaduct check --since main --fail-on QM001,QM003
  qaduct check --staged
  qaduct check tests/unit tests/test_login.py
  qaduct check --since main -f github -o - -o summary.md -o check.sarif")]
pub struct Args {
    /// Files and folders to judge, instead of the whole repository
    #[arg(value_name = "PATH", value_parser = NonEmptyStringValueParser::new())]
    path: Vec<String>,

    /// Judge what `git commit` would commit: for hooks
    ///
    /// And only what is new in it, beside `HEAD` and whatever a merge brings in. Under pre-commit
    /// with `--from-ref` and `--to-ref`, the commits between them.
    #[arg(long)]
    staged: bool,

    /// Judge only what is new since this branch or commit
    #[arg(long, value_name = "REV", env = "QADUCT_SINCE")]
    since: Option<String>,

    /// Let pass what this file lists
    #[arg(long, value_name = "FILE", env = "QADUCT_BASELINE")]
    baseline: Option<PathBuf>,

    /// What makes it fail: rules, error, warning, info, never
    #[arg(
        long,
        value_name = "RULES",
        value_delimiter = ',',
        env = "QADUCT_FAIL_ON"
    )]
    fail_on: Vec<String>,

    #[command(flatten)]
    store: StoreArgs,

    /// text, json, markdown, sarif, junit, github or gitlab
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    format: Option<Format>,

    /// Write to files; their endings tell their formats, `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
}

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For people, by file
    #[default]
    Text,
    /// One document
    Json,
    /// For comments on pull requests
    Markdown,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for CI systems
    Junit,
    /// Annotations of GitHub
    Github,
    /// Code Quality of GitLab
    Gitlab,
}

impl Format {
    /// The format of a file: what its ending tells, else the one that was named.
    fn of(path: &Path, named: Option<Self>) -> Option<Self> {
        if path == Path::new("-") {
            return Some(named.unwrap_or_default());
        }
        match path.extension().and_then(|it| it.to_str()) {
            Some("sarif") => Some(Self::Sarif),
            Some("xml") => Some(Self::Junit),
            Some("md") => Some(Self::Markdown),
            Some("txt") => Some(Self::Text),
            // There are several kinds of such documents.
            Some("json") => named
                .filter(|it| matches!(it, Self::Sarif | Self::Gitlab))
                .or(Some(Self::Json)),
            _ => named,
        }
    }

    /// As it is written to a file.
    fn render(self, verdict: &Verdict, scene: &Scene) -> String {
        match self {
            Self::Text => strip_str(&for_people(verdict, scene, None)).to_string(),
            Self::Json => json::render(verdict, scene),
            Self::Markdown => markdown::render(verdict, scene),
            Self::Sarif => sarif::render(verdict, scene),
            Self::Junit => junit::render(verdict, scene),
            Self::Github => github::render(verdict, scene),
            Self::Gitlab => gitlab::render(verdict, scene),
        }
    }
}

impl Args {
    /// Judges and tells.
    ///
    /// # Errors
    /// When there are findings that it is to fail for, and when it cannot judge.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        let outputs = self.outputs()?;
        let settings = context.config(&self.store.flags())?.config;
        let fail_on = checking::fail_on(&settings, &self.fail_on)?;
        let file = self.baseline.as_ref().or(settings.check.baseline.as_ref());
        let baseline = file.map(|it| read_baseline(it)).transpose()?;
        let path = self.path.first().map_or(".", String::as_str);
        let repository = checking::repository(path, context, &settings)?;
        let part = Part::of(&self.path)?;
        let (name_of_part, paths) = (part.name(), part.paths().to_vec());
        let staged = self.staged.then(|| Staged::of(context, &repository));
        let hook = staged.as_ref().filter(|it| it.commits.is_none());
        let (is_staged, merging) = (
            hook.is_some(),
            hook.is_some_and(|it| !it.merging.is_empty()),
        );
        let since = staged.as_ref().map(Staged::since);
        let since = self.since.clone().or_else(|| since.map(str::to_owned));
        let wanted = Wanted {
            part,
            staged,
            since: since.as_deref(),
            reference: settings.check.reference.as_deref(),
        };
        let bench = Bench::of_work_tree(&settings, &repository, path, wanted)?;
        let incomplete = bench.tell(context);
        let (name, is_named) = (repository.name(), self.store.is_named());
        let court = Court::new(context, &settings, is_named, name, bench.mutes())?;
        let verdict = bench.judge(&court, baseline.as_ref().zip(file.map(PathBuf::as_path)))?;
        let scene = Scene {
            repository: name.to_owned(),
            since,
            base: bench.base.clone(),
            staged: is_staged,
            merging,
            paths,
            part: name_of_part,
            baseline: file.map(|it| it.display().to_string()),
            fail_on,
            incomplete: incomplete.is_err(),
            version: env!("CARGO_PKG_VERSION"),
            at: context.clock()?.now(),
        };
        for (place, format) in outputs {
            write(context, place, format, &verdict, &scene)?;
        }
        finish(context, &verdict, &scene, incomplete)
    }

    /// Where to write, and in which format.
    fn outputs(&self) -> Result<Vec<(&Path, Format)>, CommandError> {
        if self.output.is_empty() {
            return Ok(vec![(Path::new("-"), self.format.unwrap_or_default())]);
        }
        let format = |place: &'_ PathBuf| {
            can_be_written(place)?;
            Format::of(place, self.format).ok_or_else(|| {
                let place = place.display();
                CommandError::usage(format!("the ending of {place} tells no format"))
                    .help("say it with `--format`")
            })
        };
        let mut outputs = Vec::new();
        for place in &self.output {
            outputs.push((place.as_path(), format(place)?));
        }
        if let Some(named) = self.format
            && !outputs.iter().any(|(_, it)| *it == named)
        {
            let (place, format) = (outputs[0].0.display(), outputs[0].1);
            let word = |it: Format| it.to_possible_value().map(|it| it.get_name().to_owned());
            let (named, format) = (word(named), word(format));
            let message = format!(
                "the ending of {place} tells {}, and `--format` {}",
                format.unwrap_or_default(),
                named.unwrap_or_default()
            );
            return Err(CommandError::usage(message)
                .help("leave out `--format`, or add `-o -` for what it is for"));
        }
        Ok(outputs)
    }
}

fn write(
    context: &Context,
    place: &Path,
    format: Format,
    verdict: &Verdict,
    scene: &Scene,
) -> Result<(), CommandError> {
    if place == Path::new("-") {
        return print(context, format, verdict, scene);
    }
    let written = format.render(verdict, scene);
    let redactor = context.ui.redactor();
    let write = |out: &mut dyn std::io::Write| {
        let mut out = redactor.data(out);
        std::io::Write::write_all(&mut out, written.as_bytes())?;
        out.finish()
    };
    let name = place.display().to_string();
    replace(place, write).map_err(|error| CommandError::output(&name, &error))
}

fn print(
    context: &Context,
    format: Format,
    verdict: &Verdict,
    scene: &Scene,
) -> Result<(), CommandError> {
    if format == Format::Text {
        let width = context.ui.width();
        return context.ui.text(&for_people(verdict, scene, width));
    }
    let written = format.render(verdict, scene);
    context.ui.data(|out| out.write_all(written.as_bytes()))
}

fn for_people(verdict: &Verdict, scene: &Scene, width: Option<usize>) -> String {
    let clean = &visible;
    text::render(verdict, scene, &text::Look { width, clean })
}

/// The exit status: findings, else what was not judged although it was asked for by name.
fn finish(
    context: &Context,
    verdict: &Verdict,
    scene: &Scene,
    incomplete: Result<(), CommandError>,
) -> Result<(), CommandError> {
    if scene.outcome(verdict) == Outcome::Fails {
        if let Err(error) = incomplete {
            context.ui.error(&error);
        }
        return Err(CommandError::silent(Kind::Findings));
    }
    incomplete?;
    let reports: Vec<Report> = scene
        .unjudged(verdict)
        .map(|it| {
            let message = format!("{} could not be judged: {}", it.rule.id, it.why);
            Report::new(Code::CheckPartial, message).help(format!(
                "`qaduct explain {}` tells what it needs",
                it.rule.id
            ))
        })
        .collect();
    match reports.is_empty() {
        true => Ok(()),
        false => Err(CommandError::all(reports)),
    }
}

/// Reads a baseline.
pub(crate) fn read_baseline(file: &Path) -> Result<Baseline, CommandError> {
    let place = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| {
        let message = format!("the baseline {place} cannot be read: {error}");
        Report::new(Code::BaselineUnfit, message).help(format!(
            "`qaduct baseline write --baseline {place}` makes one"
        ))
    })?;
    Baseline::read(&text).map_err(|error| {
        let message = format!("the baseline {place} cannot be used: {error}");
        let mut report = Report::new(Code::BaselineUnfit, message);
        if let BaselineError::Syntax {
            place: Some(span), ..
        } = error
        {
            let name = file.display().to_string();
            report = report.at(excerpt(&name, &text, span, String::new()));
        }
        report
            .help("take it from git, or delete it and make a new one")
            .into()
    })
}
