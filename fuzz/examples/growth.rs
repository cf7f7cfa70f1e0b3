//! Whether reading takes time in proportion to what is read.
//!
//! Repeats each line and each sign of the cases of a language, once as often as it takes
//! for a small file and once four times as often, and names what takes more than its share.
//! `growth [LANGUAGE]…`, from the root of the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use qaduct_scan::read_files;

const CASES: &str = "crates/qaduct-scan/tests/it/cases";
/// Bytes of the smaller file.
const SMALL: usize = 15_000;
/// What is quicker is not looked at.
const SHORT: Duration = Duration::from_millis(40);
/// Signs that open or join something in some language.
const SIGNS: &[&str] = &[
    "(",
    "[",
    "{",
    "<",
    "!",
    "-",
    "'",
    "\"",
    "`",
    "/*",
    "*/",
    "//",
    "#",
    "#{",
    "${",
    "{{",
    "<<A\n",
    "f(",
    "a.",
    "a+",
    "a,",
    "a ? b : ",
    "a => ",
    "if (a) {",
    "if a:\n ",
    "if a\n",
    "do\n",
    "\\",
    "\\\n",
    "é",
    "\u{0}",
    "\r",
    "\n",
    " ",
    "\t",
    "a ",
    "a\n",
    "@a ",
    "@a(b)\n",
    "[A]\n",
    "#[a]\n",
    "#if a\n",
    "#else\n",
    "#endif\n",
    "\"\"\"",
    "'''",
    "=begin\n",
    "=end\n",
    "<?php ",
    "?>",
    "end\n",
    ")",
    "]",
    "}",
    ">",
    "a::",
    "a<",
    "&",
    "|",
    "::a",
    "x = \"a\" \"b\"\n",
    "- a:\n",
    "- ",
    "a: ",
    "a: &b\n",
    "<a>",
    "</a>",
    "<a ",
    "&amp;",
    "[[a]]\n",
    "a = [\n",
    "class A {",
    "def a\n",
    "fn a() {",
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for folder in fs::read_dir(CASES).expect("the root of the repository") {
        let folder = folder.expect("a folder").path();
        let language = folder
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if wanted.is_empty() || wanted.contains(&language) {
            look_at(&language, &folder);
        }
    }
}

fn look_at(language: &str, folder: &Path) {
    let mut files = Vec::new();
    walk(folder, &mut files);
    // A line is tried once in a file of each ending.
    let mut seen = BTreeSet::new();
    let mut heads = BTreeMap::new();
    let (mut tried, mut worst) = (0, Duration::ZERO);
    for (path, text) in &files {
        let ending = path.rsplit('.').next().unwrap_or_default();
        heads
            .entry(ending)
            .or_insert_with(|| (path, text.lines().take(3).collect::<String>()));
        let pieces = text.lines().map(|it| format!("{it}\n"));
        let whole = [text.clone()];
        let joined = text.lines().map(|it| format!("{} ", it.trim()));
        for piece in pieces
            .chain(whole)
            .chain(joined)
            .chain(SIGNS.iter().map(|it| (*it).to_owned()))
        {
            if piece.trim_matches([' ', '\n']).is_empty() || !seen.insert((ending, piece.clone())) {
                continue;
            }
            tried += 1;
            worst = worst.max(grow(language, path, text, &piece));
        }
    }
    println!("{language}: {tried} pieces, the slowest {worst:?}");
}

/// Repeats a piece behind the file in which it stands.
fn grow(language: &str, path: &str, text: &str, piece: &str) -> Duration {
    let often = SMALL.div_ceil(piece.len());
    let of = |times: usize| read(path, &format!("{text}\n{}", piece.repeat(times)));
    let many = of(4 * often);
    if many < SHORT {
        return many;
    }
    // The quicker of two: others run on this machine, too.
    let (few, many) = (of(often).min(of(often)), many.min(of(4 * often)));
    if many > 7 * few && many > SHORT {
        let shown: String = piece.chars().take(60).collect();
        println!("{language} {path}: {shown:?} {few:?} -> {many:?}");
    }
    many
}

fn read(path: &str, text: &str) -> Duration {
    let files = BTreeMap::from([(path.to_owned(), text.as_bytes().to_vec())]);
    let start = Instant::now();
    read_files(&files, &[]).expect("no mark of a user is wrong");
    start.elapsed()
}

/// The files of all cases, without the name of the case.
fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
    for case in fs::read_dir(folder).expect("a folder").flatten() {
        let mut folders = vec![case.path()];
        while let Some(it) = folders.pop() {
            for entry in fs::read_dir(&it).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let (Ok(text), Ok(name)) =
                    (fs::read_to_string(&path), path.strip_prefix(case.path()))
                {
                    let name = name.to_string_lossy().replace('@', "");
                    if name != "expected.txt" && name != "marks.toml" {
                        found.push((name, text));
                    }
                }
            }
        }
    }
}
