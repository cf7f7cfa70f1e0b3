//! Private database servers for tests, from the packages of the machine.
//!
//! The first test that wants a database of a kind starts one server for the whole
//! test binary, in a temporary folder, on a socket there and on a free port of the
//! loopback; every test gets a database of its own. A shell that waits for the end
//! of this process, however it ends, stops the server and removes the folder.
//!
//! Whoever comes by the socket is trusted; by TCP the password is [`PASSWORD`], with
//! or without TLS. The servers are set up so that what our tables promise is so
//! because we asked for it: text sorts by the rules of a language, and MariaDB ignores
//! case and trailing blanks and is in another time zone.
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

static POSTGRES: LazyLock<Server> = LazyLock::new(|| Server::start(&POSTGRESQL));
static MARIA: LazyLock<Server> = LazyLock::new(|| Server::start(&MARIADB));
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// What is particular to a kind of server. In texts stand `{folder}` and `{port}` of the
/// server, `{name}` of a database and `{sql}`.
struct Kind {
    name: &'static str,
    /// The Debian package, and the user whom it makes.
    package: &'static str,
    owner: &'static str,
    /// Variables of the script, and the names under which the program may be there.
    programs: &'static [(&'static str, &'static [&'static str])],
    /// Shell functions: `make` the data, `serve` until the end, say whether `ready`.
    script: &'static str,
    /// The signal that stops it at once.
    stop: &'static str,
    /// Arguments of the program `CLIENT` that runs SQL and prints rows as lines.
    client: &'static [&'static str],
    /// The database that is there from the start.
    first: &'static str,
    create: &'static str,
    url: &'static str,
    tcp_url: &'static str,
}

/// Rows are lines with `|` between columns.
static POSTGRESQL: Kind = Kind {
    name: "PostgreSQL",
    package: "postgresql",
    owner: "postgres",
    programs: &[
        ("INSTALL", &["initdb"]),
        ("SERVER", &["postgres"]),
        ("READY", &["pg_isready"]),
        ("CLIENT", &["psql"]),
    ],
    script: r#"
make() {
    printf %s "$PASSWORD" >password && chmod 644 password
    $as "$INSTALL" --pgdata data --username "$USER" --pwfile password --encoding UTF8 \
        --no-locale --auth-local trust --auth-host scram-sha-256 --no-sync
}
serve() {
    exec $as "$SERVER" -D data -k "$FOLDER" -p "$PORT" -c listen_addresses=127.0.0.1 -c ssl=on \
        -c ssl_cert_file="$FOLDER/server.crt" -c ssl_key_file="$FOLDER/server.key" \
        -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
        -c shared_buffers=64MB -c max_wal_size=4GB -c autovacuum=off
}
ready() { "$READY" -q -h "$FOLDER" -p "$PORT"; }
"#,
    stop: "QUIT",
    client: &[
        "-XqAt",
        "-vON_ERROR_STOP=1",
        "--host={folder}",
        "--port={port}",
        "--username=qaduct",
        "--dbname={name}",
        "--command={sql}",
    ],
    first: "postgres",
    create: "CREATE DATABASE {name} TEMPLATE template0",
    url: "postgresql:///{name}?host={folder}&port={port}&user=qaduct",
    tcp_url: "postgresql://qaduct@127.0.0.1:{port}/{name}",
};

/// Rows are lines with tabs between columns.
static MARIADB: Kind = Kind {
    name: "MariaDB",
    package: "mariadb-server",
    owner: "mysql",
    programs: &[
        ("INSTALL", &["mariadb-install-db", "mysql_install_db"]),
        ("SERVER", &["mariadbd", "mysqld"]),
        ("CLIENT", &["mariadb", "mysql"]),
    ],
    script: r#"
make() {
    cat >users.sql <<SQL
CREATE USER '$USER'@'localhost';
CREATE USER '$USER'@'%' IDENTIFIED BY '$PASSWORD';
GRANT ALL ON *.* TO '$USER'@'localhost';
GRANT ALL ON *.* TO '$USER'@'%';
SQL
    chmod 644 users.sql
    $as "$INSTALL" --no-defaults --datadir="$FOLDER/data" --skip-test-db \
        --auth-root-authentication-method=normal
}
serve() {
    exec $as "$SERVER" --no-defaults --datadir="$FOLDER/data" --socket="$FOLDER/socket" \
        --bind-address=127.0.0.1 --port="$PORT" --skip-name-resolve \
        --init-file="$FOLDER/users.sql" --pid-file="$FOLDER/pid" \
        --ssl-cert="$FOLDER/server.crt" --ssl-key="$FOLDER/server.key" \
        --character-set-server=latin1 --default-time-zone=+05:30 --max-connections=300 \
        --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-log-file-size=256M \
        --innodb-buffer-pool-size=256M --sync-binlog=0
}
ready() { "$CLIENT" --no-defaults -u "$USER" -S "$FOLDER/socket" -e 'SELECT 1'; }
"#,
    stop: "KILL",
    client: &[
        "--no-defaults",
        "--batch",
        "--raw",
        "--skip-column-names",
        "--default-character-set=utf8mb4",
        "--local-infile",
        "--user=qaduct",
        "--socket={folder}/socket",
        "--execute={sql}",
        "{name}",
    ],
    first: "mysql",
    create: "CREATE DATABASE {name}",
    url: "mariadb://qaduct@localhost/{name}?socket={folder}/socket",
    tcp_url: "mysql://qaduct@127.0.0.1:{port}/{name}",
};

/// Before what is particular: a folder that belongs to who will serve, and a certificate.
const BEGIN: &str = r#"
trap '' INT TERM HUP
cd "$FOLDER" || exit
clean() { cd / && rm -rf "$FOLDER"; }
fail() { cat "$FOLDER/log" >&2; clean; exit 1; }
exec 2>>log
if [ "$(id -u)" = 0 ]; then
    user=$OWNER
    id -u "$user" >/dev/null 2>&1 || user=nobody
    as="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
fi
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -addext basicConstraints=critical,CA:FALSE \
    -keyout server.key -out server.crt >>log 2>&1 || fail
chmod 600 server.key
[ -z "$as" ] || chown -R "$user" . || fail
"#;

/// Behind it: starts the server and says so; `read` waits for the end of the tests.
const END: &str = r#"
make >>log 2>&1 || fail
serve >>log 2>&1 &
server=$!
until ready >/dev/null 2>&1; do
    kill -0 $server 2>/dev/null || fail
    sleep 0.05
done
echo $server
read -r _
kill -$STOP $server; wait $server; clean
"#;

struct Server {
    kind: &'static Kind,
    folder: PathBuf,
    port: u16,
    pid: u32,
    /// Holds the pipe whose end tells the shell to stop.
    _shell: Child,
}

impl Server {
    fn start(kind: &'static Kind) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("qaduct-db-")
            .tempdir()
            .unwrap()
            .keep();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let programs = kind.programs.iter();
        let mut shell = Command::new("sh")
            .args(["-c", &[BEGIN, kind.script, END].concat()])
            .envs(programs.map(|(variable, _)| (variable, kind.program(variable))))
            .env("FOLDER", &folder)
            .env("OWNER", kind.owner)
            .env("PORT", port.to_string())
            .env("STOP", kind.stop)
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
            let mut pipe = shell.stderr.take().unwrap();
            pipe.read_to_string(&mut said).unwrap();
            panic!("{} does not start: {said}", kind.name)
        });
        Self {
            kind,
            folder,
            port,
            pid,
            _shell: shell,
        }
    }

    /// A text about a database of this server.
    fn fill(&self, text: &str, name: &str) -> String {
        text.replace("{folder}", &self.folder.display().to_string())
            .replace("{port}", &self.port.to_string())
            .replace("{name}", name)
    }

    fn sql(&self, name: &str, sql: &str) -> String {
        let arguments = self.kind.client.iter();
        let output = Command::new(self.kind.program("CLIENT"))
            .args(arguments.map(|it| self.fill(it, name).replace("{sql}", sql)))
            .env("LC_ALL", "C")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        assert!(output.status.success(), "{sql}: {}", text(output.stderr));
        text(output.stdout).trim_end().to_owned()
    }
}

impl Kind {
    /// The program of a variable, under the first of its names that is there.
    fn program(&self, variable: &str) -> PathBuf {
        let (_, names) = self.programs.iter().find(|it| it.0 == variable).unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders: Vec<_> = std::env::split_paths(&path).collect();
        folders.extend(["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"].map(PathBuf::from));
        // Debian keeps the programs of each version of PostgreSQL apart and out of the path.
        let versions = Path::new("/usr/lib/postgresql").read_dir();
        let versions = versions.into_iter().flatten().flatten();
        let mut versions: Vec<_> = versions.map(|it| it.path().join("bin")).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
        names
            .iter()
            .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
            .find(|program| program.exists())
            .unwrap_or_else(|| {
                panic!(
                    "this test needs {}: install the Debian package `{package}` \
                     (`apt-get install {package}`), or put `{}` in the path",
                    self.name,
                    names[0],
                    package = self.package
                )
            })
    }
}

/// A fresh database on a private server.
pub(crate) struct Database {
    server: &'static Server,
    name: String,
}

impl Database {
    /// Creates a database of PostgreSQL.
    pub(crate) fn postgres() -> Self {
        Self::postgres_with("ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
    }

    /// Creates a database of PostgreSQL with these options of `CREATE DATABASE`.
    pub(crate) fn postgres_with(options: &str) -> Self {
        Self::on(&POSTGRES, options)
    }

    /// Creates a database of MariaDB.
    pub(crate) fn mariadb() -> Self {
        Self::on(&MARIA, "")
    }

    fn on(server: &'static Server, options: &str) -> Self {
        let name = format!("test_{}", DATABASES.fetch_add(1, Relaxed));
        let create = server.fill(server.kind.create, &name);
        server.sql(server.kind.first, &format!("{create} {options}"));
        Self { server, name }
    }

    /// Its URL by the socket, without a password.
    pub(crate) fn url(&self) -> String {
        self.server.fill(self.server.kind.url, &self.name)
    }

    /// Its URL by TCP, without a password.
    pub(crate) fn tcp_url(&self) -> String {
        self.server.fill(self.server.kind.tcp_url, &self.name)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The port of the server on the loopback.
    pub(crate) fn port(&self) -> u16 {
        self.server.port
    }

    /// The folder of the socket.
    pub(crate) fn folder(&self) -> &Path {
        &self.server.folder
    }

    /// The certificate of the server, which is its own authority, for the host `localhost`.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.server.folder.join("server.crt")
    }

    /// The process of the server.
    pub(crate) fn server_pid(&self) -> u32 {
        self.server.pid
    }

    /// Runs SQL as the user; gives the rows as lines.
    pub(crate) fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.name, sql)
    }
}
