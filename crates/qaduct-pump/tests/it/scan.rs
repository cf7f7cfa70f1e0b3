//! Scans of one repository by several processes and clones.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use qaduct_pump::{Ledger, Recorded, known_branches, record_scan};
use qaduct_records::scan::{BranchScan, Findings, Found, Known, RepositoryScan};
use qaduct_records::{
    Branch, Clock, Declaration, FileOwner, FileProblem, Mute, Query, Row, Store, TABLES,
};

struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

struct Shop {
    _folder: tempfile::TempDir,
    store: Box<dyn Store>,
    scans: i64,
}

fn found(test: &str) -> Arc<Found> {
    let mut declaration = Declaration::skip("shop", "test_a.py", test);
    let mut tickets = Vec::new();
    declaration.seal(&mut tickets);
    Arc::new(Found {
        declaration,
        tickets,
        notes: Vec::new(),
        options: String::new(),
    })
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qaduct.db");
        let mut store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
        store.migrate(TABLES, &[]).unwrap();
        Self {
            _folder: folder,
            store,
            scans: 0,
        }
    }

    fn known(&self) -> HashMap<String, Known> {
        known_branches(self.store.reader().unwrap().as_mut(), "shop").unwrap()
    }

    /// A scan of branches at a commit, begun when `known` was stored.
    fn scan(
        &self,
        known: &HashMap<String, Known>,
        branches: &[(&str, &str, &[&str])],
        existing: Option<&[&str]>,
    ) -> RepositoryScan {
        let scan = |(branch, commit, tests): &(&str, &str, &[&str])| BranchScan {
            branch: (*branch).to_owned(),
            commit_id: (*commit).to_owned(),
            committed_at: "2026-11-21T10:00:00Z".parse().unwrap(),
            committed_offset_min: 0,
            rules: "rules".to_owned(),
            known: known.get(*branch).cloned(),
            findings: Some(Findings {
                mutes: tests.iter().map(|it| found(it)).collect(),
                ..Findings::default()
            }),
        };
        RepositoryScan {
            repository: "shop".to_owned(),
            branches: branches.iter().map(scan).collect(),
            existing: existing.map(|it| it.iter().map(|it| (*it).to_owned()).collect()),
            known: known.clone(),
            blobs_read: 0,
            failures: Vec::new(),
        }
    }

    fn keep(&mut self, scan: &RepositoryScan) -> Recorded {
        self.scans += 1;
        let started_at = "2026-11-21T12:00:00Z".parse::<Timestamp>().unwrap()
            + SignedDuration::from_mins(self.scans);
        let ledger = Ledger {
            command: "scan",
            subject: "shop".to_owned(),
            started_at,
            version: "0",
            salt: 0,
        };
        record_scan(self.store.as_mut(), scan, &ledger, &Still(started_at)).unwrap()
    }

    fn rows<R: Row>(&self) -> Vec<R> {
        let query = Query::of(R::TABLE.name, R::TABLE.columns);
        let batch = self.store.reader().unwrap().query(&query).unwrap();
        R::rows(&batch).unwrap()
    }

    fn gone(&self) -> Vec<String> {
        let branches = self.rows::<Branch>().into_iter();
        branches
            .filter(|it| it.gone_at.is_some())
            .map(|it| it.branch)
            .collect()
    }
}

#[test]
fn a_branch_that_another_process_stored_meanwhile_is_not_buried() {
    let mut shop = Shop::new();
    let before = shop.known();
    // This one lists the branches before `new` is made, and ends after it was stored.
    let slow = shop.scan(&before, &[("main", "c1", &["test_a"])], Some(&["main"]));
    let quick = shop.scan(
        &before,
        &[("new", "c2", &["test_b"])],
        Some(&["main", "new"]),
    );
    shop.keep(&quick);
    shop.keep(&slow);
    assert_eq!(shop.gone(), [""; 0]);
    assert!(shop.rows::<Mute>().iter().all(|it| it.gone_at.is_none()));
}

#[test]
fn a_branch_that_is_no_longer_there_is_buried() {
    let mut shop = Shop::new();
    let first = shop.scan(
        &shop.known(),
        &[("main", "c1", &[]), ("old", "c2", &["test_b"])],
        Some(&["main", "old"]),
    );
    shop.keep(&first);
    let second = shop.scan(&shop.known(), &[("main", "c1", &[])], Some(&["main"]));
    shop.keep(&second);
    assert_eq!(shop.gone(), ["old"]);
    assert!(shop.rows::<Mute>().iter().all(|it| it.gone_at.is_some()));
}

#[test]
fn a_branch_that_only_a_clone_has_is_not_ended_by_a_scan_of_the_repository() {
    let mut shop = Shop::new();
    let clone = shop.scan(&shop.known(), &[("wip", "c9", &["test_b"])], None);
    shop.keep(&clone);
    let repository = shop.scan(&shop.known(), &[("main", "c1", &[])], Some(&["main"]));
    shop.keep(&repository);
    assert_eq!(shop.gone(), [""; 0]);

    // It is pushed, and so it can go.
    let pushed = shop.scan(
        &shop.known(),
        &[("wip", "c9", &["test_b"])],
        Some(&["main", "wip"]),
    );
    shop.keep(&pushed);
    let deleted = shop.scan(&shop.known(), &[("main", "c1", &[])], Some(&["main"]));
    shop.keep(&deleted);
    assert_eq!(shop.gone(), ["wip"]);
}

#[test]
fn what_a_scan_could_not_see_is_no_commits_doing_when_the_next_one_sees_it() {
    let mut shop = Shop::new();
    let mut lost = shop.scan(&shop.known(), &[("main", "c1", &[])], Some(&["main"]));
    let findings = lost.branches[0].findings.as_mut().unwrap();
    findings.problems.push(FileProblem {
        repository: "shop".to_owned(),
        branch: "main".to_owned(),
        path: "common.py".to_owned(),
        line: 0,
        problem: "missing_object".to_owned(),
        unread: true,
        message: "lost".to_owned(),
    });
    shop.keep(&lost);
    let whole = shop.scan(
        &shop.known(),
        &[("main", "c1", &["test_a"])],
        Some(&["main"]),
    );
    shop.keep(&whole);
    assert_eq!(shop.rows::<Mute>()[0].opened_by.as_str(), "baseline");
}

#[test]
fn owners_of_a_branch_are_those_of_its_newest_scan_and_go_with_it() {
    let mut shop = Shop::new();
    let owner = |branch: &str, path: &str, owners: Option<&str>| FileOwner {
        repository: "shop".to_owned(),
        branch: branch.to_owned(),
        path: path.to_owned(),
        owners: owners.map(str::to_owned),
        rule: "*".to_owned(),
        source: "CODEOWNERS:1".to_owned(),
    };
    let both = [("main", "c1", &[][..]), ("wip", "c1", &[])];
    let mut scan = shop.scan(&shop.known(), &both, Some(&["main", "wip"]));
    let owners = |scan: &mut RepositoryScan, at: usize, owners: Vec<FileOwner>| {
        scan.branches[at].findings.as_mut().unwrap().owners = owners;
    };
    owners(
        &mut scan,
        0,
        vec![
            owner("main", "a.py", Some("@a")),
            owner("main", "b.py", None),
        ],
    );
    owners(&mut scan, 1, vec![owner("wip", "a.py", Some("@a"))]);
    shop.keep(&scan);
    assert_eq!(shop.rows::<FileOwner>().len(), 3);

    let mut next = shop.scan(&shop.known(), &[("main", "c2", &[])], Some(&["main"]));
    let newer = owner("main", "a.py", Some("@b"));
    owners(&mut next, 0, vec![newer.clone()]);
    shop.keep(&next);
    assert_eq!(shop.rows::<FileOwner>(), [newer]);
}

#[test]
fn thousands_of_mutes_that_move_down_a_line_stay_the_same_mutes() {
    let mut shop = Shop::new();
    let at_line = |shop: &Shop, commit: &str, line: i64| {
        let mut scan = shop.scan(&shop.known(), &[("main", commit, &[])], Some(&["main"]));
        let moved = |n: i64| {
            let mut declaration = Declaration {
                line_start: line + n,
                line_end: line + n,
                ..Declaration::skip("shop", "test_a.py", "test_a")
            };
            declaration.seal(&mut Vec::new());
            Arc::new(Found {
                declaration,
                tickets: Vec::new(),
                notes: Vec::new(),
                options: String::new(),
            })
        };
        scan.branches[0].findings.as_mut().unwrap().mutes = (0..3000).map(moved).collect();
        scan
    };
    let scan = at_line(&shop, "c1", 1);
    shop.keep(&scan);
    let scan = at_line(&shop, "c2", 5000);
    let recorded = shop.keep(&scan);
    assert_eq!(recorded.run.mutes_changed, 3000);
    assert_eq!(
        (recorded.run.mutes_opened, recorded.run.mutes_closed),
        (0, 0)
    );
}
