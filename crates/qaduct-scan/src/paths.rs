//! Patterns of paths as git and code owners write them, as globs.

use globset::{Error, Glob, GlobBuilder};

/// No path that git takes on any system is longer, nor is a pattern that could match one.
pub(crate) const LONGEST: usize = 4_096;

/// A glob in which `*` stays within a folder and braces are no alternatives.
///
/// # Errors
/// When the pattern is none.
pub(crate) fn glob(pattern: &str) -> Result<Glob, Error> {
    let mut text = String::with_capacity(pattern.len() + 2);
    let mut escaped = false;
    for it in pattern.chars() {
        if matches!(it, '{' | '}') && !escaped {
            text.push('\\');
        }
        escaped = it == '\\' && !escaped;
        text.push(it);
    }
    GlobBuilder::new(&text)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
}

/// The globs of a pattern in the manner of `.gitignore`: with a slash before its end it
/// stands for one place, without for any, and for a folder with all that is in it.
///
/// # Errors
/// When the pattern is none.
pub(crate) fn like_gitignore(pattern: &str) -> Result<Vec<Glob>, Error> {
    let bare = pattern.trim_end_matches('/');
    let anchored = bare.contains('/');
    let bare = bare.trim_start_matches('/');
    let place = if anchored || bare.starts_with("**/") {
        bare.to_owned()
    } else {
        format!("**/{bare}")
    };
    let inside = glob(&format!("{place}/**"))?;
    if pattern.ends_with('/') {
        return Ok(vec![inside]);
    }
    Ok(vec![glob(&place)?, inside])
}
