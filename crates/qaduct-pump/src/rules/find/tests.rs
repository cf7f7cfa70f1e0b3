use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn rule(how: How) -> Rule {
    Rule {
        name: "it".to_owned(),
        table: "rows".to_owned(),
        source: None,
        from: "text".to_owned(),
        how,
    }
}

/// What is found, as `name#ordinal=value`.
fn found(how: How, items: &[Json]) -> Vec<String> {
    let rich = |json: &Json| (json["type"] == "doc").then(|| json["text"].to_string());
    find(&rule(how), items, &rich)
        .into_iter()
        .map(|it| format!("{}#{}={}", it.name, it.ordinal, it.value))
        .collect()
}

fn flags() -> How {
    let flag = |name: &str, labels: &[&str]| Flag {
        name: name.to_owned(),
        labels: labels.iter().map(|it| (*it).to_owned()).collect(),
    };
    How::Labels(vec![
        flag(
            "verified",
            &["verified", "qa-verified", "qa:verified", "moved"],
        ),
        flag("wontfix", &["wontfix", "qa-not-reproducible"]),
        flag("qa_not_actionable", &["qa-*"]),
    ])
}

#[test]
fn the_named_groups_of_each_match_are_found_together() {
    let channels = [("c", "nightly"), ("b", "beta")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    let how = How::Pattern {
        pattern: Regex::new(r"qa-found-in-(?P<channel>[cbr])(?P<major>\d+)").unwrap(),
        words: BTreeMap::from([("channel".to_owned(), BTreeMap::from(channels))]),
    };
    assert_eq!(
        found(how, &[json!("[qa-found-in-c141][qa-found-in-b142]")]),
        [
            "channel#0=nightly",
            "major#0=141",
            "channel#1=beta",
            "major#1=142"
        ]
    );
}

#[test]
fn an_alternative_that_did_not_match_is_nothing() {
    let pattern = r"\bc(?P<docs>\d+)\(docs\)|\bc(?P<nightly>\d+)|\bb(?P<beta>\d+)";
    let how = How::Pattern {
        pattern: Regex::new(pattern).unwrap(),
        words: BTreeMap::new(),
    };
    assert_eq!(
        found(how, &[json!("c147(docs), b145")]),
        ["docs#0=147", "beta#1=145"]
    );
}

#[test]
fn an_unverified_issue_is_not_verified() {
    assert_eq!(found(flags(), &[json!("unverified")]), [""; 0]);
    assert_eq!(
        found(flags(), &[json!("QA-Verified")]),
        ["verified#0=QA-Verified"]
    );
}

#[test]
fn each_label_counts_for_the_first_flag_that_it_fits() {
    let labels = ["qa-not-reproducible", "qa-blocked", "moved", "qa-later"].map(|it| json!(it));
    assert_eq!(
        found(flags(), &labels),
        [
            "wontfix#0=qa-not-reproducible",
            "qa_not_actionable#0=qa-blocked",
            "verified#0=moved",
            "qa_not_actionable#1=qa-later"
        ]
    );
}

#[test]
fn a_field_that_is_null_empty_or_not_a_number_is_no_value_and_never_0() {
    let number = || How::Field(FieldKind::Number);
    assert_eq!(found(number(), &[]), [""; 0]);
    assert_eq!(found(number(), &[json!(null)]), [""; 0]);
    assert_eq!(found(number(), &[json!("many")]), [""; 0]);
    assert_eq!(found(number(), &[json!(0.0)]), ["it#0=0.0"]);
    assert_eq!(found(number(), &[json!(0.5)]), ["it#0=0.5"]);
}

#[test]
fn fields_of_every_shape_become_text() {
    for (kind, value, expected) in [
        (
            FieldKind::Select,
            json!({"id": "1", "value": "Fx 147"}),
            vec!["it#0=Fx 147"],
        ),
        (
            FieldKind::Select,
            json!({"value": "Desktop", "child": {"value": "Linux"}}),
            vec!["it#0=Desktop / Linux"],
        ),
        (
            FieldKind::Multiselect,
            json!([{"value": "Firefox"}, {"value": "Fenix"}]),
            vec!["it#0=Firefox", "it#1=Fenix"],
        ),
        (FieldKind::Multiselect, json!([]), vec![]),
        (
            FieldKind::User,
            json!({"accountId": "7", "displayName": "Ann"}),
            vec!["it#0=Ann"],
        ),
        (
            FieldKind::Text,
            json!({"type": "doc", "text": 5}),
            vec!["it#0=5"],
        ),
        (
            FieldKind::List,
            json!([1, "b", null]),
            vec!["it#0=1", "it#1=b"],
        ),
        (FieldKind::Date, json!("soon"), vec![]),
    ] {
        assert_eq!(found(How::Field(kind), &[value]), expected);
    }
}

#[test]
fn a_day_and_an_instant_with_an_offset_are_instants_in_utc() {
    let at = |text: &str| instant(text).unwrap().to_string();
    assert_eq!(at("2026-01-31"), "2026-01-31T00:00:00Z");
    assert_eq!(at("2026-01-31T10:00:00.000+0100"), "2026-01-31T09:00:00Z");
    assert_eq!(at("2026-01-31T10:00:00Z"), "2026-01-31T10:00:00Z");
    assert_eq!(instant("147"), None);
    // No store can hold that year.
    assert_eq!(instant("0000-12-31"), None);
}

#[test]
fn sign_off_fields_are_read_from_brackets_and_behind_a_text() {
    let text = json!("x\nTESTING_STATUS: [ green ]\nQA_RECOMMENDATION: [ Ship it, 142.0.1 ]");
    let bracket = |tag: &str, upper| How::Bracket {
        tag: tag.to_owned(),
        upper,
    };
    assert_eq!(
        found(bracket("TESTING_STATUS", true), std::slice::from_ref(&text)),
        ["it#0=GREEN"]
    );
    assert_eq!(
        found(
            bracket("QA_RECOMMENDATION", false),
            std::slice::from_ref(&text)
        ),
        ["it#0=Ship it, 142.0.1"]
    );
    assert_eq!(found(bracket("NOWHERE", false), &[text]), [""; 0]);

    let name = json!("Build Validation sign-off - Firefox 142.0.1");
    let before = "Build Validation sign-off - ".to_owned();
    assert_eq!(
        found(How::After(before.clone()), std::slice::from_ref(&name)),
        ["it#0=Firefox 142.0.1"]
    );
    let version = How::Version {
        after: Some(before),
    };
    assert_eq!(found(version.clone(), &[name]), ["it#0=142.0.1"]);
    assert_eq!(found(version, &[json!("Sprint 142.0")]), [""; 0]);
}

#[test]
fn the_first_category_that_fits_counts() {
    let category = |name: &str, parts: &[&str]| Category {
        name: name.to_owned(),
        contains: parts.iter().map(|it| (*it).to_owned()).collect(),
    };
    let how = |otherwise: Option<&str>| How::Category {
        categories: vec![
            category("l10n", &["Beta", "L10N"]),
            category("beta", &["Beta"]),
        ],
        otherwise: otherwise.map(str::to_owned),
    };
    assert_eq!(
        found(how(None), &[json!("147 BETA l10n run")]),
        ["it#0=l10n"]
    );
    assert_eq!(found(how(None), &[json!("147 beta")]), ["it#0=beta"]);
    assert_eq!(found(how(None), &[json!("Nightly")]), [""; 0]);
    assert_eq!(
        found(how(Some("other")), &[json!("Nightly")]),
        ["it#0=other"]
    );
}

#[test]
fn fields_whose_names_match_are_found_with_their_names() {
    let how = How::Keys {
        pattern: Regex::new(r"^cf_status_firefox(?P<release>\d+)$").unwrap(),
    };
    let bug = json!({"cf_status_firefox142": "fixed", "cf_status_firefox_esr140": "fixed",
                     "cf_status_firefox141": "---", "cf_status_firefox143": null});
    assert_eq!(
        found(how, &[bug]),
        [
            "release#0=141",
            "it#0=---",
            "it_key#0=cf_status_firefox141",
            "release#1=142",
            "it#1=fixed",
            "it_key#1=cf_status_firefox142"
        ]
    );
}

proptest! {
    #[test]
    fn a_pattern_without_a_star_is_the_whole_text(text in "[a-z:*-]{0,8}", other in "[a-z:-]{0,8}") {
        prop_assert_eq!(like(&other, &text), other == text);
        let (pattern, around) = (format!("*{other}*"), format!("{text}{other}{text}"));
        prop_assert!(like(&pattern, &around));
        prop_assert!(like("*", &text));
    }
}
