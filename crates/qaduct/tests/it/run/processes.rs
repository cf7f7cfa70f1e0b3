//! Processes that run jobs: killed, stopped, late, and several of them.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use super::*;
use crate::database_server::PASSWORD;

/// A repository whose server takes the question and never answers: a scan of it goes on
/// until somebody ends it.
struct Slow {
    listener: TcpListener,
}

impl Slow {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self { listener }
    }

    fn settings(&self, more: &str) -> String {
        let port = self.listener.local_addr().unwrap().port();
        format!(
            "scan.repositories = [{{ location = \"http://127.0.0.1:{port}/slow.git\" }}]\n\
             [job.slow]\nschedule = \"daily 08:00\"\nretry_after = \"50ms\"\n\
             run = [{{ scan = true }}]\n{more}\n"
        )
    }

    /// Waits for somebody who asks.
    fn asked(&self) -> TcpStream {
        let mut found = None;
        wait("nobody asked", || {
            found = self.listener.accept().ok();
            found.is_some()
        });
        let (stream, _) = found.unwrap();
        stream.set_nonblocking(true).unwrap();
        stream
    }
}

/// Whether who has asked is gone.
fn is_gone(mut stream: &TcpStream) -> bool {
    use std::io::Read as _;
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }
}

/// Looks again and again, for longer than anything takes.
fn wait(what: &str, mut is: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// `qaduct run` by the clock of the machine.
pub(super) fn daemon<'a>(home: &'a Home, store: &str) -> Run<'a> {
    let run = home.qaduct(&format!("run --store {store}"));
    run.env("QADUCT_CLOCK", "")
}

/// A home whose job has been due for years.
fn overdue(slow: &Slow, more: &str, store: &str) -> Home {
    let home = Home::new().file("work/qaduct.toml", &slow.settings(more));
    let outcome = at(
        &home,
        "2020-01-01T00:00:00Z",
        &format!("run --once --store {store}"),
    );
    assert_eq!(outcome.status, Some(0), "{outcome}");
    home
}

/// The last run of the job `slow`.
pub(super) fn last(home: &Home, store: &str) -> Value {
    let run = home.qaduct(&format!("status --format json --store {store}"));
    let outcome = run.env("QADUCT_CLOCK", "").run();
    json(&outcome)["jobs"][0]["last_run"].clone()
}

fn a_killed_process_is_followed_by_another(store: &str) {
    let slow = Slow::new();
    let home = overdue(&slow, "[run]\ngrace = \"100ms\"", store);
    let mut one = Process::start(daemon(&home, store).env("QADUCT_LEASE", "900ms"));
    let first = slow.asked();
    let mut two = Process::start(daemon(&home, store).env("QADUCT_LEASE", "900ms"));
    two.wait_for("running 1 job");
    // Somebody is at it, for longer than a lease.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(150) {
        assert!(!is_gone(&first));
        assert!(slow.listener.accept().is_err(), "it runs twice");
        std::thread::sleep(Duration::from_millis(10));
    }
    let by_hand = home.qaduct(&format!("run --once slow --store {store}"));
    let by_hand = by_hand.env("QADUCT_CLOCK", "").run();
    assert_eq!(by_hand.status, Some(5), "{by_hand}");
    assert!(by_hand.stderr.contains("is being run by"), "{by_hand}");

    one.signal("KILL");
    one.end();
    let second = slow.asked();
    // What the killed one had begun has ended with it.
    wait("the step of a killed process goes on", || is_gone(&first));
    two.wait_for("taken over");
    let run = last(&home, store);
    assert_eq!((&run["attempt"], &run["failures"]), (&2.into(), &1.into()));
    assert_eq!(run["missed"], 1000, "{run}");

    // Asked to stop, it lets the job go on for a while, and then gives it back.
    assert!(!is_gone(&second));
    two.signal("TERM");
    let status = two.end();
    assert_eq!(status.code(), Some(0), "{}", two.said);
    assert!(two.said.contains("stopping when slow@"), "{}", two.said);
    assert!(
        two.said.contains("stopped, to be gone on with"),
        "{}",
        two.said
    );
    wait("the step goes on", || is_gone(&second));
    let run = last(&home, store);
    assert_eq!(
        (&run["state"], &run["failures"]),
        (&"waiting".into(), &1.into())
    );
}

#[test]
fn a_killed_process_is_followed_by_another_on_sqlite() {
    a_killed_process_is_followed_by_another("qaduct.db");
}

#[test]
fn a_killed_process_is_followed_by_another_on_postgresql() {
    let database = Database::postgres();
    a_killed_process_is_followed_by_another(&database.url());
}

/// Stands between a program and a server, and falls silent without a word.
struct Wire {
    listener: TcpListener,
    is_silent: Arc<AtomicBool>,
    /// How many pieces it has carried.
    carried: Arc<AtomicUsize>,
}

impl Wire {
    fn to(port: u16) -> Self {
        let wire = Self {
            listener: TcpListener::bind("127.0.0.1:0").unwrap(),
            is_silent: Arc::default(),
            carried: Arc::default(),
        };
        let (listener, is_silent) = (wire.listener.try_clone().unwrap(), wire.is_silent.clone());
        let carried = wire.carried.clone();
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let far = TcpStream::connect(("127.0.0.1", port)).unwrap();
                for (mut from, mut to) in [
                    (near.try_clone().unwrap(), far.try_clone().unwrap()),
                    (far, near),
                ] {
                    let (is_silent, carried) = (is_silent.clone(), carried.clone());
                    std::thread::spawn(move || {
                        let mut bytes = [0; 4096];
                        while let Ok(read @ 1..) = from.read(&mut bytes) {
                            carried.fetch_add(1, Relaxed);
                            while is_silent.load(Relaxed) {
                                std::thread::park();
                            }
                            to.write_all(&bytes[..read]).unwrap();
                        }
                        to.shutdown(std::net::Shutdown::Both).ok();
                    });
                }
            }
        });
        wire
    }

    /// Falls silent between two transactions: in the middle of one the server keeps the lock that
    /// it holds until it takes the program for gone.
    fn fall_silent(&self) {
        loop {
            let before = self.carried.load(Relaxed);
            std::thread::sleep(Duration::from_millis(60));
            if self.carried.load(Relaxed) == before {
                return self.is_silent.store(true, Relaxed);
            }
        }
    }
}

fn a_step_has_ended_before_the_next_begins_where_the_database_falls_silent(database: &Database) {
    let slow = Slow::new();
    let more = "[store]\npassword = { env = \"DATABASE_PASSWORD\" }";
    let home = Home::new().file("work/qaduct.toml", &slow.settings(more));
    let qaduct = |url: &str, more: &str| {
        let run = home.qaduct(&format!("run --store {url} {more}"));
        run.env("DATABASE_PASSWORD", PASSWORD)
    };
    let new = qaduct(&database.tcp_url(), "--once").env("QADUCT_CLOCK", "2020-01-01T00:00:00Z");
    assert_eq!(new.run().status, Some(0));
    let daemon = |url: &str| {
        let run = qaduct(url, "").env("QADUCT_CLOCK", "");
        run.env("QADUCT_LEASE", "900ms")
    };
    let direct = url::Url::parse(&database.tcp_url()).unwrap();
    let wire = Wire::to(direct.port().unwrap());
    let mut through = direct.clone();
    through
        .set_port(Some(wire.listener.local_addr().unwrap().port()))
        .unwrap();
    let mut one = Process::start(daemon(through.as_str()));
    let first = slow.asked();
    wire.fall_silent();
    let mut two = Process::start(daemon(&database.tcp_url()));
    two.wait_for("taken over");
    assert!(is_gone(&first), "it runs twice");
    one.signal("KILL");
    one.end();
}

#[test]
fn a_step_has_ended_before_the_next_begins_where_postgresql_falls_silent() {
    a_step_has_ended_before_the_next_begins_where_the_database_falls_silent(&Database::postgres());
}

#[test]
fn a_step_has_ended_before_the_next_begins_where_mariadb_falls_silent() {
    a_step_has_ended_before_the_next_begins_where_the_database_falls_silent(&Database::mariadb());
}

#[test]
fn a_run_that_is_given_up_is_told_by_the_status() {
    let slow = Slow::new();
    let home = overdue(&slow, "", "qaduct.db");
    let by_hand = home.qaduct("run --once slow");
    let mut one = Process::start(by_hand.env("QADUCT_CLOCK", "2020-01-01T00:00:00Z"));
    slow.asked();
    one.signal("KILL");
    one.end();
    let outcome = at(&home, "2020-01-01T00:10:00Z", "run --once");
    assert_eq!(outcome.status, Some(5), "{outcome}");
    assert!(!outcome.stderr.contains("nothing is due"), "{outcome}");
    let outcome = at(&home, "2020-01-01T00:20:00Z", "run --once");
    assert_eq!(outcome.status, Some(0), "{outcome}");
}

#[test]
fn a_lease_that_a_step_may_outlive_is_refused() {
    let home = Home::new().file("work/qaduct.toml", "[run]\nlease = \"1s\"\n");
    let outcome = home.qaduct("config check").run();
    assert_snapshot!(outcome, @r#"
        [stderr]
        error[QC005]: `run.lease` cannot be 1s
         --> qaduct.toml:2:9
          |
        2 | lease = "1s"
          |         ^^^^
          = help: write 30s or more
        [status 2]
        "#);
}

#[test]
fn a_job_that_takes_too_long_is_ended_and_tried_again() {
    let slow = Slow::new();
    let settings = "timeout = \"100ms\"\nretries = 1\n";
    let home = Home::new().file(
        "work/qaduct.toml",
        &slow
            .settings("")
            .replace("retry_after", &format!("{settings}retry_after")),
    );
    at(&home, "2020-01-01T00:00:00Z", "run --once");
    let mut process = Process::start(daemon(&home, "qaduct.db"));
    process.wait_for("error[QJ206]");
    process.signal("INT");
    assert_eq!(process.end().code(), Some(0), "{}", process.said);
    let run = last(&home, "qaduct.db");
    assert_eq!((&run["attempt"], &run["failures"]), (&2.into(), &2.into()));
    assert_eq!(run["error"], "scan: not done after 100ms");
}

#[test]
fn two_processes_begin_at_once_on_an_empty_database() {
    let slow = Slow::new();
    let home = Home::new().file("work/qaduct.toml", &slow.settings(""));
    let mut all = [(); 2].map(|()| Process::start(daemon(&home, "new.db")));
    for process in &mut all {
        process.wait_for("running 1 job");
    }
    // To one of them the job is new.
    for process in &mut all {
        process.signal("TERM");
        assert_eq!(process.end().code(), Some(0), "{}", process.said);
    }
    let planned = all
        .iter()
        .filter(|it| it.said.contains("planned from now on"));
    assert_eq!(planned.count(), 1);
    assert!(Path::new(&home.path("work/new.db")).exists());
}
