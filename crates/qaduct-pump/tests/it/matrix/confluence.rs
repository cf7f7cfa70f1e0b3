//! Confluence, in the Cloud and of a Data Center: a space whose pages fill several answers.

use super::bench::Subject;
use super::{first, later};

const CONFLUENCE: Subject = Subject {
    kind: "confluence",
    service: "confluence",
    size: 90,
    page: 4,
    prepare: |_| (),
    // A page that is written behind the list of pages tells so in the next one.
    slip: &["confluence_page_versions"],
    hanging: &["confluence_page_versions", "pull_parts"],
    queries: &[],
    projects: &["MTE"],
    options: &[],
};

const DATACENTER: Subject = Subject {
    service: "confluence-dc",
    options: &[("edition", "datacenter")],
    ..CONFLUENCE
};

#[test]
fn confluence_survives_faults_at_its_requests() {
    first(&CONFLUENCE);
}

#[test]
fn confluence_survives_faults_hours_later() {
    later(&CONFLUENCE);
}

#[test]
fn a_confluence_data_center_survives_faults_at_its_requests() {
    first(&DATACENTER);
}

#[test]
fn a_confluence_data_center_survives_faults_hours_later() {
    later(&DATACENTER);
}
