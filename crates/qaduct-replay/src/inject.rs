//! Turns an answer into bytes, whole or damaged as a fault wants it.

use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};

use crate::Kind;
use crate::answer::Answer;

/// How an answer goes over the wire.
pub(crate) struct Wire<'a> {
    pub(crate) head_only: bool,
    pub(crate) gzip: bool,
    pub(crate) keep: bool,
    pub(crate) fault: Option<Kind>,
    pub(crate) drip: Duration,
    pub(crate) date: Timestamp,
    pub(crate) stop: &'a AtomicBool,
}

/// Bodies shorter than this are not packed.
const SMALL: usize = 512;

/// Sends an answer. False when the connection must be closed.
pub(crate) fn send(stream: &mut TcpStream, wire: &Wire<'_>, answer: &Answer) -> io::Result<bool> {
    let (kind, mut body) = answer.bytes();
    let fault = wire.fault;
    // What has no body to cut has at least a head that promises one.
    let packed = wire.gzip && (body.len() > SMALL || fault == Some(Kind::CutGzip));
    if packed {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&body)?;
        body = encoder.finish()?;
    }
    let mut length = body.len();
    let mut keep = wire.keep;
    let mut date = wire.date;
    match fault {
        Some(Kind::CutGzip) if packed => {
            body.truncate(length / 2);
            length = body.len();
        }
        Some(Kind::Cut | Kind::CutGzip) => {
            body.truncate(length / 2);
            length = length.max(1);
            keep = false;
        }
        Some(Kind::CutChunk) => {
            body.truncate(length / 2);
            keep = false;
        }
        Some(Kind::Skew) => date += SignedDuration::from_hours(1),
        _ => {}
    }

    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    let mut header = |name: &str, value: &str| {
        for part in [name, ": ", value, "\r\n"] {
            head.push_str(part);
        }
    };
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date);
    header("Date", &date.map_err(io::Error::other)?);
    if !kind.is_empty() {
        header("Content-Type", kind);
    }
    if packed {
        header("Content-Encoding", "gzip");
    }
    for (name, value) in &answer.headers {
        header(name, value);
    }
    let chunked = fault == Some(Kind::CutChunk);
    if chunked {
        header("Transfer-Encoding", "chunked");
    } else if answer.status != 304 {
        header("Content-Length", &length.to_string());
    }
    header("Connection", if keep { "keep-alive" } else { "close" });
    head.push_str("\r\n");

    let mut bytes = head.into_bytes();
    if chunked {
        bytes.extend_from_slice(format!("{:x}\r\n", body.len().max(1)).as_bytes());
    }
    if !wire.head_only && answer.status != 304 {
        bytes.extend_from_slice(&body);
    }
    if fault == Some(Kind::Slow) {
        for byte in bytes.chunks(1) {
            if wire.stop.load(Ordering::SeqCst) {
                return Ok(false);
            }
            stream.write_all(byte)?;
            std::thread::sleep(wire.drip);
        }
    } else {
        stream.write_all(&bytes)?;
    }
    Ok(keep)
}

/// Ends a connection with a reset: what was sent is lost.
pub(crate) fn reset(stream: TcpStream) -> io::Result<()> {
    let socket = socket2::Socket::from(stream);
    socket.set_linger(Some(Duration::ZERO))
}

/// The words of a status.
pub(crate) const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unknown",
    }
}
