//! Views over the records, as SQL files with documented columns.
//!
//! A view is a file in `views/`: a head of comments that documents it and its
//! columns, see `view.rs`, and one SELECT that every store can run. Reads no
//! database; stores create the views, in the order of the list below.

mod view;

use qaduct_records::{TABLES, View};

/// The view of all mutes that ever were.
pub const MUTES: &str = "v_mutes";
/// The view of the mutes that are there now.
pub const MUTES_CURRENT: &str = "v_mutes_current";
/// The view of the newest runs without a failure.
pub const LAST_SUCCESS: &str = "v_last_success";

/// The view of how far each stream is.
pub const SOURCE_STATUS: &str = "v_source_status";

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../views/", $name, ".sql")))),*]
    };
}

/// All views by name, each behind those that it reads.
static FILES: &[(&str, &str)] = files![
    "v_mutes",
    "v_mutes_current",
    "v_mutes_changes",
    "v_mutes_weekly",
    "v_mutes_trend",
    "v_branch_drift",
    "v_tickets",
    "v_last_success",
    "v_stream_runs",
    "v_source_status",
];

/// All views, in the order in which they can be created.
///
/// # Panics
/// When a file has no proper head, which a test of this crate rules out.
#[must_use]
pub fn views() -> Vec<View> {
    let mut views = Vec::with_capacity(FILES.len());
    for (name, source) in FILES {
        let view = view::parse(name, source, TABLES, &views);
        views.push(view.unwrap_or_else(|error| panic!("{error}")));
    }
    views
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::path::Path;

    #[test]
    fn every_view_and_every_column_is_documented() {
        for view in views() {
            let sentence = |text: &str| text.ends_with('.') && text.len() > 10;
            assert!(
                sentence(&view.description),
                "{}: {}",
                view.name,
                view.description
            );
            for column in &view.columns {
                let about = column.description.trim();
                assert!(
                    about.ends_with('.'),
                    "{}.{}: {about}",
                    view.name,
                    column.name
                );
            }
        }
    }

    #[test]
    fn no_view_has_a_column_twice() {
        for view in views() {
            let mut seen = HashSet::new();
            for column in &view.columns {
                assert!(
                    seen.insert(column.name.as_ref()),
                    "{}.{}",
                    view.name,
                    column.name
                );
            }
        }
    }

    #[test]
    fn every_name_is_that_of_a_view() {
        for name in [MUTES, MUTES_CURRENT, LAST_SUCCESS, SOURCE_STATUS] {
            assert!(views().iter().any(|view| view.name == name), "{name}");
        }
    }

    #[test]
    fn no_file_is_forgotten() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("views");
        let mut found: Vec<_> = folder
            .read_dir()
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let mut listed: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
        found.sort_unstable();
        listed.sort_unstable();
        assert_eq!(found, listed);
    }
}
