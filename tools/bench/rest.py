#!/usr/bin/env python3
"""Measures `qaduct pull` beside dlt and Meltano's taps, against the same server.

    tools/bench/rest.py target/release/qaduct [--service github] [--size 20000] [--tools qaduct dlt meltano]

`qaduct replay` serves a generated world with the page sizes and quota headers of the
service; each tool has a fresh server with the same world, of its own. Each tool loads the same
streams into SQLite three times: first, again with nothing new, and after one record
in a hundred has changed (those of Jira a minute before). After each round the ids in the database are held against
those that are served, and the time of the last change of what changed.

Printed, for each tool and round:

    requests   that the server saw; refused: those answered with 400 and above
    rows       in the database; rows/req: for each request
    quota      share of the service's hourly limit (GitHub: 5,000); `-` where it has none
    wall, CPU  seconds; CPU is user + system, of all processes of the tool
    peak       MiB, the sum of the processes of the tool
    stored     `as served`, or how many ids are missing, extra, twice or stale

It never judges: read ratios, and the machine's load beside them. `qaduct` keeps to an
even pace below the service's limit and leaves a reserve; the others ask as fast as they can.

dlt and the taps are installed into `--venvs` with pip when they are not there yet.
The tap of Jira knows https only: it is given a certificate of this machine, which is put
into the list of its environment (needs `openssl`).
The tap of GitHub asks api.github.com itself whether a token is good, so it runs without one.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HOURLY = {"github": 5_000}
# qaduct leaves the last minute of Jira to the next pull: Jira's index may still be behind.
SETTLED = {"github": 0, "jira": 65}
REPOSITORIES = ["mozilla-mobile/firefox-ios", "mozilla/experimenter", "mozilla-mobile/focus-ios"]
# No generated record is newer: what changed is.
NEWEST = "2026-03-03"

# What is read: collection of the server, then for each tool its table, the column of the
# id and that of the last change.
STREAMS = {
    "github": {
        "github.issues": {
            "qaduct": ("github_issues", "issue_id", "updated_at"),
            "dlt": ("issues", "id", "updated_at"), "meltano": ("issues", "id", "updated_at"),
        },
        "github.comments": {
            "qaduct": ("github_issue_comments", "comment_id", "updated_at"),
            "dlt": ("issue_comments", "id", "updated_at"), "meltano": ("issue_comments", "id", "updated_at"),
        },
        "github.events": {
            "qaduct": ("github_issue_events", "event_id", None),
            "dlt": ("issue_events", "id", None), "meltano": ("issue_events", "id", None),
        },
        "github.pulls": {
            "qaduct": ("github_pulls", "pull_id", "updated_at"),
            "dlt": ("pulls", "id", "updated_at"), "meltano": ("pull_requests", "id", "updated_at"),
        },
        "github.runs": {
            "qaduct": ("github_workflow_runs", "run_id", None),
            "dlt": ("workflow_runs", "id", None), "meltano": ("workflow_runs", "id", None),
        },
    },
    "jira": {
        "jira.issues": {
            "qaduct": ("jira_issues", "issue_id", "updated_at"),
            "dlt": ("issues", "id", "fields__updated"), "meltano": ("issues", "id", "updated"),
        },
        "jira.changelogs": {
            "qaduct": ("jira_changes", "change_id", None),
            "dlt": ("changelogs", "id", None), "meltano": ("issue_changelog", "id", None),
        },
    },
}
QADUCT = {
    "github": ["issues", "issue_comments", "issue_events", "pulls", "workflow_runs"],
    "jira": ["issues", "changes"],
}
TAP_STREAMS = {
    "github": ["issues", "issue_comments", "issue_events", "pull_requests", "workflow_runs"],
    "jira": ["issues", "issue_changelog"],
}

DLT = r'''
import json, sys
from datetime import datetime, timedelta
import dlt
from dlt.sources.rest_api import rest_api_source

service, base, database, folder, repositories = sys.argv[1:6]

def github():
    resources = []
    def add(name, path, repository, envelope=None, **parameters):
        endpoint = {"path": f"repos/{repository}/{path}", "params": {"per_page": 100, **parameters}}
        if envelope:
            endpoint["data_selector"] = envelope
        resources.append({"name": f"{name} of {repository}", "table_name": name, "endpoint": endpoint})
    def since(column):
        return {"type": "incremental", "cursor_path": column, "initial_value": "2010-01-01T00:00:00Z"}
    for repository in json.loads(repositories):
        add("issues", "issues", repository, state="all", sort="updated", direction="asc", since=since("updated_at"))
        add("issue_comments", "issues/comments", repository, sort="updated", direction="asc", since=since("updated_at"))
        add("issue_events", "issues/events", repository)
        add("pulls", "pulls", repository, state="all")
        add("workflow_runs", "actions/runs", repository, envelope="workflow_runs")
    return {
        "client": {"base_url": base, "auth": {"type": "bearer", "token": "replay"}, "paginator": "header_link"},
        "resource_defaults": {"primary_key": "id", "write_disposition": "merge"},
        "resources": resources,
    }

def before(text):
    # JQL has minutes in the time zone of the user: a day covers all zones.
    at = datetime.fromisoformat(text.replace("+0000", "+00:00")) - timedelta(days=1)
    return at.strftime("%Y-%m-%d %H:%M")

def jira():
    issues = {
        "path": "rest/api/3/search/jql", "data_selector": "issues",
        "params": {"jql": "updated >= '{incremental.start_value}' order by updated asc", "fields": "*all", "maxResults": 100},
        "incremental": {"cursor_path": "fields.updated", "initial_value": "2010-01-02T00:00:00.000+0000", "convert": before},
        "paginator": {"type": "cursor", "cursor_path": "nextPageToken", "cursor_param": "nextPageToken"},
    }
    changelogs = {
        "path": "rest/api/3/issue/{resources.issues.id}/changelog", "data_selector": "values",
        "paginator": {"type": "offset", "limit": 100, "offset_param": "startAt", "limit_param": "maxResults", "total_path": "total"},
    }
    return {
        "client": {"base_url": base, "auth": {"type": "http_basic", "username": "qa@example.org", "password": "replay"}},
        "resource_defaults": {"primary_key": "id", "write_disposition": "merge", "max_table_nesting": 1},
        "resources": [{"name": "issues", "endpoint": issues}, {"name": "changelogs", "endpoint": changelogs}],
    }

pipeline = dlt.pipeline(
    "bench", pipelines_dir=folder, dataset_name="main",
    destination=dlt.destinations.sqlalchemy(f"sqlite:///{database}"),
)
pipeline.run(rest_api_source({"github": github, "jira": jira}[service]()))
'''


def call(url, method="GET"):
    with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
        return json.load(answer)


class Server:
    """`qaduct replay` with a world, and what it tells."""

    def __init__(self, qaduct, service, size):
        self.process = subprocess.Popen(
            [qaduct, "replay", "--port", "0", "--service", service, "--size", str(size), "--quiet"],
            stdout=subprocess.PIPE, text=True,
        )
        self.url = None
        for line in self.process.stdout:
            if found := re.match(r'url = "(.*)"', line):
                self.url = found[1]
                break
        if not self.url:
            sys.exit("the server did not start")
        self.root = self.url.rsplit("/", 1)[0] + "/replay/"

    def ids(self, collection):
        return set(call(f"{self.root}ids/{collection}"))

    def change(self, collection):
        return set(call(f"{self.root}change/{collection}?every=100", "POST"))

    def forget(self):
        call(f"{self.root}forget", "POST")

    def seen(self):
        clients = call(f"{self.root}statistics").values()
        return sum(it["requests"] for it in clients), sum(it["refused"] for it in clients), [it["paths"] for it in clients]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def wait(processes, log):
    """CPU seconds and peak MiB of processes that run side by side."""
    cpu = peak = 0
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime
        peak += usage.ru_maxrss / 1024
    failed = [it for it in processes if it.returncode]
    if failed:
        tail = "".join(pathlib.Path(log).read_text(errors="replace").splitlines(keepends=True)[-15:])
        print(f"{failed[0].args[0]} failed with {failed[0].returncode}:\n{tail}", file=sys.stderr)
    return cpu, peak


class Qaduct:
    def __init__(self, options, service, server, folder):
        self.folder, self.database = folder, folder / "store.db"
        user = 'user = "qa@example.org"\n' if service == "jira" else ""
        projects = f"projects = {json.dumps(REPOSITORIES)}\n" if service == "github" else ""
        (folder / "qaduct.toml").write_text(
            f'[source.it]\nkind = "{service}"\nurl = "{server.url}"\n{user}{projects}token = {{ env = "REPLAY_TOKEN" }}\n'
        )
        streams = [f"it.{stream}" for stream in QADUCT[service]]
        self.command = [options.qaduct, "pull", *streams, "--store", str(self.database), "--quiet"]

    def run(self):
        log = self.folder / "log"
        with open(log, "w") as to:
            environment = {**os.environ, "REPLAY_TOKEN": "replay"}
            process = subprocess.Popen(self.command, cwd=self.folder, stdout=to, stderr=to, env=environment)
        return wait([process], log)

    @staticmethod
    def version(options, service):
        return subprocess.run([options.qaduct, "version"], capture_output=True, text=True).stdout.splitlines()[0]


def installed(options, name, packages):
    """A virtual environment with packages; made when it is not there."""
    folder = pathlib.Path(options.venvs) / name
    if not (folder / "bin" / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", *packages], check=True)
        (folder / "bin" / "done").touch()
    return folder / "bin"


def version_of(bin, package):
    program = f"import importlib.metadata as m; print('{package}', m.version('{package}'))"
    return subprocess.run([bin / "python", "-c", program], capture_output=True, text=True).stdout.strip()


class Dlt:
    def __init__(self, options, service, server, folder):
        bin = installed(options, "dlt", ["dlt[sqlalchemy]"])
        (folder / "load.py").write_text(DLT)
        self.folder, self.database = folder, folder / "store.db"
        self.command = [
            bin / "python", "load.py", service, server.url, self.database, folder / "state", json.dumps(REPOSITORIES),
        ]

    def run(self):
        log = self.folder / "log"
        environment = {
            # Several workers lock each other out of one file of SQLite.
            **os.environ, "LOAD__WORKERS": "1", "RUNTIME__DLTHUB_TELEMETRY": "false", "HOME": str(self.folder), "DLT_DATA_DIR": str(self.folder),
        }
        with open(log, "w") as to:
            process = subprocess.Popen(self.command, cwd=self.folder, stdout=to, stderr=to, env=environment)
        return wait([process], log)

    @staticmethod
    def version(options, service):
        return version_of(installed(options, "dlt", ["dlt[sqlalchemy]"]), "dlt")


class Meltano:
    """A tap whose records a target takes, as Meltano runs them."""

    def __init__(self, options, service, server, folder):
        tap, target = self.bins(options, service)
        self.folder, self.database = folder, folder / "store.db"
        self.environment = {**os.environ, "SINGER_SDK_LOG_CONFIG": "", "GITHUB_TOKEN": ""}
        for name in [it for it in self.environment if it.startswith("GITHUB_TOKEN") or it == "SINGER_SDK_LOG_CONFIG"]:
            del self.environment[name]
        if service == "github":
            owners = sorted({it.split("/")[0] for it in REPOSITORIES})
            config = {"api_url_base": server.url, "organizations": owners, "start_date": "2010-01-01T00:00:00Z"}
        else:
            host = secured(server.url, pathlib.Path(options.venvs) / "tap-jira")
            config = {
                "domain": f"{host}/jira", "api_token": "replay", "email": "qa@example.org",
                "start_date": "2010-01-01T00:00:00Z", "page_size": {"issues": 100},
            }
        (folder / "tap.json").write_text(json.dumps(config))
        (folder / "target.json").write_text(json.dumps({"database": str(self.database.with_suffix(""))}))
        program = tap / f"tap-{service}"
        discovered = subprocess.run(
            [program, "--config", "tap.json", "--discover"], cwd=folder, capture_output=True, check=True, env=self.environment
        )
        catalog = json.loads(discovered.stdout)
        for stream in catalog["streams"]:
            wanted = stream["tap_stream_id"] in TAP_STREAMS[service]
            for entry in stream["metadata"]:
                if not entry["breadcrumb"]:
                    entry["metadata"]["selected"] = wanted
        (folder / "catalog.json").write_text(json.dumps(catalog))
        self.tap = [program, "--config", "tap.json", "--catalog", "catalog.json"]
        self.target = [target / "target-sqlite", "--config", "target.json"]

    def run(self):
        log, state, states = self.folder / "log", self.folder / "state.json", self.folder / "states"
        before = ["--state", "state.json"] if state.exists() else []
        with open(log, "w") as to, open(states, "w") as out:
            about = {"cwd": self.folder, "stderr": to, "env": self.environment}
            tap = subprocess.Popen([*self.tap, *before], stdout=subprocess.PIPE, **about)
            target = subprocess.Popen(self.target, stdin=tap.stdout, stdout=out, **about)
            tap.stdout.close()
        cost = wait([tap, target], log)
        if lines := states.read_text().splitlines():
            state.write_text(lines[-1])
        return cost

    @staticmethod
    def bins(options, service):
        packages = {"github": ["meltanolabs-tap-github"], "jira": [options.tap_jira]}[service]
        tap = installed(options, f"tap-{service}", packages)
        return tap, installed(options, "target-sqlite", [options.target_sqlite])

    @staticmethod
    def version(options, service):
        tap, target = Meltano.bins(options, service)
        package = {"github": "meltanolabs-tap-github", "jira": "tap-jira"}[service]
        return f"{version_of(tap, package)}, {version_of(target, 'target-sqlite')}"


def secured(url, venv):
    """Host and port that speak TLS for a server that does not; the environment trusts them."""
    certificate, key = venv / "certificate.pem", venv / "key.pem"
    if not certificate.exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )
        # The client of the taps reads no variable for this, only its own list.
        trusted = subprocess.run([venv / "bin" / "python", "-m", "certifi"], capture_output=True, text=True, check=True)
        with open(trusted.stdout.strip(), "a") as bundle:
            bundle.write("\n" + certificate.read_text())
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    port = int(url.split(":")[2].split("/")[0])
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def serve(client):
        with contextlib.suppress(OSError):
            client = tls.wrap_socket(client, server_side=True)
            server = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=carry, args=(client, server), daemon=True).start()
            carry(server, client)

    def accept():
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return f"127.0.0.1:{listener.getsockname()[1]}"


TOOLS = {"qaduct": Qaduct, "dlt": Dlt, "meltano": Meltano}


def compared(database, tool, streams, served, changed):
    """Rows in the database, and how they differ from what is served."""
    rows, wrong = 0, []
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    for collection, tables in streams.items():
        table, column, updated = tables[tool]
        try:
            stored = connection.execute(f'SELECT "{column}", {updated or "NULL"} FROM "{table}"').fetchall()
        except sqlite3.Error as error:
            wrong.append(f"{collection}: {error}")
            continue
        rows += len(stored)
        ids = {str(it[0]) for it in stored}
        # One change of Jira is a row for each field.
        twice = 0 if table == "jira_changes" else len(stored) - len(ids)
        wanted = changed.get(collection, set())
        stale = sum(1 for id, at in stored if str(id) in wanted and str(at)[:10] < NEWEST) if updated else 0
        differ = {
            "missing": len(served[collection] - ids), "extra": len(ids - served[collection]), "twice": twice, "stale": stale,
        }
        if any(differ.values()):
            wrong.append(collection + ": " + ", ".join(f"{many} {name}" for name, many in differ.items() if many))
    return rows, "; ".join(wrong) or "as served"


def measure(options, service, size, tool):
    server = Server(options.qaduct, service, size)
    streams = STREAMS[service]
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"rest-{tool}-", dir=options.folder))
    try:
        program = TOOLS[tool](options, service, server, folder)
        changed = {}
        for name in ["first", "again", "1 % changed"]:
            if name == "1 % changed":
                changeable = [it for it, tables in streams.items() if tables["qaduct"][2]]
                changed = {it: server.change(it) for it in changeable}
                time.sleep(SETTLED[service])
            server.forget()
            started = time.monotonic()
            cpu, peak = program.run()
            wall = time.monotonic() - started
            requests, refused, paths = server.seen()
            served = {it: server.ids(it) for it in streams}
            rows, stored = compared(program.database, tool, streams, served, changed)
            quota = f"{requests / HOURLY[service]:.1%}" if service in HOURLY else "-"
            print(
                f"| {tool} | {name} | {requests:,} | {refused} | {rows:,} | {rows / max(requests, 1):.1f} | {quota} "
                f"| {wall:.1f} | {cpu:.1f} | {peak:.0f} | {stored} |",
                flush=True,
            )
            if options.paths:
                print(json.dumps(paths, indent=1), file=sys.stderr)
    finally:
        server.stop()
        if not options.keep:
            shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("qaduct")
    parser.add_argument("--service", choices=sorted(STREAMS), action="append", help="all where none is named")
    parser.add_argument("--size", type=int, action="append", help="records of the service, about; 20000")
    parser.add_argument("--tools", nargs="+", choices=sorted(TOOLS), default=list(TOOLS))
    parser.add_argument("--venvs", default=os.path.expanduser("~/.cache/qaduct-bench"), help="where the others are installed")
    parser.add_argument("--folder", help="where the databases are; else that of temporary files")
    parser.add_argument("--target-sqlite", default="git+https://github.com/MeltanoLabs/target-sqlite")
    parser.add_argument("--tap-jira", default="git+https://github.com/MeltanoLabs/tap-jira")
    parser.add_argument("--paths", action="store_true", help="print what was asked, too")
    parser.add_argument("--keep", action="store_true", help="keep the databases")
    options = parser.parse_args()
    options.qaduct = str(pathlib.Path(options.qaduct).resolve())
    options.venvs = str(pathlib.Path(options.venvs).resolve())
    options.folder = str(pathlib.Path(options.folder or tempfile.gettempdir()).resolve())

    for service in options.service or sorted(STREAMS):
        print("; ".join(TOOLS[it].version(options, service) for it in options.tools))
        for size in options.size or [20_000]:
            print(f"\n{service}, {size:,} records; load {os.getloadavg()[0]:.1f}\n")
            print("| tool | round | requests | refused | rows | rows/req | quota | wall s | CPU s | peak MiB | stored |")
            print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|")
            for tool in options.tools:
                measure(options, service, size, tool)


if __name__ == "__main__":
    main()
