//! What is kept on the way back against what a commit holds by itself: generated histories of
//! files that lend mutes to each other.

use std::io::Write as _;
use std::process::Stdio;

use super::super::state::Undone;
use super::*;
use crate::Exclusion;
use crate::git::log::Which;
use crate::language::{Content, Names};

/// Files, each with the texts that it may have.
const FILES: &[(&str, &[&str])] = &[
    (
        "src/test/java/Helper.java",
        &[
            "import org.junit.jupiter.api.Assumptions;\nclass Helper {\n  static void onlyHere() {\n    \
             Assumptions.assumeTrue(x, \"here\");\n  }\n}\n",
            "import org.junit.jupiter.api.Assumptions;\nclass Helper {\n  static void elsewhere() {\n    \
             Assumptions.assumeFalse(x, \"there\");\n  }\n}\n",
            "class Helper {\n  static void onlyHere() {\n  }\n}\n",
        ],
    ),
    (
        "src/test/java/ATest.java",
        &[
            "class ATest {\n  @Test void a() { Helper.onlyHere(); }\n}\n",
            "class ATest {\n  @Test void a() { Helper.elsewhere(); }\n}\n",
            "class ATest {\n  @Test void a() { }\n}\n",
        ],
    ),
    (
        "src/test/java/BTest.java",
        &[
            "import org.junit.jupiter.api.*;\nclass BTest {\n  @Disabled(\"SHOP-1\")\n  @Test void b() { Helper.onlyHere(); }\n}\n",
            "import org.junit.jupiter.api.*;\nclass BTest {\n\n  @Disabled(\"SHOP-1\")\n  @Test void b() { Helper.elsewhere(); }\n}\n",
            "import org.junit.jupiter.api.*;\n// @Disabled\nclass BTest {\n  @Test void b() { }\n}\n",
        ],
    ),
    (
        "shop/help_test.go",
        &[
            "package shop\n\nimport \"testing\"\n\nfunc skipHere(t *testing.T) {\n\tt.Skip(\"not here\")\n}\n",
            "package shop\n\nimport \"testing\"\n\nfunc skipThere(t *testing.T) {\n\tt.Skip(\"not there\")\n}\n",
        ],
    ),
    (
        "shop/a_test.go",
        &[
            "package shop\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tskipHere(t)\n}\n",
            "package shop\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tskipThere(t)\n}\n",
            "package shop\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tt.Skip(\"x\")\n}\n\nfunc TestB(t *testing.T) {\n\tskipHere(t)\n}\n",
        ],
    ),
    (
        "package.json",
        &[
            "{\"devDependencies\": {\"jest\": \"1\"}}\n",
            "{\"devDependencies\": {\"mocha\": \"1\"}}\n",
            "{}\n",
        ],
    ),
    (
        "web/a.test.js",
        &[
            "it.skip('a', () => { b() })\n",
            "it('a', () => { b() })\n",
            "\nit.skip('a', () => { b() })\nit.only('c', () => { b() })\n",
        ],
    ),
    (
        "tests/marks.py",
        &[
            "import pytest\n\nlater = pytest.mark.skip(reason='later')\n",
            "import pytest\n\nlater = pytest.mark.xfail(reason='later')\n",
            "later = lambda it: it\n",
        ],
    ),
    (
        "tests/test_a.py",
        &[
            "from marks import later\n\n\n@later\ndef test_a():\n    pass\n",
            "import pytest\n\n\n@pytest.mark.skip\ndef test_a():\n    pass\n",
            "def test_a():\n    pass\n",
        ],
    ),
    (
        "tests/a.bats",
        &[
            "@test \"a\" {\n  skip \"SHOP-2\"\n}\n",
            "@test \"a\" {\n  true\n}\n",
        ],
    ),
];

/// A repository of commits that change one to three files each, by a number that tells which.
fn generated(seed: u64, commits: usize) -> Origin {
    let origin = Origin::empty();
    let mut import = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(origin.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = import.stdin.take().unwrap();
    let mut random = seed;
    let mut below = |most: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(random >> 33).unwrap() % most
    };
    for number in 0..commits {
        let at = 1_577_836_800 + number;
        writeln!(
            input,
            "commit refs/heads/main\ncommitter A <a@b> {at} +0000\ndata 1\nx"
        )
        .unwrap();
        let changed: Vec<_> = match number {
            0 => FILES.to_vec(),
            _ => (0..=below(3)).map(|_| FILES[below(FILES.len())]).collect(),
        };
        for (path, texts) in changed {
            // Now and then a file is not there, or stands elsewhere.
            match texts.get(below(texts.len() + 1)) {
                Some(text) => {
                    writeln!(input, "M 100644 inline {path}\ndata {}\n{text}", text.len()).unwrap();
                }
                None => writeln!(input, "D {path}").unwrap(),
            }
        }
    }
    drop(input);
    assert!(import.wait().unwrap().success());
    origin
}

#[test]
fn a_commit_that_is_reached_on_the_way_back_holds_the_mutes_that_it_holds_by_itself() {
    for seed in 1..=2 {
        let origin = generated(seed, 60);
        let repository = Repository::open(origin.place(), &access(), &Silent).unwrap();
        let languages = languages(&[], Manifests::new(&[]).unwrap()).unwrap();
        let excluded = Excluded::new(&Exclusion::default()).unwrap();
        let state_of = |commit: &str, blobs: &mut Blobs<'_>| {
            let tips = [("main".to_owned(), commit.to_owned())];
            let tips = read_tips(&tips, &languages, &excluded, blobs, &Silent).unwrap();
            State::of(&tips.files[0], &languages, blobs)
        };
        let tip = origin.git(&["rev-parse", "main"]);
        let mut blobs = Blobs::new(&languages, &repository);
        let mut state = state_of(&tip, &mut blobs);
        let mut log = repository.log(Which::Landings(&[tip.into()])).unwrap();
        let mut mutes = 0;
        while let Some(step) = log.step().unwrap() {
            let Some(parent) = step.head.parents.first() else {
                break;
            };
            let changes = step.changes.into_iter();
            let changes = changes.filter_map(|it| Undone::of(it, |path| languages.readers(path)));
            let changes: Vec<Undone> = changes.collect();
            let older = changes.iter().filter_map(Undone::older);
            let mut older: Vec<Content> = older.map(|(_, it)| it.clone()).collect();
            let lent: Vec<Names> = state.lent().cloned().collect();
            blobs.read(&mut older, &lent).unwrap();
            state.undo(&changes, &languages, &mut blobs).unwrap();
            let alone = state_of(parent, &mut Blobs::new(&languages, &repository));
            assert_eq!(state.all_mutes(), alone.all_mutes(), "{parent}");
            mutes += state.all_mutes().len();
        }
        assert!(mutes > 100, "{mutes} mutes are not much of a test");
    }
}
