//! One request and its answer over the network.
//!
//! Owns the connections, TLS, the proxy and the unpacking. Follows no redirect and
//! repeats nothing. Reads `HTTPS_PROXY`, `NO_PROXY` (and their kin) and
//! `SSL_CERT_FILE`, through the libraries that define them.

use std::error::Error as _;
use std::io::Read as _;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ureq::http;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Proxy};
use url::{Host, Url};

use crate::Method;

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

static ROOTS: LazyLock<Arc<Vec<Certificate<'static>>>> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs().certs;
    let roots = found.iter().map(|it| Certificate::from_der(it).to_owned());
    Arc::new(roots.collect())
});

/// What is sent.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    pub(crate) headers: Vec<(&'a str, String)>,
    pub(crate) body: Option<Vec<u8>>,
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
    /// No connection, or it broke before the answer.
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

pub(crate) struct Transport {
    agent: Agent,
    proxied: bool,
}

impl Transport {
    pub(crate) fn new(proxy: Option<Proxy>) -> Self {
        Self::trusting(proxy, Arc::clone(&ROOTS))
    }

    fn trusting(proxy: Option<Proxy>, roots: Arc<Vec<Certificate<'static>>>) -> Self {
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::Specific(roots))
            .build();
        let proxied = proxy.is_some();
        let agent = Agent::config_builder()
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
            .new_agent();
        Self { agent, proxied }
    }

    /// Sends a request and reads the answer to its end.
    pub(crate) fn send(&self, request: Request<'_>) -> Result<Received, Broken> {
        let mut builder = http::Request::builder()
            .method(match request.method {
                Method::Get => http::Method::GET,
                Method::Post => http::Method::POST,
            })
            .uri(request.url.as_str());
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let sent = match request.body {
            Some(body) => {
                let ready = builder
                    .header(http::header::CONTENT_TYPE, "application/json")
                    .body(body)
                    .map_err(unsendable)?;
                self.run(ready, request.url, request.timeout)
            }
            None => {
                let ready = builder.body(()).map_err(unsendable)?;
                self.run(ready, request.url, request.timeout)
            }
        };
        let (parts, mut body) = sent.map_err(broken)?.into_parts();
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
        let config = self.agent.configure_request(request);
        let config = config.timeout_global(Some(timeout));
        let request = if self.proxied && is_this_machine(url) {
            config.proxy(None).build()
        } else {
            config.build()
        };
        self.agent.run(request)
    }
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

fn unsendable(error: http::Error) -> Broken {
    Broken::Unsendable(error.to_string())
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
                (Some(rustls::Error::InvalidCertificate(why)), _) => {
                    Broken::Untrusted(format!("its certificate is not trusted: {why}"))
                }
                (_, ErrorKind::UnexpectedEof) => Broken::Cut("the connection ended".to_owned()),
                (_, ErrorKind::TimedOut | ErrorKind::WouldBlock) => Broken::Timeout,
                _ => Broken::Connection(error.to_string()),
            }
        }
        ureq::Error::Rustls(rustls::Error::InvalidCertificate(why)) => {
            Broken::Untrusted(format!("its certificate is not trusted: {why}"))
        }
        ureq::Error::Decompress(kind, why) => Broken::Cut(format!("{kind}: {why}")),
        ureq::Error::Protocol(why) => Broken::Cut(why.to_string()),
        ureq::Error::LargeResponseHeader(..) => Broken::TooLong,
        ureq::Error::HostNotFound => Broken::Connection("the host has no address".to_owned()),
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
