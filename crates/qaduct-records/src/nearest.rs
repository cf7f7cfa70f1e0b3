//! The name that was probably meant, for the hint of an error.

/// The known name that was probably meant, if one is close.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    alike(name, known).first().copied()
}

/// The known names that are close, the closest first. Case does not count.
#[must_use]
pub fn alike<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let distance = |it: &str| strsim::damerau_levenshtein(&name, &it.to_lowercase());
    let close = |(distance, it): &(usize, &str)| *distance * 3 <= it.len().max(name.len()) + 1;
    let mut found: Vec<_> = known.map(|it| (distance(it), it)).filter(close).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, it)| it).collect()
}

/// All known names: those that are close, the closest first, and behind them the others in the
/// order in which they come.
#[must_use]
pub fn nearest_first<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let known: Vec<&str> = known.collect();
    let mut all = alike(name, known.iter().copied());
    let others: Vec<&str> = known.into_iter().filter(|it| !all.contains(it)).collect();
    all.extend(others);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let near = |name| nearest(name, ["url", "password", "not_projects"].into_iter());
        assert_eq!(near("ulr"), Some("url"));
        assert_eq!(near("Passwrd"), Some("password"));
        assert_eq!(near("notprojects"), Some("not_projects"));
        assert_eq!(near("retention"), None);
        assert_eq!(
            nearest_first("passwort", ["url", "password", "user"].into_iter()),
            ["password", "url", "user"]
        );
    }
}
