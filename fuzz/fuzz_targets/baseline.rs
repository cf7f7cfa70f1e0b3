#![no_main]
//! A baseline that was read is written so that it is read as the same.

use libfuzzer_sys::fuzz_target;
use qaduct_check::Baseline;

fuzz_target!(|text: &str| {
    let Ok(baseline) = Baseline::read(text) else {
        return;
    };
    let written = baseline.write();
    assert_eq!(Baseline::read(&written).expect("we wrote it"), baseline);
    assert_eq!(
        Baseline::read(&written).expect("we wrote it").write(),
        written
    );
    assert_eq!(baseline.each().count(), baseline.len());
    let (known, left) = baseline.matching(&[], &|_| false);
    assert!(known.is_empty() && left.len() == baseline.len());
});
