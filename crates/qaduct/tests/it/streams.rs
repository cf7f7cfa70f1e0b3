//! Standard output, standard error, colours and the end of a pipe.

use std::process::Stdio;

use insta::assert_snapshot;

use crate::Home;

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::new();
    for arguments in ["config default", "--help"] {
        let mut command = home.qaduct(arguments).command();
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(output.stderr, b"");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_cannot_be_written_is_an_error() {
    let home = Home::new();
    let full = std::fs::File::create("/dev/full").unwrap();
    let mut command = home.qaduct("config default").command();
    let output = command.stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("error[QU002]: cannot write standard output"),
        "{stderr}"
    );
}

#[test]
fn colours_follow_flag_and_variables() {
    let coloured = |arguments: &str, variables: &[(&str, &str)]| {
        let home = Home::new();
        let mut run = home.qaduct(arguments);
        for (name, value) in variables {
            run = run.env(name, value);
        }
        run.run().stderr.contains('\u{1b}')
    };
    let broken = "config show --config nowhere.toml";
    assert!(!coloured(broken, &[]), "no terminal, no colours");
    assert!(coloured(
        &format!("{broken} --color always"),
        &[("NO_COLOR", "1")]
    ));
    assert!(coloured(broken, &[("QADUCT_COLOR", "always")]));
    assert!(coloured(broken, &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(
        &format!("{broken} --color never"),
        &[("CLICOLOR_FORCE", "1")]
    ));
    assert!(
        coloured("nonsense --color always", &[]),
        "also where arguments make no sense"
    );
}

#[test]
fn quiet_says_what_is_wrong_and_nothing_else() {
    let home = Home::new().file("work/qaduct.toml", "[store]\n");
    assert_snapshot!(home.qaduct("config check").run(), @r"
    [stderr]
    qaduct.toml is fine
    [status 0]
    ");
    assert_snapshot!(home.qaduct("config check -q").run(), @"[status 0]");
    assert_snapshot!(home.qaduct("config check -q").env("QADUCT_COLOUR", "always").run(), @r"
    [stderr]
    warning[QU003]: unknown variable `QADUCT_COLOUR`
      help: did you mean `QADUCT_COLOR`?
    [status 0]
    ");
    assert_snapshot!(home.qaduct("config check -qq").env("QADUCT_COLOUR", "always").run(), @"[status 0]");
}

#[test]
fn arguments_that_make_no_sense_end_with_status_2() {
    assert_snapshot!(Home::new().qaduct("config shwo").run(), @r"
    [stderr]
    error: unrecognized subcommand 'shwo'

      tip: a similar subcommand exists: 'show'

    Usage: qaduct config [OPTIONS] <COMMAND>

    For more information, try '--help'.
    [status 2]
    ");
    assert_snapshot!(Home::new().qaduct("version --config a --no-config").run(), @r"
    [stderr]
    error: the argument '--config <FILE>' cannot be used with '--no-config'

    Usage: qaduct version --config <FILE>

    For more information, try '--help'.
    [status 2]
    ");
}
