//! The story that the views tell: a repository whose mutes come and go, and what was pulled.

use super::*;

pub(super) fn at(day: i64) -> Timestamp {
    format!("2026-11-{day:02}T23:30:00.000001Z")
        .parse()
        .unwrap()
}

/// What a file says: test `a` is muted under these tickets.
pub(super) fn declaration(test: &str, tickets: &[&str]) -> (Declaration, Vec<MuteTicket>) {
    let mut declaration = Declaration {
        line_start: 10,
        line_end: 11,
        reason: Some("it's broken 😀".to_owned()),
        ..Declaration::skip(REPOSITORY, "tests/test_shop.py", test)
    };
    let mut tickets: Vec<_> = tickets
        .iter()
        .map(|key| MuteTicket {
            declaration_id: String::new(),
            position: 0,
            tracker: "jira".to_owned(),
            key: (*key).to_owned(),
            url: (*key == "SHOP-1").then(|| "https://example.org/SHOP-1".to_owned()),
            source: TicketSource::Reason,
            placeholder: *key == "SHOP-0000",
        })
        .collect();
    declaration.seal(&mut tickets);
    (declaration, tickets)
}

pub(super) fn declared(test: &str) -> (Declaration, Vec<MuteTicket>) {
    match test {
        "a" => declaration(test, &["SHOP-1", "SHOP-2", "SHOP-1"]),
        "b" => declaration(test, &["SHOP-1"]),
        "c" | "d" => declaration(test, &[]),
        "f" => {
            let (mut declaration, mut tickets) = declaration(test, &[]);
            declaration.effective = false;
            declaration.ineffective_because = Some("a fixture is no test".to_owned());
            declaration.seal(&mut tickets);
            (declaration, tickets)
        }
        _ => declaration(test, &["SHOP-0000"]),
    }
}

pub(super) fn mute(branch: &str, test: &str, first: i64, opened_by: Cause) -> Mute {
    let (declaration, _) = declared(test);
    Mute {
        repository: REPOSITORY.to_owned(),
        branch: branch.to_owned(),
        group_id: declaration.group_id(),
        nth: 1,
        declaration_id: declaration.declaration_id,
        first_seen_at: at(first),
        first_seen_commit: format!("{branch}{first}"),
        opened_by,
        last_seen_at: None,
        last_seen_commit: None,
        closed_by: None,
        gone_at: None,
        gone_commit: None,
    }
}

pub(super) fn gone(mut mute: Mute, last: i64, gone: i64, closed_by: Cause) -> Mute {
    mute.last_seen_at = Some(at(last));
    mute.last_seen_commit = Some(format!("{}{last}", mute.branch));
    mute.gone_at = Some(at(gone));
    mute.closed_by = Some(closed_by);
    mute.gone_commit = match closed_by {
        Cause::Branch => None,
        Cause::Rules => mute.last_seen_commit.clone(),
        _ => Some(format!("{}{gone}", mute.branch)),
    };
    mute
}

pub(super) fn branch(name: &str, scanned: i64, gone: Option<i64>) -> Branch {
    Branch {
        repository: REPOSITORY.to_owned(),
        branch: name.to_owned(),
        commit_id: format!("{name}{scanned}"),
        committed_at: at(1),
        committed_offset_min: 60,
        rules: "1".to_owned(),
        complete: true,
        files_seen: 10,
        test_files: 1,
        files_with_problems: 0,
        files_excluded: Some(0),
        files_partly_parsed: Some(0),
        marks_lexed: Some(0),
        marks_parsed: Some(0),
        mutes: 2,
        first_scanned_at: at(2),
        scanned_at: at(scanned),
        gone_at: gone.map(at),
        only_in_clone: None,
    }
}

/// A run of a mute in the history of a branch, by the days on which it came and went.
pub(super) fn told(branch: &str, test: &str, from: Option<i64>, to: Option<i64>) -> MuteRun {
    let (declaration, _) = declared(test);
    MuteRun {
        repository: REPOSITORY.to_owned(),
        branch: branch.to_owned(),
        group_id: declaration.group_id(),
        nth: 1,
        declaration_id: declaration.declaration_id,
        muted_before: 2,
        from_commit: from.map(|it| format!("c{it}")),
        from_at: from.map(at),
        from_offset_min: from.map(|_| 60),
        from_authored_at: from.map(at),
        from_author: from.map(|_| "Bea".to_owned()),
        begins_before: from.is_none(),
        to_commit: to.map(|it| format!("c{it}")),
        to_at: to.map(at),
        to_offset_min: to.map(|_| 60),
        to_authored_at: to.map(at),
        to_author: to.map(|_| "Cy".to_owned()),
        moved_from: None,
        from_group_id: None,
        from_committed_at: from.map(at),
        to_committed_at: to.map(at),
    }
}

pub(super) fn walked(branch: &str, begins: Option<i64>, starts: Option<i64>) -> Walked {
    Walked {
        repository: REPOSITORY.to_owned(),
        branch: branch.to_owned(),
        commit_id: "c5".to_owned(),
        rules: "1".to_owned(),
        since: None,
        begins_at: begins.map(at),
        starts_at: starts.map(at),
    }
}

pub(super) fn run(day: i64, command: &str, outcome: Outcome) -> Run {
    Run {
        run_id: format!("{day}-{command}"),
        command: command.to_owned(),
        subject: REPOSITORY.to_owned(),
        started_at: at(day),
        finished_at: at(day),
        duration_ms: 0,
        outcome,
        branches: 1,
        branches_changed: 1,
        files_seen: 1,
        test_files: 1,
        blobs_read: 1,
        files_with_problems: 0,
        mutes_found: 0,
        mutes_opened: 0,
        mutes_closed: 0,
        mutes_changed: 0,
        rows_deleted: 0,
        error: None,
        version: "0.1.0".to_owned(),
    }
}

pub(super) fn pulled() -> StreamRun {
    StreamRun {
        run_id: "9-pull".to_owned(),
        source: "jira".to_owned(),
        stream: "issues".to_owned(),
        started_at: at(9),
        finished_at: at(9),
        outcome: Outcome::Complete,
        parts: 1,
        requests: 2,
        retries: 0,
        rows_read: 3,
        rows_inserted: 3,
        rows_updated: 0,
        rows_gone: 0,
        problems: 0,
        rows_expected: None,
        waited_ms: 0,
        error: None,
        nth: Some(1),
    }
}

pub(super) fn part() -> Part {
    Part {
        source: "jira".to_owned(),
        stream: "issues".to_owned(),
        part: String::new(),
        watermark: Some(at(9)),
        lower: None,
        upper: None,
        position: None,
        rows_so_far: 0,
        mark: None,
        completed_at: Some(at(9)),
        since: None,
        validator: None,
        shape: None,
        read_at: Some(at(9)),
        stored_at: Some(at(9)),
        aside: None,
    }
}

/// Writes the story.
pub(super) fn tell(store: &mut dyn Store) {
    let (declarations, tickets): (Vec<_>, Vec<_>) = ["a", "b", "c", "d", "e", "f"]
        .into_iter()
        .map(declared)
        .unzip();
    let mutes = [
        gone(mute("main", "a", 2, Cause::Baseline), 4, 9, Cause::Commit),
        mute("main", "b", 2, Cause::Baseline),
        gone(mute("main", "c", 4, Cause::Commit), 9, 10, Cause::Rules),
        gone(mute("main", "f", 4, Cause::Commit), 4, 9, Cause::Commit),
        mute("dev", "b", 4, Cause::Baseline),
        mute("dev", "d", 4, Cause::Baseline),
        mute("clean", "c", 5, Cause::Baseline),
        mute("clean", "e", 5, Cause::Commit),
        gone(mute("old", "a", 2, Cause::Baseline), 2, 10, Cause::Branch),
    ];
    let branches = [
        branch("main", 9, None),
        branch("dev", 4, None),
        branch("clean", 5, None),
        branch("old", 2, Some(10)),
    ];
    let runs = [
        run(2, "scan", Outcome::Complete),
        run(9, "scan", Outcome::Unchanged),
        run(10, "scan", Outcome::Incomplete),
        run(4, "prune", Outcome::Complete),
        run(5, "prune", Outcome::Failed),
    ];
    let jobs = [
        job_run(2, JobState::Complete, 1),
        job_run(4, JobState::Failed, 3),
        // Nobody has begun it.
        job_run(9, JobState::Waiting, 0),
    ];
    let histories = [
        told("clean", "a", Some(1), Some(4)),
        told("clean", "b", Some(1), Some(2)),
        told("clean", "c", Some(4), None),
        told("clean", "e", None, None),
        told("clean", "f", Some(4), None),
        told("old", "a", Some(1), None),
    ];
    let walked = [walked("clean", Some(1), Some(3)), walked("old", None, None)];
    let owner = FileOwner {
        repository: REPOSITORY.to_owned(),
        branch: "main".to_owned(),
        path: "tests/test_shop.py".to_owned(),
        owners: Some("@qa @shop".to_owned()),
        rule: "/tests/".to_owned(),
        source: "CODEOWNERS:3".to_owned(),
    };
    let (pulled, part) = (pulled(), part());
    let mut transaction = store.begin(REPOSITORY).unwrap();
    for (table, batch) in [
        (Declaration::TABLE, Declaration::batch(&declarations)),
        (MuteTicket::TABLE, MuteTicket::batch(&tickets.concat())),
        (Mute::TABLE, Mute::batch(&mutes)),
        (MuteRun::TABLE, MuteRun::batch(&histories)),
        (Walked::TABLE, Walked::batch(&walked)),
        (Branch::TABLE, Branch::batch(&branches)),
        (
            FileOwner::TABLE,
            FileOwner::batch(std::slice::from_ref(&owner)),
        ),
        (Run::TABLE, Run::batch(&runs)),
        (
            StreamRun::TABLE,
            StreamRun::batch(std::slice::from_ref(&pulled)),
        ),
        (Part::TABLE, Part::batch(std::slice::from_ref(&part))),
        (JobRun::TABLE, JobRun::batch(&jobs)),
    ] {
        transaction.upsert(table, &batch).unwrap();
    }
    transaction.commit().unwrap();
}

pub(super) fn job_run(day: i64, state: JobState, attempt: i64) -> JobRun {
    JobRun {
        state,
        attempt,
        exit_code: (state == JobState::Failed).then_some(5),
        error: (state == JobState::Failed).then(|| "jira did not answer".to_owned()),
        started_at: (attempt > 0).then(|| at(day)),
        finished_at: (attempt > 0).then(|| at(day)),
        ..JobRun::new("daily", at(day), Occasion::Slot)
    }
}
