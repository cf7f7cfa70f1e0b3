//! What can be said of a store's URL without opening it.

/// The word before the colon. A single letter is the drive of a path.
pub(crate) fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once(':')?;
    let word = scheme
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
    (scheme.len() > 1 && word).then_some(scheme)
}

/// The URL as it may be shown: with stars where a password stands or seems to stand.
pub(crate) fn without_password(url: &str) -> String {
    let mut shown = url.to_owned();
    if let Some(start) = shown.find("://").map(|at| at + 3) {
        let host = shown[start..]
            .find(['/', '?'])
            .map_or(shown.len(), |length| start + length);
        let end = shown.rfind('@').filter(|&at| at > start).unwrap_or(host);
        // Without an `@` what is behind the colon should be a port.
        let port = |text: &str| end == host && text.chars().all(|it| it.is_ascii_digit());
        if let Some(colon) = shown[start..end].find(':').map(|at| start + at + 1)
            && !port(&shown[colon..end])
        {
            shown.replace_range(colon..end, "***");
        }
    }
    let mut from = 0;
    while let Some(at) = shown[from..].find("password=") {
        let start = from + at + "password=".len();
        let end = shown[start..]
            .find(['&', ' '])
            .map_or(shown.len(), |length| start + length);
        shown.replace_range(start..end, "***");
        from = start;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_no_scheme() {
        for path in ["qaduct.db", "/a/b", "./a:b", "C:\\qaduct.db", ""] {
            assert_eq!(scheme(path), None, "{path}");
        }
        assert_eq!(scheme("sqlite:qaduct.db"), Some("sqlite"));
        assert_eq!(scheme("postgresql://host/db"), Some("postgresql"));
    }

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (url, shown) in [
            (
                "postgresql://me:s3cr3t@host/db",
                "postgresql://me:***@host/db",
            ),
            ("mysql://me:s3/c@r3t@host/db", "mysql://me:***@host/db"),
            (
                "postgresql:///db?password=s3cr3t&user=me",
                "postgresql:///db?password=***&user=me",
            ),
            (
                "host=h password=s3cr3t dbname=d",
                "host=h password=*** dbname=d",
            ),
            ("postgresql://me@host/db", "postgresql://me@host/db"),
            ("postgresql://host:5432/db", "postgresql://host:5432/db"),
            ("postgresql://me:s3cr3t/db", "postgresql://me:***/db"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
