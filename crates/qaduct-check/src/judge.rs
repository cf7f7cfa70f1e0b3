//! Asks the rules about mutes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use qaduct_records::FileProblem;
use qaduct_records::scan::{Findings, Found};

use crate::allow::{self, Allowance};
use crate::rule::{Answer, Asked, Complaint};
use crate::rules::{self, qm008, qm010, qm011};
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
    /// Tells of a path whether there is a file.
    pub has_file: &'a dyn Fn(&str) -> bool,
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
    let mut hearing = Hearing {
        case,
        findings: Vec::new(),
        exempt: 0,
        not_judged: BTreeMap::new(),
    };
    let fresh = case.changes.map(fresh);
    let is_judged = |it: &Arc<Found>| match &fresh {
        None => true,
        Some(fresh) => fresh.contains(&Arc::as_ptr(it)),
    };
    let mut judged = 0;
    for mute in effective.clone() {
        // The baseline has to be compared with all of them.
        let counts = is_judged(mute);
        judged += u64::from(counts);
        if counts || case.baseline.is_some() {
            hearing.hear(mute, counts);
        }
    }
    for problem in &case.findings.problems {
        let counts = case.changes.is_none() || (case.has_changed)(&problem.path);
        hearing.file(problem, counts);
    }
    if case.changes.is_none() {
        hearing.only_there();
    }
    let mut findings = hearing.findings;
    findings.sort_by(|(one, _), (other, _)| {
        let key = |it: &Finding| (it.path.clone(), it.line, it.rule.id, it.test.clone());
        key(one).cmp(&key(other))
    });
    let (mut findings, counts): (Vec<_>, Vec<_>) = findings.into_iter().unzip();
    number(&mut findings);
    let fixed = case.baseline.map(|baseline| {
        let (known, left) = baseline.matching(&findings, case.has_file);
        for (finding, known) in findings.iter_mut().zip(known) {
            if known && finding.is_open() {
                finding.state = State::Known;
            }
        }
        left
    });
    let mut counts = counts.into_iter();
    findings.retain(|_| counts.next().unwrap_or(true));
    Verdict {
        findings,
        not_judged: hearing.not_judged.into_values().collect(),
        mutes: effective.count() as u64,
        judged,
        exempt: hearing.exempt,
        change: case.changes.map(Counts::of),
        fixed: fixed.unwrap_or_default(),
    }
}

impl Counts {
    /// The numbers of a change.
    #[must_use]
    pub fn of(changes: &Changes) -> Self {
        let kept = changes.edited.len() + changes.moved.len() + changes.same.len();
        Self {
            added: changes.added.len() as u64,
            removed: changes.removed.len() as u64,
            edited: changes.edited.len() as u64,
            moved: changes.moved.len() as u64,
            before: (kept + changes.removed.len()) as u64,
        }
    }
}

/// The mutes that a change adds or renews. One that has only moved is none of them.
fn fresh(changes: &Changes) -> BTreeSet<*const Found> {
    let edited = changes.edited.iter().chain(&changes.moved);
    let renewed = edited.filter(|it| !it.fields.is_empty());
    let renewed = renewed.map(|it| &it.after);
    changes
        .added
        .iter()
        .chain(renewed)
        .map(Arc::as_ptr)
        .collect()
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
    exempt: u64,
    not_judged: BTreeMap<(&'static str, String), NotJudged>,
}

impl Hearing<'_> {
    /// Asks all rules about a mute.
    fn hear(&mut self, found: &Arc<Found>, counts: bool) {
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
                    if counts {
                        self.not_judged(rule, why, 1);
                    }
                }
                Answer::Wrong(complaint) => {
                    let level = level.min(complaint.at_most);
                    complaints.push((rule, level, complaint));
                }
            }
        }
        self.exempt += u64::from(exempt && counts);
        let (allowances, wrong) = self.allowances(found, &complaints, &unasked);
        for (rule, level, complaint) in complaints {
            let state = match allowances.iter().find(|it| it.rules.contains(&rule)) {
                Some(it) => State::Allowed {
                    until: it.until,
                    reason: it.reason.clone(),
                },
                None => State::Open,
            };
            self.push(rule, level, found, complaint, state, counts);
        }
        if let Some(level) = self.case.limits.level(&qm011::RULE) {
            for complaint in wrong {
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
        let rule = &rules::qm010::RULE;
        let Some(level) = self.case.limits.level(rule) else {
            return;
        };
        let complaint = qm010::of_file(problem);
        let finding = Finding {
            rule,
            level,
            path: problem.path.clone(),
            line: problem.line.max(1),
            end_line: problem.line.max(1),
            test: String::new(),
            form: String::new(),
            detail: complaint.detail,
            message: complaint.message,
            help: complaint.help,
            mute: None,
            nth: 0,
            state: State::Open,
        };
        self.findings.push((finding, counts));
    }

    /// Tests that are muted on the reference branch alone.
    fn only_there(&mut self) {
        let (Some(reference), Some(level)) = (
            self.case.facts.reference,
            self.case.limits.level(&qm008::RULE),
        ) else {
            return;
        };
        let here = &self.case.findings.mutes;
        for found in qm008::only_there(reference, here, self.case.has_file) {
            let complaint = qm008::missing(reference);
            let rule = &qm008::RULE;
            self.push(rule, level, found, complaint, State::Open, true);
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
            mute: Some(Arc::clone(found)),
            nth: 0,
            state,
        };
        self.findings.push((finding, counts));
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
