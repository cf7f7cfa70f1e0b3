#![no_main]
//! Comments that let a finding pass, and the words of the rules that they name.

use libfuzzer_sys::fuzz_target;
use qaduct_check::allow;

fuzz_target!(|text: &str| {
    let found = allow::read(text);
    assert!(found.len() <= text.lines().count());
    for it in found.iter().flatten() {
        assert!(!it.rules.is_empty(), "{it:?}");
        assert!(
            it.reason
                .as_ref()
                .is_none_or(|it| text.contains(it.as_str())),
            "{it:?}"
        );
    }
    let windows = text.replace('\r', " ");
    assert_eq!(
        allow::read(&windows),
        allow::read(&windows.replace('\n', "\r\n"))
    );
    assert_eq!(found, allow::read(&format!("\n{text}\n")));
});
