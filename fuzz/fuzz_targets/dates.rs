#![no_main]
//! A day that a text names is one of its figures, and blanks do not change it.

use libfuzzer_sys::fuzz_target;
use qaduct_scan::fuzzing::day;

fuzz_target!(|text: &str| {
    let found = day(text);
    assert_eq!(found, day(&format!(" {text}\n")));
    if let Some(found) = found {
        assert!((1970..=2199).contains(&found.year()), "{found}");
        assert!(text.contains(&found.year().to_string()), "{found}");
        assert_eq!(day(&found.to_string()), Some(found));
    }
});
