//! Prints the mutes of a folder as JSON, one array: `scan_folder FOLDER [MARKS.toml]`.
//!
//! Needs no repository. `tools/pytest-oracle` compares this with what pytest collects.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::path::Path;

use qaduct_scan::{MarkRule, read_files};
use serde_json::{Value, json};

#[derive(serde::Deserialize)]
struct Marks {
    mark: Vec<MarkRule>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let root = args
        .next()
        .ok_or("usage: scan_folder FOLDER [MARKS.toml]")?;
    let marks = match args.next() {
        Some(file) => toml::from_str::<Marks>(&std::fs::read_to_string(file)?)?.mark,
        None => Vec::new(),
    };
    let mut files = BTreeMap::new();
    walk(Path::new(&root), "", &mut files)?;
    let found = read_files(&files, &marks)?;
    let mutes: Vec<Value> = found
        .mutes
        .into_iter()
        .map(|(each, texts)| {
            let texts: Vec<Value> = texts
                .iter()
                .map(|(source, text)| json!([source.as_str(), text]))
                .collect();
            json!({
                "path": each.path, "container": each.container, "test": each.test,
                "param": each.param, "line_start": each.line_start, "line_end": each.line_end,
                "framework": each.framework, "form": each.form, "alias": each.alias,
                "kind": each.kind, "scope": each.scope, "condition": each.condition,
                "runs": each.runs, "strict": each.strict, "strict_source": each.strict_source,
                "reason": each.reason, "since_text": each.since_text, "until_text": each.until_text,
                "dynamic": each.dynamic, "effective": each.effective,
                "ineffective_because": each.ineffective_because,
                "confidence": each.confidence, "partly_parsed": each.partly_parsed,
                "texts": texts,
            })
        })
        .collect();
    let problems: Vec<Value> = found
        .problems
        .iter()
        .map(|each| json!([each.path, each.line, each.problem, each.message]))
        .collect();
    let all = json!({"test_files": found.test_files, "items": mutes, "problems": problems});
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, &all)?;
    out.flush()?;
    Ok(())
}

fn walk(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}/{name}")
        };
        let kind = entry.file_type()?;
        if kind.is_dir() && name != ".git" {
            walk(&entry.path(), &path, files)?;
        } else if kind.is_file() {
            files.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(())
}
