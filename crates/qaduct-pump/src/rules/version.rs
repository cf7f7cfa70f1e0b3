//! Versions in text: whole, with patch level and beta.

use std::sync::LazyLock;

use regex::Regex;

static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
    Regex::new(r"\b\d+(?:\.\d+)+(?:(?:a|b|rc|esr)\d*)?\b").unwrap()
});

/// The first version in a text.
pub(super) fn first(text: &str) -> Option<&str> {
    VERSION.find(text).map(|it| it.as_str())
}

/// The first number of a version.
pub(crate) fn major(version: &str) -> Option<i64> {
    let digits = version.find(|it: char| !it.is_ascii_digit());
    version[..digits.unwrap_or(version.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_keeps_its_patch_level_and_its_beta() {
        for (text, version) in [
            ("Firefox 142.0.1 build 2", Some("142.0.1")),
            ("142.0b3", Some("142.0b3")),
            ("Focus 9.2rc1, not 9.1", Some("9.2rc1")),
            ("ESR 140.3.1esr", Some("140.3.1esr")),
            ("Firefox 142", None),
            ("", None),
        ] {
            assert_eq!(first(text), version, "{text}");
        }
        assert_eq!(major("142.0b3"), Some(142));
        assert_eq!(major("b3"), None);
    }
}
