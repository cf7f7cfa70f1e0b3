//! Keeps a scan of one repository: intervals, declarations, cursor, ledger.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use qaduct_records::history::{History, MuteRun, Walked};
use qaduct_records::{
    Branch, Cause, Clock, Declaration, FileOwner, FileProblem, Filter, Mute, MuteTicket, Outcome,
    Query, Reader, RecordBatch, Row, Run, Store, Table, Test, Transaction, Value,
    scan::{BranchScan, Findings, Found, Known, RepositoryScan},
};

use crate::history::told;
use crate::intervals::{At, Changes, advance};
use crate::{LOCK, Ledger, PumpError};

/// What became of a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its row in the ledger.
    pub run: Run,
    /// The branches that were in question, as they are stored now.
    pub branches: Vec<Branch>,
}

/// The stored state of the living branches of a repository.
///
/// # Errors
/// When the store fails.
pub fn known_branches(
    reader: &mut dyn Reader,
    repository: &str,
) -> Result<HashMap<String, Known>, PumpError> {
    let query = Query::of(Branch::TABLE.name, Branch::TABLE.columns)
        .filter("repository", Test::In(vec![repository.into()]))
        .filter("gone_at", Test::Missing);
    let branches = rows::<Branch>(&reader.query(&query)?)?.into_iter();
    Ok(branches.map(|it| (it.branch.clone(), known(&it))).collect())
}

/// What a scan may rely on: of a branch that was not read in full no rules are
/// known, so that the next scan looks again.
fn known(branch: &Branch) -> Known {
    Known {
        commit_id: branch.commit_id.clone(),
        committed_at: branch.committed_at,
        rules: if branch.complete {
            branch.rules.clone()
        } else {
            String::new()
        },
    }
}

/// Keeps a scan: all of it in one transaction, or nothing.
///
/// # Errors
/// [`PumpError::Overtaken`] when a branch is no longer stored as the scan knew
/// it; else when the store fails.
pub fn record_scan(
    store: &mut dyn Store,
    scan: &RepositoryScan,
    ledger: &Ledger,
    clock: &dyn Clock,
) -> Result<Recorded, PumpError> {
    record_scan_with_history(store, scan, &[], ledger, clock)
}

/// The same together with what git tells of the past of its branches.
///
/// # Errors
/// As [`record_scan`].
pub fn record_scan_with_history(
    store: &mut dyn Store,
    scan: &RepositoryScan,
    histories: &[History],
    ledger: &Ledger,
    clock: &dyn Clock,
) -> Result<Recorded, PumpError> {
    let mut transaction = store.begin(LOCK)?;
    let mut keeper = Keeper {
        transaction: transaction.as_mut(),
        scan,
        stored: BTreeMap::new(),
        declared: HashSet::new(),
        changed: HashSet::new(),
        // Time goes forward under the lock, whoever began first.
        now: clock.now(),
        run: ledger.row(clock, Outcome::Unchanged),
    };
    keeper.load()?;
    for branch in &scan.branches {
        keeper.branch(branch)?;
    }
    for history in histories {
        keeper.history(history)?;
    }
    keeper.bury_the_gone()?;
    let recorded = keeper.finish(clock)?;
    transaction.commit()?;
    Ok(recorded)
}

/// Declarations that one question asks for.
const CHUNK: usize = 1000;

/// What is wrong with a file whose content the repository does not have.
const MISSING: &str = "missing_object";

struct Keeper<'a> {
    transaction: &'a mut (dyn Transaction + 'a),
    scan: &'a RepositoryScan,
    stored: BTreeMap<String, Branch>,
    /// The declarations that are written: branches share most of them.
    declared: HashSet<&'a str>,
    /// The branches of which something was written.
    changed: HashSet<&'a str>,
    now: Timestamp,
    run: Run,
}

impl<'a> Keeper<'a> {
    fn load(&mut self) -> Result<(), PumpError> {
        let batch = self
            .transaction
            .select(Branch::TABLE, &[self.repository()])?;
        self.stored = rows::<Branch>(&batch)?
            .into_iter()
            .map(|it| (it.branch.clone(), it))
            .collect();
        // Clocks of two machines differ; history must not run backwards.
        let latest = self
            .stored
            .values()
            .map(|it| it.gone_at.unwrap_or(it.scanned_at))
            .max();
        self.now = latest.map_or(self.now, |latest| self.now.max(latest));
        Ok(())
    }

    fn repository(&self) -> (&'static str, Value) {
        ("repository", self.scan.repository.as_str().into())
    }

    fn branch(&mut self, branch: &'a BranchScan) -> Result<(), PumpError> {
        let living = self
            .stored
            .get(&branch.branch)
            .filter(|it| it.gone_at.is_none());
        if branch.known != living.map(known) {
            return Err(PumpError::Overtaken {
                repository: self.scan.repository.clone(),
                branch: branch.branch.clone(),
            });
        }
        self.run.branches += 1;
        match &branch.findings {
            Some(findings) => self.advance(branch, findings)?,
            None => {
                if let Some(it) = self.stored.get(&branch.branch) {
                    self.run.files_seen += it.files_seen;
                    self.run.test_files += it.test_files;
                    self.run.files_with_problems += it.files_with_problems;
                    self.run.mutes_found += it.mutes;
                }
            }
        }
        Ok(())
    }

    fn advance(&mut self, branch: &'a BranchScan, findings: &'a Findings) -> Result<(), PumpError> {
        let before = self.stored.get(&branch.branch).cloned();
        let unread_before = self.unread(&branch.branch)?;
        let unread = findings.problems.iter().filter(|it| it.unread);
        let unread: Vec<_> = unread.map(|it| it.path.as_str()).collect();
        let complete = findings.problems.iter().all(|it| it.problem != MISSING);
        let at = At {
            unread: &unread,
            unread_before: &unread_before,
            complete,
            repository: &self.scan.repository,
            branch: &branch.branch,
            commit: Some(&branch.commit_id),
            now: self.now,
            cause: match &before {
                None => Cause::Baseline,
                Some(it) if it.gone_at.is_some() => Cause::Baseline,
                Some(it) if it.rules != branch.rules => Cause::Rules,
                // No commit made what the last scan could not see.
                Some(it) if !it.complete || it.commit_id == branch.commit_id => Cause::Baseline,
                Some(_) => Cause::Commit,
            },
            before: before
                .as_ref()
                .map(|it| (it.scanned_at, it.commit_id.as_str())),
        };
        let changes = self.intervals(&at, &findings.mutes)?;
        self.declarations(findings.mutes.iter())?;
        self.write(Mute::TABLE, &Mute::batch(&changes.rows))?;
        self.problems(&branch.branch, &findings.problems)?;
        self.owners(&branch.branch, &findings.owners)?;

        let with_problems = findings
            .problems
            .iter()
            .map(|it| it.path.as_str())
            .collect::<HashSet<_>>()
            .len();
        let seen_before = before.as_ref().filter(|it| {
            it.commit_id == branch.commit_id && it.rules == branch.rules && it.gone_at.is_none()
        });
        let row = Branch {
            repository: self.scan.repository.clone(),
            branch: branch.branch.clone(),
            commit_id: branch.commit_id.clone(),
            committed_at: branch.committed_at,
            committed_offset_min: branch.committed_offset_min,
            scanned_at: seen_before.map_or(self.now, |it| it.scanned_at),
            rules: branch.rules.clone(),
            complete,
            files_seen: number(findings.files_seen),
            test_files: number(findings.test_files),
            files_with_problems: number(with_problems as u64),
            files_excluded: Some(number(findings.files_excluded)),
            files_partly_parsed: Some(number(findings.files_partly_parsed)),
            marks_lexed: Some(number(findings.marks_lexed)),
            marks_parsed: Some(number(findings.marks_parsed)),
            mutes: number(findings.mutes.len() as u64) + changes.kept,
            first_scanned_at: before.as_ref().map_or(self.now, |it| it.first_scanned_at),
            gone_at: None,
            only_in_clone: Some(
                self.scan.existing.is_none()
                    && before
                        .as_ref()
                        .is_none_or(|it| it.gone_at.is_some() || it.only_in_clone == Some(true)),
            ),
        };
        if before.as_ref() != Some(&row) {
            self.has_changed(&branch.branch);
        }
        self.run.files_seen += row.files_seen;
        self.run.test_files += row.test_files;
        self.run.files_with_problems += row.files_with_problems;
        self.run.mutes_found += row.mutes;
        self.write(Branch::TABLE, &Branch::batch(std::slice::from_ref(&row)))?;
        self.stored.insert(row.branch.clone(), row);
        Ok(())
    }

    fn has_changed(&mut self, branch: &'a str) {
        if self.changed.insert(branch) {
            self.run.branches_changed += 1;
        }
    }

    /// Keeps what git tells of a branch; nothing is written where that is stored already.
    fn history(&mut self, history: &'a History) -> Result<(), PumpError> {
        let of_branch = [
            self.repository(),
            ("branch", history.branch.as_str().into()),
        ];
        let walked = rows::<Walked>(&self.transaction.select(Walked::TABLE, &of_branch)?)?.pop();
        let goes_on = |it: &String| walked.as_ref().is_some_and(|was| was.commit_id == *it);
        if !history.extends.as_ref().is_none_or(goes_on) {
            return Err(PumpError::Overtaken {
                repository: self.scan.repository.clone(),
                branch: history.branch.clone(),
            });
        }
        let before = walked.as_ref().filter(|_| history.extends.is_some());
        let row = Walked {
            repository: self.scan.repository.clone(),
            branch: history.branch.clone(),
            commit_id: history.commit_id.clone(),
            rules: history.rules.clone(),
            since: before.map_or(history.since, |it| it.since),
            begins_at: before.map_or(history.begins_at, |it| it.begins_at),
            starts_at: before.map_or(history.parted_at.max(history.begins_at), |it| it.starts_at),
        };
        let stored = rows::<MuteRun>(&self.transaction.select(MuteRun::TABLE, &of_branch)?)?;
        let key = |it: &MuteRun| (it.group_id.clone(), it.nth);
        let mut stored: BTreeMap<_, _> = stored.into_iter().map(|it| (key(&it), it)).collect();
        let known = stored.values().cloned().collect();
        let told = told(&self.scan.repository, history, known);
        let new: Vec<&MuteRun> = told
            .iter()
            .filter(|&it| stored.remove(&key(it)).as_ref() != Some(it))
            .collect();
        if walked.as_ref() == Some(&row) && new.is_empty() && stored.is_empty() {
            return Ok(());
        }
        self.has_changed(&history.branch);
        self.declarations(history.runs.iter().map(|it| &it.found))?;
        if stored.is_empty() {
            self.write(MuteRun::TABLE, &MuteRun::batch(new))?;
        } else {
            // What is left was told of and is no more.
            let of_branch = of_branch.map(|(column, value)| Filter {
                column: column.to_owned(),
                test: Test::In(vec![value]),
            });
            self.transaction.delete(MuteRun::TABLE, &of_branch)?;
            self.write(MuteRun::TABLE, &MuteRun::batch(&told))?;
        }
        self.write(Walked::TABLE, &Walked::batch(std::slice::from_ref(&row)))
    }

    fn intervals(&mut self, at: &At<'_>, found: &[Arc<Found>]) -> Result<Changes, PumpError> {
        let of_branch = [self.repository(), ("branch", at.branch.into())];
        let stored = rows::<Mute>(&self.transaction.select(Mute::TABLE, &of_branch)?)?;
        let old = self.old(&stored, found)?;
        let changes = advance(stored, found, at, &old);
        self.run.mutes_opened += changes.opened;
        self.run.mutes_closed += changes.closed;
        self.run.mutes_changed += changes.changed;
        Ok(changes)
    }

    /// The declarations of the open intervals that were not found unchanged: few
    /// questions, because others wait for the lock.
    fn old(
        &mut self,
        stored: &[Mute],
        found: &[Arc<Found>],
    ) -> Result<BTreeMap<String, Declaration>, PumpError> {
        let there: HashSet<&str> = found
            .iter()
            .map(|it| it.declaration.declaration_id.as_str())
            .collect();
        let open = stored.iter().filter(|it| it.gone_at.is_none());
        let ids: BTreeSet<&str> = open
            .map(|it| it.declaration_id.as_str())
            .filter(|it| !there.contains(it))
            .collect();
        let ids: Vec<Value> = ids.into_iter().map(Value::from).collect();
        let mut old = BTreeMap::new();
        for ids in ids.chunks(CHUNK) {
            let query = Query::of(Declaration::TABLE.name, Declaration::TABLE.columns)
                .filter("declaration_id", Test::In(ids.to_vec()));
            for it in rows::<Declaration>(&self.transaction.query(&query)?)? {
                old.insert(it.declaration_id.clone(), it);
            }
        }
        Ok(old)
    }

    fn declarations(
        &mut self,
        found: impl Iterator<Item = &'a Arc<Found>>,
    ) -> Result<(), PumpError> {
        let new: Vec<&Found> = found
            .map(Arc::as_ref)
            .filter(|it| self.declared.insert(&it.declaration.declaration_id))
            .collect();
        let declarations = Declaration::batch(new.iter().map(|it| &it.declaration));
        let tickets = MuteTicket::batch(new.iter().flat_map(|it| &it.tickets));
        self.write(Declaration::TABLE, &declarations)?;
        self.write(MuteTicket::TABLE, &tickets)
    }

    /// What the scan before could not read of a branch.
    fn unread(&mut self, branch: &str) -> Result<Vec<String>, PumpError> {
        let of_branch = [self.repository(), ("branch", branch.into())];
        let problems = self.transaction.select(FileProblem::TABLE, &of_branch)?;
        let problems = rows::<FileProblem>(&problems)?.into_iter();
        Ok(problems.filter(|it| it.unread).map(|it| it.path).collect())
    }

    fn problems(&mut self, branch: &str, problems: &[FileProblem]) -> Result<(), PumpError> {
        let of_branch = self.of_branch(branch);
        self.transaction.delete(FileProblem::TABLE, &of_branch)?;
        self.write(FileProblem::TABLE, &FileProblem::batch(problems))
    }

    fn owners(&mut self, branch: &str, owners: &[FileOwner]) -> Result<(), PumpError> {
        let of_branch = self.of_branch(branch);
        self.transaction.delete(FileOwner::TABLE, &of_branch)?;
        self.write(FileOwner::TABLE, &FileOwner::batch(owners))
    }

    /// The rows of a branch in a table that keeps only how it is now.
    fn of_branch(&self, branch: &str) -> [Filter; 2] {
        let is = |column: &str, value: &str| Filter {
            column: column.to_owned(),
            test: Test::In(vec![value.into()]),
        };
        [
            is("repository", &self.scan.repository),
            is("branch", branch),
        ]
    }

    /// Closes the intervals of branches that the repository no longer has, where
    /// the scan knows all that it has.
    fn bury_the_gone(&mut self) -> Result<(), PumpError> {
        let Some(existing) = &self.scan.existing else {
            return Ok(());
        };
        let existing: HashSet<&str> = existing.iter().map(String::as_str).collect();
        let gone: Vec<Branch> = self
            .stored
            .values()
            .filter(|it| it.gone_at.is_none() && !existing.contains(it.branch.as_str()))
            // A branch that somebody stored since this scan began is not gone, and one
            // that only a clone has was never there.
            .filter(|it| self.scan.known.get(&it.branch) == Some(&known(it)))
            .filter(|it| it.only_in_clone != Some(true))
            .cloned()
            .collect();
        for mut branch in gone {
            let at = At {
                unread: &[],
                unread_before: &[],
                complete: true,
                repository: &self.scan.repository,
                branch: &branch.branch,
                commit: None,
                now: self.now,
                cause: Cause::Branch,
                before: Some((branch.scanned_at, &branch.commit_id)),
            };
            let changes = self.intervals(&at, &[])?;
            self.write(Mute::TABLE, &Mute::batch(&changes.rows))?;
            self.problems(&branch.branch, &[])?;
            self.owners(&branch.branch, &[])?;
            branch.gone_at = Some(self.now);
            self.run.branches_changed += 1;
            self.write(Branch::TABLE, &Branch::batch(std::slice::from_ref(&branch)))?;
        }
        Ok(())
    }

    fn finish(mut self, clock: &dyn Clock) -> Result<Recorded, PumpError> {
        self.run.blobs_read = number(self.scan.blobs_read);
        if !self.scan.failures.is_empty() {
            self.run.outcome = Outcome::Incomplete;
            self.run.error = Some(self.scan.failures.join("\n"));
        } else if self.run.branches_changed > 0 {
            self.run.outcome = Outcome::Complete;
        }
        self.run.finished_at = clock.now().max(self.run.started_at);
        self.run.duration_ms =
            self.run.finished_at.as_millisecond() - self.run.started_at.as_millisecond();
        let run = self.run.clone();
        self.write(Run::TABLE, &Run::batch(std::slice::from_ref(&run)))?;
        let asked: HashSet<&str> = self
            .scan
            .branches
            .iter()
            .map(|it| it.branch.as_str())
            .collect();
        let branches = self
            .stored
            .into_values()
            .filter(|it| asked.contains(it.branch.as_str()))
            .collect();
        Ok(Recorded { run, branches })
    }

    fn write(&mut self, table: &Table, batch: &RecordBatch) -> Result<(), PumpError> {
        if batch.num_rows() > 0 {
            self.transaction.upsert(table, batch)?;
        }
        Ok(())
    }
}

fn rows<R: Row>(batch: &RecordBatch) -> Result<Vec<R>, PumpError> {
    R::rows(batch).map_err(|mismatch| PumpError::Row {
        table: R::TABLE.name,
        mismatch,
    })
}

/// Counts are far below 2^63.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
