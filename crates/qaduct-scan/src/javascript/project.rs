//! Which framework a file is written for: by its imports, by what only one framework has,
//! else by the nearest `package.json`.
//!
//! Names of frameworks end with `/` where forms ask for imports, so that `tap` is not `tape`.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::Node;

use crate::language::Commit;
use crate::syntax::facts::Facts;
use crate::syntax::forms::{self, Framework};
use crate::syntax::outline::{Outline, each};

/// What a file without a sign of its framework imports, as forms may ask for it.
const UNKNOWN: &str = "unknown/";

/// In front of the framework that `npm test` calls.
const MAIN: &str = "test: ";

/// Packages and objects by which a framework is known, each with its name.
struct Known {
    packages: FxHashMap<&'static str, &'static str>,
    signs: FxHashMap<&'static str, &'static str>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let all = || forms::for_languages(&["javascript"]);
    let name = |it: &'static Framework| it.framework.as_str();
    let packages = all().flat_map(|it| it.packages.iter().map(move |by| (by.as_str(), name(it))));
    let signs = all().flat_map(|it| it.signs.iter().map(move |by| (by.as_str(), name(it))));
    Known {
        packages: packages.collect(),
        signs: signs.collect(),
    }
});

/// What a test of Playwright is given.
const FIXTURES: &[&str] = &["page", "browser", "browserName", "baseURL", "isMobile"];

/// Texts without which a piece of code tells nothing of its framework, beside its objects.
pub(super) fn signs() -> impl Iterator<Item = String> {
    let quoted = |name: &str| ['"', '\'', '`'].map(|it| format!("{it}{name}{it}"));
    let packages = KNOWN.packages.keys().flat_map(move |name| quoted(name));
    let taken = |name: &&str| {
        [
            format!("{{ {name}"),
            format!("{{{name}"),
            format!(", {name} }}"),
        ]
    };
    packages.chain(FIXTURES.iter().flat_map(taken))
}

fn framework_of(package: &str) -> Option<&'static str> {
    KNOWN.packages.get(package).copied()
}

/// Tells the outline what the file imports, and what it says of its framework otherwise.
pub(super) fn imports(root: Node<'_>, outline: &mut Outline<'_>) {
    let mut found: FxHashSet<&'static str> = FxHashSet::default();
    let mut signs: FxHashSet<&'static str> = FxHashSet::default();
    each(&mut root.walk(), |node| {
        if !node.is_named() {
            return false;
        }
        match node.kind() {
            "import_statement" => {
                let source = node.child_by_field_name("source");
                let framework = source.and_then(|it| framework_of(bare(outline.text(it))));
                found.extend(
                    framework.filter(|it| *it != "playwright" || has_tests(outline.text(node))),
                );
                return false;
            }
            "call_expression" => {
                let function = node.child_by_field_name("function");
                if function.is_some_and(|it| matches!(outline.text(it), "require" | "import"))
                    && let Some(first) = node
                        .child_by_field_name("arguments")
                        .and_then(|it| it.named_child(0))
                {
                    found.extend(framework_of(bare(outline.text(first))));
                }
            }
            "member_expression" => {
                let object = node.child_by_field_name("object");
                let object = object.map_or("", |it| outline.text(it));
                let property = node.child_by_field_name("property");
                let property = property.map_or("", |it| outline.text(it));
                signs.extend(KNOWN.signs.get(object).copied());
                if object == "test" && matches!(property, "describe" | "use" | "step" | "info") {
                    signs.insert("playwright");
                }
                if object == "this" && matches!(property, "timeout" | "retries" | "slow") {
                    signs.insert("mocha");
                }
            }
            "shorthand_property_identifier_pattern" if FIXTURES.contains(&outline.text(node)) => {
                let of_function = node.parent().and_then(|it| it.parent());
                if of_function.is_some_and(|it| {
                    matches!(it.kind(), "formal_parameters" | "required_parameter")
                }) {
                    signs.insert("playwright");
                }
            }
            _ => {}
        }
        true
    });
    // `this.timeout` is Cypress's as well.
    if found.is_empty() && signs.contains("cypress") {
        signs.remove("mocha");
    }
    let told = if found.is_empty() { &signs } else { &found };
    let mut told: Vec<&str> = told.iter().copied().collect();
    told.sort_unstable();
    for framework in &told {
        outline.import(&format!("{framework}/"));
    }
    if told.is_empty() {
        outline.import(UNKNOWN);
    }
}

/// Whether an import takes more of Playwright than its browsers, which tests of any framework use.
fn has_tests(import: &str) -> bool {
    let is_word = |it: char| it.is_alphanumeric() || it == '_' || it == '*';
    let names = import
        .rsplit_once(" from ")
        .map_or(import, |(names, _)| names);
    let mut words = names.split(|it| !is_word(it));
    words.any(|it| {
        matches!(
            it,
            "*" | "test" | "expect" | "defineConfig" | "PlaywrightTestConfig"
        )
    }) && !import.starts_with("import type")
        || import.contains("PlaywrightTestConfig")
}

fn bare(text: &str) -> &str {
    text.trim_matches(['"', '\'', '`'])
}

/// What a `package.json` says: the frameworks that it depends on.
pub(super) fn package(source: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    let Ok(package) = serde_json::from_slice::<serde_json::Value>(source) else {
        return facts;
    };
    let mut told: Vec<&str> = Vec::new();
    for list in ["devDependencies", "dependencies", "peerDependencies"] {
        let names = package.get(list).and_then(|it| it.as_object());
        for name in names.into_iter().flat_map(|it| it.keys()) {
            told.extend(framework_of(name));
        }
    }
    let scripts = package.get("scripts").and_then(|it| it.as_object());
    for script in scripts.into_iter().flat_map(|it| it.values()) {
        let words = script.as_str().unwrap_or_default().split_whitespace();
        told.extend(words.filter_map(framework_of));
    }
    // What `npm test` calls is what tests are written for that do not say so.
    let main = scripts
        .and_then(|it| it.get("test"))
        .and_then(|it| it.as_str());
    let words = main.unwrap_or_default().split_whitespace();
    let mut main: Vec<&str> = words.filter_map(framework_of).collect();
    main.dedup();
    let own = package.get("name").and_then(|it| it.as_str());
    told.extend(own.and_then(framework_of));
    if package.get("jest").is_some() {
        told.push("jest");
    }
    told.sort_unstable();
    told.dedup();
    facts.imports = told.into_iter().map(Into::into).collect();
    if let [main] = main.as_slice() {
        facts.imports.push(format!("{MAIN}{main}").into());
    }
    facts
}

/// The frameworks that a file may be written for, likeliest first, where it does not tell.
pub(super) fn frameworks(
    commit: &Commit<'_, Facts>,
    path: &str,
    facts: &Facts,
) -> Option<Vec<String>> {
    if !facts.imports.iter().any(|it| &**it == UNKNOWN) {
        return None;
    }
    let mut folder = path;
    while let Some(at) = folder.rfind('/').or((!folder.is_empty()).then_some(0)) {
        folder = &folder[..at];
        let package = if folder.is_empty() {
            "package.json".to_owned()
        } else {
            format!("{folder}/package.json")
        };
        let Some(content) = commit.files.get(&*package) else {
            continue;
        };
        let Some(package) = (commit.facts)(content).filter(|it| !it.imports.is_empty()) else {
            continue;
        };
        let told = package.imports.iter().filter(|it| !it.starts_with(MAIN));
        let mut told: Vec<String> = told.map(|it| it.to_string()).collect();
        let main = package.imports.iter().find_map(|it| it.strip_prefix(MAIN));
        let is_cypress = path.contains("cypress/") || path.contains(".cy.");
        told.sort_by_key(|it| match &**it {
            "cypress" if is_cypress => 0,
            it if Some(it) == main => 1,
            "vitest" => 2,
            "jest" => 3,
            "mocha" => 4,
            "jasmine" => 5,
            "playwright" => 6,
            _ => 7,
        });
        // Who imports nothing uses what needs no import.
        told.retain(|it| !matches!(&**it, "ava" | "tape" | "node-test"));
        return (!told.is_empty()).then_some(told);
    }
    None
}
