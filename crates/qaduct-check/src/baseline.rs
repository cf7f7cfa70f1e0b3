//! The baseline: findings that were there when rules were brought in. It only shrinks.
//!
//! An entry is known by rule, test, form and what else the finding is about, never by a
//! line. It follows files that git sees as renamed.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::Finding;

const HEAD: &str = "\
# What `qaduct check` found when this file was written, and lets pass since then.
# It can only shrink: `qaduct baseline prune` takes out what is mended.
version = 1
findings = [
";

/// A finding that is let pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The test, or the file.
    pub test: String,
    /// The rule.
    pub rule: String,
    /// The form of the mute.
    #[serde(default)]
    pub form: String,
    /// What else it is about.
    #[serde(default)]
    pub about: Option<String>,
}

/// The findings that are let pass, each as often as it was there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    entries: BTreeMap<Entry, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

/// A file that is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not TOML of this form.
    #[error("{message}")]
    Syntax {
        /// What is wrong with it.
        message: String,
        /// Where, in bytes.
        place: Option<Range<usize>>,
    },
    /// A newer version has written it.
    #[error("it is of version {0}, and this program reads version 1")]
    Version(u32),
}

impl Entry {
    /// The entry for a finding.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        Self {
            test: finding.subject().to_owned(),
            rule: finding.rule.id.to_owned(),
            form: finding.form.clone(),
            about: finding.detail.clone(),
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &str {
        self.test
            .split_once("::")
            .map_or(&self.test, |(path, _)| path)
    }

    /// The same in another file.
    fn at(&self, path: &str) -> Self {
        let test = [path, &self.test[self.path().len()..]].concat();
        Self {
            test,
            ..self.clone()
        }
    }
}

impl Baseline {
    /// One that lets these findings pass.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut baseline = Self::default();
        for finding in findings {
            *baseline.entries.entry(Entry::of(finding)).or_default() += 1;
        }
        baseline
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        let file: File = toml::from_str(text).map_err(|error| BaselineError::Syntax {
            message: error.message().replace('\n', ", "),
            place: error.span(),
        })?;
        if file.version != 1 {
            return Err(BaselineError::Version(file.version));
        }
        let mut baseline = Self::default();
        for entry in file.findings {
            *baseline.entries.entry(entry).or_default() += 1;
        }
        Ok(baseline)
    }

    /// As a file: a line each, sorted, so that two branches can be merged.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = HEAD.to_owned();
        for entry in self.each() {
            let mut pairs = vec![("test", &entry.test), ("rule", &entry.rule)];
            if !entry.form.is_empty() {
                pairs.push(("form", &entry.form));
            }
            pairs.extend(entry.about.as_ref().map(|it| ("about", it)));
            let pairs = pairs
                .into_iter()
                .map(|(key, value)| format!("{key} = {}", toml::Value::from(value.as_str())));
            let pairs: Vec<_> = pairs.collect();
            text += &["  { ", &pairs.join(", "), " },\n"].concat();
        }
        text + "]\n"
    }

    /// The entries, in order, each as often as it counts.
    pub fn each(&self) -> impl Iterator<Item = &Entry> {
        let all = self.entries.iter();
        all.flat_map(|(entry, count)| std::iter::repeat_n(entry, *count))
    }

    /// How many findings it lets pass.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.values().sum()
    }

    /// Whether it lets nothing pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is left of it without those that are mended, and with others for those that moved.
    #[must_use]
    pub fn shrunk(&self, fixed: &[Entry], moved: &[(Entry, Entry)]) -> Self {
        let mut shrunk = self.clone();
        for entry in fixed.iter().chain(moved.iter().map(|(old, _)| old)) {
            take(&mut shrunk.entries, entry);
        }
        for (_, new) in moved {
            *shrunk.entries.entry(new.clone()).or_default() += 1;
        }
        shrunk
    }

    /// Which of these findings it lets pass, each entry once, and those that do not `count` first: an
    /// entry belongs to what was there before a change, not to what is new and like it. `renamed`
    /// tells the path that a file has now, where git sees it as renamed.
    #[must_use]
    pub fn matching(
        &self,
        findings: &[Finding],
        counts: &[bool],
        renamed: &dyn Fn(&str) -> Option<String>,
    ) -> Matching {
        let mut left = self.clone();
        let entries: Vec<Entry> = findings.iter().map(Entry::of).collect();
        let mut known = vec![false; entries.len()];
        for turn in [false, true] {
            let its = (0..entries.len()).filter(|&at| counts[at] == turn);
            its.for_each(|at| known[at] = take(&mut left.entries, &entries[at]));
        }
        let mut moved = Vec::new();
        for old in left.clone().each() {
            let Some(new) = renamed(old.path()).map(|path| old.at(&path)) else {
                continue;
            };
            let is_it = |at: &usize| !known[*at] && entries[*at] == new;
            let at = (0..entries.len())
                .filter(is_it)
                .min_by_key(|&at| counts[at]);
            if let Some(at) = at {
                known[at] = true;
                take(&mut left.entries, old);
                moved.push((old.clone(), new));
            }
        }
        let left = left.each().cloned().collect();
        Matching { known, moved, left }
    }
}

/// What a baseline has to do with findings.
#[derive(Debug, Default)]
pub struct Matching {
    /// Of each finding, whether it lets it pass.
    pub known: Vec<bool>,
    /// Entries of files that were renamed: as they are, and as they would be written now.
    pub moved: Vec<(Entry, Entry)>,
    /// Entries that nothing matches.
    pub left: Vec<Entry>,
}

/// Takes an entry out once; whether it was there.
fn take(entries: &mut BTreeMap<Entry, usize>, entry: &Entry) -> bool {
    let Some(count) = entries.get_mut(entry) else {
        return false;
    };
    *count -= 1;
    if *count == 0 {
        entries.remove(entry);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(test: &str) -> Entry {
        Entry {
            test: test.to_owned(),
            rule: "QM001".to_owned(),
            form: "pytest.mark.skip".to_owned(),
            about: None,
        }
    }

    #[test]
    fn a_file_comes_back_as_it_was_written_sorted_and_a_line_each() {
        let mut baseline = Baseline::default();
        baseline.entries.insert(entry("b.py::test_\"b\""), 2);
        baseline.entries.insert(entry("a.py::test_a"), 1);
        let text = baseline.write();
        assert_eq!(Baseline::read(&text).unwrap(), baseline);
        insta::assert_snapshot!(text, @r#"
            # What `qaduct check` found when this file was written, and lets pass since then.
            # It can only shrink: `qaduct baseline prune` takes out what is mended.
            version = 1
            findings = [
              { test = "a.py::test_a", rule = "QM001", form = "pytest.mark.skip" },
              { test = 'b.py::test_"b"', rule = "QM001", form = "pytest.mark.skip" },
              { test = 'b.py::test_"b"', rule = "QM001", form = "pytest.mark.skip" },
            ]
            "#);
        assert_eq!(baseline.len(), 3);
    }

    #[test]
    fn what_is_no_baseline_says_so() {
        let wrong = |text: &str| Baseline::read(text).unwrap_err().to_string();
        assert_eq!(
            wrong("findings = 1"),
            "invalid type: integer `1`, expected a sequence"
        );
        assert_eq!(
            wrong("version = 2\nfindings = []"),
            "it is of version 2, and this program reads version 1"
        );
    }
}
