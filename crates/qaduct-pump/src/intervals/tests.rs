//! Stories of one branch, scan after scan.

use proptest::prelude::*;

use super::*;

fn declaration(test: &str, line: i64, ticket: Option<&str>, reason: &str) -> Arc<Found> {
    let mut declaration = Declaration {
        line_start: line,
        line_end: line,
        reason: Some(reason.to_owned()),
        ..Declaration::skip("r", "test_a.py", test)
    };
    let mut tickets: Vec<_> = ticket
        .map(|key| qaduct_records::MuteTicket {
            declaration_id: String::new(),
            position: 0,
            tracker: "jira".to_owned(),
            key: key.to_owned(),
            url: None,
            source: qaduct_records::TicketSource::Argument,
            placeholder: false,
        })
        .into_iter()
        .collect();
    declaration.seal(&mut tickets);
    Arc::new(Found {
        declaration,
        tickets,
        notes: Vec::new(),
        options: String::new(),
    })
}

/// A branch as a store would keep it, one scan after the other.
#[derive(Default)]
struct Story {
    stored: BTreeMap<(String, i64), Mute>,
    declarations: BTreeMap<String, Declaration>,
    scans: i64,
    /// What the scan before could not read.
    unread: Vec<String>,
}

impl Story {
    fn scan(&mut self, found: &[Arc<Found>]) -> Changes {
        self.scan_without(found, &[])
    }

    fn scan_without(&mut self, found: &[Arc<Found>], unread: &[&str]) -> Changes {
        self.scans += 1;
        let commit = format!("commit {}", self.scans);
        let before = format!("commit {}", self.scans - 1);
        let at = At {
            repository: "r",
            branch: "main",
            commit: Some(&commit),
            unread,
            complete: true,
            unread_before: &self.unread,
            now: Timestamp::from_second(self.scans * 86_400).unwrap(),
            cause: if self.scans == 1 {
                Cause::Baseline
            } else {
                Cause::Commit
            },
            before: (self.scans > 1).then(|| {
                (
                    Timestamp::from_second((self.scans - 1) * 86_400).unwrap(),
                    before.as_str(),
                )
            }),
        };
        let stored = self.stored.values().cloned().collect();
        let declarations = &self.declarations;
        let changes = advance(stored, found, &at, declarations);
        for row in &changes.rows {
            self.stored
                .insert((row.group_id.clone(), row.nth), row.clone());
        }
        for it in found {
            self.declarations.insert(
                it.declaration.declaration_id.clone(),
                it.declaration.clone(),
            );
        }
        self.unread = unread.iter().map(|&it| it.to_owned()).collect();
        changes
    }

    /// The tickets of the open intervals and since which scan they are open.
    fn open(&self) -> Vec<(String, String)> {
        self.stored
            .values()
            .filter(|it| it.gone_at.is_none())
            .map(|it| {
                let declaration = &self.declarations[&it.declaration_id];
                (
                    declaration.tickets.clone().unwrap_or_default(),
                    it.first_seen_commit.clone(),
                )
            })
            .collect()
    }
}

fn pair(ticket: &str, commit: &str) -> (String, String) {
    (ticket.to_owned(), commit.to_owned())
}

#[test]
fn of_two_stacked_marks_the_one_that_goes_is_the_one_that_is_closed() {
    let mut story = Story::default();
    story.scan(&[
        declaration("test_vip", 10, Some("DCOS-46220"), "a"),
        declaration("test_vip", 18, Some("DCOS-45799"), "b"),
    ]);
    let changes = story.scan(&[declaration("test_vip", 10, Some("DCOS-45799"), "b")]);
    assert_eq!((changes.opened, changes.closed, changes.changed), (0, 1, 1));
    assert_eq!(story.open(), [pair("DCOS-45799", "commit 1")]);
}

#[test]
fn a_mute_whose_words_and_line_change_is_the_same_mute() {
    let mut story = Story::default();
    story.scan(&[declaration("test_a", 1, None, "flaky")]);
    story.scan(&[declaration("test_a", 7, Some("QA-1"), "flaky on ARM")]);
    assert_eq!(story.open(), [pair("QA-1", "commit 1")]);
}

#[test]
fn a_mute_that_comes_back_is_a_second_interval() {
    let mut story = Story::default();
    let mute = [declaration("test_a", 1, None, "flaky")];
    story.scan(&mute);
    let gone = story.scan(&[]).rows.pop().unwrap();
    assert_eq!(gone.last_seen_commit.as_deref(), Some("commit 1"));
    assert_eq!(gone.gone_commit.as_deref(), Some("commit 2"));
    assert_eq!(gone.closed_by, Some(Cause::Commit));
    story.scan(&mute);
    assert_eq!(story.stored.len(), 2);
    assert_eq!(story.open(), [pair("", "commit 3")]);
}

#[test]
fn a_mute_in_a_file_that_cannot_be_read_is_not_gone() {
    let mut story = Story::default();
    story.scan(&[declaration("test_a", 1, None, "flaky")]);
    let kept = story.scan_without(&[], &["test_a.py"]);
    assert_eq!((kept.closed, kept.kept), (0, 1));
    assert_eq!(story.scan_without(&[], &["tests/"]).closed, 1);
}

#[test]
fn nobody_knows_since_when_a_file_that_was_not_read_holds_a_mute() {
    let mut story = Story::default();
    story.scan(&[]);
    story.scan_without(&[], &["test_a.py"]);
    let found = [
        declaration("test_a", 1, None, "flaky"),
        declaration("test_b", 1, None, "flaky"),
    ];
    let opened = story.scan(&found);
    let mut causes: Vec<_> = opened.rows.iter().map(|it| it.opened_by.as_str()).collect();
    causes.sort_unstable();
    assert_eq!(causes, ["baseline", "baseline"]);
}

#[test]
fn what_the_first_scan_sees_is_a_baseline() {
    let mut story = Story::default();
    let first = story.scan(&[declaration("test_a", 1, None, "")]).rows;
    let second = story
        .scan(&[
            declaration("test_a", 1, None, ""),
            declaration("test_b", 2, None, ""),
        ])
        .rows;
    assert_eq!(first[0].opened_by, Cause::Baseline);
    assert_eq!(second[0].opened_by, Cause::Commit);
}

fn scans() -> impl Strategy<Value = Vec<Vec<Arc<Found>>>> {
    let one = (0..3u8, 1..4i64, proptest::option::of(0..3u8), 0..2u8).prop_map(
        |(test, line, ticket, reason)| {
            let ticket = ticket.map(|n| format!("QA-{n}"));
            declaration(
                &format!("test_{test}"),
                line,
                ticket.as_deref(),
                &format!("reason {reason}"),
            )
        },
    );
    proptest::collection::vec(proptest::collection::vec(one, 0..6), 1..8)
}

proptest! {
    #[test]
    fn after_each_scan_exactly_what_was_found_is_open_and_once_more_changes_nothing(scans in scans()) {
        let mut story = Story::default();
        for found in scans {
            let changes = story.scan(&found);
            let mut open: Vec<_> = story.stored.values()
                .filter(|it| it.gone_at.is_none())
                .map(|it| it.declaration_id.clone())
                .collect();
            let mut expected: Vec<_> =
                found.iter().map(|it| it.declaration.declaration_id.clone()).collect();
            open.sort();
            expected.sort();
            prop_assert_eq!(open, expected);
            prop_assert_eq!(changes.rows.len() as i64, changes.opened + changes.closed + changes.changed);
            prop_assert_eq!(story.scan(&found), Changes::default());
        }
    }
}
