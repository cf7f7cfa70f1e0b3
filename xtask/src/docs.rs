//! The pages that are derived from the program.

use std::fs;
use std::path::Path;

mod charts;
mod cli;
mod config;
mod exit_codes;
mod frameworks;
mod lists;
mod rules;
mod sources;
mod tables;

/// Path and text of every page.
fn pages() -> Result<Vec<(String, String)>, String> {
    let mut pages = charts::pages()?;
    pages.extend(frameworks::pages());
    let texts = [
        (
            "docs/check.schema.json",
            schema(&qaduct_check::format::json::schema())?,
        ),
        ("docs/cli.md", cli::page()),
        ("docs/compatibility.md", tables::compatibility()),
        ("docs/config.md", config::page()?),
        ("docs/config.schema.json", config::schema()?),
        ("docs/exit-codes.md", exit_codes::page()),
        ("docs/manifests.md", lists::page()),
        ("docs/reports.md", tables::reports()),
        ("docs/rules.md", rules::page()),
        (
            "docs/scan.schema.json",
            schema(&qaduct::format::json::schema())?,
        ),
        ("docs/sources.md", sources::page()),
        ("docs/tables.md", tables::page()),
    ];
    pages.extend(texts.map(|(name, text)| (name.to_owned(), text)));
    Ok(pages)
}

/// The JSON Schema of what a command prints.
fn schema(schema: &serde_json::Value) -> Result<String, String> {
    serde_json::to_string_pretty(schema)
        .map(|text| text + "\n")
        .map_err(|error| error.to_string())
}

/// Writes all pages.
pub(crate) fn write(root: &Path) -> Result<(), String> {
    for (name, text) in pages()? {
        let file = root.join(&name);
        let folder = file.parent().unwrap_or(root);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&file, text))
            .map_err(|error| format!("cannot write {name}: {error}"))?;
    }
    Ok(())
}

/// Fails where a page is not what would be written.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let mut stale = Vec::new();
    for (name, text) in pages()? {
        if fs::read_to_string(root.join(&name)).ok().as_deref() != Some(&text) {
            stale.push(name);
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!(
        "not up to date: {}; run `cargo run -p xtask -- docs`",
        stale.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_is_up_to_date() {
        check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    }
}
