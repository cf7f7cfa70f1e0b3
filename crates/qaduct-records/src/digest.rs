//! Names for content: the same parts give the same text on every machine.

use sha2::{Digest as _, Sha256};

/// A digest of the parts in order: 32 hexadecimal digits.
///
/// They are the first half of a SHA-256. Each part goes in with its length, and an absent part differs from
/// an empty one, so that no two lists of parts run into each other.
#[must_use]
pub fn digest<'a>(parts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        match part {
            Some(text) => {
                hash.update((text.len() as u64 + 1).to_le_bytes());
                hash.update(text.as_bytes());
            }
            None => hash.update(0u64.to_le_bytes()),
        }
    }
    hash.finalize()[..16]
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        let all = [
            digest([Some("ab"), Some("c")]),
            digest([Some("a"), Some("bc")]),
            digest([Some("abc")]),
            digest([Some("abc"), None]),
            digest([Some("abc"), Some("")]),
        ];
        for (n, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 32);
            assert!(!all[n + 1..].contains(one));
        }
    }
}
