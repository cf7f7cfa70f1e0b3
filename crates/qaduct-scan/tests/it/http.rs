//! A tiny HTTP server on the loopback interface: hands requests to git's own
//! `http-backend`, and demands a login where it is told to.
#![allow(
    dead_code,
    reason = "each test binary that includes this file uses a part of it"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A server that runs until the test ends.
pub(crate) struct Server {
    /// `127.0.0.1:PORT`.
    pub(crate) host: String,
    /// The first lines of all requests so far.
    pub(crate) requests: Arc<Mutex<Vec<String>>>,
    /// The `Authorization` headers of all requests so far.
    pub(crate) logins: Arc<Mutex<Vec<String>>>,
    /// Where `/moved/…` has moved to.
    moved: Arc<Mutex<String>>,
    /// How many seconds it counts before it sends a pack.
    pub(crate) counting: Arc<AtomicUsize>,
}

/// What a server says while it counts.
const COUNTING: &[u8] = b"0019\x02Counting objects: 1\r";

/// What a request is answered from.
#[derive(Clone)]
struct Site {
    root: PathBuf,
    authorization: Option<String>,
    requests: Arc<Mutex<Vec<String>>>,
    logins: Arc<Mutex<Vec<String>>>,
    moved: Arc<Mutex<String>>,
    counting: Arc<AtomicUsize>,
}

impl Server {
    /// Serves the repositories below a folder to whoever sends this
    /// `Authorization` header, or to all.
    pub(crate) fn start(root: &Path, authorization: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let site = Site {
            root: root.to_owned(),
            authorization,
            requests: Arc::default(),
            logins: Arc::default(),
            moved: Arc::default(),
            counting: Arc::default(),
        };
        let (requests, logins) = (Arc::clone(&site.requests), Arc::clone(&site.logins));
        let (moved, counting) = (Arc::clone(&site.moved), Arc::clone(&site.counting));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let site = site.clone();
                thread::spawn(move || answer(&stream.unwrap(), &site));
            }
        });
        Self {
            host,
            requests,
            logins,
            moved,
            counting,
        }
    }

    /// Sends whoever asks for `/moved/…` to this address.
    pub(crate) fn moves_to(&self, address: &str) {
        address.clone_into(&mut self.moved.lock().unwrap());
    }

    /// The address of a repository.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.host)
    }
}

fn answer(mut stream: &TcpStream, site: &Site) {
    let mut input = BufReader::new(stream);
    let mut first = String::new();
    input.read_line(&mut first).unwrap();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    input.read_exact(&mut body).unwrap();
    site.requests
        .lock()
        .unwrap()
        .push(first.trim_end().to_owned());
    site.logins
        .lock()
        .unwrap()
        .extend(headers.get("authorization").cloned());

    let authorization = site.authorization.as_ref();
    if authorization.is_some_and(|it| header("authorization") != *it) {
        let refusal = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\n\
                       Content-Length: 0\r\nConnection: close\r\n\r\n";
        return stream.write_all(refusal.as_bytes()).unwrap();
    }
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    if let Some(path) = target.strip_prefix("/moved") {
        let to = site.moved.lock().unwrap().clone();
        let answer = format!(
            "HTTP/1.1 302 Found\r\nLocation: {to}{path}\r\nContent-Length: 0\r\n\
             Connection: close\r\n\r\n"
        );
        return stream.write_all(answer.as_bytes()).unwrap();
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut backend = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", &site.root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*")
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_TYPE", header("content-type"))
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("REMOTE_USER", "someone")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    backend.stdin.take().unwrap().write_all(&body).unwrap();
    let output = backend.wait_with_output().unwrap().stdout;
    let end = output.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
    let head = str::from_utf8(&output[..end]).unwrap();
    let status = head
        .lines()
        .find_map(|it| it.strip_prefix("Status: "))
        .unwrap_or("200 OK");
    let counting = site.counting.load(Ordering::Relaxed) * COUNTING.len();
    let packed = output.windows(13).any(|it| it == b"000dpackfile\n");
    let length = output.len() - end + if packed { counting } else { 0 };
    let start = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n");
    stream.write_all(start.as_bytes()).unwrap();
    let pack = b"000dpackfile\n";
    let seconds = site.counting.load(Ordering::Relaxed);
    let Some(at) = output.windows(pack.len()).position(|it| it == pack) else {
        return stream.write_all(&output).unwrap();
    };
    let (before, after) = output.split_at(at + pack.len());
    stream.write_all(before).unwrap();
    for _ in 0..seconds {
        // Whoever asked may have gone away.
        let _heard = stream.write_all(COUNTING).is_ok();
        thread::sleep(Duration::from_secs(1));
    }
    let _heard = stream.write_all(after).is_ok();
}
