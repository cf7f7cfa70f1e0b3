//! Where a redirect leads, and whether it may be followed.

use url::Url;

/// So many in a row.
const MOST: usize = 5;

/// The way of a call from redirect to redirect.
pub(crate) struct Way {
    seen: Vec<Url>,
}

impl Way {
    pub(crate) fn from(start: &Url) -> Self {
        Self {
            seen: vec![start.clone()],
        }
    }

    /// Where a redirect leads, or why it is not followed.
    pub(crate) fn follow(&mut self, location: Option<&str>) -> Result<Url, String> {
        let here = &self.seen[self.seen.len() - 1];
        let location = location.ok_or("redirects without saying where")?;
        let mut next = here
            .join(location)
            .map_err(|error| format!("redirects to what is no URL ({error})"))?;
        next.set_fragment(None);
        match (here.scheme(), next.scheme()) {
            ("http", "http") | (_, "https") => {}
            (_, "http") => return Err("redirects from https to http".to_owned()),
            (_, scheme) => return Err(format!("redirects to `{scheme}`")),
        }
        if self.seen.contains(&next) {
            return Err("redirects in a circle".to_owned());
        }
        if self.seen.len() > MOST {
            return Err(format!("redirects more than {MOST} times"));
        }
        self.seen.push(next.clone());
        Ok(next)
    }

    /// The host that was left for another origin at the end, if it was.
    pub(crate) fn strayed(&self) -> Option<&Url> {
        let (first, last) = (self.seen.first()?, self.seen.last()?);
        (first.origin() != last.origin()).then_some(last)
    }
}

/// Whether a status redirects.
pub(crate) const fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}
