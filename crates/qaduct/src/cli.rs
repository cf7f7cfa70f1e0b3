//! The tree of commands, and the flags that every command takes.
//!
//! A command is a file in `commands/`, a variant of [`Command`] and an arm of
//! [`Command::run`]; its help is the doc comments of its `Args`.

use std::ffi::OsString;
use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::commands::{
    baseline, chart, check, completions, config, db, diff, explain, man, publish, pull, replay,
    run, scan, schedule, serve, sources, status, version, xfailflake,
};
use crate::context::Context;
use crate::error::CommandError;

/// Where documentation is found.
const DOCS: &str = "https://github.com/qaduct/qaduct/tree/main/docs";

const HELP: &str = "\
{about-with-newline}
{before-help}{usage-heading} {usage}

{all-args}{after-help}";

/// Finds every muted test in your repositories and shows who, why and since when
#[derive(Debug, Parser)]
#[command(
    name = "qaduct",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    before_long_help = "Examples:
  qaduct scan
  qaduct scan https://github.com/dcos/dcos --all-branches
  qaduct serve --rescan 1h"
)]
pub struct Cli {
    /// The flags that every command takes.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find muted tests in a git repository and keep their history
    Scan(scan::Args),
    /// Judge the muted tests, or what a change does to them
    Check(check::Args),
    /// Accept what `check` finds today, and forget what is mended
    #[command(subcommand)]
    Baseline(baseline::Command),
    /// Show what is muted, un-muted or changed between two revisions
    Diff(diff::Args),
    /// Pull test cases, issues and builds from other services
    Pull(pull::Args),
    /// Bring what is stored to people: files, pages, messages
    Publish(publish::Args),
    /// Draw a panel: what is stored as SVG or PNG
    Chart(chart::Args),
    /// Look at the services: which, who we are to them, what they have
    #[command(subcommand)]
    Sources(sources::Command),
    /// Run the jobs of the settings when they are due
    Run(run::Args),
    /// Write the jobs down for another scheduler
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// Show how old the data of each source are
    Status(status::Args),
    /// Explain a rule, a code, a muted test or a pulled row
    Explain(explain::Args),
    /// Answer Redash, curl and Prometheus from the database
    Serve(serve::Args),
    /// Look after the database
    #[command(subcommand)]
    Db(db::Command),
    /// The commands of the xfailflake grabber
    #[command(subcommand)]
    Xfailflake(xfailflake::Command),
    /// Stand in for the services, to try and to test
    Replay(replay::Args),
    /// Show, check and explain the configuration
    #[command(subcommand)]
    Config(config::Command),
    /// Print a script that completes commands and flags in a shell
    Completions(completions::Args),
    /// Write the manual pages
    #[command(hide = true)] // for those who make packages
    Man(man::Args),
    /// Print the version, and with -v what a bug report needs
    Version(version::Args),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// Whatever ends the command early.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        match self {
            Self::Scan(args) => args.run(context),
            Self::Check(args) => args.run(context),
            Self::Baseline(command) => command.run(context),
            Self::Diff(args) => args.run(context),
            Self::Pull(args) => args.run(context),
            Self::Publish(args) => args.run(context),
            Self::Chart(args) => args.run(context),
            Self::Run(args) => args.run(context),
            Self::Schedule(command) => command.run(context),
            Self::Serve(args) => args.run(context),
            Self::Db(command) => command.run(context),
            Self::Xfailflake(command) => command.run(context),
            Self::Sources(command) => command.run(context),
            Self::Status(args) => args.run(context),
            Self::Explain(args) => args.run(context),
            Self::Replay(args) => args.run(context),
            Self::Config(command) => command.run(context),
            Self::Completions(args) => args.run(context),
            Self::Man(args) => args.run(context),
            Self::Version(args) => args.run(context),
        }
    }
}

/// The flags that every command takes.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Say less: once only warnings and errors, twice only errors
    #[arg(short, long, global = true, action = ArgAction::Count, env = "QADUCT_QUIET")]
    pub quiet: u8,

    /// Say more: once details, twice the inner causes of errors
    #[arg(short, long, global = true, action = ArgAction::Count, env = "QADUCT_VERBOSE")]
    pub verbose: u8,

    /// Colours; auto follows the terminal, `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE`
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        env = "QADUCT_COLOR",
        hide_short_help = true
    )]
    pub color: Color,

    /// Progress on standard error: a bar, plain lines, or none
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "HOW",
        env = "QADUCT_PROGRESS",
        hide_short_help = true
    )]
    pub progress: ProgressMode,

    /// Configuration file, instead of the `qaduct.toml` found by walking up
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "QADUCT_CONFIG",
        conflicts_with = "no_config"
    )]
    pub config: Option<PathBuf>,

    /// Read no configuration file; the environment still counts
    #[arg(long, global = true, env = "QADUCT_NO_CONFIG", hide_short_help = true)]
    pub no_config: bool,
}

/// When to print colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// On a terminal that can show them
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    pub(crate) fn choice(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }
}

/// How to show progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ProgressMode {
    /// A bar on a terminal, plain lines elsewhere
    #[default]
    Auto,
    /// A bar; plain lines where there is no terminal
    Bar,
    /// A line at the start, at the end and every 10 seconds
    Plain,
    /// Nothing
    None,
}

/// The tree of commands with what all of their help pages have in common.
#[must_use]
pub fn command() -> clap::Command {
    dress(Cli::command().max_term_width(100))
}

/// The tree whose first page has the commands only: they have to fit a small
/// terminal, and the long page and that of each command show the flags of all.
fn compact(mut tree: clap::Command) -> clap::Command {
    // What is changed from here on is no longer handed down.
    tree.build();
    tree.mut_args(|arg| arg.hide_short_help(true))
}

/// Reads arguments.
///
/// # Errors
/// When they make no sense, and when they ask for help or the version.
pub fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = compact(command()).try_get_matches_from(help_as_flag(arguments))?;
    Cli::from_arg_matches(&matches)
}

/// `qaduct help scan` is `qaduct scan --help`. A command of clap's own would
/// show in every page and bring pages of itself.
fn help_as_flag(arguments: &[OsString]) -> Vec<OsString> {
    match arguments {
        [program, help, rest @ ..] if help == "help" => {
            let mut words = vec![program.clone()];
            words.extend_from_slice(rest);
            words.push("--help".into());
            words
        }
        _ => arguments.to_vec(),
    }
}

/// What `--color` says, also where the other arguments make no sense.
#[must_use]
pub fn color(arguments: &[OsString]) -> Color {
    let words: Vec<_> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let after = words
        .windows(2)
        .find(|pair| pair[0] == "--color")
        .map(|pair| pair[1]);
    let within = words.iter().find_map(|word| word.strip_prefix("--color="));
    after
        .or(within)
        .and_then(|word| Color::from_str(word, true).ok())
        .unwrap_or_default()
}

/// Environment variables that stand for flags, anywhere in the tree.
#[must_use]
pub fn variables() -> Vec<String> {
    fn walk(command: &clap::Command, found: &mut Vec<String>) {
        let names = command.get_arguments().filter_map(|arg| arg.get_env());
        found.extend(names.filter_map(|name| name.to_str()).map(str::to_owned));
        command
            .get_subcommands()
            .for_each(|command| walk(command, found));
    }
    let mut found = Vec::new();
    walk(&command(), &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

/// Help looks the same everywhere: examples first, then options, then the
/// variables that stand for them.
fn dress(command: clap::Command) -> clap::Command {
    let variables: Vec<_> = command
        .get_arguments()
        .filter_map(|arg| Some((arg.get_env()?.display(), arg.get_long()?)))
        .map(|(name, flag)| format!("  {name:<20} --{flag}"))
        .collect();
    let environment = match variables.as_slice() {
        [] => String::new(),
        lines => format!("Environment:\n{}\n\n", lines.join("\n")),
    };
    let after = format!("{environment}Documentation: {DOCS}");
    command
        .help_template(HELP)
        .after_long_help(after)
        .mut_args(|arg| arg.hide_env(true))
        .mut_subcommands(dress)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(command: &clap::Command, path: &str, found: &mut Vec<(String, clap::Command)>) {
        let path = format!("{path} {}", command.get_name()).trim().to_owned();
        found.push((path.clone(), command.clone()));
        command
            .get_subcommands()
            .for_each(|command| pages(command, &path, found));
    }

    fn all_pages() -> Vec<(String, clap::Command)> {
        let tree = compact(command().term_width(80));
        let mut found = Vec::new();
        pages(&tree, "", &mut found);
        found
    }

    #[test]
    fn the_tree_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn short_help_fits_a_small_terminal() {
        for (path, mut command) in all_pages() {
            let help = command.render_help().to_string();
            assert!(
                help.lines().count() <= 24,
                "`{path} -h` is too long:\n{help}"
            );
            assert!(
                help.lines().all(|line| line.chars().count() <= 80),
                "too wide:\n{help}"
            );
        }
    }

    #[test]
    fn long_help_begins_with_examples_and_ends_with_the_documentation() {
        for (path, mut command) in all_pages() {
            let help = command.render_long_help().to_string();
            let examples = help
                .find("Examples:")
                .unwrap_or_else(|| panic!("`{path}` has none"));
            assert!(examples < help.find("Usage:").unwrap(), "{help}");
            assert!(help.trim_end().ends_with(DOCS), "{help}");
        }
    }

    #[test]
    fn every_flag_that_takes_a_value_has_a_variable() {
        for (path, command) in all_pages() {
            for arg in command
                .get_arguments()
                .filter(|arg| arg.get_long().is_some())
            {
                // These mean something for one call only.
                let exempt = [
                    "help",
                    "version",
                    "origin",
                    "dir",
                    "format",
                    "name",
                    "output",
                    "older_than",
                    "staged",
                    "dry_run",
                    "num_days",
                    "from",
                    "to",
                    "full",
                    "limit",
                    "once",
                    "program",
                    "image",
                    "fault",
                    // What a picture shows and how.
                    "theme",
                    "size",
                    "scale",
                    "view",
                    "kind",
                    "x",
                    "y",
                    "series",
                    "title",
                    "unit",
                    "last",
                    // Read once.
                    "import",
                    // What a check is asked for.
                    "grow",
                    "exit_code",
                ];
                let id = arg.get_id().as_str();
                assert!(
                    arg.get_env().is_some() || exempt.contains(&id),
                    "`{path} --{id}`"
                );
            }
        }
    }

    #[test]
    fn help_can_be_asked_for_as_a_command() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        let answer = |text: &str| parse(&words(text)).unwrap_err().to_string();
        for path in ["scan", "db prune", "xfailflake serve"] {
            let flag = answer(&format!("qaduct {path} --help"));
            assert_eq!(answer(&format!("qaduct help {path}")), flag);
            assert!(flag.contains("Usage:"), "{flag}");
        }
        assert_eq!(answer("qaduct help"), answer("qaduct --help"));
        assert!(answer("qaduct help nonsense").contains("nonsense"));
        // Behind a command it is an argument as any other.
        assert!(parse(&words("qaduct scan help")).is_ok());
    }

    #[test]
    fn colour_is_found_in_arguments_that_make_no_sense() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(
            color(&words("qaduct --color always nonsense")),
            Color::Always
        );
        assert_eq!(color(&words("qaduct nonsense --color=never")), Color::Never);
        assert_eq!(color(&words("qaduct --color=pink")), Color::Auto);
    }
}
