//! `qaduct completions`: a script that completes commands and flags in a shell.

use clap_complete::Shell;

use crate::cli;
use crate::context::Context;
use crate::error::CommandError;

/// `qaduct completions`.
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct completions bash > ~/.local/share/bash-completion/completions/qaduct
  qaduct completions fish > ~/.config/fish/completions/qaduct.fish")]
pub struct Args {
    /// The shell
    shell: Shell,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<(), CommandError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut cli::command(), "qaduct", &mut script);
        context.ui.data(|out| out.write_all(&script))
    }
}
