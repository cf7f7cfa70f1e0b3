//! Packages: under which name a file knows them, and whose function a name means.

use tree_sitter::Node;

use crate::syntax::facts::Role;
use crate::syntax::outline::Outline;
use crate::syntax::{Offer, Use};

/// In front of a package whose names are used as if they were the file's own.
const DOT: &str = ". ";
/// In front of a package that has another name in the file: `=name path`.
const NAMED: char = '=';

/// A helper that skips within so many lines is there to skip.
const SOON: u32 = 8;
/// What the name of a helper holds that is there to skip, however long it is.
const SAYING: &[&str] = &["skip", "require", "need", "only", "check", "ensure", "must"];

/// Notes an import.
pub(super) fn note(outline: &mut Outline<'_>, spec: Node<'_>) {
    let Some(path) = spec.child_by_field_name("path") else {
        return;
    };
    let path = outline.text(path).trim_matches(['"', '`']);
    let name = spec.child_by_field_name("name");
    match name.map(|it| outline.text(it)) {
        Some(".") => outline.import(&format!("{DOT}{path}")),
        Some("_") => return,
        Some(name) => outline.import(&format!("{NAMED}{name} {path}")),
        None => {}
    }
    outline.import(path);
}

/// The name that a package has in itself: the last part of its path that is no version.
fn package(path: &str) -> &str {
    let is_version = |it: &str| {
        let digits = it.strip_prefix('v');
        digits.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
    };
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    let last = match parts.next() {
        Some(before) if is_version(last) => before,
        _ => last,
    };
    // `gopkg.in/check.v1`
    match last.rsplit_once(".v") {
        Some((name, version)) if version.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => last,
    }
}

/// The path of the package that a file knows by this name.
fn path_of<'a>(imports: &'a [Box<str>], name: &str) -> Option<&'a str> {
    let named = imports.iter().find_map(|it| {
        let (its, path) = it.strip_prefix(NAMED)?.split_once(' ')?;
        (its == name).then_some(path)
    });
    named.or_else(|| {
        let plain = imports.iter().map(|it| &**it);
        let mut plain = plain.filter(|it| !it.starts_with(DOT) && !it.starts_with(NAMED));
        plain.find(|it| package(it) == name)
    })
}

/// The name of a package in itself, of one that a file knows by this name.
pub(super) fn canonical<'a>(imports: &'a [Box<str>], name: &str) -> Option<&'a str> {
    path_of(imports, name).map(package)
}

/// The packages whose names the file uses as if they were its own.
pub(super) fn dotted(imports: &[Box<str>]) -> impl Iterator<Item = &str> {
    imports.iter().filter_map(|it| it.strip_prefix(DOT))
}

/// The names under which forms may know a function that is called without its package.
pub(super) fn dotted_names(imports: &[Box<str>], name: &str) -> Vec<String> {
    let its = dotted(imports).map(|it| format!("{}.{name}", package(it)));
    its.collect()
}

/// Whether the function that a file calls by this name is that of the lender.
pub(super) fn means(its: &Use<'_>, offer: &Offer<'_>) -> bool {
    let (facts, lent) = (its.facts, offer.lent);
    let home = folder(offer.path);
    let is_here = folder(its.path) == home;
    let unit = &offer.facts.units[lent.sighting.unit.index()];
    let of = &offer.facts.units[unit.parent.index()];
    let is_method = of.role == Role::Suite;
    // What makes something and skips on the way where it cannot says nothing of the test.
    if !says_so(&lent.name) && lent.sighting.lines.0 > unit.line + SOON {
        return false;
    }
    match its.name.rsplit_once('.') {
        None => !is_method && (is_here || dotted(&facts.imports).any(|it| is_of(it, home))),
        Some((operand, _)) => match path_of(&facts.imports, operand) {
            Some(path) => !is_method && is_of(path, home),
            // Whose method it is cannot be told, but by a name that says what it does.
            None => is_method && says_so(&lent.name) && is_here,
        },
    }
}

/// Whether the name of a method tells that it decides about a test.
fn says_so(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("test") || SAYING.iter().any(|it| name.contains(it))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether the package of an import may stand in a folder: their last two parts are the same.
fn is_of(import: &str, folder: &str) -> bool {
    let name = package(import);
    let import = &import[..import.rfind(name).unwrap_or(0)];
    let mut parts = folder.rsplit('/');
    if parts.next() != Some(name) {
        return false;
    }
    match (
        parts.next(),
        import.trim_end_matches('/').rsplit('/').next(),
    ) {
        (Some(folder), Some(import)) => {
            folder == import || package(import) == folder || {
                // The root of a module in a folder, or one with a version in front.
                !import.contains(|it: char| it.is_ascii_alphabetic()) || import.starts_with('v')
            }
        }
        _ => true,
    }
}
