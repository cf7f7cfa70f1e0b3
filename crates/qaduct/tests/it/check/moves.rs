//! What has moved and what is new: a mute has moved only with a test that is gone from its old
//! place to one that was not there before.

use crate::Home;
use crate::repo::Repo;

/// The first lines of what `check` says of a change from some files to others; an empty text is
/// no file.
fn judged(before: &[(&str, &str)], after: &[(&str, &str)]) -> String {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    for (path, text) in before {
        repo.file(path, text);
    }
    repo.commit("Before");
    for (path, text) in after {
        match text.is_empty() {
            true => std::fs::remove_file(home.path("work").join(path)).unwrap(),
            false => {
                repo.file(path, text);
            }
        }
    }
    let on_disk = told(&home, "check --since HEAD");
    // Committed, it is the same, and two commits are compared alike.
    repo.commit("After");
    assert_eq!(
        on_disk.replace("HEAD:", "HEAD~1:"),
        told(&home, "check --since HEAD~1")
    );
    let diff = home.qaduct("diff HEAD~1 HEAD").run().stdout;
    let moved = diff.lines().filter(|it| it.starts_with('>')).count();
    assert!(
        on_disk.contains(&format!("{moved} moved")),
        "{on_disk}\n{diff}"
    );
    on_disk
}

fn told(home: &Home, arguments: &str) -> String {
    let run = home.qaduct(arguments).run();
    let lines = run.stdout.lines().filter(|it| {
        let kept = it.contains("error") || it.contains("no findings");
        kept || it.contains(" since ")
    });
    let lines: Vec<_> = lines.map(str::trim_end).collect();
    lines.join("\n")
}

/// What it says of the mutes of a change, in short.
fn moved(count: usize) -> String {
    format!(
        "no findings; since HEAD: +0 muted, -0 un-muted, 0 edited, {count} moved; {count} mutes now, +0"
    )
    .replace("1 mutes", "1 mute")
}

const A: &str = "import pytest\n\n@pytest.mark.skip\ndef test_a(): assert 1\n";
const B: &str = "\ndef test_b(): assert 2\n";

#[test]
fn a_mute_that_goes_to_another_test_is_new_even_where_the_first_one_is_deleted() {
    let after = "import pytest\n\n@pytest.mark.skip\ndef test_b(): assert 2\n";
    let told = judged(
        &[("test_x.py", &format!("{A}{B}"))],
        &[("test_x.py", after)],
    );
    insta::assert_snapshot!(told, @r"
        test_x.py:3  error    QM001 no-ticket  no ticket  [test_b]
        1 error, 1 warning; since HEAD: +1 muted, -1 un-muted, 0 edited, 0 moved; 1 mute now, +0
        ");
    // The other test is in another file, under the same name.
    let basic = A.replace("test_a", "test_basic");
    let open = "def test_basic(): assert 3\n";
    let told = judged(
        &[("tests/test_x.py", &basic), ("tests/test_y.py", open)],
        &[
            ("tests/test_x.py", "def test_other(): pass\n"),
            (
                "tests/test_y.py",
                &format!("import pytest\n\n@pytest.mark.skip\n{open}"),
            ),
        ],
    );
    insta::assert_snapshot!(told, @r"
        tests/test_y.py:3  error    QM001 no-ticket  no ticket  [test_basic]
        1 error, 1 warning; since HEAD: +1 muted, -1 un-muted, 0 edited, 0 moved; 1 mute now, +0
        ");
}

#[test]
fn a_test_in_a_class_or_suite_with_another_name_has_moved() {
    let class = |name: &str| {
        format!(
            "import pytest\n\nclass {name}:\n    @pytest.mark.skip\n    def test_a(self): pass\n"
        )
    };
    let told = judged(
        &[("test_x.py", &class("TestOld"))],
        &[("test_x.py", &class("TestNew"))],
    );
    assert_eq!(told, moved(1));
    let suite = |name: &str| {
        format!(
            "describe(\"{name}\", () => {{\n  it.skip(\"x\", () => {{}});\n  it(\"y\", () => {{}});\n}});\n"
        )
    };
    let told = judged(&[("x.test.js", &suite("a"))], &[("x.test.js", &suite("b"))]);
    assert_eq!(told, moved(1));
}

#[test]
fn a_test_whose_name_or_title_grows_has_moved() {
    let told = judged(
        &[("x.test.js", "it.skip(\"x\", () => {});\n")],
        &[("x.test.js", "it.skip(\"x works\", () => {});\n")],
    );
    assert_eq!(told, moved(1));
    let flaky = "import pytest\n\n@pytest.mark.skip(reason='flaky')\ndef test_a(): pass\n";
    let after = flaky
        .replace("test_a", "test_a2")
        .replace("flaky", "flaky!");
    let told = judged(&[("test_x.py", flaky)], &[("test_x.py", &after)]);
    insta::assert_snapshot!(told, @r"
        test_x.py:3  error    QM001 no-ticket  no ticket  [test_a2]
        1 error; since HEAD: +0 muted, -0 un-muted, 0 edited, 1 moved; 1 mute now, +0
        QM004 too-old not judged for 1 mute: nobody knows since when the mute is there
        ");
}

#[test]
fn a_function_that_becomes_a_method_has_moved() {
    let method =
        "import pytest\n\nclass TestX:\n    @pytest.mark.skip\n    def test_a(self): pass\n";
    let told = judged(&[("test_x.py", A)], &[("test_x.py", method)]);
    assert_eq!(told, moved(1));
    // Where the class had a test of that name all along, that one is muted now.
    let both = format!("{A}\nclass TestX:\n    def test_a(self): pass\n");
    let told = judged(&[("test_x.py", &both)], &[("test_x.py", method)]);
    insta::assert_snapshot!(told, @r"
        test_x.py:4  error    QM001 no-ticket  no ticket  [TestX::test_a]
        1 error, 1 warning; since HEAD: +1 muted, -1 un-muted, 0 edited, 0 moved; 1 mute now, +0
        ");
}

#[test]
fn a_comment_that_names_a_test_does_not_keep_it_at_its_place() {
    let left = "# test_a is in test_y.py now\ndef test_b(): pass\n";
    let told = judged(
        &[("test_x.py", &format!("{A}{B}"))],
        &[("test_x.py", left), ("test_y.py", A)],
    );
    assert_eq!(told, moved(1));
}

#[test]
fn what_git_sees_as_renamed_has_moved_and_not_what_looks_like_it() {
    let told = judged(
        &[("a/test_x.py", A)],
        &[
            ("a/test_x.py", ""),
            ("c/test_x.py", A),
            ("b/test_new.py", &format!("LIMIT = 3\n{A}")),
        ],
    );
    insta::assert_snapshot!(told, @r"
        b/test_new.py:4  error    QM001 no-ticket  no ticket  [test_a]
        1 error, 1 warning; since HEAD: +1 muted, -0 un-muted, 0 edited, 1 moved; 2 mutes now, +1
        ");
}

#[test]
fn a_list_of_muted_tests_that_names_another_one_mutes_it() {
    let list = |test: &str| format!("tests:\n  - name: {test}\n    reason: flaky\n");
    let told = judged(
        &[("muted-tests.yml", &list("ShopTest.pays"))],
        &[("muted-tests.yml", &list("ShopTest.pays_cash"))],
    );
    assert!(!told.contains("1 moved"), "{told}");
}

#[test]
fn what_could_not_be_read_is_unknown_and_not_un_muted() {
    let broken = "import pytest\n\n@pytest.mark.skip\ndef test_a(:\n\ndef )(:\n";
    let told = judged(&[("test_x.py", A)], &[("test_x.py", broken)]);
    assert!(!told.contains("-1 un-muted"), "{told}");
}

#[test]
fn a_mark_that_mutes_more_than_before_is_judged_again() {
    let mark = |mark: &str| format!("import pytest\n\n@pytest.mark.{mark}\ndef test_a(): pass\n");
    for (before, after) in [
        ("xfail(raises=KeyError)", "xfail"),
        ("flaky(reruns=2)", "flaky(reruns=50)"),
    ] {
        let told = judged(
            &[("test_x.py", &mark(before))],
            &[("test_x.py", &mark(after))],
        );
        assert!(told.contains("QM001"), "{told}");
        assert!(told.contains("1 edited"), "{told}");
    }
}

#[test]
fn a_mute_that_moved_and_changed_is_a_change_for_the_status() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    repo.file("test_x.py", A);
    repo.commit("Before");
    repo.git(&["mv", "test_x.py", "test_y.py"]);
    repo.commit("Moved");
    assert_eq!(
        home.qaduct("diff HEAD~1 HEAD --exit-code").run().status,
        Some(0)
    );
    repo.git(&["mv", "test_y.py", "test_z.py"]);
    repo.file("test_z.py", A.replace("mark.skip", "mark.skip(reason='x')"));
    repo.commit("Moved and changed");
    let run = home.qaduct("diff HEAD~1 HEAD --exit-code").run();
    assert!(run.stdout.contains("reason: - → x"), "{run}");
    assert_eq!(run.status, Some(1));
}
