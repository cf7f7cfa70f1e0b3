//! A private PostgreSQL for tests, from the packages of the machine.
//!
//! The first test that wants a database starts one server for the whole test
//! binary, in a temporary folder, on a socket there and on a free port of the
//! loopback; every test gets a database of its own. A shell that waits for the
//! end of this process, however it ends, stops the server and removes the folder.
//!
//! Whoever comes by the socket is trusted; by TCP the password is [`PASSWORD`],
//! with or without TLS. The databases sort text by the rules of a language, so
//! that what sorts by code point does so because we asked for it.
#![allow(
    dead_code,
    reason = "each test binary that includes this file uses a part of it"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The superuser.
pub(crate) const USER: &str = "qaduct";
/// The password of the superuser.
pub(crate) const PASSWORD: &str = "pl4nted-p4ssw0rd";

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Starts the server and says so; the last line waits for the end of the tests.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
cd "$FOLDER" || exit
clean() { cd / && rm -rf "$FOLDER"; }
fail() { cat "$FOLDER/log" >&2; clean; exit 1; }
exec 2>>log
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id -u $user >/dev/null 2>&1 || user=nobody
    chown "$user" . log
    as="setpriv --reuid=$user --regid=$(id -g $user) --clear-groups"
fi
printf %s "$PASSWORD" >password && chmod 644 password
$as "$BIN/initdb" --pgdata data --username "$USER" --pwfile password --encoding UTF8 \
    --no-locale --auth-local trust --auth-host scram-sha-256 --no-sync >log 2>&1 || fail
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -addext basicConstraints=critical,CA:FALSE \
    -keyout data/server.key -out data/server.crt >>log 2>&1 || fail
cp data/server.crt server.crt && chmod 600 data/server.key
[ -z "$as" ] || chown "$user" data/server.key data/server.crt
$as "$BIN/postgres" -D data -k "$FOLDER" -p "$PORT" -c listen_addresses=127.0.0.1 \
    -c ssl=on -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
    -c shared_buffers=64MB -c max_wal_size=4GB -c autovacuum=off >>log 2>&1 &
server=$!
until "$BIN/pg_isready" -q -h "$FOLDER" -p "$PORT"; do
    kill -0 $server 2>/dev/null || fail
    sleep 0.05
done
echo $server
read -r _
kill -QUIT $server; wait $server; clean
"#;

struct Server {
    folder: PathBuf,
    port: u16,
    bin: PathBuf,
    pid: u32,
    /// Holds the pipe whose end tells the shell to stop.
    _shell: Child,
}

impl Server {
    fn start() -> Self {
        let bin = programs();
        let folder = tempfile::Builder::new()
            .prefix("qaduct-pg-")
            .tempdir()
            .unwrap()
            .keep();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("FOLDER", &folder)
            .env("BIN", &bin)
            .env("PORT", port.to_string())
            .env("USER", USER)
            .env("PASSWORD", PASSWORD)
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let pid = line.trim().parse().unwrap_or_else(|_| {
            let mut said = String::new();
            shell
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut said)
                .unwrap();
            panic!("PostgreSQL from {} does not start: {said}", bin.display())
        });
        Self {
            folder,
            port,
            bin,
            pid,
            _shell: shell,
        }
    }

    fn psql(&self, database: &str, sql: &str) -> String {
        let output = Command::new(self.bin.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h"])
            .arg(&self.folder)
            .args([
                "-p",
                &self.port.to_string(),
                "-U",
                USER,
                "-d",
                database,
                "-c",
                sql,
            ])
            .env("LC_ALL", "C")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        assert!(output.status.success(), "{sql}: {}", text(output.stderr));
        text(output.stdout).trim_end().to_owned()
    }
}

/// The folder of the server's programs.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    // Debian keeps the programs of each version apart and out of the path.
    let mut versions: Vec<_> = Path::new("/usr/lib/postgresql")
        .read_dir()
        .map(|found| {
            found
                .flatten()
                .map(|entry| entry.path().join("bin"))
                .collect()
        })
        .unwrap_or_default();
    versions.sort();
    folders.extend(versions.into_iter().rev());
    let all = ["initdb", "postgres", "psql", "pg_isready"];
    folders
        .into_iter()
        .find(|folder| all.iter().all(|name| folder.join(name).exists()))
        .unwrap_or_else(|| {
            panic!(
                "this test needs PostgreSQL: install the Debian package `postgresql` \
                 (`apt-get install postgresql`), or put `initdb` and `postgres` in the path"
            )
        })
}

/// A fresh database on the private server.
pub(crate) struct Database {
    name: String,
}

impl Database {
    /// Creates a database.
    pub(crate) fn new() -> Self {
        Self::with("ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
    }

    /// Creates a database with these options of `CREATE DATABASE`.
    pub(crate) fn with(options: &str) -> Self {
        let name = format!("test_{}", DATABASES.fetch_add(1, Relaxed));
        SERVER.psql(
            "postgres",
            &format!("CREATE DATABASE {name} TEMPLATE template0 {options}"),
        );
        Self { name }
    }

    /// Its URL by the socket, without a password.
    pub(crate) fn url(&self) -> String {
        let (folder, port) = (SERVER.folder.display(), SERVER.port);
        format!(
            "postgresql:///{}?host={folder}&port={port}&user={USER}",
            self.name
        )
    }

    /// Its URL by TCP, without a password.
    pub(crate) fn tcp_url(&self) -> String {
        format!(
            "postgresql://{USER}@127.0.0.1:{}/{}",
            SERVER.port, self.name
        )
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The port of the server on the loopback.
    pub(crate) fn port(&self) -> u16 {
        SERVER.port
    }

    /// The folder of the socket.
    pub(crate) fn socket(&self) -> &Path {
        &SERVER.folder
    }

    /// The certificate of the server, which is its own authority, for the host `localhost`.
    pub(crate) fn certificate(&self) -> PathBuf {
        SERVER.folder.join("server.crt")
    }

    /// The process of the server.
    pub(crate) fn server_pid(&self) -> u32 {
        SERVER.pid
    }

    /// Runs SQL as the superuser; gives the rows as lines with `|` between columns.
    pub(crate) fn psql(&self, sql: &str) -> String {
        SERVER.psql(&self.name, sql)
    }
}
