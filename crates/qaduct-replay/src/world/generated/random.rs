//! Random choices that are the same on every machine, and the words they choose from.

use jiff::Timestamp;
use serde_json::{Value, json};

/// Makes choices (`SplitMix64`).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

/// Begin of the time in which records are made: 1 January 2025.
pub(crate) const BEGIN: i64 = 1_735_689_600;
/// Its end, a few hours before the world's first moment.
pub(crate) const END: i64 = 1_772_420_400;
/// The hour that clocks in Los Angeles count twice, and the hours around it.
const FOLD: (i64, i64) = (1_762_065_000, 1_762_078_200);

const WORDS: &[&str] = &[
    "tab",
    "toolbar",
    "private browsing",
    "sync",
    "bookmark",
    "address bar",
    "reader view",
    "download",
    "history",
    "search",
    "login",
    "passkey",
    "widget",
    "settings",
    "theme",
    "notification",
    "permission",
    "extension",
    "print",
    "PDF",
    "translation",
    "sidebar",
    "container",
    "crash",
    "startup",
    "shutdown",
    "update",
    "onboarding",
    "homepage",
    "pocket",
];
const VERBS: &[&str] = &[
    "opens",
    "fails to open",
    "is not restored",
    "can be removed",
    "stays visible",
    "is announced",
    "overlaps",
    "does not respond",
    "survives a restart",
    "is translated",
];
const PEOPLE: &[&str] = &[
    "Ada Byron",
    "Grażyna Żółć",
    "José Niño",
    "李 小龙",
    "Zoë O'Hara",
    "Ünal Çelik",
    "Mona Sax",
    "Tomáš Novák",
    "Ines 🐙 Costa",
    "Priya Nair",
    "Kofi Mensah",
    "Sven Å",
];

impl Random {
    /// Choices of their own for each use of a seed.
    pub(crate) fn of(seed: u64, use_: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ use_.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// Whether something that happens in `percent` of all cases happens.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap_or_default()]
    }

    /// Second of a moment; one in fifty is in the hours around the change of clocks.
    pub(crate) fn second(&mut self) -> i64 {
        let (begin, end) = if self.chance(2) { FOLD } else { (BEGIN, END) };
        self.second_between(begin, end)
    }

    /// Second of a moment between two.
    pub(crate) fn second_between(&mut self, begin: i64, end: i64) -> i64 {
        begin
            + self
                .below(u64::try_from(end - begin).unwrap_or(1))
                .cast_signed()
    }

    /// A sentence.
    pub(crate) fn sentence(&mut self) -> String {
        let (thing, verb, other) = (self.pick(WORDS), self.pick(VERBS), self.pick(WORDS));
        let sentence = format!("The {thing} {verb} after the {other}");
        match self.below(60) {
            0 => format!("🦊 {sentence} — naïve “quotes”, 日本語, 👩‍👩‍👧"),
            1 => format!("{sentence}, \"comma\"; 'quote'\nsecond line\ttab"),
            2 => format!("{sentence} \u{0}NUL inside"),
            3 => format!("  {sentence} <b>&amp;</b> | pipe  "),
            _ => sentence,
        }
    }
}

/// The address of the n-th person.
pub(crate) fn address(index: usize) -> String {
    format!("person{index}@example.org")
}

/// The people, with their addresses.
pub(crate) fn people() -> impl Iterator<Item = (usize, &'static str, String)> {
    PEOPLE
        .iter()
        .enumerate()
        .map(|(index, name)| (index, *name, address(index)))
}

/// Text of 300 kB.
pub(crate) fn long() -> String {
    "Steps to reproduce: öffne 🦊 und warte. ".repeat(7_000)
}

/// A number that is JSON, and more than a double holds.
pub(crate) fn huge() -> Value {
    serde_json::from_str("1e400").unwrap_or(json!(null))
}

/// A moment of that second.
pub(crate) fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// `2026-01-31T10:00:00Z`.
pub(crate) fn zulu(second: i64) -> String {
    moment(second).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
