//! Judges mutes: which rules they break, and what a change does to them.
//!
//! [`change`] compares the mutes of two states; [`rules`] are what is asked of a mute, a
//! file each; [`mod@judge`] asks them, with the [`facts`] that others know, and puts aside
//! what a comment ([`allow`]) or a [`baseline`] lets pass; [`mod@format`] writes the
//! [`verdict`] down for people and for other programs. Reads and writes no files.

pub mod allow;
pub mod baseline;
pub mod change;
pub mod facts;
pub mod format;
pub mod judge;
pub mod level;
pub mod limits;
pub mod rule;
pub mod rules;
pub mod verdict;

pub use baseline::{Baseline, BaselineError, Entry};
pub use change::{Changes, Pair};
pub use facts::{Basis, Facts, Reference, Since, TicketState};
pub use judge::{Case, judge};
pub use level::{FailOn, Level};
pub use limits::Limits;
pub use rule::Rule;
pub use rules::{RULES, rule};
pub use verdict::{Finding, NotJudged, State, Verdict};
