//! Pictures that Looker draws, from the command to the file.

use std::fs;
use std::time::Duration;

use insta::assert_snapshot;
use qaduct_replay::{Server, World};
use serde_json::json;

use crate::Home;
use crate::repo::Repo;
use crate::server::Process;
use crate::stands::{TOKEN, home, run, serve, settings};

fn looker() -> (Server, Home) {
    let mut world = World::of("looker", 7, 40);
    // Drawn at once: the clock of the program is a real one.
    for id in world.ids("looker.looks") {
        world.change("looker.looks", &id, |it| {
            it["_states"] = json!(["success"]);
        });
    }
    world.change("looker.dashboards", "2600", |it| {
        it["_states"] = json!(["success"]);
    });
    let server = serve(world, &[]);
    let home = home(&server, &["looker"], "");
    (server, home)
}

/// An output without the address of the server.
fn told(server: &Server, text: &str) -> String {
    text.replace(&server.url("looker"), "http://looker")
}

#[test]
fn a_look_and_a_dashboard_become_files_of_the_size_that_is_asked_for() {
    let (server, home) = looker();
    for (what, note) in [
        ("look:2800", "look 2800 640x480"),
        ("dashboard:2600", "dashboard 2600 640x480"),
    ] {
        let arguments = format!("chart looker:{what} -o trends.png --size 640x480");
        let outcome = run(&home, &arguments).run();
        assert_eq!(outcome.status, Some(0), "{outcome}");
        let bytes = fs::read(home.path("work/trends.png")).unwrap();
        assert!(bytes.starts_with(b"\x89PNG") && bytes.ends_with(note.as_bytes()));
    }
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn the_looks_of_a_folder_become_files_by_their_ids_and_one_that_fails_stops_no_other() {
    let (server, home) = looker();
    {
        let mut world = server.world();
        for id in world.ids("looker.looks") {
            let stays = ["2800", "2801", "2803"].contains(&id.as_str());
            world.change("looker.looks", &id, |it| {
                it["folder_id"] = if stays { "1946" } else { "1820" }.into();
                it["title"] = format!("Trend {id}").into();
            });
        }
    }
    let outcome = run(&home, "chart looker:folder:1946 -o charts").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_snapshot!(outcome.stdout, @r"
    look-2800.png  Trend 2800
    look-2801.png  Trend 2801
    look-2803.png  Trend 2803
    ");
    let picture = fs::read(home.path("work/charts/look-2803.png")).unwrap();
    assert!(picture.ends_with(b"look 2803 400x300"));

    server.world().change("looker.looks", "2801", |it| {
        it["_states"] = json!(["failure"]);
    });
    let outcome = run(&home, "chart looker:folder:1946 -o others").run();
    assert_eq!(outcome.status, Some(3), "{outcome}");
    assert!(home.path("work/others/look-2803.png").exists());
    assert!(!home.path("work/others/look-2801.png").exists());
    assert!(
        outcome
            .stderr
            .contains("is that it failed: the query took too long")
    );
    assert!(!format!("{outcome}").contains(TOKEN));
}

#[test]
fn a_signal_ends_it_while_looker_draws_with_the_status_of_the_signal() {
    let mut world = World::of("looker", 7, 40);
    for look in ["2800", "2801"] {
        world.change("looker.looks", look, |it| {
            it["_states"] = json!(["processing"]);
            it["folder_id"] = "1946".into();
        });
    }
    let server = serve(world, &[]);
    let page = "[page.trends]\ntarget = \"confluence:1\"\n[[page.trends.section]]\n\
        item = [{ title = \"Trend\", look = \"2800\" }]\n";
    let home = home(&server, &["looker", "confluence"], page);
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file("test_a.py", "def test_a():\n    pass\n");
    repo.commit("a test");
    let scanned = home.qaduct("scan repo -q -o /dev/null").run();
    assert_eq!(scanned.status, Some(0), "{scanned}");
    for (arguments, signal, status) in [
        ("publish page.trends", "INT", 130),
        ("chart looker:look:2800 -o trend.png", "TERM", 143),
        ("chart looker:folder:1946 -o trends", "INT", 130),
    ] {
        let before = server.counters().requests;
        let mut process = Process::start(run(&home, arguments));
        // The login, the task, and what became of it.
        while server.counters().requests < before + 3 {
            std::thread::sleep(Duration::from_millis(5));
        }
        process.signal(signal);
        assert_eq!(process.end().code(), Some(status), "{}", process.said);
        assert!(!process.said.contains("error"), "{}", process.said);
    }
}

#[test]
fn what_cannot_be_drawn_is_told_with_the_way_out() {
    let (server, home) = looker();
    for (arguments, status) in [
        ("chart looker:look:2800", 2),
        ("chart looker:look:2800 -o trends.svg", 2),
        ("chart lookr:look:2800 -o trends.png", 2),
    ] {
        let outcome = run(&home, arguments).run();
        assert_eq!(outcome.status, Some(status), "{outcome}");
    }
    let outcome = run(&home, "chart looker:look:77 -o trends.png").run();
    assert_snapshot!(told(&server, &outcome.stderr), @r"
    error[QP404]: looker.pictures (look 77): POST http://looker/api/4.0/render_tasks/looks/77/png?width=400&height=300&fields=id: status 404: Not found
      help: `qaduct sources discover looker` lists what there is
    ");
}

#[test]
fn a_page_is_published_without_the_picture_that_is_missing_and_says_so() {
    let server = serve(World::of("confluence", 1, 60), &[]);
    let drawn = World::of("looker", 7, 40);
    let looker = serve(drawn, &[]);
    looker.world().change("looker.looks", "2800", |it| {
        it["_states"] = json!(["success"]);
    });
    let page = "[page.trends]\ntarget = \"confluence:1436811681\"\n[[page.trends.section]]\n\
        item = [{ title = \"Trend\", look = \"2800\" }, { title = \"Gone\", look = \"77\" }]\n";
    let text = settings(&server, "confluence") + &settings(&looker, "looker") + page;
    let home = Home::new().file("work/qaduct.toml", &text);
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file("test_a.py", "def test_a():\n    pass\n");
    repo.commit("a test");
    let scanned = home.qaduct("scan repo -q -o /dev/null").run();
    assert_eq!(scanned.status, Some(0), "{scanned}");

    let outcome = run(&home, "publish page").run();
    assert_eq!(outcome.status, Some(3), "{outcome}");
    assert!(outcome.stdout.contains("1 picture"), "{outcome}");
    assert_snapshot!(told(&looker, &outcome.stderr), @r"
        error[QO206]: [page.trends]: the picture of look 77 is missing
          because: looker.pictures (look 77): POST http://looker/api/4.0/render_tasks/looks/77/png?width=400&height=300&fields=id: status 404: Not found
          publication page.trends
          help: `qaduct sources discover looker` lists what there is
        ");
    let body = server.world().page_body("1436811681").unwrap();
    assert!(body.contains("qaduct-look-2800.png"), "{body}");
    assert!(
        body.contains("<em>The picture is missing: Looker did not draw look 77.</em>"),
        "{body}"
    );
    // It is still missing, and nothing is written for that.
    let writes = server.counters().writes;
    assert_eq!(run(&home, "publish page").run().status, Some(3));
    assert_eq!(server.counters().writes, writes);
}

#[test]
fn who_stops_publishing_is_told_what_was_done_and_what_was_not() {
    let mut world = World::of("looker", 7, 40);
    world.change("looker.looks", "2800", |it| {
        it["_states"] = json!(["processing"]);
    });
    let server = serve(world, &[]);
    let settings = "[export.mutes]\nview = \"v_mutes_current\"\nto = \"mutes.csv\"\n\
        [page.trends]\ntarget = \"confluence:1\"\n[[page.trends.section]]\n\
        item = [{ title = \"Trend\", look = \"2800\" }]\n\
        [page.words]\ntarget = \"confluence:2\"\ntext = \"a\"\n";
    let home = home(&server, &["looker", "confluence"], settings);
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file("test_a.py", "def test_a():\n    pass\n");
    repo.commit("a test");
    let scanned = home.qaduct("scan repo -q -o /dev/null").run();
    assert_eq!(scanned.status, Some(0), "{scanned}");
    let mut command = run(&home, "publish").command();
    command.stdout(fs::File::create(home.path("work/out.txt")).unwrap());
    let mut process = Process::of(command);
    while server.counters().requests < 3 {
        std::thread::sleep(Duration::from_millis(5));
    }
    process.signal("INT");
    assert_eq!(process.end().code(), Some(130), "{}", process.said);
    assert_snapshot!(process.said, @r"
        stopped; not published, or not in full: page.trends, page.words
        stopped by SIGINT
        ");
    let seen = fs::read_to_string(home.path("work/out.txt")).unwrap();
    assert_snapshot!(seen, @r"
        PUBLICATION   TARGET     EFFECT   DETAIL
        export.mutes  mutes.csv  created  0 rows of v_mutes_current
        ");
}
