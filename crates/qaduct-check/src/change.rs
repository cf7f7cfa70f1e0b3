//! What a change does to mutes: adds, edits, moves or removes them.
//!
//! A mute is known by what it mutes and how (path, container, test, parameter, scope,
//! form), never by its line. Of several that are alike in that, those are the same that
//! are alike in more. What is left on both sides may have moved: to another file, or
//! with its test to another name. That is believed only where the test is gone from its
//! old place: whoever un-mutes one test and mutes another in the same words has muted.

use std::collections::BTreeMap;
use std::sync::Arc;

use qaduct_records::Declaration;
use qaduct_records::scan::Found;

/// What became of the mutes of one state in another.
#[derive(Debug, Default)]
pub struct Changes {
    /// Only in the newer state.
    pub added: Vec<Arc<Found>>,
    /// Only in the older state.
    pub removed: Vec<Arc<Found>>,
    /// In both, and not the same.
    pub edited: Vec<Pair>,
    /// In both, at another place or under another name; perhaps edited as well.
    pub moved: Vec<Pair>,
    /// In both, and the same.
    pub same: Vec<Pair>,
}

/// A mute in two states.
#[derive(Debug, Clone)]
pub struct Pair {
    /// As it was.
    pub before: Arc<Found>,
    /// As it is.
    pub after: Arc<Found>,
    /// What of it is another, apart from its place: `reason`, `ticket`.
    pub fields: Vec<&'static str>,
}

impl Changes {
    /// Compares two states. `is_gone` tells of a mute of the older one whether what it
    /// mutes is no longer at its place in the newer one.
    pub fn between(
        before: &[Arc<Found>],
        after: &[Arc<Found>],
        is_gone: &mut dyn FnMut(&Declaration) -> bool,
    ) -> Self {
        let mut changes = Self::default();
        let mut places: BTreeMap<_, [Vec<&Arc<Found>>; 2]> = BTreeMap::new();
        for it in effective(before) {
            places.entry(place(&it.declaration)).or_default()[0].push(it);
        }
        for it in effective(after) {
            places.entry(place(&it.declaration)).or_default()[1].push(it);
        }
        for [mut old, mut new] in places.into_values() {
            // The most alike first; of those that are left, in the order of the file.
            let likenesses: [fn(&Found, &Found) -> bool; 4] = [
                |a, b| fields(a, b).is_empty(),
                |a, b| tickets(a) == tickets(b),
                |a, b| a.declaration.reason == b.declaration.reason,
                |_, _| true,
            ];
            for alike in likenesses {
                for pair in take_pairs(&mut old, &mut new, alike) {
                    match pair.fields.is_empty() {
                        true => changes.same.push(pair),
                        false => changes.edited.push(pair),
                    }
                }
            }
            changes.removed.extend(old.into_iter().map(Arc::clone));
            changes.added.extend(new.into_iter().map(Arc::clone));
        }
        changes.find_moved(is_gone);
        let by_place = |it: &Arc<Found>| {
            let it = &it.declaration;
            (
                it.path.clone(),
                it.line_start,
                it.test_id.clone(),
                it.form.clone(),
            )
        };
        changes.added.sort_by_key(by_place);
        changes.removed.sort_by_key(by_place);
        for pairs in [&mut changes.edited, &mut changes.moved, &mut changes.same] {
            pairs.sort_by_key(|it| by_place(&it.after));
        }
        changes
    }

    fn find_moved(&mut self, is_gone: &mut dyn FnMut(&Declaration) -> bool) {
        if self.added.is_empty() || self.removed.is_empty() {
            return;
        }
        let gone = |it: &Arc<Found>| is_gone(&it.declaration);
        let (gone, stayed) = std::mem::take(&mut self.removed)
            .into_iter()
            .partition(gone);
        let gone: Vec<Arc<Found>> = gone;
        let added = std::mem::take(&mut self.added);
        let (mut old, mut new): (Vec<_>, Vec<_>) = (gone.iter().collect(), added.iter().collect());
        let likenesses: [fn(&Found, &Found) -> bool; 4] = [
            // Another file, the same test in the same words; then with other words.
            |a, b| renamed_file(a, b) && fields(a, b).is_empty(),
            |a, b| renamed_file(a, b) && tickets(a) == tickets(b),
            |a, b| renamed_file(a, b),
            // The same file, another name, the same words.
            |a, b| renamed_test(a, b) && fields(a, b).is_empty(),
        ];
        for alike in likenesses {
            self.moved.extend(take_pairs(&mut old, &mut new, alike));
        }
        // Another file and another name: the same words with a ticket, and only once on each side.
        let (all_old, all_new) = (old.clone(), new.clone());
        self.moved.extend(take_pairs(&mut old, &mut new, |a, b| {
            renamed_both(a, b)
                && all_old.iter().filter(|it| renamed_both(it, b)).count() == 1
                && all_new.iter().filter(|it| renamed_both(a, it)).count() == 1
        }));
        self.added = new.into_iter().map(Arc::clone).collect();
        self.removed = old.into_iter().map(Arc::clone).collect();
        self.removed.extend(stayed);
    }
}

/// Marks without effect mute nothing.
fn effective(mutes: &[Arc<Found>]) -> impl Iterator<Item = &Arc<Found>> {
    mutes.iter().filter(|it| it.declaration.effective)
}

/// What makes a mute this mute.
fn place(it: &Declaration) -> (&str, &str, &str, Option<&str>, &str, &str) {
    (
        &it.path,
        &it.container,
        &it.test,
        it.param.as_deref(),
        it.scope.as_str(),
        &it.form,
    )
}

fn renamed_file(one: &Found, other: &Found) -> bool {
    let (one, other) = (&one.declaration, &other.declaration);
    let name = |it: &Declaration| {
        let (container, test) = (it.container.clone(), it.test.clone());
        (container, test, it.param.clone(), it.scope, it.form.clone())
    };
    one.path != other.path && name(one) == name(other)
}

fn renamed_test(one: &Found, other: &Found) -> bool {
    let (one, other) = (&one.declaration, &other.declaration);
    let how = |it: &Declaration| (it.path.clone(), it.scope, it.form.clone(), it.param.clone());
    how(one) == how(other)
}

fn renamed_both(one: &Found, other: &Found) -> bool {
    let how = |it: &Found| (it.declaration.scope, it.declaration.form.clone());
    tickets(one).is_some() && how(one) == how(other) && fields(one, other).is_empty()
}

fn tickets(it: &Found) -> Option<&str> {
    it.declaration.tickets.as_deref()
}

/// What of a mute is another, apart from where it stands.
fn fields(before: &Found, after: &Found) -> Vec<&'static str> {
    let (one, other) = (&before.declaration, &after.declaration);
    let mut fields = Vec::new();
    let mut put = |name, differs: bool| {
        if differs {
            fields.push(name);
        }
    };
    put("ticket", one.tickets != other.tickets);
    put(
        "reason",
        words(one.reason.as_ref()) != words(other.reason.as_ref()),
    );
    put("until", one.until_text != other.until_text);
    put("since", one.since_text != other.since_text);
    put("owner", one.owner_declared != other.owner_declared);
    put("kind", one.kind != other.kind);
    put(
        "condition",
        words(one.condition.as_ref()) != words(other.condition.as_ref()),
    );
    put("strict", one.strict != other.strict);
    put("allowance", before.notes != after.notes);
    fields
}

/// A text without its blanks: where they stand is a matter of format.
fn words(text: Option<&String>) -> Option<String> {
    text.map(|it| it.split_whitespace().collect())
}

/// Takes out of two lists those that are alike, in their order.
fn take_pairs(
    old: &mut Vec<&Arc<Found>>,
    new: &mut Vec<&Arc<Found>>,
    alike: impl Fn(&Found, &Found) -> bool,
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    old.retain(|before| {
        let Some(at) = new.iter().position(|after| alike(before, after)) else {
            return true;
        };
        let after = new.remove(at);
        pairs.push(Pair {
            before: Arc::clone(before),
            after: Arc::clone(after),
            fields: fields(before, after),
        });
        false
    });
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mute(path: &str, test: &str, reason: &str) -> Arc<Found> {
        let mut declaration = Declaration::skip("shop", path, test);
        declaration.reason = Some(reason.to_owned());
        declaration.seal(&mut []);
        Arc::new(Found {
            declaration,
            tickets: Vec::new(),
            notes: Vec::new(),
        })
    }

    fn told(before: &[Arc<Found>], after: &[Arc<Found>], gone: &[&str]) -> Vec<String> {
        let mut is_gone = |it: &Declaration| gone.contains(&it.test_id.as_str());
        let changes = Changes::between(before, after, &mut is_gone);
        let id = |it: &Arc<Found>| it.declaration.test_id.clone();
        let pair = |word: &str, it: &Pair| {
            format!(
                "{word} {} > {} {:?}",
                id(&it.before),
                id(&it.after),
                it.fields
            )
        };
        let mut told = Vec::new();
        told.extend(changes.added.iter().map(|it| format!("added {}", id(it))));
        told.extend(
            changes
                .removed
                .iter()
                .map(|it| format!("removed {}", id(it))),
        );
        told.extend(changes.edited.iter().map(|it| pair("edited", it)));
        told.extend(changes.moved.iter().map(|it| pair("moved", it)));
        told
    }

    #[test]
    fn another_line_and_other_blanks_are_no_change() {
        let mut after = mute("a.py", "test_a", "because it\n  is flaky");
        Arc::get_mut(&mut after).unwrap().declaration.line_start = 99;
        let before = mute("a.py", "test_a", "because it is flaky");
        assert!(told(&[before], &[after], &[]).is_empty());
    }

    #[test]
    fn of_two_stacked_marks_the_one_that_goes_is_told() {
        let (one, other) = (
            mute("a.py", "test_a", "one"),
            mute("a.py", "test_a", "other"),
        );
        let before = [Arc::clone(&one), other];
        assert_eq!(told(&before, &[one], &[]), ["removed a.py::test_a"]);
    }

    #[test]
    fn a_mute_that_moves_with_its_test_has_moved() {
        let before = [mute("a.py", "test_a", "x"), mute("a.py", "test_old", "y")];
        let after = [mute("b.py", "test_a", "x"), mute("a.py", "test_new", "y")];
        assert_eq!(
            told(&before, &after, &["a.py::test_a", "a.py::test_old"]),
            [
                "moved a.py::test_old > a.py::test_new []",
                "moved a.py::test_a > b.py::test_a []",
            ]
        );
    }

    #[test]
    fn a_mute_of_a_test_that_stays_has_not_moved_to_another() {
        let before = [mute("a.py", "test_a", "flaky")];
        let after = [mute("a.py", "test_b", "flaky")];
        assert_eq!(
            told(&before, &after, &[]),
            ["added a.py::test_b", "removed a.py::test_a"]
        );
    }

    #[test]
    fn a_test_with_another_name_in_another_file_is_known_by_a_ticket_that_nobody_shares() {
        let ticket = |path: &str, test: &str, reason: &str| {
            let mut mute = mute(path, test, reason);
            Arc::get_mut(&mut mute).unwrap().declaration.tickets = Some("SHOP-1".to_owned());
            mute
        };
        let before = [ticket("a.py", "test_a", "x"), mute("a.py", "test_b", "y")];
        let mut after = vec![ticket("b.py", "test_c", "x"), mute("b.py", "test_d", "y")];
        let gone = ["a.py::test_a", "a.py::test_b"];
        assert_eq!(
            told(&before, &after, &gone),
            [
                "added b.py::test_d",
                "removed a.py::test_b",
                "moved a.py::test_a > b.py::test_c []",
            ]
        );
        after.push(ticket("b.py", "test_e", "x"));
        assert_eq!(told(&before, &after, &gone).len(), 5);
    }

    #[test]
    fn an_edited_mute_says_what_is_another() {
        let before = [mute("a.py", "test_a", "x")];
        let after = [mute("a.py", "test_a", "y")];
        assert_eq!(
            told(&before, &after, &[]),
            ["edited a.py::test_a > a.py::test_a [\"reason\"]"]
        );
        assert_eq!(
            told(&before, &[mute("b.py", "test_a", "y")], &["a.py::test_a"]),
            ["moved a.py::test_a > b.py::test_a [\"reason\"]"]
        );
    }
}
