//! Rows that look like results of tests, about 180 bytes each, the same each time.

use jiff::{SignedDuration, Timestamp};
use qaduct_records::table;

/// So many rows go in at once, as from a page of a source.
pub(crate) const BATCH: i64 = 10_000;
const WORDS: [&str; 12] = [
    "assert",
    "expected",
    "timeout",
    "waiting",
    "node",
    "master",
    "refused",
    "retry",
    "scheduler",
    "launched",
    "status",
    "polling",
];

table! {
    /// The result of a test.
    pub(crate) struct Outcome in "outcomes" key ["id"] {
        /// Number.
        pub id: i64,
        /// Run.
        pub run_id: i64,
        /// Test.
        pub test_id: String,
        /// How it ended.
        pub status: String,
        /// Seconds.
        pub elapsed: f64,
        /// When.
        pub created_on: Timestamp,
        /// What it said.
        pub comment: String,
    }
}

/// A number that looks random and is the same each time.
fn scramble(seed: i64) -> usize {
    let mut bits = seed.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits ^= bits >> 29;
    bits = bits.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (bits >> 33) as usize
}

/// The result with that number; of a hundred one is changed.
pub(crate) fn outcome(id: i64, changed: bool) -> Outcome {
    let (run, test) = ((id - 1) / 2000 + 1, (id - 1) % 2000);
    let changed = changed && id % 100 == 37;
    let mut comment = if changed { "changed" } else { "" }.to_owned();
    for n in 0..12 {
        comment.push_str(WORDS[scramble(id * 16 + n) % WORDS.len()]);
        comment.push(' ');
    }
    comment.truncate(80);
    let statuses = [
        "passed", "passed", "passed", "passed", "passed", "failed", "skipped",
    ];
    let status = if changed {
        "error"
    } else {
        statuses[scramble(id) % statuses.len()]
    };
    Outcome {
        id,
        run_id: run,
        test_id: format!(
            "tests/pkg_{:02}/test_mod_{:03}.py::TestCase{}::test_case_{test:04}",
            test % 20,
            test % 200,
            test % 7
        ),
        status: status.to_owned(),
        elapsed: scramble(-id) as f64 / 1000.0,
        created_on: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_767_225_600 + id * 3),
        comment,
    }
}
