#![no_main]
//! Page files of the predecessor: what is imported can be read as settings.

use libfuzzer_sys::fuzz_target;
use qaduct_publish::confluence::{Page, import};

fuzz_target!(|text: &str| {
    let Ok(settings) = import::settings("A page_1", text) else {
        return;
    };
    let read: toml::Table = settings.replace("$$", "$").parse().expect("TOML");
    let page = read["page"]["a-page-1"].clone();
    let page: Page = page.try_into().expect("a page");
    assert!(page.target.starts_with("confluence:"));
});
