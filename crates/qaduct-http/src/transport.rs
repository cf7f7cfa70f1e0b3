//! One request and its answer over the network.
//!
//! Owns the connections, TLS, the proxy and the unpacking. Follows no redirect and
//! repeats nothing. Reads `HTTPS_PROXY`, `NO_PROXY` (and their kin) and
//! `SSL_CERT_FILE`, through the libraries that define them.

use std::error::Error as _;
use std::io::Read as _;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use ureq::http;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Proxy};
use url::{Host, Url};

use crate::{Body, Method};

/// Of an answer that is an error only so much is read: its message.
const ERROR_BYTES: u64 = 64 * 1024;
const HEADER_BYTES: usize = 64 * 1024;
const USER_AGENT: &str = concat!(
    "qaduct/",
    env!("CARGO_PKG_VERSION"),
    " (+",
    env!("CARGO_PKG_REPOSITORY"),
    ")"
);

static ROOTS: LazyLock<Roots> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs().certs;
    let roots = found.iter().map(|it| Certificate::from_der(it).to_owned());
    Arc::new(roots.collect())
});

/// What is sent.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    pub(crate) headers: Vec<(&'a str, String)>,
    pub(crate) body: Option<&'a Body>,
    /// From the connection to the last byte.
    pub(crate) timeout: Duration,
    pub(crate) max_bytes: u64,
}

/// What came back.
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Result<Vec<u8>, Broken>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Why nothing came back, or not all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Broken {
    /// No connection: nothing was sent.
    Unreached(String),
    /// The connection broke before the answer.
    Connection(String),
    /// A connection that will fail the next time, too: a certificate.
    Untrusted(String),
    /// The timeout.
    Timeout,
    /// The answer ends too early or is malformed.
    Cut(String),
    /// The body is longer than allowed.
    TooLong,
    /// The request cannot be sent.
    Unsendable(String),
}

impl Broken {
    /// Whether the service has seen nothing of the request.
    pub(crate) const fn is_before_sending(&self) -> bool {
        matches!(
            self,
            Self::Unreached(_) | Self::Untrusted(_) | Self::Unsendable(_)
        )
    }
}

pub(crate) struct Transport {
    proxy: Option<Proxy>,
    plain: Agent,
    /// Made when it is needed: reading the root certificates takes its time.
    secure: OnceLock<Agent>,
    roots: fn() -> Roots,
}

type Roots = Arc<Vec<Certificate<'static>>>;

impl Transport {
    pub(crate) fn new(proxy: Option<Proxy>) -> Self {
        Self::trusting(proxy, || Arc::clone(&ROOTS))
    }

    fn trusting(proxy: Option<Proxy>, roots: fn() -> Roots) -> Self {
        Self {
            plain: agent(proxy.clone(), Arc::default()),
            proxy,
            secure: OnceLock::new(),
            roots,
        }
    }

    /// Sends a request and reads the answer to its end.
    pub(crate) fn send(&self, request: Request<'_>) -> Result<Received, Broken> {
        let mut builder = http::Request::builder()
            .method(match request.method {
                Method::Get => http::Method::GET,
                Method::Head => http::Method::HEAD,
                Method::Post => http::Method::POST,
                Method::Put => http::Method::PUT,
                Method::Delete => http::Method::DELETE,
            })
            .uri(request.url.as_str());
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let sent = match request.body {
            Some(body) => {
                let bytes = body.on_the_wire();
                let ready = builder
                    .header(http::header::CONTENT_TYPE, body.content_type())
                    .body(&*bytes)
                    .map_err(unsendable)?;
                self.run(ready, request.url, request.timeout)
            }
            None => {
                let ready = builder.body(()).map_err(unsendable)?;
                self.run(ready, request.url, request.timeout)
            }
        };
        let (parts, mut body) = sent.map_err(unanswered)?.into_parts();
        let status = parts.status.as_u16();
        let headers = parts.headers.iter().map(|(name, value)| {
            let value = value.as_bytes();
            // Bytes that are no UTF-8 are Latin-1, as HTTP had it once.
            let value = str::from_utf8(value).map_or_else(
                |_| value.iter().copied().map(char::from).collect(),
                str::to_owned,
            );
            (name.as_str().to_owned(), value)
        });
        let headers = headers.collect();
        let failed = status >= 400;
        let most = match failed {
            true => request.max_bytes.min(ERROR_BYTES),
            false => request.max_bytes,
        };
        let mut bytes = Vec::new();
        let read = body.as_reader().take(most.saturating_add(1));
        let body = match { read }.read_to_end(&mut bytes) {
            Err(error) => Err(broken(error.into())),
            Ok(_) if bytes.len() as u64 <= most => Ok(bytes),
            Ok(_) if failed => Ok(Vec::new()),
            Ok(_) => Err(Broken::TooLong),
        };
        Ok(Received {
            status,
            headers,
            body,
        })
    }

    fn run<B: ureq::AsSendBody>(
        &self,
        request: http::Request<B>,
        url: &Url,
        timeout: Duration,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let agent = match url.scheme() {
            "https" => self
                .secure
                .get_or_init(|| agent(self.proxy.clone(), (self.roots)())),
            _ => &self.plain,
        };
        let config = agent.configure_request(request);
        let config = config.timeout_global(Some(timeout));
        let request = if self.proxy.is_some() && is_this_machine(url) {
            config.proxy(None).build()
        } else {
            config.build()
        };
        agent.run(request)
    }
}

fn agent(proxy: Option<Proxy>, roots: Roots) -> Agent {
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::Specific(roots))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(proxy)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(HEADER_BYTES)
        .max_idle_connections_per_host(8)
        .user_agent(USER_AGENT)
        .accept("application/json")
        .build()
        .new_agent()
}

/// Whether a header can have this value.
pub(crate) fn can_be_sent(value: &str) -> bool {
    http::HeaderValue::from_str(value).is_ok()
}

/// Whether no proxy can know the host.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn untrusted(why: &rustls::CertificateError) -> Broken {
    Broken::Untrusted(format!(
        "its certificate is not trusted: {why}; `SSL_CERT_FILE` names the file of those that are"
    ))
}

fn unsendable(error: http::Error) -> Broken {
    Broken::Unsendable(error.to_string())
}

/// What went wrong before there was an answer.
fn unanswered(error: ureq::Error) -> Broken {
    match error {
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Broken::Connection("it ended without an answer".to_owned())
        }
        other => broken(other),
    }
}

fn broken(error: ureq::Error) -> Broken {
    use std::io::ErrorKind;
    match error {
        ureq::Error::Timeout(_) => Broken::Timeout,
        ureq::Error::Io(error) => {
            let tls = error
                .get_ref()
                .and_then(|it| it.downcast_ref::<rustls::Error>());
            match (tls, error.kind()) {
                (Some(rustls::Error::InvalidCertificate(why)), _) => untrusted(why),
                (_, ErrorKind::UnexpectedEof) => Broken::Cut("the connection ended".to_owned()),
                (_, ErrorKind::TimedOut | ErrorKind::WouldBlock) => Broken::Timeout,
                (_, ErrorKind::ConnectionRefused) => Broken::Unreached(error.to_string()),
                _ => Broken::Connection(error.to_string()),
            }
        }
        ureq::Error::Rustls(rustls::Error::InvalidCertificate(why)) => untrusted(&why),
        ureq::Error::Decompress(kind, why) => Broken::Cut(format!("{kind}: {why}")),
        ureq::Error::Protocol(why) => Broken::Cut(why.to_string()),
        ureq::Error::LargeResponseHeader(..) => Broken::TooLong,
        ureq::Error::HostNotFound => Broken::Unreached("the host has no address".to_owned()),
        ureq::Error::Http(_) | ureq::Error::BadUri(_) => Broken::Unsendable(error.to_string()),
        other => {
            let cause = other
                .source()
                .map(|it| format!(": {it}"))
                .unwrap_or_default();
            Broken::Connection(format!("{other}{cause}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::path::Path;
    use std::process::Command;
    use std::thread::{self, JoinHandle};

    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    use super::*;

    fn send(transport: &Transport, url: &str) -> Result<Received, Broken> {
        transport.send(Request {
            method: Method::Get,
            url: &url.parse().unwrap(),
            headers: vec![("authorization", "Bearer s3cret".to_owned())],
            body: None,
            timeout: Duration::from_secs(5),
            max_bytes: 1000,
        })
    }

    /// Answers one connection, and gives what was read from it.
    fn once(listener: TcpListener, answer: &'static str) -> JoinHandle<String> {
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            while !bytes.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                bytes.extend(byte);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(bytes).unwrap()
        })
    }

    #[test]
    fn a_proxy_is_asked_for_a_tunnel_and_gets_no_credential_of_ours() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = once(listener, "HTTP/1.1 403 Forbidden\r\n\r\n");
        let url = format!("http://user:hunter2@127.0.0.1:{port}");
        let transport = Transport::new(Some(Proxy::new(&url).unwrap()));
        let failed = send(&transport, "https://jira.example.org/x")
            .err()
            .unwrap();
        assert!(matches!(failed, Broken::Connection(_)), "{failed:?}");
        assert!(!format!("{failed:?}").contains("hunter2"));
        let asked = proxy.join().unwrap();
        assert!(
            asked.starts_with("CONNECT jira.example.org:443 HTTP/1.1\r\n"),
            "{asked}"
        );
        assert!(asked.contains("Basic dXNlcjpodW50ZXIy"), "{asked}");
        assert!(!asked.contains("s3cret"));
    }

    #[test]
    fn this_machine_is_asked_without_a_proxy() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let service = once(listener, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
        let transport = Transport::new(Some(Proxy::new("http://127.0.0.1:9").unwrap()));
        let received = send(&transport, &format!("http://127.0.0.1:{port}/x"))
            .ok()
            .unwrap();
        assert_eq!(received.status, 200);
        assert!(service.join().unwrap().starts_with("GET /x HTTP/1.1\r\n"));
    }

    static TRUSTED: LazyLock<(tempfile::TempDir, Roots)> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("openssl")
            .args(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -batch"
                    .split(' '),
            )
            .args("-subj /CN=localhost -addext subjectAltName=DNS:localhost".split(' '))
            .args(
                "-addext basicConstraints=critical,CA:FALSE -keyout key.pem -out cert.pem"
                    .split(' '),
            )
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(made.status.success());
        let roots = Certificate::from_pem(&std::fs::read(folder.path().join("cert.pem")).unwrap());
        (folder, Arc::new(vec![roots.unwrap()]))
    });

    fn secure_service(folder: &Path) -> u16 {
        let certificates = CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificates], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = rustls::StreamOwned::new(session, stream.unwrap());
                // Who does not trust us hangs up.
                if stream.read(&mut [0; 4096]).is_ok() {
                    drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"));
                    drop(stream.flush());
                }
            }
        });
        port
    }

    #[test]
    fn only_a_certificate_that_is_trusted_is_talked_to() {
        let port = secure_service(TRUSTED.0.path());
        let url = format!("https://localhost:{port}/x");
        let trusting = Transport::trusting(None, || Arc::clone(&TRUSTED.1));
        assert_eq!(send(&trusting, &url).ok().unwrap().status, 200);
        let wary = Transport::trusting(None, Arc::default);
        let failed = send(&wary, &url).err().unwrap();
        assert!(matches!(failed, Broken::Untrusted(_)), "{failed:?}");
    }
}
