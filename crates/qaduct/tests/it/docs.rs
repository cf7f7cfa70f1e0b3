//! Every console block of the documentation is run, and prints what it says.
//!
//! A block begins in a folder that holds the shop ([`Repo::shop`]), with the
//! built program on the path. `...` alone on a line stands for any lines,
//! `[..]` for any text within one. Blocks of one page run in one folder, one
//! after the other, and `cd` holds for those that follow; a page with `curl` gets a server on
//! the port it names, and a block that begins with `# NAME.toml` or `# NAME.sh` is that file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Home;
use crate::repo::Repo;

#[test]
fn every_console_block_prints_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages: Vec<PathBuf> = vec![root.join("README.md")];
    let docs = fs::read_dir(root.join("docs"))
        .unwrap()
        .map(|it| it.unwrap().path());
    pages.extend(docs.filter(|it| it.extension().is_some_and(|it| it == "md")));
    pages.sort();
    let mut blocks = 0;
    let mut wrong = String::new();
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        let steps = steps(&text);
        if steps.is_empty() {
            continue;
        }
        let home = Home::new();
        Repo::shop(home.path("work/shop"));
        let shop = home.path("work/shop");
        for (name, content) in files(&text) {
            fs::write(shop.join(name), content).unwrap();
        }
        let port = free_port();
        let server = text
            .contains("$ curl")
            .then(|| Server::start(&home, &shop, port));
        let stand_in = text
            .contains("replay.toml")
            .then(|| StandIn::start(&home, &shop));
        let mut folder = shop.clone();
        for step in steps {
            blocks += 1;
            if let Some(to) = step.command.strip_prefix("cd ") {
                folder.push(to);
                continue;
            }
            let command = step
                .command
                .replace("127.0.0.1:7700", &format!("127.0.0.1:{port}"));
            let output = Command::new("sh")
                .args(["-c", &format!("exec 2>&1; {command}")])
                .current_dir(&folder)
                .stdin(Stdio::null())
                .env_clear()
                .env("PATH", path())
                .env("HOME", home.path(""))
                .env("QADUCT_CLOCK", "2026-11-21T07:00:00Z")
                .env("REPLAY_TOKEN", "any")
                .output()
                .unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            let printed = printed
                .replace(&format!("127.0.0.1:{port}"), "127.0.0.1:7700")
                .replace(home.path("").canonicalize().unwrap().to_str().unwrap(), "~");
            if !matches(&step.output, &printed) {
                let difference = format!(
                    "\n{}:{}: $ {}\n--- the page says\n{}--- it prints\n{}",
                    page.display(),
                    step.line,
                    step.command,
                    step.output,
                    printed
                );
                wrong.push_str(&difference);
            }
        }
        drop((server, stand_in));
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(
        blocks >= 10,
        "only {blocks} commands were found in the pages"
    );
}

/// `qaduct serve` over the scanned shop.
struct Server(Child);

impl Server {
    fn start(home: &Home, shop: &Path, port: u16) -> Self {
        let qaduct = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_qaduct"));
            command
                .args(arguments)
                .current_dir(shop)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .env_clear()
                .env("PATH", path())
                .env("HOME", home.path(""))
                .env("QADUCT_CLOCK", "2026-11-21T07:00:00Z");
            command
        };
        assert!(
            qaduct(&["scan", "--all-branches"])
                .status()
                .unwrap()
                .success()
        );
        let address = format!("127.0.0.1:{port}");
        let server = Self(qaduct(&["serve", "--bind", &address]).spawn().unwrap());
        let patience = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(&address).is_err() {
            assert!(
                Instant::now() < patience,
                "the server does not listen on {address}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

/// `qaduct replay`, and its settings in `replay.toml`.
struct StandIn(Child);

impl StandIn {
    fn start(home: &Home, shop: &Path) -> Self {
        let settings = shop.join("replay.toml");
        let run = home.qaduct("replay --port 0 --service bmo --size 200 -q");
        let mut command = run.command();
        command.current_dir(shop);
        command.stdout(fs::File::create(&settings).unwrap());
        let child = command.spawn().unwrap();
        let patience = Instant::now() + Duration::from_secs(20);
        while !fs::read_to_string(&settings).unwrap().contains("url = ") {
            assert!(Instant::now() < patience, "the stand-in says nothing");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self(child)
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// The built program before everything else.
fn path() -> std::ffi::OsString {
    let program = Path::new(env!("CARGO_BIN_EXE_qaduct"))
        .parent()
        .unwrap()
        .to_path_buf();
    let others = std::env::var_os("PATH").unwrap();
    std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&others))).unwrap()
}

struct Step {
    line: usize,
    command: String,
    output: String,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut within = false;
    for (number, line) in (1..).zip(page.lines()) {
        match (within, line.trim_end()) {
            (false, "```console") => within = true,
            (true, "```") => within = false,
            (true, line) => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step {
                    line: number,
                    command: command.to_owned(),
                    output: String::new(),
                }),
                (None, Some(step)) => {
                    step.output += line;
                    step.output.push('\n');
                }
                (None, None) => panic!("line {number}: a block begins with a command"),
            },
            _ => {}
        }
    }
    steps
}

/// The files that a page shows: blocks whose first line is a comment with a name.
fn files(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.split("```").skip(1).step_by(2).filter_map(|block| {
        let (_, content) = block.split_once('\n')?;
        let name = content.lines().next()?.strip_prefix("# ")?;
        let is_file = name.ends_with(".toml") || name.ends_with(".sh");
        (is_file && !name.contains([' ', '/'])).then_some((name, content))
    })
}

/// Whether a text is what a page says, lines and parts of lines left open.
fn matches(expected: &str, printed: &str) -> bool {
    fn lines(expected: &[&str], printed: &[&str]) -> bool {
        match (expected, printed) {
            (["...", rest @ ..], _) => {
                (0..=printed.len()).any(|skipped| lines(rest, &printed[skipped..]))
            }
            ([one, expected @ ..], [other, printed @ ..]) => {
                line(one, other) && lines(expected, printed)
            }
            ([], []) => true,
            _ => false,
        }
    }
    fn line(expected: &str, printed: &str) -> bool {
        match expected.split_once("[..]") {
            None => expected.trim_end() == printed.trim_end(),
            Some((head, rest)) => printed.strip_prefix(head).is_some_and(|tail| {
                tail.char_indices()
                    .map(|(at, _)| at)
                    .chain([tail.len()])
                    .any(|at| line(rest, &tail[at..]))
            }),
        }
    }
    let expected: Vec<&str> = expected.trim_end().lines().collect();
    let printed: Vec<&str> = printed.trim_end().lines().collect();
    lines(&expected, &printed)
}

#[test]
fn dots_stand_for_lines_and_bracketed_dots_for_text() {
    assert!(matches("a\n...\nz [..] end\n", "a\nb\nc\nz 12 s end\n"));
    assert!(matches("...\n", ""));
    assert!(!matches("a\n", "a\nb\n"));
    assert!(!matches("took [..] s\n", "took 3 ms\n"));
}
