//! Pages of the settings come to a wiki, by the program as people run it.

use insta::assert_snapshot;
use qaduct_replay::{Server, World};

use crate::Home;
use crate::repo::Repo;
use crate::stands::{TOKEN, serve, settings};

const PAGE: &str = r#"
[page.health]
target = "confluence:1436811681"
title = "Muted tests & more"

[[page.health.section]]
name = "Now"
item = [
    { title = "Muted", tiles = ["mutes-now"], status = "approved" },
    { title = "By age", panel = "mutes-age" },
    { title = "All", view = "v_mutes_current", columns = ["test", "ticket", "reason"] },
]
"#;

/// A wiki, and a folder with one muted test whose settings name pages of it.
fn scanned(pages: &str) -> (Server, Home) {
    let server = serve(World::of("confluence", 1, 60), &[]);
    let text = settings(&server, "confluence") + pages;
    let home = Home::new().file("work/qaduct.toml", &text);
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file(
        "test_a.py",
        "import pytest\n\n\n@pytest.mark.skip(reason=\"SHOP-1 <b> & more\")\ndef test_a():\n    pass\n",
    );
    repo.commit("SHOP-1: mute");
    let outcome = home.qaduct("scan repo -q -o /dev/null").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    (server, home)
}

#[test]
fn a_page_is_shown_before_it_is_written_and_written_once() {
    let (server, home) = scanned(PAGE);
    let publish = |flags: &str| {
        let run = home.qaduct(&format!("publish {flags}"));
        run.env("REPLAY_TOKEN", TOKEN).run()
    };
    let outcome = publish("page.health --dry-run");
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_snapshot!(outcome.stdout, @r"
        PUBLICATION  TARGET                           EFFECT            DETAIL
        page.health  Muted tests & more (1436811681)  would be updated  10 lines, 1 picture
                     + qaduct-panel-mutes-age.png     would be created  19850 bytes
        page.health: the title was `The notification is translated after the shutdown 1436811681`
        page.health: put behind what is there

        page.health to Muted tests & more (1436811681):
        + qaduct writes this part when its data change, and replaces what is in it; notes stay above and below it. Last change:
        + # Now
        + # Muted [Approved]
        + Muted now, on all branches
        + 1 mutes
        + # By age
        + [qaduct-panel-mutes-age.png]
        + # All
        + test ¦ ticket ¦ reason
        + test_a ¦ – ¦ SHOP-1 <b> & more
        ");
    assert_eq!(server.counters().writes, 0);

    assert_snapshot!(publish("page").stdout, @r"
        PUBLICATION  TARGET                           EFFECT   DETAIL
        page.health  Muted tests & more (1436811681)  updated  10 lines, 1 picture
                     + qaduct-panel-mutes-age.png     created  19850 bytes
        page.health: the title was `The notification is translated after the shutdown 1436811681`
        page.health: put behind what is there
        ");
    let writes = server.counters().writes;
    assert_snapshot!(publish("").stdout, @r"
        PUBLICATION  TARGET                           EFFECT     DETAIL
        page.health  Muted tests & more (1436811681)  unchanged  10 lines, 1 picture
        ");
    assert_eq!(server.counters().writes, writes);
    let body = server.world().page_body("1436811681").unwrap();
    assert!(
        body.contains("<td>SHOP-1 &lt;b&gt; &amp; more</td>"),
        "{body}"
    );
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_dry_run_as_json_tells_the_differences_as_a_list_of_lines() {
    let (_server, home) = scanned(PAGE);
    let run = home.qaduct("publish page.health --dry-run -f json");
    let outcome = run.env("REPLAY_TOKEN", TOKEN).run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(document["schema_version"], 1);
    let [page, picture] = &document["items"].as_array().unwrap()[..] else {
        panic!("{outcome}")
    };
    assert_eq!(page["detail"], "10 lines, 1 picture");
    assert_eq!(page["notes"][1], "put behind what is there");
    let lines = page["diff"].as_array().unwrap();
    assert_eq!(lines.len(), 10, "{lines:?}");
    assert_eq!(lines[1], "+ # Now");
    assert_eq!(picture["diff"], serde_json::json!([]));
}

#[test]
fn without_a_credential_nothing_is_asked_and_the_status_says_so() {
    let (server, home) = scanned(PAGE);
    assert_snapshot!(home.qaduct("publish page").run(), @r"
        [stderr]
        error[QC009]: cannot read the secret `source.confluence.token`: variable REPLAY_TOKEN is not set
          publication page.health
          help: set REPLAY_TOKEN, or let `source.confluence.token` refer to another place
        [status 4]
        ");
    assert_eq!(server.counters().requests, 0);
    let refused = home
        .qaduct("publish page")
        .env("REPLAY_TOKEN", "another-t0ken");
    let refused = refused.run();
    assert_eq!(refused.status, Some(4), "{refused}");
    assert!(!refused.to_string().contains("another-t0ken"), "{refused}");
}

#[test]
fn what_a_page_names_has_to_be_there() {
    let (server, home) = scanned(
        "[page.a]\ntarget = \"wiki:1\"\n\n[page.b]\ntarget = \"confluence:2\"\n\n[page.c]\ntarget = \"confluence:2\"\n",
    );
    let outcome = home.qaduct("publish").env("REPLAY_TOKEN", TOKEN).run();
    assert_snapshot!(outcome, @r"
        [stderr]
        error[QU001]: there is no source `wiki`
          publication page.a
          help: sources are confluence

        error[QO400]: [page.b]: [page.c] has the same target
          publication page.b
          help: `qaduct config check` tells whether the rest fits

        error[QO400]: [page.c]: [page.b] has the same target
          publication page.c
          help: `qaduct config check` tells whether the rest fits
        [status 2]
        ");
    assert_eq!(server.counters().requests, 0);
}

#[test]
fn what_the_wiki_refuses_is_told_with_what_shows_it() {
    let page = PAGE.replace("Muted tests & more", &"x".repeat(256));
    let (server, home) = scanned(&page);
    let outcome = home.qaduct("publish").env("REPLAY_TOKEN", TOKEN).run();
    assert_eq!(outcome.status, Some(2), "{outcome}");
    let said = outcome
        .stderr
        .replace(&server.address().to_string(), "HOST");
    assert_snapshot!(said, @r"
        error[QO422]: [page.health]: PUT http://HOST/confluence/wiki/api/v2/pages/1436811681: status 400: Title cannot be longer than 255 characters
          publication page.health
          help: `qaduct publish page.health --dry-run` shows what would be written
        ");
}

#[test]
fn a_dollar_sign_of_a_page_file_comes_to_the_page_as_it_is() {
    let file = "wiki_page:\n  page_id: 1436811681\n  page_title: \"Costs ${HOME} and $${X}: 5$\"\n\
        \x20 sections:\n    - name: \"All\"\n      reports:\n        - report-title: \"Sum\"\n\
        \x20         report-description: \"Of all\"\n";
    let (_server, home) = scanned("");
    let home = home.file("work/costs.yaml", file);
    let imported = home.qaduct("publish --import costs.yaml").run();
    assert_eq!(imported.status, Some(0), "{imported}");
    let settings = std::fs::read_to_string(home.path("work/qaduct.toml")).unwrap();
    let home = home.file("work/qaduct.toml", &(settings + &imported.stdout));
    let run = home.qaduct("publish page --dry-run");
    let outcome = run.env("REPLAY_TOKEN", TOKEN).run();
    assert!(
        outcome.stdout.contains("Costs ${HOME} and $${X}: 5$ ("),
        "{outcome}"
    );
}

#[test]
fn page_files_of_the_predecessor_become_settings() {
    let file = |id: u64, title: &str| {
        format!(
            "wiki_page:\n  page_id: {id}\n  page_title: \"{title}\"\n  show_approval_status: false\n  sections:\n\
             \x20   - name: \"Rates & trends\"\n      reports:\n        - report-title: \"Flaky\"\n\
             \x20         report-description: \"By <month>\"\n          attachment-filename: \"flaky.png\"\n\
             \x20         looker-graph-url: \"https://example.cloud.looker.com/looks/2898\"\n\
             \x20         approval-status: \"none\"\n"
        )
    };
    let home = Home::new()
        .file("work/pages/health.yaml", &file(1, "Health"))
        .file("work/pages/team/dte_health.yml", &file(2, "Desktop"))
        .file("work/pages/archive/old.yaml", "no page");
    let outcome = home.qaduct("publish confluence --import pages").run();
    assert_snapshot!(outcome.stdout, @r#"
        # pages/archive was left out

        [page.health]
        target = "confluence:1"
        title = "Health"
        show_status = false

        [[page.health.section]]
        name = "Rates & trends"

        [[page.health.section.item]]
        title = "Flaky"
        text = "By <month>"
        link = "https://example.cloud.looker.com/looks/2898"
        look = "2898"

        [page.dte-health]
        target = "confluence:2"
        title = "Desktop"
        show_status = false

        [[page.dte-health.section]]
        name = "Rates & trends"

        [[page.dte-health.section.item]]
        title = "Flaky"
        text = "By <month>"
        link = "https://example.cloud.looker.com/looks/2898"
        look = "2898"
        "#);
    let sources = "[source.confluence]\nkind = \"confluence\"\nurl = \"https://wiki.example\"\n\n\
                   [source.looker]\nkind = \"looker\"\nurl = \"https://looks.example\"\n";
    let settings = format!("{sources}{}", outcome.stdout);
    let home = home.file("work/qaduct.toml", &settings);
    let checked = home.qaduct("config check").run();
    assert_eq!(checked.status, Some(0), "{checked}");

    assert_snapshot!(home.qaduct("publish --import nowhere.yaml").run(), @r"
        [stderr]
        error[QC002]: nowhere.yaml: No such file or directory (os error 2)
        [status 2]
        ");
    let home = home.file("work/more/team/noid.yml", "wiki_page:\n  page_title: a\n");
    assert_snapshot!(home.qaduct("publish --import more").run(), @r"
        [stderr]
        error[QO400]: more/team/noid.yml: it has no `page_id`
          help: a page file has one `wiki_page` with `page_id` and a list of `sections`
        [status 2]
        ");
    assert_snapshot!(home.qaduct("publish page --import pages").run(), @r"
        [stderr]
        error[QU001]: `--import` reads page files, and no publication `page`
          help: leave the name out
        [status 2]
        ");
}
