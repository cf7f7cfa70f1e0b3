//! What a change does to mutes: adds, edits, moves or removes them.
//!
//! Which mutes of two states are the same is found out by whoever reads the repository; here
//! is told what became of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use qaduct_records::scan::Found;

/// What became of the mutes of one state in another.
#[derive(Debug, Default)]
pub struct Changes {
    /// Only in the newer state.
    pub added: Vec<Arc<Found>>,
    /// Only in the older state.
    pub removed: Vec<Arc<Found>>,
    /// In the older state, in files of which the newer one could not be read in full.
    pub unknown: Vec<Arc<Found>>,
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
    /// What became of mutes: those that are in both states, and those that are only in the newer,
    /// only in the older one, or unknown.
    #[must_use]
    pub fn of(
        both: impl IntoIterator<Item = (Arc<Found>, Arc<Found>)>,
        added: Vec<Arc<Found>>,
        removed: Vec<Arc<Found>>,
        unknown: Vec<Arc<Found>>,
    ) -> Self {
        let mut changes = Self {
            added,
            removed,
            unknown,
            ..Self::default()
        };
        for (before, after) in both {
            let pair = Pair::of(before, after);
            let kind = match (pair.has_moved(), pair.fields.is_empty()) {
                (true, _) => &mut changes.moved,
                (false, true) => &mut changes.same,
                (false, false) => &mut changes.edited,
            };
            kind.push(pair);
        }
        for mutes in [
            &mut changes.added,
            &mut changes.removed,
            &mut changes.unknown,
        ] {
            mutes.sort_by_key(place);
        }
        for pairs in [&mut changes.edited, &mut changes.moved, &mut changes.same] {
            pairs.sort_by_key(|it| place(&it.after));
        }
        changes
    }

    /// What is a change beside another older state as well. A merge has several, and what one of
    /// them has is not new, nor gone what one of them lacks.
    #[must_use]
    pub fn beside(mut self, other: &Self) -> Self {
        // How much a mute has changed, and its place beside the other state.
        let told = |it: &Pair| match (it.fields.is_empty(), it.has_moved()) {
            (true, false) => 0,
            (true, true) => 1,
            (false, _) => 2,
        };
        let there: BTreeMap<_, &Pair> = [&other.same, &other.moved, &other.edited]
            .into_iter()
            .flatten()
            .map(|it| (Arc::as_ptr(&it.after), it))
            .collect();
        let pairs = [&mut self.same, &mut self.moved, &mut self.edited].map(std::mem::take);
        let mut both: Vec<Pair> = pairs.into_iter().flatten().collect();
        for pair in &mut both {
            if let Some(it) = there.get(&Arc::as_ptr(&pair.after))
                && told(it) < told(pair)
            {
                *pair = Pair::clone(it);
            }
        }
        self.added.retain(|it| {
            let known = there.get(&Arc::as_ptr(it));
            both.extend(known.map(|it| Pair::clone(it)));
            known.is_none()
        });
        let is_gone = |all: &[Arc<Found>], it: &Arc<Found>| {
            let id = &it.declaration.test_id;
            all.iter().any(|it| it.declaration.test_id == *id)
        };
        self.removed.retain(|it| is_gone(&other.removed, it));
        self.unknown.retain(|it| is_gone(&other.unknown, it));
        let both = both.into_iter().map(|it| (it.before, it.after));
        Self::of(both, self.added, self.removed, self.unknown)
    }

    /// What of it is in files of these paths.
    #[must_use]
    pub fn within(mut self, has: impl Fn(&str) -> bool) -> Self {
        for mutes in [&mut self.added, &mut self.removed, &mut self.unknown] {
            mutes.retain(|it| has(&it.declaration.path));
        }
        for pairs in [&mut self.same, &mut self.moved, &mut self.edited] {
            pairs.retain(|it| has(&it.after.declaration.path));
        }
        self
    }

    /// Whether anything is newly muted, or muted in another way than before.
    #[must_use]
    pub fn mutes_more(&self) -> bool {
        let edited = self.moved.iter().any(|it| !it.fields.is_empty());
        !self.added.is_empty() || !self.edited.is_empty() || edited
    }
}

fn place(it: &Arc<Found>) -> (String, i64, String, String) {
    let it = &it.declaration;
    (
        it.path.clone(),
        it.line_start,
        it.test_id.clone(),
        it.form.clone(),
    )
}

impl Pair {
    fn of(before: Arc<Found>, after: Arc<Found>) -> Self {
        Self {
            fields: fields(&before, &after),
            before,
            after,
        }
    }

    fn has_moved(&self) -> bool {
        let (one, other) = (&self.before.declaration, &self.after.declaration);
        let place = |it: &qaduct_records::Declaration| {
            let test = (it.test.clone(), it.param.clone());
            (it.path.clone(), it.container.clone(), test)
        };
        place(one) != place(other)
    }

    /// Whether it was renewed: what it says for itself is another, whatever comments allow.
    #[must_use]
    pub fn is_renewed(&self) -> bool {
        self.fields.iter().any(|it| *it != ALLOWANCE)
    }
}

/// The field of what comments let pass.
pub(crate) const ALLOWANCE: &str = "allowance";

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
    put("form", one.form != other.form);
    put("kind", one.kind != other.kind);
    put(
        "condition",
        code(one.condition.as_ref()) != code(other.condition.as_ref()),
    );
    put("strict", one.strict != other.strict);
    put(
        "options",
        code(Some(&before.options)) != code(Some(&after.options)),
    );
    put(ALLOWANCE, before.notes != after.notes);
    fields
}

/// A text without its blanks: where they stand is a matter of format.
fn words(text: Option<&String>) -> Option<String> {
    text.map(|it| it.split_whitespace().collect())
}

/// Code as it would be after any formatter: without blanks, with one kind of quotes, and without
/// a comma behind the last of several.
fn code(text: Option<&String>) -> Option<String> {
    let text = words(text)?.replace(['\'', '`'], "\"");
    Some(
        text.replace(",)", ")")
            .replace(",]", "]")
            .replace(",}", "}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use qaduct_records::Declaration;

    fn mute(path: &str, test: &str, reason: &str) -> Found {
        let mut declaration = Declaration::skip("shop", path, test);
        declaration.reason = Some(reason.to_owned());
        declaration.seal(&mut []);
        Found {
            declaration,
            tickets: Vec::new(),
            notes: Vec::new(),
            options: String::new(),
        }
    }

    fn told(before: Found, after: Found) -> String {
        let both = [(Arc::new(before), Arc::new(after))];
        let changes = Changes::of(both, Vec::new(), Vec::new(), Vec::new());
        let kinds = [
            ("same", &changes.same),
            ("edited", &changes.edited),
            ("moved", &changes.moved),
        ];
        let told = kinds.iter().flat_map(|(word, pairs)| {
            let pairs = pairs.iter();
            pairs.map(move |it| format!("{word} {}", it.fields.join(", ")))
        });
        let told: Vec<_> = told.collect();
        format!("{} more: {}", told.join("; ").trim(), changes.mutes_more())
    }

    #[test]
    fn another_line_and_other_blanks_are_no_change() {
        let mut after = mute("a.py", "test_a", "because it\n  is flaky");
        after.declaration.line_start = 99;
        let before = mute("a.py", "test_a", "because it is flaky");
        assert_eq!(told(before, after), "same more: false");
    }

    #[test]
    fn an_edited_mute_says_what_is_another_also_where_it_moved() {
        let before = || mute("a.py", "test_a", "x");
        assert_eq!(
            told(before(), mute("a.py", "test_a", "y")),
            "edited reason more: true"
        );
        assert_eq!(
            told(before(), mute("b.py", "test_a", "y")),
            "moved reason more: true"
        );
        assert_eq!(
            told(before(), mute("a.py", "test_b", "x")),
            "moved more: false"
        );
    }

    #[test]
    fn a_mark_of_another_form_and_one_that_mutes_more_are_edits() {
        let mut after = mute("a.py", "test_a", "x");
        "pytest.mark.xfail".clone_into(&mut after.declaration.form);
        after.declaration.kind = qaduct_records::Kind::Xfail;
        let before = || mute("a.py", "test_a", "x");
        assert_eq!(told(before(), after), "edited form, kind more: true");
        let mut after = before();
        "reruns=50".clone_into(&mut after.options);
        assert_eq!(told(before(), after), "edited options more: true");
    }

    #[test]
    fn what_a_formatter_does_to_a_condition_is_no_edit() {
        let mute = |condition: &str| {
            let mut mute = mute("a", "t", "why");
            mute.declaration.condition = Some(condition.to_owned());
            mute
        };
        let before = || mute("CONF['broken'] in ('yes', 'no')");
        let black = "CONF[\"broken\"] in (\n    \"yes\",\n    \"no\",\n)";
        assert_eq!(told(before(), mute(black)), "same more: false");
        let other = "CONF[\"broken\"] in (\"yes\",)";
        assert_eq!(told(before(), mute(other)), "edited condition more: true");
    }
}
