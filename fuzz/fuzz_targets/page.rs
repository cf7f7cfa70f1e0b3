#![no_main]
//! Pages of people: our part goes in and comes back, and nothing beside it changes.

use libfuzzer_sys::fuzz_target;
use qaduct_publish::fuzzing::{is_storage, markdown, merged};

fuzz_target!(|page: &str| {
    let [one, two] = ["# one\n\n&amp; <b>", "- two\n"].map(markdown);
    let Ok((first, holds)) = merged(page, &one) else {
        return;
    };
    assert!(is_storage(page) && is_storage(&first) && holds, "{first}");
    // Written again it is the same, and another text and back as well.
    assert_eq!(merged(&first, &one), Ok((first.clone(), true)));
    let (other, holds) = merged(&first, &two).expect("it was clear before");
    assert!(holds && is_storage(&other));
    assert_eq!(merged(&other, &one), Ok((first.clone(), true)));
    // What is there stays: in front of our part, and behind it.
    let same = |a: &mut dyn Iterator<Item = u8>, b: &mut dyn Iterator<Item = u8>| {
        a.zip(b).take_while(|(a, b)| a == b).count()
    };
    let front = same(&mut page.bytes(), &mut first.bytes());
    let back = same(&mut page.bytes().rev(), &mut first.bytes().rev());
    if !page.contains("qaduct-") {
        assert!(front + back >= page.len(), "{first}");
    }
});
