//! The server on a real socket.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use qaduct_records::{Outcome, Query, Reader, RecordBatch, Run, StoreError};
use qaduct_serve::Service;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::world::{World, run};

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<std::io::Result<()>>,
}

async fn start(world: &World) -> Running {
    start_with(world.service()).await
}

async fn start_with(service: Service) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let done = tokio::spawn(qaduct_serve::serve(
        listener,
        service,
        qaduct_models::views(),
        async move {
            stopped.await.ok();
        },
    ));
    Running {
        address,
        stop,
        done,
    }
}

async fn talk(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 65536];
    let length = stream.read(&mut answer).await.unwrap();
    String::from_utf8(answer[..length].to_vec()).unwrap()
}

#[tokio::test]
async fn a_connection_answers_several_requests() {
    let running = start(&World::small()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    for _ in 0..3 {
        let answer = talk(
            &mut stream,
            "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("content-security-policy: default-src 'none'"));
    }
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let running = start(&World::small()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let request = format!(
        "GET /?{} HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "x".repeat(200_000)
    );
    let answer = talk(&mut stream, &request).await;
    assert!(
        answer.starts_with("HTTP/1.1 414") || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_head_that_takes_too_long_ends_the_connection() {
    let running = start(&World::small()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n")
        .await
        .unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut rest)).await;
    assert!(
        ended.is_ok(),
        "the server hangs up on a caller that never finishes"
    );
}

#[tokio::test]
async fn a_stop_finishes_what_is_under_way_and_takes_nothing_new() {
    let running = start(&World::small()).await;
    let mut idle = TcpStream::connect(running.address).await.unwrap();
    talk(
        &mut idle,
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
    )
    .await;
    running.stop.send(()).unwrap();
    let done = tokio::time::timeout(Duration::from_secs(5), running.done).await;
    done.expect("an idle connection does not hold the server")
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn a_request_under_way_is_answered_after_the_stop() {
    let world = World::small();
    let running = start(&world).await;
    *world.memory.delay.lock().unwrap() = Duration::from_millis(200);
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let asking = tokio::spawn(async move {
        talk(
            &mut stream,
            "GET /api/v1/runs HTTP/1.1\r\nhost: localhost\r\n\r\n",
        )
        .await
    });
    while world.memory.questions.load(SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.stop.send(()).unwrap();
    running.done.await.unwrap().unwrap();
    assert!(asking.await.unwrap().starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_never_reads_holds_a_stop_for_ten_seconds_at_most() {
    let world = long();
    let running = start(&world).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET /api/v1/runs.jsonl HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    stream.readable().await.unwrap();
    let began = tokio::time::Instant::now();
    running.stop.send(()).unwrap();
    running.done.await.unwrap().unwrap();
    let took = began.elapsed().as_secs_f64();
    assert!((9.0..12.0).contains(&took), "{took} s");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_takes_nothing_for_a_minute_loses_its_place() {
    let running = start(&long()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET /api/v1/runs.jsonl HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    stream.readable().await.unwrap();
    tokio::time::sleep(Duration::from_secs(120)).await;
    let mut rest = Vec::new();
    // Whether the end is clean depends on what was still on its way.
    let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the server has hung up");
    assert!(!rest.ends_with(b"\r\n0\r\n\r\n"), "and not at the end");
}

/// A world with more than any buffer between server and caller takes.
fn long() -> World {
    let world = World::empty();
    let run = |n: usize| Run {
        error: Some("because ".repeat(200)),
        ..run(
            &n.to_string(),
            "shop",
            "2026-11-21T06:00:02Z",
            Outcome::Incomplete,
        )
    };
    world
        .memory
        .put_table(&(0..8_000).map(run).collect::<Vec<_>>());
    world
}

#[tokio::test]
async fn without_a_stop_the_server_goes_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let serving = qaduct_serve::serve(
        listener,
        World::small().service(),
        qaduct_models::views(),
        pending(),
    );
    assert!(
        tokio::time::timeout(Duration::from_millis(50), serving)
            .await
            .is_err()
    );
}

/// A reader as a driver has it that runs a runtime inside, and refuses to end
/// where another one is.
struct Refusing {
    reader: Box<dyn Reader>,
    refused: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
}

impl Reader for Refusing {
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError> {
        self.reader.query(query)
    }

    fn count(&mut self, query: &Query) -> Result<u64, StoreError> {
        self.reader.count(query)
    }

    fn version(&mut self) -> Result<String, StoreError> {
        self.reader.version()
    }
}

impl Drop for Refusing {
    fn drop(&mut self) {
        let is_inside = tokio::runtime::Handle::try_current().is_ok();
        self.refused.fetch_add(is_inside.into(), SeqCst);
        self.ended.fetch_add(1, SeqCst);
    }
}

#[tokio::test]
async fn readers_end_outside_of_the_runtime_at_a_stop_and_after_a_failure() {
    let world = World::small();
    let refused = Arc::new(AtomicUsize::new(0));
    let ended = Arc::new(AtomicUsize::new(0));
    let wrapped = {
        let (refused, ended) = (Arc::clone(&refused), Arc::clone(&ended));
        move |reader| Refusing {
            reader,
            refused: Arc::clone(&refused),
            ended: Arc::clone(&ended),
        }
    };
    let memory = world.memory.clone();
    // The opener holds a connection too, as a store does.
    let own = std::sync::Mutex::new(wrapped(memory.reader().unwrap()));
    let mut service = world.service();
    service.readers = Arc::new(move || {
        let _own = own.lock().unwrap();
        Ok(Box::new(wrapped(memory.reader()?)))
    });
    let running = start_with(service).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let ask = "GET /api/v1/runs HTTP/1.1\r\nhost: localhost\r\n\r\n";
    assert!(talk(&mut stream, ask).await.starts_with("HTTP/1.1 200"));
    world.memory.is_down.store(true, SeqCst);
    assert!(talk(&mut stream, ask).await.starts_with("HTTP/1.1 503"));
    assert_eq!(ended.load(SeqCst), 1, "the one that failed");
    world.memory.is_down.store(false, SeqCst);
    assert!(talk(&mut stream, ask).await.starts_with("HTTP/1.1 200"));
    running.stop.send(()).unwrap();
    running.done.await.unwrap().unwrap();
    tokio::task::yield_now().await;
    assert_eq!(ended.load(SeqCst), 3, "the new one and that of the opener");
    assert_eq!(refused.load(SeqCst), 0);
}
