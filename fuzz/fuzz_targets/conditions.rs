#![no_main]
//! What a condition asks for: each thing once, whatever blanks stand around it.

use libfuzzer_sys::fuzz_target;
use qaduct_fuzz::choice;
use qaduct_scan::fuzzing::condition;

const FORMS: [&str; 6] = [
    "pytest.mark.skipif",
    "@EnabledIfEnvironmentVariable",
    "@DisabledOnOs",
    "go:build",
    "#[cfg_attr(…, ignore)]",
    "it.skipIf",
];

fuzz_target!(|text: &str| {
    let form = FORMS[usize::try_from(choice(text.as_bytes(), 6)).expect("small")];
    let asked = condition(text, form);
    for list in &asked {
        let mut each: Vec<&String> = list.iter().collect();
        each.sort_unstable();
        each.dedup();
        assert_eq!(each.len(), list.len(), "{list:?}");
        assert!(list.iter().all(|it| !it.trim().is_empty()), "{list:?}");
    }
    assert_eq!(
        asked,
        condition(&format!("  {text} \n"), form),
        "blanks around"
    );
});
