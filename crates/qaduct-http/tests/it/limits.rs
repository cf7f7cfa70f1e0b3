//! How fast a client asks.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_http::{Call, Client, Kind, Settings};
use qaduct_records::Clock;

use crate::server::{Server, answer, json};
use crate::world::{World, client, limit, settings};

/// A service that remembers when it was asked, in milliseconds from the start.
fn timed(world: &Arc<World>) -> (Server, Arc<Mutex<Vec<i128>>>) {
    let times = Arc::new(Mutex::new(Vec::new()));
    let (start, clock, seen) = (world.now(), Arc::clone(world), Arc::clone(&times));
    let server = Server::new(move |_, _| {
        let time = clock.now().duration_since(start).as_millis();
        seen.lock().unwrap().push(time);
        json("[]")
    });
    (server, times)
}

/// When so many calls were sent with these settings.
fn sent(calls: usize, change: impl FnOnce(&mut Settings), told: u32) -> Vec<i128> {
    let world = World::new();
    let (server, times) = timed(&world);
    let mut settings = settings(&server.url);
    change(&mut settings);
    let client = client(settings, &world);
    if told > 0 {
        client.others_sent("", told);
    }
    for _ in 0..calls {
        client.send(&Call::get("x")).unwrap();
    }
    times.lock().unwrap().clone()
}

/// The most calls in any window so long.
fn most_in(window: i128, times: &[i128]) -> usize {
    let in_window = |from: &i128| {
        times
            .iter()
            .filter(|it| (*from..*from + window).contains(*it))
            .count()
    };
    times.iter().map(in_window).max().unwrap()
}

#[test]
fn a_declared_limit_is_spread_evenly_and_never_passed() {
    let times = sent(25, |it| it.limit = limit(10, 60), 0);
    assert_eq!(&times[..4], [0, 6000, 12_000, 18_000]);
    assert_eq!(most_in(60_000, &times), 10);

    let times = sent(400, |it| it.limit = limit(180, 60), 0);
    assert_eq!(&times[..6], [0, 0, 0, 0, 0, 340]);
    assert!(
        (175..=180).contains(&most_in(60_000, &times)),
        "{}",
        most_in(60_000, &times)
    );
}

#[test]
fn without_a_limit_nobody_waits() {
    assert_eq!(sent(20, |_| {}, 0), [0; 20]);
}

#[test]
fn the_reserve_is_left_to_others() {
    let half = |it: &mut Settings| {
        it.limit = limit(20, 60);
        it.reserve = 0.5;
    };
    let times = sent(25, half, 0);
    assert_eq!(most_in(60_000, &times), 10);
}

#[test]
fn what_other_processes_send_is_left_room_for() {
    let times = sent(12, |it| it.limit = limit(20, 60), 10);
    assert_eq!(most_in(60_000, &times), 10);
    // Known for a minute only: then they are silent until somebody says otherwise.
    let times = sent(30, |it| it.limit = limit(20, 60), 10);
    assert_eq!(times[29] - times[28], 3000);
    // We are never locked out.
    let times = sent(3, |it| it.limit = limit(20, 60), 1000);
    assert_eq!(times, [0, 30_000, 60_000]);
}

#[test]
fn a_turn_that_comes_after_the_deadline_is_a_quota_error_and_no_request() {
    let world = World::new();
    let (server, times) = timed(&world);
    let mut settings = settings(&server.url);
    settings.limit = limit(1, 7200);
    let client = client(settings, &world);
    client.send(&Call::get("x")).unwrap();
    for _ in 0..3 {
        let error = client.send(&Call::get("x")).unwrap_err();
        assert_eq!(error.kind, Kind::Quota);
        assert_eq!(
            error.to_string(),
            format!(
                "GET {}x: the limit is used up until 2026-03-01T14:00:00Z",
                server.url
            )
        );
        assert_eq!((error.exchange.status, error.exchange.attempts), (0, 0));
    }
    assert_eq!(times.lock().unwrap().len(), 1);
    world.pass(Duration::from_secs(7200));
    client.send(&Call::get("x")).unwrap();
}

fn quota(limit: u32, left: u32, reset: &str, more: &str) -> crate::server::Reply {
    let headers = format!(
        "X-RateLimit-Limit: {limit}\r\nX-RateLimit-Remaining: {left}\r\nX-RateLimit-Reset: {reset}\r\n{more}"
    );
    answer(200, &headers, "[]")
}

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

#[test]
fn when_the_reserve_is_reached_everybody_waits_for_the_reset() {
    let reset = at("2026-03-01T12:10:00Z").to_string();
    let world = World::new();
    let server = Server::script(vec![
        quota(100, 51, &reset, ""),
        quota(100, 50, &reset, ""),
        json("[]"),
    ]);
    let mut settings = settings(&server.url);
    settings.reserve = 0.5;
    let client = client(settings, &world);
    client.send(&Call::get("x")).unwrap();
    client.send(&Call::get("x")).unwrap();
    assert!(world.slept().is_empty());
    let exchange = client.send(&Call::get("x")).unwrap().exchange;
    assert_eq!(world.slept(), [601_000]);
    assert_eq!(
        (exchange.waited_ms, exchange.duration_ms),
        (601_000, 601_000)
    );
    client.send(&Call::get("x")).unwrap();
    assert_eq!(
        world.slept().len(),
        1,
        "a window that has ended says nothing more"
    );
    assert_eq!(
        (client.quota("").limit, client.quota("").left),
        (Some(100), None)
    );
}

#[test]
fn a_reset_after_the_deadline_is_a_quota_error() {
    let reset = at("2026-03-01T14:00:00Z").to_string();
    let world = World::new();
    let server = Server::script(vec![quota(60, 0, &reset, "")]);
    let client = client(settings(&server.url), &world);
    client.send(&Call::get("x")).unwrap();
    let error = client.send(&Call::get("x")).unwrap_err();
    assert_eq!(error.kind, Kind::Quota);
    assert!(
        error
            .trouble
            .ends_with("the limit is used up until 2026-03-01T14:00:01Z"),
        "{error}"
    );
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_reset_is_understood_in_every_usual_form_and_by_the_clock_of_the_service() {
    let epoch = at("2026-03-01T12:01:00Z").to_string();
    let ahead = "Date: Sun, 01 Mar 2026 15:00:00 GMT\r\n";
    let same = "Date: Sun, 01 Mar 2026 12:00:01 GMT\r\n";
    let ahead_epoch = at("2026-03-01T15:01:00Z").to_string();
    for (reset, more) in [
        (&*epoch, ""),
        (&*epoch, same),
        ("2026-03-01T12:01:00Z", ""),
        ("2026-03-01T14:01:00+02:00", ""),
        ("Sun, 01 Mar 2026 12:01:00 GMT", ""),
        ("60", ""),
        ("60", ahead),
        (&*ahead_epoch, ahead),
        ("2026-03-01T15:01:00Z", ahead),
    ] {
        let world = World::new();
        let server = Server::script(vec![quota(60, 0, reset, more)]);
        let client = client(settings(&server.url), &world);
        client.send(&Call::get("x")).unwrap();
        assert_eq!(
            client.quota("").reset,
            "2026-03-01T12:01:00Z".parse().ok(),
            "{reset} {more}"
        );
    }
}

#[test]
fn nonsense_about_the_quota_is_ignored() {
    for reset in ["", "soon", "-5", "NaN", "inf", "1e300"] {
        let world = World::new();
        let server = Server::script(vec![quota(60, 0, reset, "")]);
        let client = client(settings(&server.url), &world);
        client.send(&Call::get("x")).unwrap();
        assert_eq!(client.quota("").reset, None, "{reset}");
        client.send(&Call::get("x")).unwrap();
    }
}

#[test]
fn threads_keep_to_the_limit_together() {
    let world = World::new();
    let (server, times) = timed(&world);
    let mut settings = settings(&server.url);
    settings.limit = limit(10, 60);
    let client = Arc::new(client(settings, &world));
    let threads = (0..4).map(|_| {
        let client: Arc<Client> = Arc::clone(&client);
        thread::spawn(move || {
            for _ in 0..5 {
                client.send(&Call::get("x")).unwrap();
            }
        })
    });
    threads
        .collect::<Vec<_>>()
        .into_iter()
        .for_each(|it| it.join().unwrap());
    assert_eq!(times.lock().unwrap().len(), 20);
    // Twenty turns, six seconds apart.
    assert!(*times.lock().unwrap().last().unwrap() >= 19 * 6000);
}

#[test]
fn what_is_under_way_is_no_longer_left() {
    let reset = at("2026-03-01T12:10:00Z").to_string();
    let world = World::new();
    let (arrived, wait_for_it) = mpsc::channel();
    let (go_on, gate) = mpsc::channel();
    let (arrived, gate) = (Mutex::new(arrived), Mutex::new(gate));
    let server = Server::new(move |_, asked| {
        if asked.path() == "/slow" {
            arrived.lock().unwrap().send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
        }
        quota(60, 1, &reset, "")
    });
    let client = Arc::new(client(settings(&server.url), &world));
    client.send(&Call::get("x")).unwrap();
    let slow = Arc::clone(&client);
    let slow = thread::spawn(move || slow.send(&Call::get("slow")).unwrap());
    wait_for_it.recv().unwrap();
    client.send(&Call::get("x")).unwrap();
    assert_eq!(world.slept(), [601_000], "the last one is taken");
    go_on.send(()).unwrap();
    slow.join().unwrap();
}

#[test]
fn when_one_is_told_to_wait_all_wait() {
    let world = World::new();
    let server = Server::script(vec![answer(429, "Retry-After: 60\r\n", ""), json("[]")]);
    let mut settings = settings(&server.url);
    settings.attempts = 1;
    let client = client(settings, &world);
    client.send(&Call::get("x")).unwrap_err();
    assert!(world.slept().is_empty());
    client.send(&Call::get("x")).unwrap();
    assert_eq!(world.slept(), [60_000]);
}
