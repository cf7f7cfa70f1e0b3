//! Where a server is, how to get in, and what may be said about that.

use std::time::Duration;

use mysql::{Conn, DriverError, Error, Opts, OptsBuilder, SslOpts};
use percent_encoding::percent_decode_str;
use qaduct_records::{Query, Secret, StoreError};
use url::Url;

use crate::postgres::tls::{Tls, TlsMode};
use crate::store_url::without_password;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may be silent before its other end is asked for.
const KEEPALIVE_MS: u32 = 30_000;
/// How long what was sent may go without a word that it has arrived.
#[cfg(target_os = "linux")]
const UNHEARD_MS: u32 = 60_000;
const PORT: u16 = 3306;

/// What the server calls the things that went wrong.
mod code {
    pub(super) const UNKNOWN_COLUMN: u16 = 1054;
    pub(super) const LOCK_WAIT_TIMEOUT: u16 = 1205;
    pub(super) const DEADLOCK: u16 = 1213;
    pub(super) const NO_SUCH_TABLE: u16 = 1146;
    /// Three servers, three numbers: MySQL before 8, MySQL 8, MariaDB.
    pub(super) const NO_LOCAL_FILES: [u16; 3] = [1148, 3948, 4166];
}

/// A server, a database, a user and a password.
#[derive(Clone)]
pub(super) struct Address {
    user: String,
    host: String,
    port: u16,
    socket: Option<String>,
    database: String,
    password: Option<Secret>,
    tls: Tls,
}

impl Address {
    /// Reads a URL. The words of `sslmode` are those of the PostgreSQL store.
    pub(super) fn parse(url: &str, password: Option<&Secret>) -> Result<Self, StoreError> {
        let refuse = |why: String| StoreError::Url {
            url: without_password(url),
            why,
        };
        let parsed = Url::parse(url).map_err(|error| refuse(error.to_string()))?;
        let decode = |text: &str| match percent_decode_str(text).decode_utf8() {
            Ok(text) => Ok(text.into_owned()),
            Err(_) => Err(refuse("what is behind a `%` is no text".to_owned())),
        };
        let mut address = Self {
            user: decode(parsed.username())?,
            host: decode(parsed.host_str().unwrap_or_default())?,
            port: parsed.port().unwrap_or(PORT),
            socket: None,
            database: decode(parsed.path().trim_start_matches('/'))?,
            password: None,
            tls: Tls::default(),
        };
        let mut inside = parsed.password().map(decode).transpose()?;
        for (name, value) in parsed.query_pairs() {
            match name.as_ref() {
                "sslmode" => address.tls.mode = value.parse().map_err(refuse)?,
                "sslrootcert" => address.tls.roots = Some(value.as_ref().into()),
                "socket" => address.socket = Some(value.into_owned()),
                "user" => address.user = value.into_owned(),
                "password" => inside = Some(value.into_owned()),
                name => {
                    return Err(refuse(format!(
                        "`{name}` is none of: sslmode, sslrootcert, socket, user, password"
                    )));
                }
            }
        }
        if address.user.is_empty() || address.database.is_empty() {
            return Err(refuse(
                "it must name a user and a database: `mysql://user@host/database`".to_owned(),
            ));
        }
        if address.host.is_empty() {
            "localhost".clone_into(&mut address.host);
        }
        let inside = inside.filter(|it| !it.is_empty()).map(Secret::new);
        address.password = password.cloned().or(inside);
        Ok(address)
    }

    pub(super) fn database(&self) -> &str {
        &self.database
    }

    /// Connects, by TLS as far as the mode says.
    pub(super) fn connect(&self) -> Result<Conn, StoreError> {
        let open = |error| StoreError::Open {
            location: self.location(),
            cause: self.cause(&error),
        };
        match Conn::new(self.options(self.tls_options())) {
            Err(Error::DriverError(DriverError::TlsNotSupported))
                if self.tls.mode == TlsMode::Prefer =>
            {
                Conn::new(self.options(None)).map_err(open)
            }
            connection => connection.map_err(open),
        }
    }

    fn options(&self, tls: Option<SslOpts>) -> Opts {
        // The driver takes an address of version 6 without its brackets.
        let host = self.host.trim_matches(['[', ']']);
        let options = OptsBuilder::new()
            .ip_or_hostname(Some(host))
            .tcp_port(self.port)
            .socket(self.socket.as_ref())
            .prefer_socket(false)
            .user(Some(&self.user))
            .pass(self.password.as_ref().map(Secret::expose))
            .db_name(Some(&self.database))
            .tcp_connect_timeout(Some(CONNECT_TIMEOUT))
            .tcp_keepalive_time_ms(Some(KEEPALIVE_MS))
            .connect_attrs(Some([("program_name", "qaduct")].into()))
            .ssl_opts(tls);
        #[cfg(target_os = "linux")]
        let options = options.tcp_user_timeout_ms(Some(UNHEARD_MS));
        options.into()
    }

    /// A socket needs no TLS.
    fn tls_options(&self) -> Option<SslOpts> {
        if self.socket.is_some() {
            return None;
        }
        let roots = self.tls.roots.clone().filter(|it| it != "system");
        let any = SslOpts::default();
        let trusted = any.clone().with_root_cert_path(roots);
        match self.tls.mode {
            TlsMode::Disable => None,
            TlsMode::Prefer | TlsMode::Require => Some(any.with_danger_accept_invalid_certs(true)),
            TlsMode::VerifyCa => Some(trusted.with_danger_skip_domain_validation(true)),
            TlsMode::VerifyFull => Some(trusted),
        }
    }

    /// The address without a password.
    pub(super) fn location(&self) -> String {
        let (user, host, database) = (&self.user, &self.host, &self.database);
        match &self.socket {
            Some(socket) => format!("mysql://{user}@{host}/{database}?socket={socket}"),
            None => format!("mysql://{user}@{host}:{}/{database}", self.port),
        }
    }

    /// The error of a statement that failed.
    pub(super) fn failure(&self, doing: &str, error: &Error) -> StoreError {
        let (location, cause) = (self.location(), self.cause(error));
        match error {
            Error::MySqlError(said)
                if [code::LOCK_WAIT_TIMEOUT, code::DEADLOCK].contains(&said.code) =>
            {
                StoreError::Busy { location, cause }
            }
            _ => self.failed(doing, cause),
        }
    }

    /// The error of something that was done in vain.
    pub(super) fn failed(&self, doing: &str, cause: String) -> StoreError {
        StoreError::Database {
            location: self.location(),
            doing: doing.to_owned(),
            cause,
        }
    }

    /// The error of a question. The statement is ours; what can be wrong with it are the names.
    pub(super) fn asking(&self, error: &Error) -> StoreError {
        match error {
            Error::MySqlError(said)
                if [code::UNKNOWN_COLUMN, code::NO_SUCH_TABLE].contains(&said.code) =>
            {
                StoreError::Query(said.message.clone())
            }
            _ => self.failure("reading", error),
        }
    }

    /// The error of an answer that does not have the declared types.
    pub(super) fn unreadable(&self, query: &Query, cause: &str) -> StoreError {
        self.failed("reading", format!("`{}`: {cause}", query.relation))
    }

    /// What the server or the driver says, without the password should it quote it.
    fn cause(&self, error: &Error) -> String {
        let cause = match error {
            Error::MySqlError(said) => said.message.clone(),
            Error::IoError(error) => error.to_string(),
            Error::DriverError(error) => error.to_string(),
            Error::TlsError(error) => error.to_string(),
            error => error.to_string(),
        };
        match &self.password {
            Some(password) => cause.replace(password.expose(), "***"),
            None => cause,
        }
    }
}

/// Whether a table does not exist.
pub(super) fn is_missing(error: &Error) -> bool {
    matches!(error, Error::MySqlError(said) if said.code == code::NO_SUCH_TABLE)
}

/// Whether the server takes no rows by `LOAD DATA LOCAL`.
pub(super) fn refuses_local_files(error: &Error) -> bool {
    matches!(error, Error::MySqlError(said) if code::NO_LOCAL_FILES.contains(&said.code))
}
