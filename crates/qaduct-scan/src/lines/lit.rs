//! lit, the test runner of LLVM: lines in the head of a test, whatever leads its comments.

use super::found::{Found, numbered, some};
use super::{FILE, Own, Reader};

pub(super) const READER: Reader = Reader {
    language: "lit",
    reads,
    is_test_file: |_| false,
    needles: &[
        "XFAIL:",
        "UNSUPPORTED:",
        "REQUIRES:",
        "ALLOW_RETRIES:",
        "config.unsupported",
    ],
    read,
};

const ENDINGS: &[&str] = &[
    "ll", "mir", "mlir", "test", "s", "S", "c", "cpp", "cc", "m", "mm", "cl", "cu", "f90", "td",
    "yaml", "swift", "sil", "hlsl", "ii", "txt", "sh", "proto", "cir", "f", "F90", "cppm", "hip",
    "ifs", "objtxt",
];

const WORDS: &[&str] = &["XFAIL:", "UNSUPPORTED:", "REQUIRES:", "ALLOW_RETRIES:"];

fn reads(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let ending = name.rsplit_once('.').map_or("", |it| it.1);
    name == "lit.local.cfg"
        || (ENDINGS.contains(&ending)
            && folder
                .split('/')
                .any(|it| it.to_ascii_lowercase().contains("test")))
}

fn read(text: &str, _: &Own) -> Vec<Found> {
    let mut all = Vec::new();
    // Nobody else begins a line so; lit itself is there where something is run.
    let is_lit = text.contains("RUN:")
        || text.contains("ADDITIONAL_COMPILE_FLAGS")
        || text.contains("config.");
    let mut asked: Option<(usize, String)> = None;
    for (number, line) in numbered(text) {
        let indent = line.len() - line.trim_start().len();
        let trimmed = line.trim();
        if let Some(condition) = trimmed
            .strip_prefix("if ")
            .and_then(|it| it.strip_suffix(':'))
        {
            asked = Some((indent, condition.to_owned()));
        } else if asked.as_ref().is_some_and(|it| indent <= it.0) && !trimmed.is_empty() {
            asked = None;
        }
        if trimmed.replace(' ', "") == "config.unsupported=True" {
            let mut found = Found::new("config.unsupported", number, qaduct_records::Scope::Dir);
            found.condition = asked.as_ref().map(|it| it.1.clone());
            all.push(found);
            continue;
        }
        if !is_lit {
            continue;
        }
        let Some((word, at)) = WORDS
            .iter()
            .find_map(|it| line.find(it).map(|at| (*it, at)))
        else {
            continue;
        };
        let leader = &line[..at];
        if leader.contains(|it: char| {
            it.is_alphanumeric() || it == '-' && !leader.trim_start().starts_with("--")
        }) {
            continue;
        }
        let value = line[at + word.len()..].trim();
        let value = value.trim_end_matches("*/").trim_end_matches("-->").trim();
        let mut found = Found::new(word, number, FILE);
        match (word, value) {
            ("REQUIRES:", it) => found.condition = some(&format!("not ({it})")),
            ("ALLOW_RETRIES:", _) | (_, "*" | "true") => {}
            (_, it) => found.condition = some(it),
        }
        all.push(found);
    }
    all
}
