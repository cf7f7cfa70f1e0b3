//! What is depended on: used, under a licence of the list in `deny.toml`, and
//! none of what that file bans. `cargo deny check` says the same of the same
//! file; this needs neither it nor a network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The packages that `cargo metadata` tells of with these arguments.
fn packages(arguments: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version=1"])
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// All packages that are built on this machine.
fn all_packages() -> Vec<Value> {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let said = String::from_utf8(rustc.stdout).unwrap();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    packages(&["--filter-platform", host.unwrap()])
}

fn deny() -> toml::Table {
    let file = fs::read_to_string(root().join("deny.toml")).unwrap();
    file.parse().unwrap()
}

/// Whether licences of the list are enough for an expression of SPDX.
fn is_allowed(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let verdict = any(&mut rest, allowed);
    assert!(rest.is_empty(), "`{expression}` is no expression");
    verdict
}

fn any(words: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut verdict = all(words, allowed);
    while let ["OR", rest @ ..] = *words {
        *words = rest;
        verdict |= all(words, allowed);
    }
    verdict
}

fn all(words: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut verdict = one(words, allowed);
    while let ["AND", rest @ ..] = *words {
        *words = rest;
        verdict &= one(words, allowed);
    }
    verdict
}

fn one(words: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    match *words {
        ["(", rest @ ..] => {
            *words = rest;
            let verdict = any(words, allowed);
            assert_eq!(words.first(), Some(&")"));
            *words = &words[1..];
            verdict
        }
        [name, "WITH", exception, rest @ ..] => {
            *words = rest;
            allowed(&format!("{name} WITH {exception}"))
        }
        [name, rest @ ..] => {
            *words = rest;
            allowed(name)
        }
        [] => panic!("an expression ends too early"),
    }
}

#[test]
fn every_licence_is_of_the_list() {
    let deny = deny();
    let list = deny["licenses"]["allow"].as_array().unwrap();
    let allowed = |name: &str| list.iter().any(|it| it.as_str() == Some(name));
    let packages = all_packages();
    assert!(packages.len() > 100, "{} packages", packages.len());
    for package in packages {
        let clarified = || {
            let clarified = deny["licenses"]["clarify"].as_array()?;
            let of_package = |it: &&toml::Value| it["crate"].as_str() == package["name"].as_str();
            clarified.iter().find(of_package)?["expression"].as_str()
        };
        let licence = package["license"].as_str().or_else(clarified);
        assert!(
            licence.is_some_and(|it| is_allowed(it, &allowed)),
            "{} is under {licence:?}, which `deny.toml` does not allow",
            package["name"]
        );
    }
}

#[test]
fn nothing_that_is_banned_and_no_other_source_is_there() {
    let deny = deny();
    let banned = deny["bans"]["deny"].as_array().unwrap();
    for package in all_packages() {
        let is_it = |ban: &&toml::Value| ban["crate"].as_str() == package["name"].as_str();
        assert_eq!(banned.iter().find(is_it), None);
        let source = package["source"].as_str();
        assert!(
            source.is_none_or(|it| it == "registry+https://github.com/rust-lang/crates.io-index"),
            "{} comes from {source:?}",
            package["name"]
        );
    }
}

#[test]
fn expressions_of_licences_are_read() {
    let mit = |name: &str| name == "MIT" || name == "A WITH B";
    for good in [
        "MIT",
        "X OR MIT",
        "MIT/X",
        "(X OR MIT) AND A WITH B",
        "X AND Y OR MIT",
    ] {
        assert!(is_allowed(good, &mit), "{good}");
    }
    for bad in ["X", "MIT AND X", "A", "(MIT OR X) AND Y", "A WITH C"] {
        assert!(!is_allowed(bad, &mit), "{bad}");
    }
}

/// The text of all Rust files of a folder.
fn sources(folder: &Path, text: &mut String) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|it| it == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_dependency_is_used() {
    for package in packages(&["--no-deps"]) {
        let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
        let folder = manifest.parent().unwrap();
        let (mut shipped, mut tested) = (String::new(), String::new());
        sources(&folder.join("src"), &mut shipped);
        for of_tests in ["src", "tests", "examples"] {
            sources(&folder.join(of_tests), &mut tested);
        }
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["name"].as_str().unwrap().replace('-', "_");
            let text = match dependency["kind"].as_str() {
                None => &shipped,
                Some(_) => &tested,
            };
            let is_used = ["::", ":{", ";", "!"]
                .iter()
                .any(|after| text.contains(&format!("{name}{after}")));
            // The macro writes code with it.
            let is_used = is_used || name == "serde" && text.contains("table! {");
            assert!(is_used, "{} does not use {name}", package["name"]);
        }
    }
}
