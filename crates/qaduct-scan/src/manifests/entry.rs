//! Turns what stands in an entry into the record of a mute.

use std::borrow::Cow;
use std::collections::BTreeMap;

use qaduct_records::{Confidence, Declaration, Kind, Scope, TicketSource};
use regex::Captures;

use super::rules::{CommentRule, Form, Pattern, Preset};
use super::text::Comments;
use crate::language::RawMute;

/// What a field of an entry is for; the names of groups in patterns.
pub(super) const FIELDS: [&str; 11] = [
    "container",
    "test",
    "param",
    "kind",
    "condition",
    "ticket",
    "reason",
    "since",
    "until",
    "owner",
    "strict",
];

/// The texts of an entry by the names of their fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(BTreeMap<&'static str, Vec<String>>);

/// Groups that all hold the test: a word has another pattern in quotes of each kind.
pub(super) const TESTS: [&str; 4] = ["test", "test_1", "test_2", "test_3"];

impl Fields {
    /// Adds texts to a field.
    pub(super) fn add(&mut self, field: &'static str, texts: impl IntoIterator<Item = String>) {
        let texts = texts.into_iter().map(|it| it.trim().to_owned());
        let texts: Vec<_> = texts.filter(|it| !it.is_empty()).collect();
        if !texts.is_empty() {
            self.0.entry(field).or_default().extend(texts);
        }
    }

    /// Adds what the groups of a pattern hold.
    pub(super) fn capture(&mut self, captures: &Captures<'_>) {
        for field in FIELDS {
            if let Some(text) = captures.name(field) {
                self.add(field, [text.as_str().to_owned()]);
            }
        }
        for group in &TESTS[1..] {
            if let Some(text) = captures.name(group) {
                self.add("test", [text.as_str().to_owned()]);
            }
        }
    }

    pub(super) fn all(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    pub(super) fn first(&self, field: &str) -> Option<&str> {
        self.all(field).first().map(String::as_str)
    }

    pub(super) fn set(&mut self, field: &'static str, text: &str) {
        self.0.insert(field, vec![text.to_owned()]);
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) lines: (u32, u32),
    /// The line of the head of its section, or 0.
    pub(super) head: u32,
    /// Lines of what it is in, the innermost first.
    pub(super) around: &'a [(u32, u32)],
}

/// What the form of an entry belongs to.
pub(super) struct Source<'a> {
    pub(super) preset: &'a Preset,
    pub(super) comments: &'a Comments,
    /// Empty lines, where entries stand line by line.
    pub(super) blanks: Option<Vec<u32>>,
    /// Whether a part of the file could not be read.
    pub(super) partly: bool,
}

impl Source<'_> {
    /// The mutes that an entry declares; `None` where it names no target.
    pub(super) fn declare(
        &self,
        form: &Form,
        fields: &Fields,
        place: Place<'_>,
    ) -> Option<Vec<RawMute>> {
        let Some(effect) = effect(form, fields) else {
            return Some(Vec::new());
        };
        let Effect {
            kind,
            strict,
            condition,
            never,
        } = effect;
        let whole = matches!(form.scope, Some(Scope::Global | Scope::Module));
        let container = fields.first("container").unwrap_or_default();
        let tests = match (fields.first("test"), &form.split) {
            (Some(test), Some(split)) => split.get().split(test).collect(),
            (Some(test), None) => vec![test],
            (None, _) if whole || !container.is_empty() => vec![""],
            (None, _) => return None,
        };
        let tests = tests.into_iter().map(first_line);
        let tests = tests.collect::<Vec<_>>();
        let tests = tests.iter().map(|it| it.trim());
        let tests = tests.filter(|it| !it.is_empty() || form.split.is_none());
        let each = tests.map(|test| {
            let mut texts: Vec<(TicketSource, String)> = Vec::new();
            for ticket in fields.all("ticket") {
                let words = ticket.split([' ', ',', '\t']).map(str::trim);
                let words = words.filter(|it| !it.is_empty());
                texts.extend(words.map(|it| (TicketSource::Argument, it.to_owned())));
            }
            let own_reason = fields.all("reason").join(" ");
            if !own_reason.is_empty() {
                texts.push((TicketSource::Reason, own_reason.clone()));
            }
            // A link in the condition is the ticket that decides.
            texts.extend(
                condition
                    .iter()
                    .filter(|it| it.contains("://"))
                    .map(|it| (TicketSource::Reason, it.clone())),
            );
            let name = if test.is_empty() { container } else { test };
            if !name.contains(['/', '*']) && !name.is_empty() {
                texts.push((TicketSource::Name, name.to_owned()));
            }
            let comments = self.comments(form, place);
            let reason = match own_reason.is_empty() {
                false => Some(own_reason),
                true => comments.first().map(|(_, text)| text.clone()),
            };
            texts.extend(comments);
            let declaration = Declaration {
                declaration_id: String::new(),
                repository: String::new(),
                path: String::new(),
                container: container.to_owned(),
                test: test.to_owned(),
                param: fields.first("param").map(str::to_owned),
                test_id: String::new(),
                line_start: i64::from(place.lines.0),
                line_end: i64::from(place.lines.1.max(place.lines.0)),
                language: form
                    .language
                    .as_ref()
                    .unwrap_or(&self.preset.language)
                    .clone(),
                framework: form
                    .framework
                    .as_ref()
                    .unwrap_or(&self.preset.framework)
                    .clone(),
                form: form.name.clone(),
                alias: None,
                kind,
                scope: scope(form, container, test, fields.first("param")),
                condition: condition.clone(),
                condition_os: None,
                condition_arch: None,
                condition_version: None,
                condition_env: None,
                condition_feature: None,
                intent: form.intent,
                runs: form.runs.unwrap_or(runs(kind)),
                strict,
                strict_source: strict.map(|_| {
                    let own = fields.first("strict").is_some();
                    if own { "mark" } else { "default" }.to_owned()
                }),
                reason,
                ticket: None,
                tickets: None,
                since_declared: None,
                since_text: fields.first("since").map(str::to_owned),
                until_declared: None,
                until_text: fields.first("until").map(str::to_owned),
                owner_declared: fields.first("owner").map(str::to_owned),
                dynamic: form.dynamic || test.contains('*') || container.contains('*'),
                effective: !never,
                ineffective_because: never.then(|| "its condition is never true".to_owned()),
                confidence: match form.heuristic {
                    true => Confidence::Heuristic,
                    false => Confidence::Exact,
                },
                partly_parsed: self.partly,
            };
            RawMute {
                declaration,
                texts,
                options: String::new(),
            }
        });
        Some(each.collect())
    }

    /// The line below which a comment may stand that is about an entry and its neighbours.
    fn floor(&self, place: Place<'_>) -> u32 {
        let (first, _) = place.lines;
        let blank = self.blanks.as_ref().map_or(first, |blanks| {
            let above = blanks.partition_point(|&it| it < first);
            above.checked_sub(1).map_or(0, |at| blanks[at])
        });
        blank.max(place.head)
    }

    /// The comments that belong to an entry, the closest first.
    fn comments(&self, form: &Form, place: Place<'_>) -> Vec<(TicketSource, String)> {
        let mut found: Vec<(TicketSource, String)> = Vec::new();
        let (first, _) = place.lines;
        for rule in &form.comments {
            match rule {
                CommentRule::Trailing => {
                    let texts = self.comments.trailing(place.lines).into_iter();
                    found.extend(texts.map(|it| (TicketSource::CommentTrailing, it.to_owned())));
                }
                CommentRule::Above => {
                    let text = self.comments.above(first);
                    found.extend(text.map(|it| (TicketSource::CommentAbove, it)));
                }
                CommentRule::Block => {
                    let above = self
                        .comments
                        .above(first)
                        .map(|it| (TicketSource::CommentAbove, it));
                    let section = || self.comments.section(self.floor(place), first);
                    let section = || section().map(|it| (TicketSource::SectionComment, it));
                    found.extend(above.or_else(section));
                }
                CommentRule::Head => {
                    if let Some(&(start, _)) = place.around.first() {
                        let above = self.comments.above(start);
                        let trailing = self.comments.trailing((start, start)).into_iter();
                        let texts = above.into_iter().chain(trailing.map(str::to_owned));
                        found.extend(texts.map(|it| (TicketSource::SectionComment, it)));
                    }
                }
                CommentRule::Around => {
                    for (n, &(start, end)) in place.around.iter().enumerate() {
                        let above = self.comments.above(start);
                        // The last line of what is further out belongs to something else.
                        let end = if n == 0 { end } else { start };
                        let ends = [(start, start), (end, end)];
                        let ends = ends.into_iter().flat_map(|it| self.comments.trailing(it));
                        let texts = ends.map(str::to_owned).chain(above);
                        found.extend(texts.map(|it| (TicketSource::SectionComment, it)));
                    }
                }
            }
        }
        let mut seen: Vec<String> = Vec::new();
        found.retain(|(_, text)| {
            let new = !seen.contains(text);
            seen.push(text.clone());
            new
        });
        found
    }
}

/// What an entry does.
struct Effect {
    kind: Kind,
    strict: Option<bool>,
    condition: Option<String>,
    /// Whether its condition never holds.
    never: bool,
}

/// What an entry does; `None` where it mutes nothing.
fn effect(form: &Form, fields: &Fields) -> Option<Effect> {
    let mut kind = form.kind;
    let told = fields.all("kind").join(" ");
    if !told.is_empty()
        && let Some(rule) = form.kinds.iter().find(|it| it.text.get().is_match(&told))
    {
        kind = rule.kind?;
    }
    let is = |rule: &Option<Pattern>, it: &str| {
        rule.as_ref().is_some_and(|rule| rule.get().is_match(it))
    };
    let join = fields
        .first("join")
        .or(form.join.as_deref())
        .unwrap_or("or")
        .to_lowercase();
    let all = fields.all("condition");
    let always = |it: &&String| is(&form.always, it);
    let never = |it: &&String| is(&form.never, it);
    let (never, conditions): (bool, Vec<&String>) = match join.as_str() {
        "and" => (
            all.iter().any(|it| never(&it)),
            all.iter().filter(|it| !always(it)).collect(),
        ),
        _ if all.iter().any(|it| always(&it)) => (false, Vec::new()),
        _ => (
            !all.is_empty() && all.iter().all(|it| never(&it)),
            all.iter().collect(),
        ),
    };
    let mut condition = match conditions.as_slice() {
        [] => None,
        [one] => Some((*one).clone()),
        many => {
            let each = many.iter().map(|it| match it.contains(' ') {
                true => format!("({it})"),
                false => (*it).clone(),
            });
            Some(each.collect::<Vec<_>>().join(&format!(" {join} ")))
        }
    };
    if form.negated {
        condition = condition.map(|it| format!("not ({it})"));
    }
    kind = match kind {
        Kind::Skip if condition.is_some() => Kind::CondSkip,
        Kind::CondSkip if condition.is_none() => Kind::Skip,
        kind => kind,
    };
    let strict = fields
        .first("strict")
        .map(|it| it.eq_ignore_ascii_case("true"));
    let strict = match kind {
        Kind::XfailStrict => Some(strict.unwrap_or(true)),
        Kind::Xfail => Some(strict.unwrap_or(false)),
        _ => None,
    };
    match (kind, strict) {
        (Kind::Xfail | Kind::XfailStrict, Some(true)) => kind = Kind::XfailStrict,
        (Kind::Xfail | Kind::XfailStrict, Some(false)) => kind = Kind::Xfail,
        _ => {}
    }
    Some(Effect {
        kind,
        strict,
        condition,
        never,
    })
}

/// A script is named by the first of its lines.
fn first_line(name: &str) -> Cow<'_, str> {
    match name.trim().split_once('\n') {
        Some((first, _)) => Cow::Owned(format!("{} …", first.trim_end())),
        None => Cow::Borrowed(name),
    }
}

/// How much is muted: what the form says, or what the target looks like.
fn scope(form: &Form, container: &str, test: &str, param: Option<&str>) -> Scope {
    if let Some(scope) = form.scope {
        return scope;
    }
    if param.is_some() {
        return Scope::ParamCase;
    }
    if !form.paths {
        return match (container, test) {
            (_, "") => Scope::Class,
            _ => Scope::Test,
        };
    }
    // Of paths, a file is a module, and what is in it is a test.
    let file = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.trim_matches('*').contains('.')
    };
    match (container, test) {
        ("", path) if path.contains("::") => Scope::Test,
        ("", path) | (path, "") if file(path) => Scope::Module,
        ("", _) | (_, "") => Scope::Dir,
        _ => Scope::Test,
    }
}

/// Whether the body of the test runs.
fn runs(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Xfail | Kind::XfailStrict | Kind::FlakyRetry | Kind::Quarantine | Kind::KnownIssue
    )
}
