//! Everything that is brought to people, against real rows.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bucket;
mod chart;
mod confluence;
mod slack;
