//! Bodies that were written lately, as long as the data and the day are the same.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use jiff::civil::Date;

/// A body longer than this is streamed and not kept.
pub(crate) const LONGEST: usize = 8 * 1024 * 1024;
/// All bodies together.
const ROOM: usize = 32 * 1024 * 1024;
/// Bodies at most.
const BODIES: usize = 256;
/// Keys longer than this are not worth their room.
const LONGEST_KEY: usize = 2048;

/// What all kept bodies were made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Version of the data.
    pub(crate) version: String,
    /// The day, which views may count from.
    pub(crate) day: Date,
}

#[derive(Default)]
pub(crate) struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    stamp: Option<Stamp>,
    bodies: HashMap<String, Body>,
    room: usize,
    clock: u64,
}

struct Body {
    bytes: Bytes,
    used: u64,
}

impl Cache {
    pub(crate) fn get(&self, stamp: &Stamp, key: &str) -> Option<Bytes> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.stamp.as_ref() != Some(stamp) {
            return None;
        }
        kept.clock += 1;
        let now = kept.clock;
        let body = kept.bodies.get_mut(key)?;
        body.used = now;
        Some(body.bytes.clone())
    }

    pub(crate) fn put(&self, stamp: &Stamp, key: &str, bytes: &Bytes) {
        if bytes.len() > LONGEST || key.len() > LONGEST_KEY {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.stamp.as_ref() != Some(stamp) {
            *kept = Kept {
                stamp: Some(stamp.clone()),
                ..Kept::default()
            };
        }
        kept.clock += 1;
        let body = Body {
            bytes: bytes.clone(),
            used: kept.clock,
        };
        kept.room += bytes.len();
        if let Some(former) = kept.bodies.insert(key.to_owned(), body) {
            kept.room -= former.bytes.len();
        }
        while kept.room > ROOM || kept.bodies.len() > BODIES {
            let oldest = kept
                .bodies
                .iter()
                .min_by_key(|(_, body)| body.used)
                .map(|(key, _)| key.clone());
            let Some(oldest) = oldest.and_then(|key| kept.bodies.remove(&key)) else {
                break;
            };
            kept.room -= oldest.bytes.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(version: &str) -> Stamp {
        Stamp {
            version: version.to_owned(),
            day: jiff::civil::date(2026, 11, 21),
        }
    }

    #[test]
    fn a_body_is_kept_until_the_data_changes() {
        let cache = Cache::default();
        cache.put(&stamp("1"), "/a", &Bytes::from_static(b"one"));
        assert_eq!(cache.get(&stamp("1"), "/a").unwrap(), "one");
        assert_eq!(cache.get(&stamp("2"), "/a"), None);
        cache.put(&stamp("2"), "/b", &Bytes::from_static(b"two"));
        assert_eq!(
            cache.get(&stamp("2"), "/a"),
            None,
            "the former body went with its data"
        );
    }

    #[test]
    fn the_room_is_bounded_and_the_body_used_longest_ago_goes_first() {
        let cache = Cache::default();
        let big = Bytes::from(vec![0; LONGEST]);
        for key in ["a", "b", "c", "d"] {
            cache.put(&stamp("1"), key, &big);
        }
        assert!(cache.get(&stamp("1"), "a").is_some());
        cache.put(&stamp("1"), "e", &big);
        assert!(cache.get(&stamp("1"), "b").is_none());
        assert!(cache.get(&stamp("1"), "a").is_some());
        for n in 0..1000 {
            cache.put(&stamp("1"), &n.to_string(), &Bytes::from_static(b"x"));
        }
        assert!(cache.0.lock().unwrap().bodies.len() <= BODIES);
    }

    #[test]
    fn what_is_put_twice_takes_its_room_once() {
        let cache = Cache::default();
        for _ in 0..3 {
            cache.put(&stamp("1"), "a", &Bytes::from_static(b"xyz"));
        }
        assert_eq!(cache.0.lock().unwrap().room, 3);
    }
}
