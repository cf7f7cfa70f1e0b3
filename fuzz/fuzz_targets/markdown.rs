#![no_main]
//! Markdown becomes XML that is well-formed, of elements that Confluence knows.

use libfuzzer_sys::fuzz_target;
use qaduct_publish::fuzzing::{is_storage, markdown};

fuzz_target!(|text: &str| {
    let storage = markdown(text);
    assert!(is_storage(&storage), "{storage}");
    // And for a reader that is not ours.
    let document = format!("<p xmlns:ac=\"a\" xmlns:ri=\"r\">{storage}</p>");
    let document = roxmltree::Document::parse(&document).expect("XML");
    for node in document.descendants().filter(|it| it.is_element()) {
        let name = node.tag_name().name();
        assert!(
            !matches!(name, "script" | "style" | "iframe" | "img"),
            "{name}"
        );
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on"), "{attribute:?}");
            let value = attribute.value().trim().to_ascii_lowercase();
            assert!(
                !value.starts_with("javascript:") && !value.starts_with("data:"),
                "{value}"
            );
        }
    }
});
