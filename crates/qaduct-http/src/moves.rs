//! Where the service said that something is for good: what is below it is asked for there
//! at once. A repository that was renamed would otherwise cost every question twice.

use std::sync::{Mutex, PoisonError};

use url::Url;

/// So many moves in a row.
const MOST: usize = 5;

/// Paths that moved for good, within one origin: from where, and to where.
#[derive(Default)]
pub(crate) struct Moves(Mutex<Vec<(String, String)>>);

impl Moves {
    /// Notes that what is at a URL is at another one for good. What is redirected to elsewhere
    /// with another query, such as to a login, has not moved.
    pub(crate) fn learn(&self, from: &Url, to: &Url) {
        let is_place = from.path() != "/" && from.path() != to.path();
        if is_place && from.origin() == to.origin() && from.query() == to.query() {
            let mut moves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            moves.push((from.path().to_owned(), to.path().to_owned()));
        }
    }

    /// Where a URL is now.
    pub(crate) fn now(&self, url: &Url) -> Url {
        let moves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut url = url.clone();
        for _ in 0..MOST {
            let moved = moves.iter().find_map(|(from, to)| {
                let rest = url.path().strip_prefix(from.as_str())?;
                (rest.is_empty() || rest.starts_with('/')).then(|| format!("{to}{rest}"))
            });
            match moved {
                Some(path) => url.set_path(&path),
                None => break,
            }
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn what_moved_takes_along_what_is_below_it_and_nothing_else() {
        let moves = Moves::default();
        moves.learn(
            &url("https://a/repos/x/old"),
            &url("https://a/repositories/1"),
        );
        for (asked, now) in [
            ("https://a/repos/x/old", "https://a/repositories/1"),
            (
                "https://a/repos/x/old/issues?page=2",
                "https://a/repositories/1/issues?page=2",
            ),
            (
                "https://a/repos/x/older/issues",
                "https://a/repos/x/older/issues",
            ),
        ] {
            assert_eq!(moves.now(&url(asked)), url(now));
        }
    }

    #[test]
    fn another_origin_or_question_is_no_new_place() {
        let moves = Moves::default();
        moves.learn(&url("https://a/x"), &url("https://b/y"));
        moves.learn(
            &url("https://a/index.php?/api/v2/x"),
            &url("https://a/login"),
        );
        assert_eq!(moves.now(&url("https://a/x")), url("https://a/x"));
        let asked = url("https://a/index.php?/api/v2/y");
        assert_eq!(moves.now(&asked), asked);
    }
}
