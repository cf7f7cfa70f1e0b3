#![no_main]
//! `qaduct.toml`: whatever stands in it, what is wrong with it is said, and what is right
//! holds together.

use std::fs;

use libfuzzer_sys::fuzz_target;
use qaduct::config::{Environment, Place, load};
use qaduct::publishing;
use qaduct::report::Code;
use qaduct::ui::Redactor;

fuzz_target!(|text: &str| {
    let folder = std::env::temp_dir().join(format!("qaduct-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder of our own");
    let file = folder.join("qaduct.toml");
    fs::write(&file, text).expect("a file of our own");
    let place = Place {
        folder,
        file: Some(file),
        no_files: false,
    };
    let lines = text.split(['\n', '\r']).count();
    match load(&place, &Environment::default(), &[], &Redactor::default()) {
        Ok(effective) => drop(publishing::problems(&effective.config)),
        Err(error) => {
            assert!(!error.reports().is_empty());
            for report in error.reports() {
                assert!(report.code != Code::Internal, "{report:?}");
                if let Some(snippet) = &report.snippet {
                    assert!((1..=lines).contains(&snippet.line), "{report:?}");
                }
            }
        }
    }
});
