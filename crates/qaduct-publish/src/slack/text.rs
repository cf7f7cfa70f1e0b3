//! Texts as Slack takes them: escaped where that counts, and never cut silently.

use super::block::URL;

/// What was cut ends with this.
const MORE: char = '…';

/// Text for a place where `&`, `<` and `>` mean something
/// (<https://docs.slack.dev/messaging/formatting-message-text>).
#[must_use]
pub(super) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// Text in one line, without signs that control something.
#[must_use]
pub(super) fn line(text: &str) -> String {
    let signs = text.chars().map(|it| match it {
        '\n' | '\r' | '\t' => ' ',
        it => it,
    });
    signs.filter(|it| !it.is_control()).collect()
}

/// At most so many letters, the last of which tells that there were more.
#[must_use]
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}{MORE}", kept.trim_end())
}

/// Whether an address can be a link.
#[must_use]
pub(super) fn is_address(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|it| matches!(it.scheme(), "http" | "https"))
        && url.chars().count() <= URL
}

/// A text with values in place of `{column}`.
#[must_use]
pub(super) fn filled(pattern: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        rest = behind;
        let named = behind.split_once('}');
        match named.and_then(|(name, behind)| Some((value(name)?, behind))) {
            Some((value, behind)) => {
                filled.push_str(&value);
                rest = behind;
            }
            None => filled.push('{'),
        }
    }
    filled + rest
}

/// A value as a part of an address has it.
#[must_use]
pub(super) fn in_address(value: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    encoded.replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_is_escaped_once() {
        assert_eq!(escaped("a & <b> &amp;"), "a &amp; &lt;b&gt; &amp;amp;");
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("🦊🦊🦊", 2), "🦊…");
        assert_eq!(cut("🦊🦊", 2), "🦊🦊");
        assert_eq!(line("a\nb\u{0}c"), "a bc");
    }

    #[test]
    fn a_value_does_not_leave_its_place_in_an_address() {
        let filled = filled("https://e.org/?q={version}&x={y", |name| {
            (name == "version").then(|| in_address("1&2 #|>"))
        });
        assert_eq!(filled, "https://e.org/?q=1%262%20%23%7C%3E&x={y");
        assert!(is_address(&filled));
        for url in ["javascript:alert(1)", "e.org", "", "https://"] {
            assert!(!is_address(url), "{url}");
        }
    }
}
