//! Tells which files need a second look: those that another file of the commit
//! lends a marker, a text or a class.

use rustc_hash::FxHashSet;

use super::facts::{Base, Export, Facts, Mark, Module, Piece};
use super::modules::{Definition, Modules, base_name, stem};
use super::needles::PACKAGES;
use crate::language::{Commit, Content};
use crate::marks::{Forms, last};

/// Files of which the imports alone were read, and that another file lends a
/// marker, or needs a text or a class from.
pub(super) fn wanted(commit: &Commit<'_, Facts>, forms: &Forms) -> Vec<Content> {
    let modules = Modules::new(commit, Some(forms));
    let mut wanted: FxHashSet<&str> = FxHashSet::default();
    let mut lending: FxHashSet<&str> = FxHashSet::default();
    let mut lenders: FxHashSet<&str> = FxHashSet::default();
    let mut bases: FxHashSet<&str> = FxHashSet::default();
    let mut needs: Vec<(&str, &str)> = Vec::new();
    for (path, facts) in modules.files() {
        let Some(module) = &facts.module else {
            continue;
        };
        if lends_any(&modules, path, facts, module, forms) {
            lending.insert(path);
            lenders.insert(stem(path));
        }
        for sighting in &module.sightings {
            let outer = sighting
                .owner
                .container
                .split("::")
                .next()
                .unwrap_or_default();
            if !outer.is_empty() && !obvious(path, module, outer) {
                bases.insert(outer);
                bases.insert(stem(path));
            }
            if sighting.mark.known().is_some() {
                needs.extend(constants(&sighting.mark).map(|constant| (path, constant)));
            }
        }
    }
    for (path, constant) in needs {
        if let Some((file, _)) = modules.locate(path, constant)
            && modules
                .facts(file)
                .is_some_and(|facts| facts.module.is_none())
        {
            wanted.insert(file);
        }
    }
    // Files that hand on what they were lent count as lenders too.
    for _ in 0..3 {
        let mut new = Vec::new();
        for (path, facts) in modules.files() {
            if facts.module.is_some() || wanted.contains(path) {
                continue;
            }
            let uses = facts.imports.iter().any(|(bound, import)| {
                let named = parts(import).any(|part| lenders.contains(part));
                let based = bases.contains(last(import));
                (named || based) && uses(&modules, &lending, path, (bound, import), named, based)
            });
            if uses {
                new.push(path);
            }
        }
        if new.is_empty() {
            break;
        }
        lenders.extend(new.iter().map(|path| stem(path)));
        wanted.extend(new);
    }
    let mut blobs: Vec<Content> = wanted
        .iter()
        .filter_map(|path| commit.files.get(*path).cloned())
        .collect();
    blobs.sort();
    blobs.dedup();
    blobs
}

/// Whether an import leads to something that mutes, or to a class that is muted.
fn uses(
    modules: &Modules<'_>,
    lending: &FxHashSet<&str>,
    path: &str,
    (bound, import): (&str, &str),
    named: bool,
    based: bool,
) -> bool {
    if based
        && modules
            .locate(path, import)
            .is_some_and(|(file, _)| file != path)
    {
        return true;
    }
    if !named {
        return false;
    }
    let lender = |file: &str| {
        let bare = || modules.facts(file).is_some_and(|it| it.module.is_none());
        file != path && (lending.contains(file) || bound == "*" && bare())
    };
    match modules.define(path, import) {
        Some(
            Definition::Marks(..)
            | Definition::Wrapper(..)
            | Definition::Cases(..)
            | Definition::Form(_),
        ) => true,
        Some(Definition::File(file)) => lender(file),
        Some(Definition::Text(..)) => false,
        None => modules.is_package(path, import),
    }
}

/// Whether a class is collected where it is, whoever else inherits from it.
fn obvious(path: &str, module: &Module, class: &str) -> bool {
    let name = base_name(path);
    let file = name.starts_with("test_") || name.ends_with("_test.py");
    let unittest = module.classes.iter().any(|own| {
        let case = |base: &Base| matches!(base, Base::Imported(path) if path.ends_with("TestCase"));
        *own.path == *class && own.bases.iter().any(case)
    });
    unittest || file && class.starts_with("Test")
}

/// The parts of a dotted path.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = path;
    std::iter::from_fn(move || {
        // Paths are short: looking at each byte is faster than a search.
        let end = rest.bytes().position(|byte| byte == b'.');
        let part;
        (part, rest) = match end {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, ""),
        };
        (end.is_some() || !part.is_empty()).then_some(part)
    })
}

/// Whether a file has anything that mutes under a name by which others may use it.
fn lends_any(
    modules: &Modules<'_>,
    path: &str,
    facts: &Facts,
    module: &Module,
    forms: &Forms,
) -> bool {
    let its = |import: &str| forms.find(import).is_some();
    let exports = || module.exports.iter();
    exports().any(|(_, export)| lends(modules, path, export))
        || facts.imports.iter().any(|(_, import)| its(import))
}

/// Whether what a file exports mutes.
fn lends(modules: &Modules<'_>, path: &str, export: &Export) -> bool {
    match export {
        Export::Marks(_) | Export::Wrapper(_) | Export::Cases(_) => true,
        // Most other names of something are of what mutes nothing.
        Export::Path(alias) => match modules.define(path, alias) {
            Some(Definition::Text(..) | Definition::File(_)) => false,
            Some(_) => true,
            None => PACKAGES.contains(&&**alias),
        },
        Export::Text(_) => false,
    }
}

fn constants(mark: &Mark) -> impl Iterator<Item = &str> {
    mark.args
        .iter()
        .flat_map(|arg| &arg.text.0)
        .filter_map(|piece| match piece {
            Piece::Constant { path, .. } => Some(path.as_str()),
            _ => None,
        })
}
