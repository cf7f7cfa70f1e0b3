//! Where the service said that something is for good: what is below it is asked for there
//! at once. A repository that was renamed would otherwise cost every question twice.

use std::sync::{Mutex, PoisonError};

use url::Url;

/// So many moves are known at once; the oldest goes first, and is only asked for once more.
const MOST: usize = 100;

/// Paths that moved for good, within one origin: from where, and to where.
#[derive(Default)]
pub(crate) struct Moves(Mutex<Vec<(String, String)>>);

impl Moves {
    /// Notes that what is at a URL is at another one for good. What is redirected to elsewhere
    /// with another query, such as to a login, has not moved. Nor has what is redirected to
    /// below itself or to itself but for slashes: what is below it stands where it stood.
    pub(crate) fn learn(&self, from: &Url, to: &Url) {
        let is_place = below(from.path().trim_end_matches('/'), to.path()).is_none();
        if is_place && from.origin() == to.origin() && from.query() == to.query() {
            let mut moves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // What moves from one place is where it was sent last.
            moves.retain(|(known, _)| known != from.path());
            moves.push((from.path().to_owned(), to.path().to_owned()));
            let past = moves.len().saturating_sub(MOST);
            moves.drain(..past);
        }
    }

    /// Where a URL is now. Each move is made once, so that what moved to and fro is found
    /// out by the service's answer.
    pub(crate) fn now(&self, url: &Url) -> Url {
        let moves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left: Vec<_> = moves.iter().collect();
        let mut url = url.clone();
        while let Some((nth, path)) = left.iter().enumerate().find_map(|(nth, (from, to))| {
            let rest = below(from, url.path())?;
            Some((nth, format!("{to}{rest}")))
        }) {
            left.remove(nth);
            url.set_path(&path);
        }
        url
    }
}

/// What follows in a path that is a place or below it.
fn below<'p>(place: &str, path: &'p str) -> Option<&'p str> {
    let rest = path.strip_prefix(place)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
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
    fn what_is_redirected_to_below_itself_has_not_moved() {
        let moves = Moves::default();
        for (from, to) in [
            ("/rest/bug", "/rest/bug/"),
            ("/rest/case/", "/rest/case"),
            ("/rest/run", "/rest/run/all"),
            ("/", "/rest"),
        ] {
            let at = |path: &str| url(&format!("https://a{path}"));
            moves.learn(&at(from), &at(to));
            assert_eq!(moves.now(&at(from)), at(from));
            let below = at(&format!("{from}/7"));
            assert_eq!(moves.now(&below), below);
        }
    }

    #[test]
    fn what_moved_to_and_fro_is_moved_along_each_way_once() {
        let moves = Moves::default();
        moves.learn(&url("https://a/x"), &url("https://a/y"));
        moves.learn(&url("https://a/y"), &url("https://a/x/z"));
        assert_eq!(moves.now(&url("https://a/x")), url("https://a/x/z"));
        assert_eq!(moves.now(&url("https://a/y")), url("https://a/y/z"));
    }

    #[test]
    fn of_many_moves_the_latest_are_known() {
        let moves = Moves::default();
        for n in 0..1000 {
            let from = url(&format!("https://a/x{n}"));
            moves.learn(&from, &url(&format!("https://a/y{n}")));
        }
        assert_eq!(moves.now(&url("https://a/x999")), url("https://a/y999"));
        assert_eq!(moves.now(&url("https://a/x0")), url("https://a/x0"));
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
