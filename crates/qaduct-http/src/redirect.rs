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

/// Whether what redirects is never there again.
pub(crate) const fn is_for_good(status: u16) -> bool {
    matches!(status, 301 | 308)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(start: &str) -> Way {
        Way::from(&start.parse().unwrap())
    }

    #[test]
    fn what_is_secure_stays_secure() {
        let refused = from("https://a.example/x").follow(Some("http://a.example/y"));
        assert_eq!(refused.unwrap_err(), "redirects from https to http");
        assert!(
            from("http://a.example/x")
                .follow(Some("https://a.example/x"))
                .is_ok()
        );
        assert!(
            from("https://a.example/x")
                .follow(Some("//b.example/y"))
                .is_ok()
        );
    }

    #[test]
    fn another_scheme_or_port_is_another_origin() {
        for (place, strays) in [
            ("/y", false),
            ("https://a.example:443/y", false),
            ("https://a.example:8443/y", true),
            ("https://sub.a.example/y", true),
        ] {
            let mut way = from("https://a.example/x");
            way.follow(Some(place)).unwrap();
            assert_eq!(way.strayed().is_some(), strays, "{place}");
        }
    }
}
