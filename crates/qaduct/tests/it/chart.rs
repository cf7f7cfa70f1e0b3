//! Panels as pictures, from the settings to the file.

use std::fs;

use insta::assert_snapshot;

use crate::Home;
use crate::repo::Repo;

const SETTINGS: &str = r#"
[panel.tickets]
title = "Mutes & <tickets>"
view = "v_mutes_current"
kind = "bar"
x = "test"
unit = "mutes"

[panel.wrong]
view = "v_mutes_current"
kind = "line"
x = "test"
y = ["reason"]
"#;

/// A folder with the settings and a store in which two tests are muted.
fn scanned() -> Home {
    let home = Home::new().file("work/qaduct.toml", SETTINGS);
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file(
        "test_a.py",
        "import pytest\n\n\n@pytest.mark.skip\ndef test_a():\n    pass\n\n\n\
         @pytest.mark.skip\ndef test_b():\n    pass\n",
    );
    repo.commit("mute");
    let outcome = home.qaduct("scan repo -q -o /dev/null").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    home
}

#[test]
fn a_panel_of_the_settings_or_one_that_ships_becomes_a_picture() {
    let home = scanned();
    let outcome = home.qaduct("chart tickets").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert!(outcome.stdout.starts_with("<svg "), "{outcome}");
    assert!(
        outcome
            .stdout
            .contains(">Mutes &amp; &lt;tickets&gt;</text>")
    );
    assert!(outcome.stdout.contains(">test_b</text>"));

    let outcome = home.qaduct("chart mutes-now -o now.svg --theme dark").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    let picture = fs::read_to_string(home.path("work/now.svg")).unwrap();
    assert!(picture.contains(">2</text>"), "{picture}");

    let flags = "--view v_mutes_current --kind tile -o now.png --size 300x200 --scale 2";
    let outcome = home.qaduct(&format!("chart {flags}")).run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    let picture = fs::read(home.path("work/now.png")).unwrap();
    // The first chunk of a PNG is its size.
    assert_eq!(&picture[1..4], b"PNG");
    assert_eq!(picture[16..24], [0, 0, 2, 88, 0, 0, 1, 144]);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_what_was_perhaps_meant() {
    let home = scanned();
    let refused = |flags: &str| {
        let outcome = home.qaduct(&format!("chart {flags}")).run();
        assert_eq!(outcome.status, Some(2), "{outcome}");
        outcome.stderr
    };
    assert_snapshot!(refused("tickts"), @r"
        error[QU001]: there is no panel `tickts`
          help: did you mean `tickets`?
        ");
    assert_snapshot!(refused("wrong"), @r"
        error[QO400]: [panel.wrong]: `y`: `reason` is text, no number
          help: `qaduct config check` tells whether the rest fits
        ");
    assert_snapshot!(refused("tickets -o tickets.gif"), @r"error[QU001]: the ending of `tickets.gif` is neither `.svg` nor `.png`");
    assert_snapshot!(refused("tickets -o gone/by/tickets.svg"), @r"
        error[QU002]: cannot write gone/by/tickets.svg: there is no folder `gone/by`
          help: make it: mkdir -p 'gone/by'
        ");
    assert!(!home.path("work/gone").exists());
    fs::write(home.path("work/taken"), "").unwrap();
    assert_snapshot!(refused("tickets -o taken/tickets.svg"), @r"
        error[QU002]: cannot write taken/tickets.svg: not a directory
          help: see that it can be written, or write to another place
        ");
    assert_snapshot!(refused("tickets --size 10x10"), @r"
        error[QO400]: [panel.tickets]: a picture is 200x160 to 4000x4000 pixels large, and a PNG no more than 16384 wide and high
          help: `qaduct config check` tells whether the rest fits
        ");
}
