//! A private MariaDB for tests, from the packages of the machine.
//!
//! The first test that wants a database starts one server for the whole test
//! binary, in a temporary folder, on a socket there and on a free port of the
//! loopback; every test gets a database of its own. A shell that waits for the
//! end of this process, however it ends, stops the server and removes the folder.
//!
//! Whoever comes by the socket is trusted; by TCP the password is [`PASSWORD`],
//! with or without TLS. The databases ignore case and trailing blanks, and the
//! server is in another time zone, so that what does not ignore them and is in UTC
//! is so because we asked for it.
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

/// A user who may do everything.
pub(crate) const USER: &str = "qaduct";
/// The password of that user, by TCP.
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
    user=mysql
    id -u $user >/dev/null 2>&1 || user=nobody
    as="setpriv --reuid=$user --regid=$(id -g $user) --clear-groups"
fi
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -addext basicConstraints=critical,CA:FALSE \
    -keyout server.key -out server.crt >>log 2>&1 || fail
chmod 600 server.key
[ -z "$as" ] || chown -R "$user" . || fail
$as "$INSTALL" --no-defaults --datadir="$FOLDER/data" --skip-test-db \
    --auth-root-authentication-method=normal >>log 2>&1 || fail
cat >users.sql <<SQL
CREATE USER '$USER'@'localhost';
CREATE USER '$USER'@'%' IDENTIFIED BY '$PASSWORD';
GRANT ALL ON *.* TO '$USER'@'localhost';
GRANT ALL ON *.* TO '$USER'@'%';
SQL
chmod 644 users.sql
$as "$SERVER" --no-defaults --datadir="$FOLDER/data" --socket="$FOLDER/socket" \
    --bind-address=127.0.0.1 --port="$PORT" --skip-name-resolve --init-file="$FOLDER/users.sql" \
    --ssl-cert="$FOLDER/server.crt" --ssl-key="$FOLDER/server.key" --pid-file="$FOLDER/pid" \
    --character-set-server=latin1 --default-time-zone=+05:30 --max-connections=300 \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-log-file-size=256M \
    --innodb-buffer-pool-size=256M --sync-binlog=0 >>log 2>&1 &
server=$!
until "$CLIENT" --no-defaults -u "$USER" -S "$FOLDER/socket" -e 'SELECT 1' >/dev/null 2>&1; do
    kill -0 $server 2>/dev/null || fail
    sleep 0.05
done
echo $server
read -r _
kill -KILL $server; wait $server; clean
"#;

struct Server {
    folder: PathBuf,
    port: u16,
    client: PathBuf,
    pid: u32,
    /// Holds the pipe whose end tells the shell to stop.
    _shell: Child,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("qaduct-maria-")
            .tempdir()
            .unwrap()
            .keep();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let client = program(&["mariadb", "mysql"]);
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("FOLDER", &folder)
            .env(
                "INSTALL",
                program(&["mariadb-install-db", "mysql_install_db"]),
            )
            .env("SERVER", program(&["mariadbd", "mysqld"]))
            .env("CLIENT", &client)
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
            panic!("MariaDB does not start: {said}")
        });
        Self {
            folder,
            port,
            client,
            pid,
            _shell: shell,
        }
    }

    fn query(&self, database: &str, sql: &str) -> String {
        let output = Command::new(&self.client)
            .args(["--no-defaults", "--batch", "--raw", "--skip-column-names"])
            .args([
                "--default-character-set=utf8mb4",
                "--local-infile",
                "-u",
                USER,
                "-S",
            ])
            .arg(self.folder.join("socket"))
            .args(["-e", sql, database])
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        assert!(output.status.success(), "{sql}: {}", text(output.stderr));
        text(output.stdout).trim_end().to_owned()
    }
}

/// A program of the server under the first of its names that is there.
fn program(names: &[&str]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.extend(["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"].map(PathBuf::from));
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|program| program.exists())
        .unwrap_or_else(|| {
            panic!(
                "this test needs MariaDB: install the Debian package `mariadb-server` \
                 (`apt-get install mariadb-server`), or put `mariadbd` in the path"
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
        let name = format!("test_{}", DATABASES.fetch_add(1, Relaxed));
        SERVER.query("mysql", &format!("CREATE DATABASE {name}"));
        Self { name }
    }

    /// Its URL by the socket, without a password.
    pub(crate) fn url(&self) -> String {
        let (folder, name) = (SERVER.folder.display(), &self.name);
        format!("mariadb://{USER}@localhost/{name}?socket={folder}/socket")
    }

    /// Its URL by TCP, without a password.
    pub(crate) fn tcp_url(&self) -> String {
        format!("mysql://{USER}@127.0.0.1:{}/{}", SERVER.port, self.name)
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
    pub(crate) fn folder(&self) -> &Path {
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

    /// Runs SQL as the user; gives the rows as lines with tabs between columns.
    pub(crate) fn sql(&self, sql: &str) -> String {
        SERVER.query(&self.name, sql)
    }
}
