//! Asks the rules about mutes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use qaduct_records::FileProblem;
use qaduct_records::scan::{Findings, Found, LeftOver};

use crate::allow::{self, Allowance};
use crate::baseline::{Entry, Matching};
use crate::rule::{Answer, Asked, Complaint};
use crate::rules::{qm008, qm010, qm011};
use crate::verdict::Counts;
use crate::{
    Baseline, Changes, Facts, Finding, Level, Limits, NotJudged, RULES, Rule, State, Verdict,
};

/// What there is to judge.
pub struct Case<'a> {
    /// The state that is judged.
    pub findings: &'a Findings,
    /// What led to it, where only that is judged.
    pub changes: Option<&'a Changes>,
    /// Tells of a path whether it has changed; files without change have no new problems.
    pub has_changed: &'a dyn Fn(&str) -> bool,
    /// Tells of a path whether it was asked for.
    pub is_asked: &'a dyn Fn(&str) -> bool,
    /// Tells of a path whether there is a file.
    pub has_file: &'a dyn Fn(&str) -> bool,
    /// The path that a file has now, where git sees it as renamed since the baseline was written.
    pub renamed: &'a dyn Fn(&str) -> Option<String>,
    /// Comments that would let something pass, and stand at no mute.
    pub left_over: &'a [LeftOver],
    /// What others know.
    pub facts: &'a Facts<'a>,
    /// What the settings say.
    pub limits: &'a Limits,
    /// What is let pass.
    pub baseline: Option<&'a Baseline>,
}

/// Judges.
#[must_use]
pub fn judge(case: &Case<'_>) -> Verdict {
    let mutes = &case.findings.mutes;
    let effective = mutes.iter().filter(|it| it.declaration.effective);
    let is_asked = |it: &&Arc<Found>| (case.is_asked)(&it.declaration.path);
    let mut hearing = Hearing {
        case,
        findings: Vec::new(),
        exempt: BTreeMap::new(),
        not_judged: BTreeMap::new(),
        unheard: BTreeSet::new(),
    };
    let fresh = case.changes.map(fresh);
    let mut judged = 0;
    // All are asked: which of several that are alike a finding is, and what became of an entry
    // of the baseline, depends on those that do not count too.
    for mute in effective.clone() {
        let counts = match &fresh {
            _ if !is_asked(&mute) => Counting::None,
            None => Counting::All,
            Some(fresh) => fresh
                .get(&Arc::as_ptr(mute))
                .cloned()
                .unwrap_or(Counting::None),
        };
        judged += u64::from(counts != Counting::None);
        hearing.hear(mute, &counts);
    }
    let counts =
        |path: &str| (case.is_asked)(path) && (case.changes.is_none() || (case.has_changed)(path));
    for problem in &case.findings.problems {
        hearing.file(problem, counts(&problem.path));
    }
    for left in case.left_over {
        hearing.left_over(left, counts(&left.path));
    }
    hearing.only_there();
    let unasked = unasked(case);
    let mut findings = hearing.findings;
    findings.sort_by(|(one, _), (other, _)| {
        let key = |it: &Finding| (it.path.clone(), it.line, it.rule.id, it.test.clone());
        key(one).cmp(&key(other))
    });
    let (mut findings, counts): (Vec<_>, Vec<_>) = findings.into_iter().unzip();
    number(&mut findings);
    let mut matching = Matching::default();
    if let Some(baseline) = case.baseline {
        matching = baseline.matching(&findings, &counts, case.renamed);
        for (finding, known) in findings.iter_mut().zip(&matching.known) {
            if *known && finding.is_open() {
                finding.state = State::Known;
            }
        }
        let is_judged = |it: &Entry| {
            (case.is_asked)(it.path()) && is_judged(case, it, &unasked, &hearing.unheard)
        };
        matching.left.retain(is_judged);
    }
    let mut counts = counts.into_iter();
    findings.retain(|_| counts.next().unwrap_or(true));
    Verdict {
        findings,
        not_judged: hearing.not_judged.into_values().collect(),
        unasked,
        mutes: effective.filter(is_asked).count() as u64,
        judged,
        exempt: hearing.exempt,
        change: case.changes.map(Counts::of),
        fixed: matching.left,
        moved: matching.moved,
    }
}

/// The rules that nobody was asked, and why.
fn unasked(case: &Case<'_>) -> Vec<NotJudged> {
    let why = |rule: &'static Rule| match (case.limits.level(rule), case.facts.reference) {
        (None, _) => Some("it is off in the settings"),
        (Some(_), Err(why)) if rule.id == qm008::RULE.id => Some(why),
        _ => None,
    };
    let unasked = RULES.into_iter().filter_map(|rule| {
        Some(NotJudged {
            rule,
            mutes: 0,
            why: why(rule)?.to_owned(),
        })
    });
    unasked.collect()
}

/// Whether an entry of the baseline that nothing matches is mended, and not only unknown: its
/// rule was asked there, and its file was read.
fn is_judged(
    case: &Case<'_>,
    entry: &Entry,
    unasked: &[NotJudged],
    unheard: &BTreeSet<(&'static str, String)>,
) -> bool {
    let Some(rule) = crate::rule(&entry.rule) else {
        return false;
    };
    let mut problems = case.findings.problems.iter();
    let is_unread = problems.any(|it| match it.path.strip_suffix('/') {
        Some(folder) => Path::new(entry.path()).starts_with(folder),
        None => it.path == entry.path(),
    });
    !is_unread
        && !unasked.iter().any(|it| it.rule == rule)
        && !unheard.contains(&(rule.id, entry.test.clone()))
}

impl Counts {
    /// The numbers of a change.
    #[must_use]
    pub fn of(changes: &Changes) -> Self {
        Self {
            added: changes.added.len() as u64,
            removed: changes.removed.len() as u64,
            edited: changes.edited.len() as u64,
            moved: changes.moved.len() as u64,
            unknown: changes.unknown.len() as u64,
        }
    }
}

/// What counts of what is found of a mute.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Counting {
    All,
    /// These rules, and what is wrong with its comments.
    Rules(BTreeSet<&'static str>),
    None,
}

impl Counting {
    fn has(&self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            Self::Rules(rules) => rules.contains(rule.id) || rule.id == qm011::RULE.id,
            Self::None => false,
        }
    }
}

/// The mutes that a change adds or renews. One that has only moved is none of them; of one whose
/// comments allow something else than before only that is judged.
fn fresh(changes: &Changes) -> BTreeMap<*const Found, Counting> {
    let added = changes.added.iter().map(|it| (it, Counting::All));
    let edited = changes.edited.iter().chain(&changes.moved);
    let edited = edited.filter(|it| !it.fields.is_empty()).map(|it| {
        let counting = match it.is_renewed() {
            true => Counting::All,
            false => Counting::Rules(allowed(&it.before).chain(allowed(&it.after)).collect()),
        };
        (&it.after, counting)
    });
    let all = added.chain(edited);
    all.map(|(it, counting)| (Arc::as_ptr(it), counting))
        .collect()
}

/// The rules that the comments of a mute name.
fn allowed(mute: &Found) -> impl Iterator<Item = &'static str> {
    let read = mute.notes.iter().flat_map(|it| allow::read(it)).flatten();
    read.flat_map(|it| it.rules).map(|it| it.id)
}

/// Findings that are alike in all but their lines are told apart by their order.
fn number(findings: &mut [Finding]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint()).or_default();
        finding.nth = *count;
        *count += 1;
    }
}

struct Hearing<'a> {
    case: &'a Case<'a>,
    /// With whether it counts, or is only there for the baseline.
    findings: Vec<(Finding, bool)>,
    exempt: BTreeMap<&'static str, u64>,
    not_judged: BTreeMap<(&'static str, String), NotJudged>,
    /// Rules that could not be asked about a test.
    unheard: BTreeSet<(&'static str, String)>,
}

impl Hearing<'_> {
    /// Asks all rules about a mute.
    fn hear(&mut self, found: &Arc<Found>, counts: &Counting) {
        let asked = Asked {
            found,
            facts: self.case.facts,
            limits: self.case.limits,
            is_new: self
                .case
                .changes
                .is_some_and(|it| it.added.iter().any(|it| Arc::ptr_eq(it, found))),
        };
        let mut complaints: Vec<(&'static Rule, Level, Complaint)> = Vec::new();
        let mut unasked: Vec<&'static str> = Vec::new();
        let mut exempt = false;
        for rule in RULES {
            let Some(level) = self.case.limits.level(rule) else {
                unasked.push(rule.id);
                continue;
            };
            match (rule.ask)(&asked) {
                Answer::Fine => {}
                Answer::Exempt => exempt = true,
                Answer::NotJudged(why) => {
                    unasked.push(rule.id);
                    let test = found.declaration.test_id.clone();
                    self.unheard.insert((rule.id, test));
                    if counts.has(rule) {
                        self.not_judged(rule, why, 1);
                    }
                }
                Answer::Wrong(complaint) => {
                    let level = level.min(complaint.at_most);
                    complaints.push((rule, level, complaint));
                }
            }
        }
        if let Some(intent) = found.declaration.intent
            && exempt
            && *counts == Counting::All
        {
            *self.exempt.entry(intent.as_str()).or_default() += 1;
        }
        let (allowances, wrong) = self.allowances(found, &complaints, &unasked);
        for (rule, level, complaint) in complaints {
            let state = match allowances.iter().find(|it| it.rules.contains(&rule)) {
                Some(it) => State::Allowed {
                    until: it.until,
                    reason: it.reason.clone(),
                },
                None => State::Open,
            };
            self.push(rule, level, found, complaint, state, counts.has(rule));
        }
        if let Some(level) = self.case.limits.level(&qm011::RULE) {
            for complaint in wrong {
                let counts = counts.has(&qm011::RULE);
                self.push(&qm011::RULE, level, found, complaint, State::Open, counts);
            }
        }
    }

    /// What the comments of a mute let pass today, and what is wrong with them.
    fn allowances(
        &self,
        found: &Found,
        complaints: &[(&'static Rule, Level, Complaint)],
        unasked: &[&str],
    ) -> (Vec<Allowance>, Vec<Complaint>) {
        let mut allowances = Vec::new();
        let mut wrong = Vec::new();
        for read in found.notes.iter().flat_map(|it| allow::read(it)) {
            let allowance = match read {
                Ok(allowance) => allowance,
                Err(why) => {
                    wrong.push(qm011::unreadable(&why));
                    continue;
                }
            };
            let broken = |rule: &Rule| complaints.iter().any(|(it, ..)| it.id == rule.id);
            let past = allowance.until.filter(|it| *it < self.case.facts.today);
            for rule in &allowance.rules {
                match past {
                    Some(until) => wrong.push(qm011::expired(rule.id, until)),
                    None if broken(rule) || unasked.contains(&rule.id) => {}
                    None => wrong.push(qm011::unused(rule.id)),
                }
            }
            if past.is_none() {
                allowances.push(allowance);
            }
        }
        (allowances, wrong)
    }

    /// A file that could not be read in full.
    fn file(&mut self, problem: &FileProblem, counts: bool) {
        let complaint = qm010::of_file(problem);
        self.push_at(&qm010::RULE, &problem.path, problem.line, complaint, counts);
    }

    /// A comment that stands at no mute.
    fn left_over(&mut self, left: &LeftOver, counts: bool) {
        let complaint = qm011::left_over(&left.text);
        self.push_at(&qm011::RULE, &left.path, left.line, complaint, counts);
    }

    fn push_at(
        &mut self,
        rule: &'static Rule,
        path: &str,
        line: i64,
        complaint: Complaint,
        counts: bool,
    ) {
        let Some(level) = self.case.limits.level(rule) else {
            return;
        };
        let finding = Finding {
            rule,
            level,
            path: path.to_owned(),
            line: line.max(1),
            end_line: line.max(1),
            test: String::new(),
            form: String::new(),
            detail: complaint.detail,
            message: complaint.message,
            help: complaint.help,
            owner: self.owner(path),
            mute: None,
            nth: 0,
            state: State::Open,
        };
        self.findings.push((finding, counts));
    }

    /// Tests that are muted on the reference branch alone.
    fn only_there(&mut self) {
        let (Ok(reference), Some(level)) = (
            self.case.facts.reference,
            self.case.limits.level(&qm008::RULE),
        ) else {
            return;
        };
        let here = &self.case.findings.mutes;
        for found in qm008::only_there(reference, here, self.case.has_file) {
            let complaint = qm008::missing(reference);
            let rule = &qm008::RULE;
            let path = &found.declaration.path;
            // Of a change, what it takes away here and leaves there.
            let is_gone = |it: &Changes| {
                let mut gone = it.removed.iter();
                gone.any(|it| it.declaration.test_id == found.declaration.test_id)
            };
            let counts = self.case.changes.is_none_or(is_gone) && (self.case.is_asked)(path);
            self.push(rule, level, found, complaint, State::Open, counts);
        }
    }

    fn push(
        &mut self,
        rule: &'static Rule,
        level: Level,
        found: &Arc<Found>,
        complaint: Complaint,
        state: State,
        counts: bool,
    ) {
        let mute = &found.declaration;
        let finding = Finding {
            rule,
            level,
            path: mute.path.clone(),
            line: mute.line_start,
            end_line: mute.line_end,
            test: mute.test_id.clone(),
            form: mute.form.clone(),
            detail: complaint.detail,
            message: complaint.message,
            help: complaint.help,
            owner: mute
                .owner_declared
                .clone()
                .or_else(|| self.owner(&mute.path)),
            mute: Some(Arc::clone(found)),
            nth: 0,
            state,
        };
        self.findings.push((finding, counts));
    }

    fn owner(&self, path: &str) -> Option<String> {
        self.case.facts.owner.and_then(|it| it(path))
    }

    fn not_judged(&mut self, rule: &'static Rule, why: &str, mutes: u64) {
        let key = (rule.id, why.to_owned());
        let entry = self.not_judged.entry(key).or_insert_with(|| NotJudged {
            rule,
            mutes: 0,
            why: why.to_owned(),
        });
        entry.mutes += mutes;
    }
}
