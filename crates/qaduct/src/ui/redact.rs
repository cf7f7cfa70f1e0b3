//! The last line of defence: secrets that this process has read are replaced
//! by `***` in everything that is printed.
//!
//! Messages lose every secret of at least 4 bytes. Data loses those
//! of at least 16 bytes only: a password may be a common
//! word, and `test` must not vanish from a list of tests.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Arc, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, MatchKind};

/// Shorter secrets are no secrets, and stars for them would hide everything.
const SHORTEST: usize = 4;

/// Tokens are longer than this, words of data rarely are.
const SHORTEST_IN_DATA: usize = 16;

/// What a secret is replaced by.
const STARS: &str = "***";

/// The secrets that must not be seen. Copies share what they know.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Known>>,
}

#[derive(Default)]
struct Known {
    secrets: Vec<String>,
    in_messages: Option<AhoCorasick>,
    in_data: Option<AhoCorasick>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} secrets", self.secrets.len())
    }
}

impl Redactor {
    /// From now on this text is not printed, neither as it is nor as it stands in a URL.
    pub fn learn(&self, secret: &str) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for form in [secret, secret.trim(), &encoded] {
            if form.len() >= SHORTEST && !known.secrets.iter().any(|it| it == form) {
                known.secrets.push(form.to_owned());
            }
        }
        known.in_messages = matcher(&known.secrets, SHORTEST);
        known.in_data = matcher(&known.secrets, SHORTEST_IN_DATA);
    }

    /// A message without secrets.
    #[must_use]
    pub fn message<'text>(&self, text: &'text str) -> Cow<'text, str> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        match &known.in_messages {
            Some(matcher) if matcher.is_match(text) => {
                let stars = vec![STARS; matcher.patterns_len()];
                Cow::Owned(matcher.replace_all(text, &stars))
            }
            _ => Cow::Borrowed(text),
        }
    }

    /// A writer of data without the secrets that are known by now.
    pub fn data<W: Write>(&self, inner: W) -> Redacted<W> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Redacted {
            inner,
            matcher: known.in_data.clone(),
            held: Vec::new(),
        }
    }
}

fn matcher(secrets: &[String], shortest: usize) -> Option<AhoCorasick> {
    let secrets: Vec<_> = secrets.iter().filter(|it| it.len() >= shortest).collect();
    if secrets.is_empty() {
        return None;
    }
    // Fails only beyond limits that no list of secrets reaches.
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(secrets)
        .ok()
}

/// Replaces secrets in a stream, wherever it is cut into writes.
pub struct Redacted<W> {
    inner: W,
    matcher: Option<AhoCorasick>,
    /// The end of what was written: it may be the beginning of a secret.
    held: Vec<u8>,
}

impl<W: Write> Redacted<W> {
    /// Writes what was held back; nothing may be written after this.
    ///
    /// # Errors
    /// When the writer behind fails.
    pub fn finish(mut self) -> io::Result<()> {
        self.emit(0)?;
        self.inner.flush()
    }

    /// Writes all but a possible beginning of a secret.
    fn emit(&mut self, keep: usize) -> io::Result<()> {
        let Some(matcher) = &self.matcher else {
            return Ok(());
        };
        // A match that starts before this cannot be cut off by the end.
        let safe = self.held.len().saturating_sub(keep);
        let mut done = 0;
        for found in matcher.find_iter(&self.held) {
            if found.start() >= safe {
                break;
            }
            self.inner.write_all(&self.held[done..found.start()])?;
            self.inner.write_all(STARS.as_bytes())?;
            done = found.end();
        }
        if done < safe {
            self.inner.write_all(&self.held[done..safe])?;
            done = safe;
        }
        self.held.drain(..done);
        Ok(())
    }
}

impl<W: Write> Write for Redacted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(longest) = self.matcher.as_ref().map(AhoCorasick::max_pattern_len) else {
            return self.inner.write(bytes);
        };
        self.held.extend_from_slice(bytes);
        self.emit(longest - 1)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "ghp_0123456789abcdef";

    fn redactor(secrets: &[&str]) -> Redactor {
        let redactor = Redactor::default();
        for secret in secrets {
            redactor.learn(secret);
        }
        redactor
    }

    #[test]
    fn a_message_has_stars_where_a_secret_was() {
        let redactor = redactor(&["hunter2", "hunter22", "p@ss w"]);
        assert_eq!(redactor.message("a hunter22 b hunter2 c"), "a *** b *** c");
        assert_eq!(
            redactor.message("https://u:p%40ss+w@host"),
            "https://u:***@host"
        );
    }

    #[test]
    fn very_short_secrets_and_none_at_all_change_nothing() {
        let redactor = redactor(&["", "ab"]);
        assert_eq!(redactor.message("ab"), "ab");
    }

    #[test]
    fn a_password_that_is_a_word_stays_in_data() {
        let redactor = redactor(&["test", TOKEN]);
        let mut out = Vec::new();
        let mut data = redactor.data(&mut out);
        write!(data, "test_login,{TOKEN}").unwrap();
        data.finish().unwrap();
        assert_eq!(out, b"test_login,***");
    }

    #[test]
    fn debug_does_not_show_what_is_known() {
        assert!(!format!("{:?}", redactor(&[TOKEN])).contains(TOKEN));
    }

    proptest! {
        #[test]
        fn no_cut_of_the_stream_lets_a_token_through(
            before in "[a-z_0-9]{0,40}",
            after in "[a-z_0-9]{0,40}",
            cuts in prop::collection::vec(0_usize..100, 0..6),
        ) {
            let text = format!("{before}{TOKEN}{after}{TOKEN}");
            let mut cuts: Vec<_> = cuts.into_iter().map(|at| at.min(text.len())).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();

            let mut out = Vec::new();
            let mut data = redactor(&[TOKEN]).data(&mut out);
            for pair in cuts.windows(2) {
                data.write_all(&text.as_bytes()[pair[0]..pair[1]]).unwrap();
            }
            data.finish().unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), format!("{before}***{after}***"));
        }
    }
}
