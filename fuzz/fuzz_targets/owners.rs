#![no_main]
//! `CODEOWNERS`: who answers for a file is said by a line of it.

use libfuzzer_sys::fuzz_target;
use qaduct_fuzz::{choice, windows};
use qaduct_scan::{Owned, OwnerRule, Owners};

const PATHS: [&str; 4] = ["a.py", "docs/a.md", "src/shop/cart/cart_test.go", "x y/*.é"];

fuzz_target!(|data: &[u8]| {
    let gitlab = choice(data, 2) == 0;
    let owners = |text: &[u8]| Owners::new(&[], Some(("CODEOWNERS", text)), gitlab);
    let of = |owners: &Owners| PATHS.map(|path| owners.of(path));
    let found = of(&owners(data));
    let lines = data.split(|it| *it == b'\n').count();
    for owned in found.iter().flatten() {
        for source in owned.source.split(", ") {
            let (path, line) = source.rsplit_once(':').expect("a place of a file");
            let line: usize = line.parse().expect("a number");
            assert!(
                path == "CODEOWNERS" && (1..=lines).contains(&line),
                "{owned:?}"
            );
        }
        assert!(
            owned.owners.iter().all(|it| !it.trim().is_empty()),
            "{owned:?}"
        );
    }
    let again = windows(data).map(|text| of(&owners(&text)));
    let mended = |found: [Option<Owned>; 4]| format!("{found:?}");
    if let Some(again) = again {
        assert_eq!(mended(found), mended(again), "line ends of Windows");
    }
    // The same as a pattern of the settings.
    if let Ok(text) = str::from_utf8(data)
        && OwnerRule::check(text).is_ok()
    {
        let rule = OwnerRule {
            path: text.to_owned(),
            owners: vec!["@us".to_owned()],
        };
        let owned = of(&Owners::new(&[rule], None, gitlab));
        assert!(owned.iter().flatten().all(|it| it.owners == ["@us"]));
    }
});
