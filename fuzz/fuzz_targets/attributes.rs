#![no_main]
//! `.gitattributes`: of a file, and of one nearer to what is asked.

use libfuzzer_sys::fuzz_target;
use qaduct_fuzz::windows;
use qaduct_scan::fuzzing::attributes;

const PATHS: [&str; 3] = ["src/a.py", "src/deep/er/[b].go", "a é.js"];

fuzz_target!(|data: &[u8]| {
    let half = data.len() / 2;
    let half = (half..data.len())
        .find(|at| data[*at] == b'\n')
        .unwrap_or(data.len());
    let (root, nearer) = data.split_at(half);
    for path in PATHS {
        let said = attributes(root, "src", nearer, path);
        let below = attributes(b"", "src", nearer, path);
        // Where the nearer one says nothing at all, only the other one is left.
        if below.is_none() && !String::from_utf8_lossy(nearer).contains("linguist") {
            assert_eq!(said, attributes(root, "src", b"", path));
        }
        if let (Some(root), Some(nearer)) = (windows(root), windows(nearer)) {
            assert_eq!(
                said,
                attributes(&root, "src", &nearer, path),
                "line ends of Windows"
            );
        }
    }
});
