//! Finds the imports of a file without parsing it.
//!
//! Good enough to know which files may use a marker of another one: an import
//! that stands in a string is one too many and does no harm.

use ruff_python_ast::{Alias, StmtImport, StmtImportFrom};
use rustc_hash::FxHashSet;

use super::facts::Imports;

/// So far back a statement begins that ends with `import` and names.
const BEFORE: usize = 1_000;

/// Bound names and paths of all imports that seem to be in a source.
pub(super) fn scan(source: &[u8]) -> Imports {
    let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    let mut pairs = Vec::new();
    let mut seen = FxHashSet::default();
    let mut done = 0;
    for at in memchr::memmem::find_iter(source, b"import") {
        if at < done {
            continue;
        }
        let nearest = at.saturating_sub(BEFORE);
        let start = memchr::memrchr2(b'\n', b'\r', &source[nearest..at]);
        let start = start.map_or(nearest, |end| nearest + end + 1);
        let after = &source[at + b"import".len()..];
        if !after.first().is_some_and(|next| b" \t(*\\".contains(next)) {
            continue;
        }
        // More than one statement may stand on a line.
        let before = source[start..at]
            .rsplit(|&byte| byte == b';' || byte == b':')
            .next();
        let before = before.unwrap_or_default().trim_ascii();
        let module = match before.strip_prefix(b"from") {
            Some(module)
                if module
                    .first()
                    .is_some_and(|next| next.is_ascii_whitespace() || *next == b'.') =>
            {
                Some(module.trim_ascii())
            }
            _ if before.is_empty() => None,
            _ => continue,
        };
        let end = end_of_names(after);
        done = at + b"import".len() + end;
        // What is said again binds nothing more.
        if seen.insert((module, &after[..end])) {
            names(module, &after[..end], &mut pairs);
        }
    }
    Imports::new(pairs)
}

/// Where the names of an import end: at its closing parenthesis or at the line's end.
fn end_of_names(after: &[u8]) -> usize {
    let open = after.iter().position(|byte| !b" \t".contains(byte));
    if let Some(open) = open.filter(|&open| after[open] == b'(') {
        return memchr::memchr(b')', &after[open..]).map_or(after.len(), |close| open + close);
    }
    let mut from = 0;
    while let Some(end) = memchr::memchr3(b'\n', b'\r', b';', &after[from..]) {
        let end = from + end;
        if after[end] != b';' && after[..end].ends_with(b"\\") {
            from = end + 1;
            continue;
        }
        return end;
    }
    after.len()
}

fn names(module: Option<&[u8]>, list: &[u8], pairs: &mut Vec<(String, String)>) {
    let Ok(list) = std::str::from_utf8(list) else {
        return;
    };
    let Ok(module) = module.map(std::str::from_utf8).transpose() else {
        return;
    };
    let lines: Vec<&str> = list
        .split(['\n', '\r'])
        .map(|line| line.split('#').next().unwrap_or_default())
        .collect();
    for item in lines.join(" ").split(',') {
        let mut words = item
            .split(|each: char| each.is_whitespace() || "()\\".contains(each))
            .filter(|word| !word.is_empty());
        let Some(name) = words.next() else { continue };
        let alias = match (words.next(), words.next()) {
            (Some("as"), alias) => alias,
            _ => None,
        };
        pairs.push(bind(module, name, alias));
        if module.is_none() && alias.is_none() && name.contains('.') {
            // `import tests.helpers` names that file, though it binds `tests`.
            pairs.push((name.to_owned(), name.to_owned()));
        }
    }
}

/// What one name of an import binds, to which path.
fn bind(module: Option<&str>, name: &str, alias: Option<&str>) -> (String, String) {
    match module {
        Some(module) => {
            let dot = if module.ends_with('.') || name == "*" {
                ""
            } else {
                "."
            };
            let path = if name == "*" {
                module.to_owned()
            } else {
                format!("{module}{dot}{name}")
            };
            (alias.unwrap_or(name).to_owned(), path)
        }
        None => match alias {
            Some(alias) => (alias.to_owned(), name.to_owned()),
            None => {
                let first = name.split('.').next().unwrap_or(name);
                (first.to_owned(), first.to_owned())
            }
        },
    }
}

/// What an `import` statement binds.
pub(super) fn of_import(stmt: &StmtImport) -> impl Iterator<Item = (String, String)> {
    stmt.names
        .iter()
        .map(|alias| bind(None, &alias.name, renamed(alias)))
}

/// What a `from` import binds.
pub(super) fn of_from(stmt: &StmtImportFrom) -> impl Iterator<Item = (String, String)> {
    let dots = ".".repeat(stmt.level as usize);
    let module = format!(
        "{dots}{}",
        stmt.module.as_ref().map_or("", |module| module.as_str())
    );
    stmt.names
        .iter()
        .map(move |alias| bind(Some(&module), &alias.name, renamed(alias)))
}

fn renamed(alias: &Alias) -> Option<&str> {
    alias.asname.as_ref().map(|name| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<String> {
        scan(source.as_bytes())
            .iter()
            .map(|(bound, path)| format!("{bound}={path}"))
            .collect()
    }

    #[test]
    fn a_byte_order_mark_hides_no_import() {
        assert_eq!(found("\u{feff}import base"), found("import base"));
    }

    #[test]
    fn every_way_of_importing_is_seen() {
        assert_eq!(
            found("import a, b.c, d.e as f\n"),
            ["a=a", "b=b", "b.c=b.c", "f=d.e"]
        );
        assert_eq!(found("from a.b import c as d, e\n"), ["d=a.b.c", "e=a.b.e"]);
        assert_eq!(
            found("from . import common\nfrom ..x import y\n"),
            ["common=.common", "y=..x.y"]
        );
        assert_eq!(found("from m import *\n"), ["*=m"]);
        assert_eq!(
            found("from m import (\n    a,  # why\n    b as c,\n)\nimport z"),
            ["a=m.a", "c=m.b", "z=z"]
        );
        assert_eq!(
            found("from m import a, \\\n    b\r\nimport c\r\n"),
            ["a=m.a", "b=m.b", "c=c"]
        );
        assert_eq!(
            found("def f():\n    import a; from b import c\n"),
            ["a=a", "c=b.c"]
        );
        assert_eq!(
            found("try: import a\nexcept ImportError: a = None\n"),
            ["a=a"]
        );
    }

    #[test]
    fn other_uses_of_the_word_are_no_imports() {
        assert_eq!(
            found("pytest.importorskip('x')\n# we import x\nimportlib.f()\nan import x\n"),
            Vec::<String>::new()
        );
    }
}
