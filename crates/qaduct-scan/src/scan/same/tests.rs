//! What is the same mute, as a specification.

use super::*;
use crate::scan::tiny::blank_mute;

fn mute(path: &str, container: &str, test: &str, form: &str, reason: &str) -> RawMute {
    let mut mute = blank_mute();
    let it = &mut mute.declaration;
    path.clone_into(&mut it.path);
    container.clone_into(&mut it.container);
    test.clone_into(&mut it.test);
    form.clone_into(&mut it.form);
    it.reason = (!reason.is_empty()).then(|| reason.to_owned());
    mute
}

/// The ticket is the first word of a reason that has a hyphen.
fn tickets(mutes: &[RawMute]) -> Vec<Option<String>> {
    let ticket = |it: &RawMute| {
        let reason = it.declaration.reason.as_deref()?;
        let word = reason.split(' ').next().filter(|it| it.contains('-'))?;
        Some(word.to_owned())
    };
    mutes.iter().map(ticket).collect()
}

/// Tests that are there, muted or not, as `path container test`; or what is said of all.
enum Known<'a> {
    There(&'a [(When, &'a str)]),
    All(Standing),
}

impl Places for Known<'_> {
    fn standing(&mut self, when: When, path: &str, mute: &Declaration) -> Standing {
        let name = format!("{path} {} {}", mute.container, mute.test);
        match self {
            Self::All(standing) => *standing,
            Self::There(there) if there.contains(&(when, name.as_str())) => Standing::There,
            Self::There(_) => Standing::Absent,
        }
    }
}

fn older_where(known: &mut Known<'_>, newer: &[RawMute], old: &[RawMute]) -> Vec<Option<usize>> {
    pairs(newer, old, &Renamed::default(), &mut tickets, known).older
}

/// Where a test that is not muted is nowhere.
fn older(newer: &[RawMute], old: &[RawMute]) -> Vec<Option<usize>> {
    older_where(&mut Known::There(&[]), newer, old)
}

fn renamed(old: &str, new: &str) -> Renamed {
    [(Arc::from(old), Arc::from(new))].into_iter().collect()
}

#[test]
fn a_mute_goes_on_when_its_words_its_ticket_or_its_spelling_change() {
    let old = [mute("a", "", "t", "skip", "A-1 flaky")];
    for new in [
        mute("a", "", "t", "skip", "A-1 very flaky"),
        mute("a", "", "t", "skip", "B-2 something else"),
        mute("a", "", "t", "xfail", "A-1 flaky"),
        mute("a", "", "t", "xfail", ""),
    ] {
        // Its test is there, before and after.
        let there = [(When::Before, "a  t"), (When::After, "a  t")];
        assert_eq!(
            older_where(&mut Known::There(&there), &[new], &old),
            [Some(0)]
        );
    }
}

#[test]
fn of_two_stacked_mutes_each_finds_its_own() {
    let old = [
        mute("a", "", "t", "xfail", "A-1 one"),
        mute("a", "", "t", "xfail", "A-2 two"),
    ];
    let new = [
        mute("a", "", "t", "flake", "A-2 two, now"),
        mute("a", "", "t", "flake", "A-1 one, now"),
    ];
    assert_eq!(older(&new, &old), [Some(1), Some(0)]);
    assert_eq!(older(&old[1..], &old), [Some(1)]);
    let known = &mut Known::There(&[]);
    let pairs = pairs(&old[1..], &old, &Renamed::default(), &mut tickets, known);
    assert_eq!(pairs.ended, [0]);
}

#[test]
fn a_mute_goes_on_under_another_path_class_or_name() {
    let old = [mute("a", "C", "t", "skip", "because")];
    for new in [
        mute("a", "D", "t", "skip", "because"),
        mute("a", "D::E", "t", "skip", ""),
        mute("a", "", "t", "skip", ""),
        mute("a", "C", "u", "skip", "be cause"),
        mute("b", "C", "t", "skip", "for another reason"),
        mute("b", "D", "t", "skip", "because"),
    ] {
        assert_eq!(
            older(std::slice::from_ref(&new), &old),
            [Some(0)],
            "{new:?}"
        );
    }
}

#[test]
fn a_mute_of_a_file_that_git_sees_as_renamed_goes_on_there_and_not_where_it_is_alike() {
    let old = [mute("a/x", "", "t", "skip", "because")];
    let new = [
        mute("b/new", "", "t", "skip", "because"),
        mute("c/x", "", "t", "skip", "because"),
    ];
    let known = &mut Known::There(&[]);
    let found = pairs(&new, &old, &renamed("a/x", "c/x"), &mut tickets, known);
    assert_eq!(found.older, [None, Some(0)]);
    let new = [mute("c/x", "", "t", "other", "whatever")];
    let found = pairs(&new, &old, &renamed("a/x", "c/x"), &mut tickets, known);
    assert_eq!(found.older, [Some(0)]);
}

#[test]
fn a_mute_has_not_moved_from_a_test_that_is_still_there() {
    let old = [mute("a", "C", "t", "skip", "A-1 because")];
    let there = [(When::After, "a C t")];
    for new in [
        mute("a", "D", "t", "skip", "A-1 because"),
        mute("a", "C", "u", "skip", "A-1 because"),
        mute("b", "C", "t", "skip", "A-1 because"),
        mute("b", "D", "u", "skip", "A-1 because"),
    ] {
        assert_eq!(
            older(std::slice::from_ref(&new), &old),
            [Some(0)],
            "{new:?}"
        );
        assert_eq!(older_where(&mut Known::There(&there), &[new], &old), [None]);
    }
}

#[test]
fn a_mute_has_not_moved_to_a_test_that_was_there_before() {
    let old = [mute("a", "C", "t", "skip", "A-1 because")];
    for (new, there) in [
        (mute("a", "D", "t", "skip", "A-1 because"), "a D t"),
        (mute("a", "C", "t2", "skip", "A-1 because"), "a C t2"),
        (mute("b", "C", "t", "skip", "A-1 because"), "b C t"),
    ] {
        let there = [(When::Before, there)];
        assert_eq!(older_where(&mut Known::There(&there), &[new], &old), [None]);
    }
    // Also where its file has another name by now.
    let new = [mute("n", "C", "u", "skip", "A-1 because")];
    let known = &mut Known::There(&[(When::Before, "o C u")]);
    let found = pairs(&new, &old, &renamed("o", "n"), &mut tickets, known);
    assert_eq!(found.older, [None]);
}

#[test]
fn where_nobody_can_tell_a_mute_has_not_moved() {
    let old = [mute("a", "C", "t", "skip", "A-1 because")];
    let new = [mute("b", "C", "t", "skip", "A-1 because")];
    let known = &mut Known::All(Standing::Unknown);
    assert_eq!(older_where(known, &new, &old), [None]);
}

#[test]
fn what_a_list_holds_goes_to_another_list_and_never_to_another_name() {
    let old = [mute("a.txt", "C", "t", "list", "because")];
    let known = &mut Known::All(Standing::Listed);
    for (new, is_same) in [
        (mute("b.txt", "C", "t", "list", "because"), true),
        (mute("a.txt", "C", "t2", "list", "because"), false),
        (mute("a.txt", "D", "t", "list", "because"), false),
    ] {
        assert_eq!(older_where(known, &[new], &old), [is_same.then_some(0)]);
    }
}

#[test]
fn a_test_without_words_has_another_name_where_the_two_are_alike() {
    let old = [
        mute("a", "C", "test_pays", "skip", ""),
        mute("a", "C", "test_pays_by_card", "skip", ""),
    ];
    let new = [
        mute(
            "a",
            "C",
            "test_pays_by_credit_card",
            "skip",
            "now with words",
        ),
        mute("a", "C", "test_pays_cash", "skip", ""),
    ];
    assert_eq!(older(&new, &old), [Some(1), Some(0)]);
    for other in ["test_a", "test_b", "test_greets"] {
        assert_eq!(older(&[mute("a", "C", other, "skip", "")], &old), [None]);
        assert_eq!(older(&[mute("b", "C", other, "skip", "")], &old), [None]);
    }
    let short = [mute("a", "C", "a", "skip", "")];
    let long = "abandons a cart whose card was refused";
    assert_eq!(older(&[mute("a", "C", long, "skip", "")], &short), [None]);
    let class = [mute("a", "TestOld", "", "skip", "")];
    assert_eq!(
        older(&[mute("a", "TestOlder", "", "skip", "")], &class),
        [Some(0)]
    );
    assert_eq!(
        older(&[mute("a", "TestGreeting", "", "skip", "")], &class),
        [None]
    );
}

#[test]
fn where_several_could_have_moved_none_has() {
    let old = [
        mute("a", "C", "t", "skip", "x"),
        mute("b", "C", "t", "skip", "x"),
    ];
    let new = [mute("c", "C", "t", "skip", "x")];
    assert_eq!(older(&new, &old), [None]);
    // One of them is still there: then it was the other.
    let known = &mut Known::There(&[(When::After, "a C t")]);
    assert_eq!(older_where(known, &new, &old), [Some(1)]);
    let old = [
        mute("a", "", "one", "skip", ""),
        mute("a", "", "ones", "skip", ""),
    ];
    assert_eq!(
        older(&[mute("a", "", "ones2", "skip", "")], &old),
        [Some(1)]
    );
    let old = [
        mute("a", "", "one1", "skip", ""),
        mute("a", "", "one2", "skip", ""),
    ];
    assert_eq!(older(&[mute("a", "", "one", "skip", "")], &old), [None]);
}

#[test]
fn another_name_in_another_file_takes_a_ticket_and_the_same_words() {
    let old = [mute("a", "C", "t", "skip", "A-1 because")];
    let same = mute("b", "D", "u", "skip", "A-1 because");
    assert_eq!(older(std::slice::from_ref(&same), &old), [Some(0)]);
    assert_eq!(
        older(&[mute("b", "D", "u", "skip", "A-1 other")], &old),
        [None]
    );
    assert_eq!(older(&[same.clone(), same], &old), [None, None]);
}

#[test]
fn a_parameter_may_have_another_number_and_another_name_only_where_it_is_new() {
    let of = |param: &str| {
        let mut mute = mute("a", "", "t", "param", "because");
        mute.declaration.param = Some(param.to_owned());
        mute
    };
    let there = || Known::There(&[(When::Before, "a  t"), (When::After, "a  t")]);
    assert_eq!(older_where(&mut there(), &[of("3")], &[of("2")]), [Some(0)]);
    assert_eq!(
        older_where(&mut there(), &[of("two")], &[of("one")]),
        [None]
    );
    assert_eq!(older(&[of("two")], &[of("one")]), [Some(0)]);
}
