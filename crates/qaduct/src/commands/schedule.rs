//! `qaduct schedule`: jobs for other schedulers.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::context::Context;
use crate::error::CommandError;
use crate::exporting::{File, PLATFORMS, Surroundings};
use crate::jobs;
use crate::report::{Code, Report};

/// Write the jobs down for another scheduler
#[derive(Debug, clap::Subcommand)]
#[command(before_long_help = "Examples:
  qaduct schedule export systemd --output ~/.config/systemd/user
  qaduct schedule export kubernetes | kubectl apply -f -")]
pub enum Command {
    /// Write each job as workflow, timer or `CronJob`
    Export(Export),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// When there is no such job, or a file cannot be written.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        match self {
            Self::Export(export) => export.run(context),
        }
    }
}

/// Write each job as workflow, timer or `CronJob`
///
/// What they start is `qaduct run --once JOB`: what is done stays in the settings.
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct schedule export github --output .
  qaduct schedule export systemd nightly
  qaduct schedule export kubernetes --image registry.example.org/qaduct:1 | kubectl apply -f -")]
pub struct Export {
    /// The other scheduler
    #[arg(value_enum)]
    platform: Word,

    /// Jobs; else all
    #[arg(value_name = "JOB")]
    names: Vec<String>,

    /// A folder for the files; else they are printed
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,

    /// For systemd: the program, where it will run; else this one
    #[arg(long, value_name = "PATH")]
    program: Option<String>,

    /// For kubernetes: the image that has the program
    #[arg(long, value_name = "IMAGE", default_value = concat!("qaduct:", env!("CARGO_PKG_VERSION")))]
    image: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Word {
    /// A workflow of GitHub Actions for each job
    Github,
    /// A service and a timer for each job
    Systemd,
    /// A `CronJob` for each job
    Kubernetes,
}

impl Word {
    fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Systemd => "systemd",
            Self::Kubernetes => "kubernetes",
        }
    }
}

impl Export {
    fn run(self, context: &Context) -> Result<(), CommandError> {
        let effective = context.config(&[])?;
        let jobs = jobs::select(&effective.config, &self.names)?;
        let program = match self.program {
            Some(program) => program,
            None => jobs::program()?.display().to_string(),
        };
        let around = Surroundings::of(
            &effective,
            context.globals.config.as_deref(),
            program,
            self.image,
        );
        let word = self.platform.as_str();
        let platform = PLATFORMS.iter().find(|it| it.word == word);
        let Some(platform) = platform else {
            return Err(CommandError::usage(format!(
                "there is no platform `{word}`"
            )));
        };
        let files: Vec<File> = jobs
            .iter()
            .flat_map(|it| (platform.files)(it, &around))
            .collect();
        for (message, help) in jobs.iter().filter_map(platform.lacks) {
            let report = Report::new(Code::NotExported, message);
            context.ui.warn(&report.help(help));
        }
        if let (Some(file), Some(with)) = (&around.file, platform.forgets_with) {
            let message = format!(
                "the database `{file}` is gone with {with}: each start begins with an empty one"
            );
            let help = "set `store.url` to a server, as `postgresql://…`; an empty database knows no history and no time that was missed";
            context
                .ui
                .warn(&Report::new(Code::NotExported, message).help(help));
        }
        for (variable, key) in &around.unnamed {
            let message = format!(
                "`{variable}` is set here, and is not written down: no settings file names it"
            );
            let help = format!("write `{key} = {{ env = \"{variable}\" }}` where the jobs need it");
            context
                .ui
                .warn(&Report::new(Code::NotExported, message).help(help));
        }
        match &self.output {
            Some(folder) => files.iter().try_for_each(|it| write(context, folder, it)),
            None => print(context, &files),
        }
    }
}

/// All files as one text: what stands between them is a comment, and for YAML another document.
fn print(context: &Context, files: &[File]) -> Result<(), CommandError> {
    context.ui.data(|out| {
        for file in files {
            if file.path.ends_with("ml") {
                writeln!(out, "---")?;
            }
            writeln!(out, "# {}", file.path)?;
            out.write_all(file.text.as_bytes())?;
            if !file.path.ends_with("ml") {
                writeln!(out)?;
            }
        }
        Ok(())
    })
}

fn write(context: &Context, folder: &std::path::Path, file: &File) -> Result<(), CommandError> {
    let path = folder.join(&file.path);
    let place = path.display().to_string();
    let old = std::fs::read_to_string(&path).ok();
    let effect = match old {
        Some(old) if old == file.text => "unchanged",
        Some(_) => "changed",
        None => "written",
    };
    if effect != "unchanged" {
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, &file.text))
            .map_err(|error| CommandError::output(&place, &error))?;
    }
    context.ui.say(&format!("{place}: {effect}"));
    Ok(())
}
