//! What is read line by line: tests of `CMake`, headers of lit, bats, Robot Framework, Gherkin.
//!
//! Each has a small reader of its own, which tells what it [`Found`]; what a word means is
//! data, in the same files as that of the other languages.

mod bats;
mod branches;
mod cmake;
mod found;
mod gherkin;
mod lit;
mod phpt;
mod robot;
mod shell;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use qaduct_records::digest::digest;
use qaduct_records::{Confidence, Declaration, Kind, Scope, TicketSource};

use self::found::Found;
use crate::MarkRule;
use crate::language::{Commit, Content, Language, Manner, RawMute, Resolved};
use crate::syntax::forms::{self, Forms, Usage};
use crate::syntax::source::Source;

/// Changes whenever the same files give other mutes than before.
const RULES_VERSION: &str = "2";

/// The readers, by the manner of their files.
const READERS: &[Reader] = &[
    cmake::READER,
    lit::READER,
    bats::READER,
    robot::READER,
    gherkin::READER,
    phpt::READER,
];

/// A reader of one kind of file.
struct Reader {
    /// Its name in the table of mutes.
    language: &'static str,
    /// Whether a file is one of its own.
    reads: fn(&str) -> bool,
    /// Whether a file of its own is one of tests.
    is_test_file: fn(&str) -> bool,
    /// Words of which a file must hold one, or of a user's mark; none for all files.
    needles: &'static [&'static str],
    /// Reads a file.
    read: fn(&str, &Own) -> Vec<Found>,
}

/// The names of a user's marks.
type Own = BTreeSet<String>;

/// The languages that are read line by line.
#[derive(Default)]
pub(crate) struct Lines {
    /// A user's marks, and their names.
    marks: Vec<MarkRule>,
    own: Own,
    /// Made for the first mute.
    forms: OnceLock<Forms>,
    /// The words of each reader, made for its first file.
    needles: [OnceLock<AhoCorasick>; READERS.len()],
}

impl Lines {
    /// With a user's marks.
    pub(crate) fn new(marks: &[MarkRule]) -> Self {
        let names = marks.iter().map(|it| MarkRule::bare_name(&it.name));
        Self {
            marks: marks.to_vec(),
            own: names.map(str::to_owned).collect(),
            ..Self::default()
        }
    }

    fn forms(&self) -> &Forms {
        let forms = || Forms::new(&languages(), &self.marks);
        self.forms.get_or_init(forms)
    }

    fn needles(&self, at: usize) -> &AhoCorasick {
        self.needles[at].get_or_init(|| {
            // Robot Framework reads `quarantine me` as `quarantine_me`.
            let first = |it: &String| it.split(['_', '-']).next().unwrap_or(it).to_owned();
            let own = self.own.iter().map(first);
            let own = own.filter(|it| !it.is_empty());
            let shipped = READERS[at].needles.iter().map(|it| (*it).to_owned());
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(shipped.chain(own))
                .expect("needles are few and short")
        })
    }

    fn mute(&self, path: &str, language: &str, found: &Found) -> Option<RawMute> {
        let forms = self.forms();
        let usages = [Usage::Name, Usage::Annotation];
        let known = usages.map(|it| forms.find(it, &found.form, &[]));
        let form = forms.form(known.into_iter().flatten().next()?);
        let given = |wanted: &[String]| -> Option<String> {
            let one = |name: &String| found.args.get(name.parse::<usize>().ok()?).cloned();
            wanted.iter().find_map(one)
        };
        let reason = found.reason.clone().or_else(|| given(&form.reason));
        let tickets = form.ticket.iter().flat_map(|name| match name.as_str() {
            "*" => found.args.as_slice(),
            _ => {
                let at = name.parse().unwrap_or(usize::MAX);
                found.args.get(at..=at).unwrap_or_default()
            }
        });
        let tickets = tickets.map(|it| (TicketSource::Argument, it.clone()));
        let kind = match (form.kind, &found.condition) {
            (Kind::Skip, Some(_)) => Kind::CondSkip,
            (kind, _) => kind,
        };
        let is_xfail = matches!(kind, Kind::Xfail | Kind::XfailStrict);
        let texts = [
            (TicketSource::Reason, reason.as_deref().unwrap_or_default()),
            (TicketSource::Name, found.test.as_str()),
            (TicketSource::CommentAbove, found.above.as_str()),
            (TicketSource::CommentTrailing, found.trailing.as_str()),
        ];
        let texts = texts.into_iter().filter(|it| !it.1.is_empty());
        let declaration = Declaration {
            line_start: i64::from(found.lines.0),
            line_end: i64::from(found.lines.1),
            language: language.to_owned(),
            framework: form.framework.clone(),
            form: form.id().into_owned(),
            alias: found.alias.clone(),
            kind,
            scope: form.scope.unwrap_or(found.scope),
            condition: found.condition.clone(),
            runs: form.runs.unwrap_or_else(|| kind.runs()),
            strict: is_xfail.then(|| form.strict.unwrap_or(kind == Kind::XfailStrict)),
            strict_source: is_xfail.then(|| "default".to_owned()),
            reason: reason.clone(),
            since_text: given(&form.since),
            until_text: given(&form.until),
            dynamic: found.dynamic || found.test.contains("${"),
            effective: found.ineffective.is_none(),
            ineffective_because: found.ineffective.map(str::to_owned),
            confidence: if found.is_guess {
                Confidence::Heuristic
            } else {
                Confidence::Exact
            },
            container: found.container.clone(),
            ..Declaration::skip("", path, &found.test)
        };
        Some(RawMute {
            declaration,
            texts: tickets
                .chain(texts.map(|(source, text)| (source, text.to_owned())))
                .collect(),
            options: String::new(),
        })
    }
}

impl Language for Lines {
    type Facts = Vec<Found>;

    fn rules_digest(&self) -> String {
        let languages = languages();
        let texts: Vec<_> = forms::texts(&languages, &self.marks).collect();
        let texts = texts.iter().map(|it| &**it);
        digest([RULES_VERSION, "lines"].into_iter().chain(texts).map(Some))
    }

    fn reads(&self, path: &str) -> Option<Manner> {
        let at = READERS.iter().position(|it| (it.reads)(path))?;
        Manner::try_from(at).ok()
    }

    fn read(&self, source: &[u8], manner: Manner, _: bool) -> Vec<Found> {
        let at = usize::from(manner);
        if !READERS[at].needles.is_empty() && !self.needles(at).is_match(source) {
            return Vec::new();
        }
        let source = Source::new(source);
        (READERS[at].read)(&source.text, &self.own)
    }

    fn alike(&self, older: Option<&Vec<Found>>, newer: Option<&Vec<Found>>) -> bool {
        let [older, newer] = [older, newer].map(|it| it.map_or(&[][..], Vec::as_slice));
        older == newer
    }

    fn takes_part(&self, found: &Vec<Found>) -> bool {
        !found.is_empty()
    }

    fn pack(&self, found: &Vec<Found>) -> Option<Vec<u8>> {
        found.is_empty().then(Vec::new)
    }

    fn unpack(&self, bytes: &[u8]) -> Option<Vec<Found>> {
        bytes.is_empty().then(Vec::new)
    }

    fn wanted(&self, _: &Commit<'_, Vec<Found>>) -> Vec<Content> {
        Vec::new()
    }

    fn resolve(&self, commit: &Commit<'_, Vec<Found>>) -> Resolved {
        let mut resolved = Resolved::default();
        for (path, content) in commit.files {
            let Some(reader) = self.reads(path).map(|it| &READERS[usize::from(it)]) else {
                continue;
            };
            resolved.test_files += u64::from((reader.is_test_file)(path));
            for found in (commit.facts)(content).iter().flat_map(|it| it.iter()) {
                resolved
                    .mutes
                    .extend(self.mute(path, reader.language, found));
            }
        }
        resolved
    }
}

/// The names of the readers, as forms have them.
fn languages() -> Vec<&'static str> {
    READERS.iter().map(|it| it.language).collect()
}

/// The scope of what stands in a file and names no test.
const FILE: Scope = Scope::Module;
