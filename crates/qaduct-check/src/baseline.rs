//! The baseline: findings that were there when rules were brought in. It only shrinks.
//!
//! An entry is known by rule, test, form and what else the finding is about, never by a
//! line. A test whose file is gone may have moved: then its name is enough.

use std::collections::BTreeMap;

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
    #[error("it cannot be read: {0}")]
    Syntax(String),
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

    fn path(&self) -> &str {
        self.test
            .split_once("::")
            .map_or(&self.test, |(path, _)| path)
    }

    /// All but the file.
    fn name(&self) -> Option<(&str, &str, &str, Option<&str>)> {
        let (_, name) = self.test.split_once("::")?;
        Some((name, &self.rule, &self.form, self.about.as_deref()))
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
        let file: File =
            toml::from_str(text).map_err(|error| BaselineError::Syntax(error.to_string()))?;
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

    /// This one without those entries.
    fn without(&self, entries: &[Entry]) -> Self {
        let counted = self.entries.iter().map(|(entry, &count)| {
            let taken = entries.iter().filter(|it| *it == entry).count();
            (entry.clone(), count.saturating_sub(taken))
        });
        Self {
            entries: counted.filter(|(_, count)| *count > 0).collect(),
        }
    }

    /// Which of these findings it lets pass, each entry once, and the entries that are left.
    #[must_use]
    pub fn matching(
        &self,
        findings: &[Finding],
        has_file: &dyn Fn(&str) -> bool,
    ) -> (Vec<bool>, Vec<Entry>) {
        let mut left = self.entries.clone();
        let mut take = |entry: &Entry| match left.get_mut(entry) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        };
        let entries: Vec<Entry> = findings.iter().map(Entry::of).collect();
        let mut known: Vec<bool> = entries.iter().map(&mut take).collect();
        // Tests that have moved.
        let mut gone: Vec<Entry> = Vec::new();
        left.retain(|_, count| *count > 0);
        for (entry, count) in &left {
            if !has_file(entry.path()) {
                gone.extend(std::iter::repeat_n(entry.clone(), *count));
            }
        }
        let mut moved: Vec<Entry> = Vec::new();
        for (entry, known) in entries.iter().zip(&mut known) {
            let Some(name) = entry.name().filter(|_| !*known) else {
                continue;
            };
            if let Some(at) = gone.iter().position(|it| it.name() == Some(name)) {
                moved.push(gone.remove(at));
                *known = true;
            }
        }
        let left = Self { entries: left }.without(&moved);
        let left = left.each().cloned().collect();
        (known, left)
    }
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
        assert!(wrong("findings = 1").starts_with("it cannot be read: "));
        assert_eq!(
            wrong("version = 2\nfindings = []"),
            "it is of version 2, and this program reads version 1"
        );
    }
}
