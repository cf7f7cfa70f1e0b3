//! Faults: what goes wrong, and when. Both have a text form for a command line:
//! `429+2@3` answers the third request with 429 and `Retry-After: 2`, `cut@get_cases:2` cuts the
//! second answer to a request whose target holds `get_cases`, `silent@*:5!` says nothing from
//! the fifth request on, `reset@/10` breaks each tenth connection, `500@3x4` fails four times.

use std::fmt;
use std::str::FromStr;

/// A fault and when it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: Kind,
    /// When.
    pub when: When,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// This status in the error shape of the service, from 400 to 599: `429`, `503+5`.
    Status(u16, Option<u32>),
    /// GitHub's secondary limit: 403 without `Retry-After` and with requests left.
    Secondary,
    /// The body ends before its `Content-Length`: `cut`.
    Cut,
    /// A chunked body without its last chunks: `cut-chunk`.
    CutChunk,
    /// A complete body of an incomplete gzip stream: `cut-gzip`.
    CutGzip,
    /// A page in HTML with status 200: `html`.
    Html,
    /// The page before is served once more: `again`.
    Again,
    /// After this page its first record changes, and so moves in lists by change: `move`.
    Move,
    /// After this page its first record is deleted, and so moves all others up: `drop`.
    Drop,
    /// The next link leads to the page itself: `loop`.
    Loop,
    /// The bytes drip: `slow`.
    Slow,
    /// No byte ever comes: `silent`.
    Silent,
    /// The connection is reset: `reset`.
    Reset,
    /// The header `Date` is an hour late: `skew`.
    Skew,
}

/// When a fault comes: which of the requests whose target holds a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// What the target must hold; empty for every request.
    pub pattern: String,
    /// Which of them.
    pub which: Which,
}

/// Which requests of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// So many in a row from the n-th, counted from 1: `3`, `3x4`.
    Nth(u64, u64),
    /// All from the n-th: `3!`.
    From(u64),
    /// Each k-th: `/5`.
    Each(u64),
}

impl Which {
    /// Whether the n-th request is one of them.
    #[must_use]
    pub const fn holds(self, n: u64) -> bool {
        match self {
            Self::Nth(first, many) => n >= first && n - first < many,
            Self::From(first) => n >= first,
            Self::Each(step) => n.is_multiple_of(step),
        }
    }
}

/// A text that is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no fault: {why}")]
pub struct FaultError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}

const NAMES: &[(&str, Kind)] = &[
    ("secondary", Kind::Secondary),
    ("cut", Kind::Cut),
    ("cut-chunk", Kind::CutChunk),
    ("cut-gzip", Kind::CutGzip),
    ("html", Kind::Html),
    ("again", Kind::Again),
    ("move", Kind::Move),
    ("drop", Kind::Drop),
    ("loop", Kind::Loop),
    ("slow", Kind::Slow),
    ("silent", Kind::Silent),
    ("reset", Kind::Reset),
    ("skew", Kind::Skew),
];

impl Fault {
    /// The fault at the n-th request of all.
    #[must_use]
    pub const fn at(kind: Kind, n: u64) -> Self {
        let which = Which::Nth(n, 1);
        let when = When {
            pattern: String::new(),
            which,
        };
        Self { kind, when }
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let error = |why: String| FaultError {
            text: text.to_owned(),
            why,
        };
        let Some((kind, when)) = text.split_once('@') else {
            let why = "it has no `@`; write what goes wrong and when, such as `429@3`";
            return Err(error(why.to_owned()));
        };
        Ok(Self {
            kind: kind.parse().map_err(&error)?,
            when: when.parse().map_err(&error)?,
        })
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, kind)) = NAMES.iter().find(|(name, _)| *name == text) {
            return Ok(*kind);
        }
        let (status, wait) = match text.split_once('+') {
            Some((status, wait)) => {
                let wait = wait.parse();
                let wait = wait.map_err(|_| format!("`{text}` has no whole seconds behind `+`"))?;
                (status, Some(wait))
            }
            None => (text, None),
        };
        match status.parse() {
            Ok(status @ 400..=599) => Ok(Self::Status(status, wait)),
            Ok(_) => Err(format!("status {status} is no failure; write 400 to 599")),
            Err(_) => {
                let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
                let names = names.join(", ");
                Err(format!("`{text}` is neither a status nor one of {names}"))
            }
        }
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (pattern, which) = text.rsplit_once(':').unwrap_or(("*", text));
        let number = |text: &str| match text.parse() {
            Ok(number @ 1..) => Ok(number),
            _ => Err(format!(
                "`{which}` is no count; write `3`, `3x2`, `3!` or `/3`, counted from 1"
            )),
        };
        let which = if let Some(step) = which.strip_prefix('/') {
            Which::Each(number(step)?)
        } else if let Some(first) = which.strip_suffix('!') {
            Which::From(if first.is_empty() { 1 } else { number(first)? })
        } else if let Some((first, many)) = which.split_once('x') {
            Which::Nth(number(first)?, number(many)?)
        } else {
            Which::Nth(number(which)?, 1)
        };
        let pattern = if pattern == "*" { "" } else { pattern }.to_owned();
        Ok(Self { pattern, which })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}@{}", self.kind, self.when)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status, None) => write!(out, "{status}"),
            Self::Status(status, Some(wait)) => write!(out, "{status}+{wait}"),
            named => {
                let found = NAMES.iter().find(|(_, kind)| kind == named);
                out.write_str(found.map_or("", |(name, _)| name))
            }
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pattern.is_empty() {
            write!(out, "{}:", self.pattern)?;
        }
        match self.which {
            Which::Nth(first, 1) => write!(out, "{first}"),
            Which::Nth(first, many) => write!(out, "{first}x{many}"),
            Which::From(1) => out.write_str("!"),
            Which::From(first) => write!(out, "{first}!"),
            Which::Each(step) => write!(out, "/{step}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_says_what_goes_wrong_and_when() {
        let fault: Fault = "429+2@get_cases:3x4".parse().unwrap();
        assert_eq!(fault.kind, Kind::Status(429, Some(2)));
        assert_eq!(fault.when.pattern, "get_cases");
        let hits: Vec<_> = (1..9).filter(|&n| fault.when.which.holds(n)).collect();
        assert_eq!(hits, [3, 4, 5, 6]);
        let silent: Fault = "silent@*:5!".parse().unwrap();
        assert_eq!(silent.to_string(), "silent@5!");
    }

    #[test]
    fn a_wrong_text_says_what_is_wrong() {
        let wrong = ["429", "200@1", "smoke@1", "cut@0", "429+x@1", "cut@a:b"];
        let errors: Vec<_> = wrong
            .iter()
            .map(|it| it.parse::<Fault>().unwrap_err().to_string())
            .collect();
        insta::assert_snapshot!(errors.join("\n"), @r"
        `429` is no fault: it has no `@`; write what goes wrong and when, such as `429@3`
        `200@1` is no fault: status 200 is no failure; write 400 to 599
        `smoke@1` is no fault: `smoke` is neither a status nor one of secondary, cut, cut-chunk, cut-gzip, html, again, move, drop, loop, slow, silent, reset, skew
        `cut@0` is no fault: `0` is no count; write `3`, `3x2`, `3!` or `/3`, counted from 1
        `429+x@1` is no fault: `429+x` has no whole seconds behind `+`
        `cut@a:b` is no fault: `b` is no count; write `3`, `3x2`, `3!` or `/3`, counted from 1
        ");
    }

    fn faults() -> impl Strategy<Value = Fault> {
        let kind = prop_oneof![
            (400u16..600, proptest::option::of(0u32..99))
                .prop_map(|(it, wait)| Kind::Status(it, wait)),
            proptest::sample::select(NAMES).prop_map(|(_, kind)| kind),
        ];
        let which = prop_oneof![
            (1u64..99, 1u64..9).prop_map(|(first, many)| Which::Nth(first, many)),
            (1u64..99).prop_map(Which::From),
            (1u64..99).prop_map(Which::Each),
        ];
        (kind, "[a-z_/:?=]{0,12}", which).prop_map(|(kind, pattern, which)| Fault {
            kind,
            when: When { pattern, which },
        })
    }

    proptest! {
        #[test]
        fn the_text_of_a_fault_reads_back(fault in faults()) {
            prop_assert_eq!(fault.to_string().parse::<Fault>().unwrap(), fault);
        }
    }
}
