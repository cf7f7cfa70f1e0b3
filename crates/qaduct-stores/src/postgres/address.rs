//! Where a server is, how to get in, and what may be said about that.

use std::error::Error as _;
use std::io;
use std::path::Path;
use std::time::Duration;

use postgres::config::Host;
use postgres::error::SqlState;
use postgres::{Client, Config};
use qaduct_records::{Query, Secret, StoreError};
use url::form_urlencoded;

use super::tls::Tls;
use crate::store_url::without_password;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Where the packages of the distributions put the socket.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// A server, a database, a user and a password.
#[derive(Clone)]
pub(crate) struct Address {
    config: Config,
    tls: Tls,
    password: Option<Secret>,
}

impl Address {
    pub(crate) fn new(mut config: Config, tls: Tls) -> Self {
        let password = config
            .get_password()
            .and_then(|it| std::str::from_utf8(it).ok());
        let password = password.filter(|it| !it.is_empty()).map(Secret::new);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        // A server that vanished is noticed in a minute, not when TCP gives up.
        config.keepalives_idle(Duration::from_secs(30));
        config.keepalives_interval(Duration::from_secs(10));
        config.keepalives_retries(3);
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(60));
        }
        if config.get_application_name().is_none() {
            config.application_name("qaduct");
        }
        config.ssl_mode(tls.ssl_mode());
        Self {
            config,
            tls,
            password,
        }
    }

    /// Reads a URL as libpq does. `sslmode` and `sslrootcert` are ours, the driver reads the rest.
    pub(super) fn parse(url: &str, password: Option<&Secret>) -> Result<Self, StoreError> {
        let refuse = |why| StoreError::Url {
            url: without_password(url),
            why,
        };
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut tls = Tls::default();
        let mut rest = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = form_urlencoded::parse(pair.as_bytes())
                .next()
                .unwrap_or_default();
            match name.as_ref() {
                "sslmode" => tls.mode = value.parse().map_err(refuse)?,
                "sslrootcert" => tls.roots = Some(value.as_ref().into()),
                _ => rest.push(pair),
            }
        }
        let mut config: Config = format!("{base}?{}", rest.join("&"))
            .parse()
            .map_err(|error: postgres::Error| refuse(chain(&error)))?;
        if let Some(password) = password {
            config.password(password.expose());
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            let port = config.get_ports().first().copied().unwrap_or(5432);
            let has_socket =
                |folder: &&&str| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists();
            match SOCKET_FOLDERS.iter().find(has_socket) {
                Some(folder) => config.host_path(folder),
                None => config.host("localhost"),
            };
        }
        Ok(Self::new(config, tls))
    }

    pub(crate) fn connect(&self) -> Result<Client, StoreError> {
        let open = |cause| StoreError::Open {
            location: self.location(),
            cause,
        };
        let connector = self.tls.connector().map_err(open)?;
        self.config
            .connect(connector)
            .map_err(|error| open(self.cause(&error)))
    }

    /// The address without a password.
    pub(crate) fn location(&self) -> String {
        let user = self
            .config
            .get_user()
            .map_or(String::new(), |user| format!("{user}@"));
        let ports = self.config.get_ports();
        let host = |(n, host): (usize, &Host)| {
            let host = match host {
                Host::Tcp(name) => name.clone(),
                Host::Unix(folder) => folder.display().to_string(),
            };
            match ports.get(n).or(ports.first()) {
                Some(port) => format!("{host}:{port}"),
                None => host,
            }
        };
        let hosts: Vec<_> = self
            .config
            .get_hosts()
            .iter()
            .enumerate()
            .map(host)
            .collect();
        let database = self.config.get_dbname().unwrap_or_default();
        format!("postgresql://{user}{}/{database}", hosts.join(","))
    }

    /// The error of a statement that failed.
    pub(crate) fn failure(&self, doing: &str, failure: impl Into<Failure>) -> StoreError {
        let location = self.location();
        let cause = match failure.into() {
            Failure::Server(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
                return StoreError::Busy {
                    location,
                    cause: self.cause(&error),
                };
            }
            Failure::Server(error) => self.cause(&error),
            Failure::Sending(error) => error.to_string(),
        };
        StoreError::Database {
            location,
            doing: doing.to_owned(),
            cause,
        }
    }

    /// The error of a question. The statement is ours; what can be wrong with it are the names.
    pub(super) fn asking(&self, error: postgres::Error) -> StoreError {
        match error.as_db_error() {
            Some(said) if is_missing(&error) => StoreError::Query(said.message().to_owned()),
            _ => self.failure("reading", error),
        }
    }

    /// The error of an answer that does not have the declared types.
    pub(super) fn unreadable(&self, query: &Query, cause: &str) -> StoreError {
        StoreError::Database {
            location: self.location(),
            doing: "reading".to_owned(),
            cause: format!("`{}`: {cause}", query.relation),
        }
    }

    /// What the server or the driver says, without the password should it quote it.
    fn cause(&self, error: &postgres::Error) -> String {
        let cause = match error.as_db_error() {
            Some(said) => [Some(said.message()), said.detail(), said.hint()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("; "),
            None => chain(error),
        };
        match &self.password {
            Some(password) => cause.replace(password.expose(), "***"),
            None => cause,
        }
    }
}

/// What can go wrong between us and a server.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the server or the driver reports.
    Server(postgres::Error),
    /// What happens while rows are sent.
    Sending(io::Error),
}

impl Failure {
    /// Whether a row of the same key is there.
    pub(super) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Server(it) if it.code() == Some(&SqlState::UNIQUE_VIOLATION))
    }
}

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        Self::Server(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.downcast::<postgres::Error>() {
            Ok(error) => Self::Server(error),
            Err(error) => Self::Sending(error),
        }
    }
}

/// Whether a table, a view or a column does not exist.
pub(super) fn is_missing(error: &postgres::Error) -> bool {
    matches!(
        error.code(),
        Some(&SqlState::UNDEFINED_TABLE | &SqlState::UNDEFINED_COLUMN)
    )
}

/// An error and what caused it.
fn chain(error: &postgres::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
