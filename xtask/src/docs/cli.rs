//! `docs/cli.md`: the help of every command.

use clap::Command;

const HEAD: &str = "\
# Commands

Data goes to standard output, everything else to standard error. How a command
ended is told by its [exit status](exit-codes.md).
";

pub(crate) fn page() -> String {
    let mut root = qaduct::cli::command().term_width(90);
    root.build();
    let mut text = HEAD.to_owned();
    section(root, "", &mut text);
    text
}

fn section(mut command: Command, parent: &str, text: &mut String) {
    let path = format!("{parent} {}", command.get_name()).trim().to_owned();
    let subcommands: Vec<_> = command.get_subcommands().cloned().collect();
    if !parent.is_empty() {
        // The page of the program itself explains them.
        command = command.mut_args(|arg| {
            let global = arg.is_global_set();
            arg.hide(global)
        });
    }
    let help = command.render_long_help().to_string();
    let lines: Vec<_> = help.lines().map(str::trim_end).collect();
    text.push_str("\n## ");
    text.push_str(&path);
    text.push_str("\n\n```text\n");
    text.push_str(lines.join("\n").trim_end());
    text.push_str("\n```\n");
    for subcommand in subcommands {
        section(subcommand, &path, text);
    }
}
