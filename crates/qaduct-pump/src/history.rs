//! From what git tells of a branch to its rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use qaduct_records::history::{Beginning, History, KnownHistory, Landing, MuteRun, Walked};
use qaduct_records::{Query, Reader, Row, Test};

use crate::PumpError;

/// What is stored of the histories of a repository's branches.
///
/// # Errors
/// When the store fails.
pub fn known_histories(
    reader: &mut dyn Reader,
    repository: &str,
) -> Result<HashMap<String, KnownHistory>, PumpError> {
    let mut all = HashMap::new();
    for it in select::<Walked>(reader, repository, None)? {
        let known = KnownHistory {
            commit_id: it.commit_id,
            rules: it.rules,
            since: it.since,
            begins_at: it.begins_at,
            open: BTreeSet::new(),
        };
        all.insert(it.branch, known);
    }
    if !all.is_empty() {
        for it in select::<MuteRun>(reader, repository, Some("to_commit"))? {
            if let Some(known) = all.get_mut(&it.branch) {
                known.open.insert(it.declaration_id);
            }
        }
    }
    Ok(all)
}

fn select<R: Row>(
    reader: &mut dyn Reader,
    repository: &str,
    missing: Option<&str>,
) -> Result<Vec<R>, PumpError> {
    let mut query = Query::of(R::TABLE.name, R::TABLE.columns)
        .filter("repository", Test::In(vec![repository.into()]));
    if let Some(column) = missing {
        query = query.filter(column, Test::Missing);
    }
    R::rows(&reader.query(&query)?).map_err(|mismatch| PumpError::Row {
        table: R::TABLE.name,
        mismatch,
    })
}

/// The rows of a branch: those that are stored, brought up to what history tells.
pub(crate) fn told(repository: &str, history: &History, stored: Vec<MuteRun>) -> Vec<MuteRun> {
    let mut rows = Vec::new();
    let mut open: BTreeMap<String, MuteRun> = BTreeMap::new();
    if history.extends.is_some() {
        for row in stored {
            match row.to_commit {
                Some(_) => rows.push(row),
                None => drop(open.insert(row.declaration_id.clone(), row)),
            }
        }
    }
    for run in &history.runs {
        let before = match &run.began {
            Beginning::Stored(id) => open.remove(id),
            Beginning::Landed(_) | Beginning::Before => None,
        };
        let from = match &run.began {
            Beginning::Landed(landing) => Some(landing),
            Beginning::Before | Beginning::Stored(_) => None,
        };
        let to = run.ended.as_ref();
        let declaration = &run.found.declaration;
        let mut row = MuteRun {
            repository: repository.to_owned(),
            branch: history.branch.clone(),
            group_id: declaration.group_id(),
            nth: 0,
            declaration_id: declaration.declaration_id.clone(),
            muted_before: 0,
            from_commit: commit(from),
            from_at: at(from),
            from_offset_min: from.map(|it| it.offset_min),
            from_authored_at: from.map(|it| it.authored_at),
            from_author: from.map(|it| it.author.clone()),
            begins_before: from.is_none(),
            to_commit: commit(to),
            to_at: at(to),
            to_offset_min: to.map(|it| it.offset_min),
            to_authored_at: to.map(|it| it.authored_at),
            to_author: to.map(|it| it.author.clone()),
            moved_from: run.moved_from.clone(),
            from_group_id: run.began_as.clone(),
            from_committed_at: from.map(|it| it.committed_at),
            to_committed_at: to.map(|it| it.committed_at),
        };
        if let Some(before) = before {
            row.from_commit = before.from_commit;
            row.from_at = before.from_at;
            row.from_offset_min = before.from_offset_min;
            row.from_authored_at = before.from_authored_at;
            row.from_author = before.from_author;
            row.begins_before = before.begins_before;
            let from = before.moved_from.or(row.moved_from);
            row.moved_from = from.filter(|it| *it != declaration.test_id);
            row.from_committed_at = before.from_committed_at;
            let group = before.from_group_id.unwrap_or(before.group_id);
            row.from_group_id = Some(group).filter(|it| *it != row.group_id);
        }
        rows.push(row);
    }
    number(&mut rows);
    rows
}

fn commit(landing: Option<&Landing>) -> Option<String> {
    landing.map(|it| it.commit_id.clone())
}

fn at(landing: Option<&Landing>) -> Option<Timestamp> {
    landing.map(|it| it.at)
}

/// Numbers the runs of each mute in order of beginning. A mute that was moved or renamed is
/// still the same: its runs are those of all groups under which it has been.
fn number(rows: &mut [MuteRun]) {
    // What began before all that is known comes first; `None` is less than any instant.
    let key = |it: &MuteRun| (it.from_at, it.to_at.is_none(), it.to_at);
    rows.sort_by(|one, two| {
        one.group_id
            .cmp(&two.group_id)
            .then_with(|| key(one).cmp(&key(two)))
            .then_with(|| one.declaration_id.cmp(&two.declaration_id))
    });
    let mut known: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let groups = row.from_group_id.iter().chain([&row.group_id]);
        groups.for_each(|it| known.entry(it).or_default().push(at));
    }
    // Of each row: the runs that were over before it began, and those of other groups that
    // count before it.
    let counted: Vec<(i64, i64)> = rows
        .iter()
        .enumerate()
        .map(|(own, row)| {
            let mut groups = vec![row.from_group_id.as_ref().unwrap_or(&row.group_id)];
            let mut before = BTreeSet::new();
            let mut over = BTreeSet::new();
            let mut next = 0;
            while let Some(group) = groups.get(next).copied() {
                next += 1;
                for &at in known.get(group.as_str()).into_iter().flatten() {
                    let it = &rows[at];
                    if at == own || key(it) >= key(row) {
                        continue;
                    }
                    before.insert(at);
                    if it.to_at.is_some() && it.to_at <= row.from_at && over.insert(at) {
                        let more = it.from_group_id.iter().chain([&it.group_id]);
                        let more: Vec<_> = more.filter(|it| !groups.contains(it)).collect();
                        groups.extend(more);
                    }
                }
            }
            let others = before
                .iter()
                .filter(|at| rows[**at].group_id != row.group_id);
            let count = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
            (count(over.len()), count(others.count()))
        })
        .collect();
    let mut counted = counted.into_iter();
    for group in rows.chunk_by_mut(|one, two| one.group_id == two.group_id) {
        let mut last = 0;
        for ((at, row), (over, others)) in (1..).zip(group).zip(&mut counted) {
            last = (at + others).max(last + 1);
            row.nth = last;
            row.muted_before = over;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use qaduct_records::Declaration;
    use qaduct_records::history::Run;
    use qaduct_records::scan::Found;

    use super::*;

    fn landing(day: i64) -> Landing {
        let at: Timestamp = format!("2026-11-{day:02}T12:00:00Z").parse().unwrap();
        Landing {
            commit_id: format!("c{day}"),
            at,
            offset_min: 60,
            committed_at: at,
            authored_at: at,
            author: "Ada".to_owned(),
        }
    }

    fn run(test: &str, line: i64, began: Beginning, ended: Option<i64>) -> Run {
        let mut declaration = Declaration::skip("shop", "a.py", test);
        declaration.line_start = line;
        declaration.seal(&mut []);
        Run {
            found: Arc::new(Found {
                declaration,
                tickets: Vec::new(),
                notes: Vec::new(),
                options: String::new(),
            }),
            began,
            ended: ended.map(landing),
            moved_from: None,
            began_as: None,
        }
    }

    fn history(extends: Option<&str>, runs: Vec<Run>) -> History {
        History {
            branch: "main".to_owned(),
            commit_id: "tip".to_owned(),
            rules: "1".to_owned(),
            since: None,
            extends: extends.map(str::to_owned),
            begins_at: None,
            parted_at: None,
            runs,
        }
    }

    fn shown(rows: &[MuteRun]) -> Vec<String> {
        let day = |it: &Option<Timestamp>| {
            it.map_or("-".to_owned(), |it| it.to_string()[8..10].to_owned())
        };
        let line = |it: &MuteRun| {
            let (from, to) = (day(&it.from_at), day(&it.to_at));
            format!("{} {from}..{to} again {}", it.nth, it.muted_before)
        };
        rows.iter().map(line).collect()
    }

    #[test]
    fn runs_of_a_group_are_numbered_and_those_that_were_over_are_counted() {
        let told = told(
            "shop",
            &history(
                None,
                vec![
                    run("t", 9, Beginning::Landed(landing(7)), None),
                    run("t", 5, Beginning::Landed(landing(4)), Some(7)),
                    run("t", 1, Beginning::Landed(landing(5)), Some(6)),
                    run("t", 3, Beginning::Before, Some(2)),
                ],
            ),
            Vec::new(),
        );
        assert_eq!(
            shown(&told),
            [
                "1 -..02 again 0",
                "2 04..07 again 1",
                "3 05..06 again 1",
                "4 07..- again 3"
            ]
        );
    }

    /// A run that began under the name of another test.
    fn renamed(run: Run, from: &str) -> Run {
        let before = Declaration::skip("shop", "a.py", from);
        Run {
            began_as: Some(before.group_id()),
            ..run
        }
    }

    #[test]
    fn what_was_muted_under_the_name_before_was_muted_before() {
        let began = |day| Beginning::Landed(landing(day));
        let told = told(
            "shop",
            &history(
                None,
                vec![
                    run("old", 1, began(1), Some(2)),
                    renamed(run("new", 1, began(3), Some(4)), "old"),
                    run("new", 1, began(5), None),
                    run("old", 2, began(6), None),
                ],
            ),
            Vec::new(),
        );
        let mut shown = shown(&told);
        shown.sort();
        assert_eq!(
            shown,
            [
                "1 01..02 again 0",
                "2 03..04 again 1",
                "3 05..- again 2",
                "4 06..- again 2",
            ]
        );
    }

    #[test]
    fn a_run_that_goes_on_elsewhere_keeps_the_group_under_which_it_began() {
        let first = run("old", 1, Beginning::Landed(landing(3)), None);
        let group = first.found.declaration.group_id();
        let id = first.found.declaration.declaration_id.clone();
        let stored = told("shop", &history(None, vec![first]), Vec::new());
        let goes_on = renamed(run("new", 1, Beginning::Stored(id), None), "old");
        let after = told("shop", &history(Some("c3"), vec![goes_on]), stored);
        assert_eq!(after[0].from_group_id.as_deref(), Some(&*group));
        assert_ne!(after[0].group_id, group);
    }

    #[test]
    fn what_goes_on_keeps_its_beginning_and_what_is_told_anew_keeps_nothing() {
        let first = run("t", 1, Beginning::Landed(landing(3)), None);
        let stored = told("shop", &history(None, vec![first.clone()]), Vec::new());
        let id = first.found.declaration.declaration_id.clone();
        let goes_on = run("t", 8, Beginning::Stored(id), None);
        let after = told("shop", &history(Some("c3"), vec![goes_on]), stored.clone());
        assert_eq!(shown(&after), ["1 03..- again 0"]);
        assert_ne!(after[0].declaration_id, stored[0].declaration_id);
        assert!(told("shop", &history(None, Vec::new()), stored).is_empty());
    }
}
