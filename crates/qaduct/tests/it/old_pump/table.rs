//! The page that names the stories of each defect names those that there are, and all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::Scene;

/// The defects that the source, the engine or the views could have.
const DEFECTS: [u32; 17] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 28];

/// The names of the tests of this folder.
fn stories() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/old_pump");
    let mut names = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        if file.ends_with("table.rs") {
            continue;
        }
        let text = fs::read_to_string(file).unwrap();
        let tests = text.split("#[test]\nfn ").skip(1);
        names.extend(tests.map(|it| it.split('(').next().unwrap().to_owned()));
    }
    names
}

#[test]
fn the_table_of_defects_names_every_story_and_no_other() {
    let page =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/migrate-from-testops-dashboard.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, table) = page.split_once("\n## Defects\n").unwrap();
    let table = table.split("\n## ").next().unwrap();
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<_> = line.strip_prefix("| ")?.split(" | ").collect();
        let names = cells.last()?.trim_end_matches(" |").split(", ");
        let names = names.map(|it| it.trim_matches('`').to_owned()).collect();
        Some((cells[0].parse().ok()?, names))
    });
    let rows: BTreeMap<u32, BTreeSet<String>> = rows.collect();
    let numbers: Vec<_> = rows.keys().copied().collect();
    assert_eq!(numbers, DEFECTS);
    assert!(rows.values().all(|it| !it.is_empty()));
    let named: BTreeSet<_> = rows.into_values().flatten().collect();
    assert_eq!(named, stories());
}

#[test]
fn every_question_of_the_page_can_be_asked() {
    let page =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/migrate-from-testops-dashboard.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, block) = page.split_once("```sql\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let scene = Scene::new(&["bmo"], "");
    scene.pull("bmo.products", 0);
    let questions: Vec<_> = block
        .split(';')
        .filter(|it| !it.trim().is_empty())
        .collect();
    assert_eq!(questions.len(), 21);
    for question in questions {
        // Nothing was pulled that they ask for.
        assert_eq!(scene.rows(question), [""; 0], "{question}");
    }
}
