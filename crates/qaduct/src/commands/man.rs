//! `qaduct man`: the manual pages, in roff.

use std::fs;
use std::path::PathBuf;

use crate::cli;
use crate::context::Context;
use crate::error::CommandError;

/// `qaduct man`.
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct man --dir ~/.local/share/man/man1
  qaduct man | man -l -")]
pub struct Args {
    /// Folder for one page a command; without it the first page is printed
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<(), CommandError> {
        let Some(dir) = self.dir else {
            let page = clap_mangen::Man::new(cli::command());
            return context.ui.data(|mut out| page.render(&mut out));
        };
        fs::create_dir_all(&dir)
            .and_then(|()| clap_mangen::generate_to(cli::command(), &dir))
            .map_err(|error| CommandError::output(&format!("`{}`", dir.display()), &error))?;
        context
            .ui
            .say(&format!("manual pages are in {}", dir.display()));
        Ok(())
    }
}
