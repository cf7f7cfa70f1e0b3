//! Reads requests from a listener and writes answers, within bounds.
//!
//! Bounds: so many connections, so long for the head of a request (also while
//! a connection idles), so many bytes of it, so long for a caller that takes
//! nothing of its answer, and ten seconds for requests
//! under way when the server stops. No request has a body that is read.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::patience::Patient;

const CONNECTIONS: usize = 512;
const HEAD_TIME: Duration = Duration::from_secs(15);
const HEAD_BYTES: usize = 64 * 1024;
/// How long a caller may take nothing of its answer.
const WRITE_TIME: Duration = Duration::from_secs(60);
const STOP_TIME: Duration = Duration::from_secs(10);
/// Pause after the system refused a connection, for want of file handles for instance.
const BREATH: Duration = Duration::from_millis(100);

pub(crate) async fn run(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES);
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = pin!(stop);
    loop {
        let (stream, place) = tokio::select! {
            connection = accept(&listener, &room) => connection,
            () = &mut stop => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let stream = TokioIo::new(Patient::new(stream, WRITE_TIME));
        let connection = graceful.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            // A caller that goes away or talks nonsense is its own affair.
            drop(connection.await);
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(STOP_TIME) => {}
    }
    Ok(())
}

/// The next connection, as soon as there is room for it.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    let place = Arc::clone(room).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are written in few pieces; waiting to join them only delays.
                drop(stream.set_nodelay(true));
                return (stream, place);
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
