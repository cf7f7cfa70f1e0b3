//! What a mute is for: debt, platform, environment, intentional, or unknown.
//!
//! The rules are data, in `intents.toml`; the first that fits decides. They read what
//! is already known of a declaration: kind, form, condition, ticket, and the words of
//! its reason and comments.

use std::sync::LazyLock;

use qaduct_records::{Declaration, Intent, Kind, TicketSource};
use serde::Deserialize;

use crate::conditions;
use crate::language::RawMute;

/// The rules, also for the digest of a scan.
pub(crate) const SOURCE: &str = include_str!("../intents.toml");

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let file: File = toml::from_str(SOURCE)
        .unwrap_or_else(|broken| unreachable!("intents.toml is tested to be readable: {broken}"));
    file.rule
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

/// A rule; an empty list asks for nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    intent: Intent,
    /// For those who read the rules.
    #[cfg_attr(not(test), expect(dead_code, reason = "it documents the data"))]
    because: String,
    #[serde(default)]
    kinds: Vec<Kind>,
    #[serde(default)]
    forms: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    conditions: Vec<Part>,
    #[serde(default)]
    features: Vec<String>,
    #[serde(default)]
    written: Vec<String>,
    ticket: Option<bool>,
}

/// A part of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Os,
    Arch,
    Version,
    Env,
    Feature,
    Any,
    None,
}

/// The intent of a mute whose condition is read; `ticket` says whether it names one. A
/// list whose entries all have the same intent has said so already.
pub(crate) fn of(mute: &RawMute, declaration: &Declaration, ticket: bool) -> Intent {
    if let Some(known) = declaration.intent {
        return known;
    }
    let comments = mute.texts.iter().filter(|(source, _)| {
        matches!(
            source,
            TicketSource::CommentAbove
                | TicketSource::CommentTrailing
                | TicketSource::SectionComment
                | TicketSource::Annotation
        )
    });
    let comments: Vec<&str> = comments.map(|(_, text)| text.as_str()).collect();
    let comments = words(&comments.join(" \n "));
    let reason = declaration.reason.as_deref().map(words);
    let seen = Seen {
        declaration,
        notes: format!("{}{comments}", reason.as_deref().unwrap_or("")),
        says: reason.unwrap_or(comments),
        ticket,
    };
    let intent = seen.intent();
    // What excuses one side of an *or* excuses nothing where the other side holds.
    let excuses = |it| !matches!(it, Intent::Debt | Intent::Unknown);
    let condition = declaration.condition.as_deref().filter(|_| excuses(intent));
    let sides = condition.map(conditions::alternatives).unwrap_or_default();
    let mut sides = sides.into_iter().map(|side| {
        let mut declaration = without_condition(declaration);
        declaration.condition = Some(side);
        conditions::fill(&mut declaration);
        seen.of(&declaration).intent()
    });
    sides.find(|it| !excuses(*it)).unwrap_or(intent)
}

/// A declaration as it is before its condition is read.
fn without_condition(declaration: &Declaration) -> Declaration {
    Declaration {
        condition: None,
        condition_os: None,
        condition_arch: None,
        condition_version: None,
        condition_env: None,
        condition_feature: None,
        ..declaration.clone()
    }
}

/// What the rules look at.
struct Seen<'a> {
    declaration: &'a Declaration,
    says: String,
    notes: String,
    ticket: bool,
}

impl Seen<'_> {
    /// The same words of another declaration.
    fn of<'b>(&self, declaration: &'b Declaration) -> Seen<'b> {
        Seen {
            declaration,
            says: self.says.clone(),
            notes: self.notes.clone(),
            ticket: self.ticket,
        }
    }

    fn intent(&self) -> Intent {
        let rule = RULES.iter().find(|rule| rule.fits(self));
        rule.map_or(Intent::Unknown, |rule| rule.intent)
    }
}

impl Rule {
    fn fits(&self, seen: &Seen<'_>) -> bool {
        let it = seen.declaration;
        let any = |list: &[String], fits: &dyn Fn(&str) -> bool| {
            list.is_empty() || list.iter().any(|entry| fits(entry))
        };
        let form = |part: &str| {
            // The name of an alias is a word as any other where it skips in any case.
            let alias = it.alias.as_deref().filter(|_| has_condition(it));
            it.form.contains(part) || alias.is_some_and(|alias| alias.contains(part))
        };
        let file = it.path.rsplit('/').next().unwrap_or(&it.path);
        let feature = |name: &str| {
            let mut features = it
                .condition_feature
                .iter()
                .flat_map(|list| list.split(", "));
            features.any(|it| it.trim_start_matches('!') == name)
        };
        let condition = it.condition.as_deref().unwrap_or("");
        (self.kinds.is_empty() || self.kinds.contains(&it.kind))
            && any(&self.forms, &form)
            && any(&self.files, &|part| file.contains(part))
            && any(&self.says, &|entry| holds(&seen.says, entry))
            && any(&self.notes, &|entry| holds(&seen.notes, entry))
            && (self.conditions.is_empty() || self.conditions.iter().any(|part| part.is_in(it)))
            && any(&self.features, &feature)
            && any(&self.written, &|part| condition.contains(part))
            && self.ticket.is_none_or(|ticket| ticket == seen.ticket)
    }
}

impl Part {
    fn is_in(self, it: &Declaration) -> bool {
        match self {
            Self::Os => it.condition_os.is_some(),
            Self::Arch => it.condition_arch.is_some(),
            Self::Version => it.condition_version.is_some(),
            Self::Env => it.condition_env.is_some(),
            Self::Feature => it.condition_feature.is_some(),
            Self::Any => has_condition(it),
            Self::None => it.condition.is_none(),
        }
    }
}

/// Whether the code decides in which runs it mutes. A condition that always holds is none.
fn has_condition(it: &Declaration) -> bool {
    match it.condition.as_deref() {
        Some(condition) => conditions::truth(condition) != Some(true),
        None => it.kind == Kind::CondSkip,
    }
}

/// A text as words between spaces, in lower case.
fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 2);
    words.push(' ');
    for it in text.chars() {
        match it {
            '\u{2019}' => words.push('\''),
            _ if it.is_alphanumeric() || matches!(it, '\'' | '[' | ']' | '-' | '_' | '/') => {
                words.extend(it.to_lowercase());
            }
            _ if words.ends_with(' ') => {}
            _ => words.push(' '),
        }
    }
    words.push(' ');
    words
}

/// Whether words hold an entry of a rule.
fn holds(words: &str, entry: &str) -> bool {
    let (entry, open) = match entry.strip_suffix('*') {
        Some(start) => (start, true),
        None => (entry, false),
    };
    words.match_indices(entry).any(|(at, _)| {
        let behind = &words[at + entry.len()..];
        words[..at].ends_with([' ', '-', '_', '/'])
            && (open || behind.starts_with([' ', '-', '_', '/']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The intent of a mute of this kind with these words.
    fn intent(kind: Kind, condition: &str, reason: &str) -> Intent {
        noted(kind, condition, reason, "", false)
    }

    fn noted(kind: Kind, condition: &str, reason: &str, comment: &str, ticket: bool) -> Intent {
        let text = |it: &str| (!it.is_empty()).then(|| it.to_owned());
        let mut declaration = Declaration {
            kind,
            condition: text(condition),
            reason: text(reason),
            ..Declaration::skip("shop", "tests/test_a.py", "test_a")
        };
        conditions::fill(&mut declaration);
        let texts = text(comment).map(|it| (TicketSource::CommentTrailing, it));
        let mute = RawMute {
            declaration: declaration.clone(),
            texts: texts.into_iter().collect(),
            options: String::new(),
        };
        of(&mute, &declaration, ticket)
    }

    #[test]
    fn what_should_run_and_does_not_is_debt() {
        for reason in [
            "flaky on CI",
            "Fails since 1.2",
            "broken: see below",
            "TODO",
            "times out sometimes",
        ] {
            assert_eq!(intent(Kind::Skip, "", reason), Intent::Debt, "{reason}");
        }
        assert_eq!(intent(Kind::Quarantine, "", ""), Intent::Debt);
        assert_eq!(intent(Kind::Xfail, "", ""), Intent::Debt);
        assert_eq!(
            intent(
                Kind::CondSkip,
                "sys.platform == 'win32'",
                "flaky on Windows"
            ),
            Intent::Debt,
            "the system does not excuse it"
        );
        assert_eq!(
            noted(Kind::CondSkip, "sys.platform == 'win32'", "", "", true),
            Intent::Debt,
            "a ticket is to change it"
        );
    }

    #[test]
    fn a_system_excuses_nothing_where_another_side_mutes_as_well() {
        let of = |condition| intent(Kind::CondSkip, condition, "");
        assert_eq!(of("runtime.GOOS == \"windows\""), Intent::Platform);
        assert_eq!(
            of("runtime.GOOS == \"windows\" || runtime.GOARCH == \"arm\""),
            Intent::Platform
        );
        for condition in [
            "runtime.GOOS == \"windows\" || true",
            "sys.platform == 'win32' or True",
            "sys.platform == 'win32' or BROKEN",
            "(runtime.GOOS == \"windows\" || isFlaky)",
            "testing.Short() || true",
        ] {
            assert_eq!(of(condition), Intent::Unknown, "{condition}");
        }
    }

    #[test]
    fn what_has_no_meaning_on_a_system_is_no_debt() {
        let platform = |condition, reason| {
            assert_eq!(
                intent(Kind::CondSkip, condition, reason),
                Intent::Platform,
                "{condition}"
            );
        };
        platform("sys.platform == 'win32'", "");
        platform("sys.version_info < (3, 8)", "needs 3.8");
        platform("runtime.GOARCH != \"amd64\"", "not supported");
        platform("not(windows)", "");
        platform("not supported_here()", "Windows only");
    }

    #[test]
    fn what_needs_something_that_is_not_there_is_of_the_environment() {
        let environment = |condition, reason| {
            assert_eq!(
                intent(Kind::CondSkip, condition, reason),
                Intent::Environment,
                "{condition}"
            );
        };
        environment("os.environ.get('TOKEN') is None", "");
        environment("not torch.cuda.is_available()", "");
        environment("except ImportError", "");
        environment("len(x) > 3", "requires docker");
    }

    #[test]
    fn what_is_left_out_on_purpose_stays_apart_from_debt() {
        assert_eq!(
            intent(Kind::CondSkip, "testing.Short()", ""),
            Intent::Intentional
        );
        assert_eq!(intent(Kind::CondSkip, "x", "slow"), Intent::Intentional);
        assert_eq!(intent(Kind::Explicit, "", ""), Intent::Intentional);
        assert_eq!(intent(Kind::Explicit, "", "flaky"), Intent::Debt);
        assert_eq!(
            intent(Kind::CondSkip, "x", "issue 17436, wontfix"),
            Intent::Intentional
        );
        assert_eq!(
            noted(Kind::CondSkip, "x", "", "[intended] web only", false),
            Intent::Intentional
        );
    }

    #[test]
    fn no_word_excuses_a_test_that_never_runs() {
        for words in [
            "slow",
            "takes too long",
            "windows",
            "Windows only",
            "needs work",
            "unsupported at the moment",
            "requires docker",
            "missing feature",
            "not available",
            "[intended] web only",
            "by design",
        ] {
            assert_eq!(intent(Kind::Skip, "", words), Intent::Unknown, "{words}");
            let comment = noted(Kind::Skip, "", "", words, false);
            assert_eq!(comment, Intent::Unknown, "{words}");
            assert_eq!(intent(Kind::Xfail, "", words), Intent::Debt, "{words}");
            let always = intent(Kind::CondSkip, "True", words);
            assert_eq!(always, Intent::Unknown, "{words}");
        }
    }

    #[test]
    fn an_alias_excuses_only_what_has_a_condition() {
        let aliased = |kind| {
            let declaration = Declaration {
                kind,
                alias: Some("requires_docker".to_owned()),
                ..Declaration::skip("shop", "tests/test_a.py", "test_a")
            };
            let mute = RawMute {
                declaration: declaration.clone(),
                texts: Vec::new(),
                options: String::new(),
            };
            of(&mute, &declaration, false)
        };
        assert_eq!(aliased(Kind::CondSkip), Intent::Environment);
        assert_eq!(aliased(Kind::Skip), Intent::Unknown);
    }

    #[test]
    fn a_rule_for_anything_but_debt_does_not_live_by_words_alone() {
        for rule in RULES.iter().filter(|it| it.intent != Intent::Debt) {
            let asks_for_code = !rule.kinds.is_empty()
                || !rule.forms.is_empty()
                || !rule.files.is_empty()
                || !rule.features.is_empty()
                || !rule.written.is_empty()
                || rule.conditions.iter().any(|it| *it != Part::None);
            assert!(asks_for_code, "{}", rule.because);
        }
    }

    #[test]
    fn where_neither_condition_nor_reason_tells_the_intent_is_unknown() {
        assert_eq!(intent(Kind::Skip, "", ""), Intent::Unknown);
        assert_eq!(intent(Kind::CondSkip, "x > 3", ""), Intent::Unknown);
        assert_eq!(
            intent(Kind::Skip, "", "prefixed"),
            Intent::Unknown,
            "no part of a word"
        );
    }
}
