//! `qaduct check`: the gate for pull requests, hooks and schedules.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::NonEmptyStringValueParser;
use qaduct_check::format::{Outcome, Scene, github, gitlab, json, junit, markdown, sarif, text};
use qaduct_check::{Baseline, Verdict};

use crate::checking::{self, Bench, Court, Wanted};
use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::format::replace;
use crate::report::{Code, Report};
use crate::ui::visible;
use crate::wire::StoreArgs;

/// Judge the muted tests, or what a change does to them
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct check
  qaduct check --since origin/main
  qaduct check --since main --fail-on QM001,QM003
  qaduct check --since main -f github -o - -o summary.md -o check.sarif")]
pub struct Args {
    /// A folder of the work tree, which is judged as it is on disk
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true,
        value_parser = NonEmptyStringValueParser::new())]
    path: String,

    /// Judge only what is new since this branch or commit
    #[arg(long, value_name = "REV", env = "QADUCT_SINCE")]
    since: Option<String>,

    /// Let pass what this file lists
    #[arg(long, value_name = "FILE", env = "QADUCT_BASELINE")]
    baseline: Option<PathBuf>,

    /// What makes it fail: rules, error, warning, info or never
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
        default_value_t,
        value_name = "FORMAT",
        hide_possible_values = true,
        hide_default_value = true
    )]
    format: Format,

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
    /// The format of a file: what its ending tells, else this one.
    fn of(self, path: &Path) -> Self {
        let ending = path.extension().and_then(|it| it.to_str());
        match ending {
            Some("sarif") => Self::Sarif,
            Some("xml") => Self::Junit,
            Some("md") => Self::Markdown,
            Some("txt") => Self::Text,
            Some("json") if !matches!(self, Self::Sarif | Self::Gitlab) => Self::Json,
            _ => self,
        }
    }

    fn render(self, verdict: &Verdict, scene: &Scene) -> String {
        match self {
            Self::Text => text::render(verdict, scene),
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
        let settings = context.config(&self.store.flags())?.config;
        let fail_on = checking::fail_on(&settings, &self.fail_on)?;
        let file = self.baseline.as_ref().or(settings.check.baseline.as_ref());
        let baseline = file.map(|it| read_baseline(it)).transpose()?;
        let repository = checking::repository(&self.path, context, &settings)?;
        let wanted = Wanted {
            since: self.since.as_deref(),
            reference: settings.check.reference.as_deref(),
        };
        let bench = Bench::of_work_tree(&settings, &repository, &self.path, &wanted)?;
        let incomplete = bench.tell(context);
        let (name, is_named) = (repository.name(), self.store.is_named());
        let court = Court::new(context, &settings, is_named, name, bench.mutes())?;
        let verdict = bench.judge(&court, baseline.as_ref().zip(file.map(PathBuf::as_path)))?;
        let scene = Scene {
            repository: name.to_owned(),
            since: self.since.clone(),
            base: bench.base.clone(),
            baseline: file.map(|it| it.display().to_string()),
            fail_on,
            incomplete: incomplete.is_err(),
            version: env!("CARGO_PKG_VERSION"),
            at: context.clock()?.now(),
        };
        self.write(context, &verdict, &scene)?;
        finish(context, &verdict, &scene, incomplete)
    }

    fn write(
        &self,
        context: &Context,
        verdict: &Verdict,
        scene: &Scene,
    ) -> Result<(), CommandError> {
        let here = [PathBuf::from("-")];
        let places = match self.output.as_slice() {
            [] => &here,
            places => places,
        };
        for place in places {
            if place == Path::new("-") {
                print(context, self.format, verdict, scene)?;
                continue;
            }
            let written = self.format.of(place).render(verdict, scene);
            let redactor = context.ui.redactor();
            let write = |out: &mut dyn std::io::Write| {
                let mut out = redactor.data(out);
                std::io::Write::write_all(&mut out, written.as_bytes())?;
                out.finish()
            };
            let name = place.display().to_string();
            replace(place, write).map_err(|error| CommandError::output(&name, &error))?;
        }
        Ok(())
    }
}

fn print(
    context: &Context,
    format: Format,
    verdict: &Verdict,
    scene: &Scene,
) -> Result<(), CommandError> {
    let written = format.render(verdict, scene);
    if format == Format::Text {
        let lines = written.lines().map(|it| [&*visible(it), "\n"].concat());
        return context.ui.text(&lines.collect::<String>());
    }
    context.ui.data(|out| out.write_all(written.as_bytes()))
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
        let report = Report::new(Code::BaselineUnfit, message);
        report
            .help("take it from git, or delete it and make a new one")
            .into()
    })
}
