//! TestRail's small collections: statuses, types, fields, projects, suites, sections, users.

use serde_json::{Value, json};

use super::random::people;
use crate::World;

/// Projects: id, name, suite mode.
pub(super) const PROJECTS: &[(u64, &str, u64)] = &[
    (17, "Firefox Desktop", 3),
    (59, "Fenix Browser", 3),
    (14, "Firefox iOS", 1),
    (48, "Focus for Android", 3),
    (27, "Focus iOS", 2),
    (71, "Experimenter", 3),
];

/// Makes them. Gives suites with their project and sections.
pub(super) fn fill(world: &mut World) -> Vec<(u64, u64, [u64; 3])> {
    for (id, name, label, system) in [
        (1, "passed", "Passed", true),
        (2, "blocked", "Blocked", true),
        (3, "untested", "Untested", true),
        (4, "retest", "Retest", true),
        (5, "failed", "Failed", true),
        (6, "custom_status1", "N/A", false),
        (7, "custom_status2", "Not available", false),
    ] {
        world.put(
            "testrail.statuses",
            json!({
                "id": id, "name": name, "label": label, "color_dark": 6667107, "color_medium": 9820525,
                "color_bright": 12709313, "is_system": system, "is_untested": id == 3, "is_final": id != 3 && id != 4,
            }),
        );
    }
    for (id, name) in [
        (1, "Acceptance"),
        (2, "Accessibility"),
        (6, "Functional"),
        (7, "Other"),
        (11, "Smoke & Sanity"),
    ] {
        let default = id == 7;
        world.put(
            "testrail.case_types",
            json!({ "id": id, "name": name, "is_default": default }),
        );
    }
    for (id, name, short) in [
        (1, "Low", "1"),
        (2, "Medium", "2"),
        (3, "High", "3"),
        (4, "Critical", "4"),
    ] {
        let record = json!({ "id": id, "name": name, "short_name": short, "priority": id, "is_default": id == 2 });
        world.put("testrail.priorities", record);
    }
    fields(world);
    let all: Vec<u64> = PROJECTS.iter().map(|it| it.0).collect();
    // More users than a page holds, of whom a few work on all projects.
    for index in 0..612u64 {
        let known = people().nth(usize::try_from(index).unwrap_or_default());
        let (name, email) = match known {
            Some((_, name, email)) => (name.to_owned(), email),
            None => (
                format!("Tester {index}"),
                format!("tester{index}@example.org"),
            ),
        };
        let projects: Vec<u64> = if index < 12 {
            all.clone()
        } else {
            vec![all[index as usize % all.len()]]
        };
        let role = ["Lead", "Tester", "Designer", "Read-only"][index as usize % 4];
        let mut user = json!({
            "id": 965 + index, "name": name, "email": email, "is_active": index % 9 != 8, "role_id": 1 + index % 4,
            "role": role, "email_notifications": true,
            "is_admin": index == 0, "group_ids": [], "mfa_required": false, "_projects": projects,
        });
        if index % 50 == 49 {
            user["role"] = Value::Null;
        }
        world.put("testrail.users", user);
    }
    suites(world)
}

fn fields(world: &mut World) {
    let status = "1, Untriaged\n2, Suitable\n3, Unsuitable\n4, Completed\n5, Disabled";
    let coverage = "1, None\n2, Partial\n3, Full";
    let sub_suites = "1, Smoke\n2, L10n\n3, Regression\n7, Functional\n9, \"Sync, accounts\"";
    for (id, name, label, type_id, items) in [
        (1, "automation_status", "Automation Status", 6, Some(status)),
        (
            2,
            "automation_coverage",
            "Automation Coverage",
            6,
            Some(coverage),
        ),
        (
            3,
            "sub_test_suites",
            "Sub Test Suite(s)",
            12,
            Some(sub_suites),
        ),
        (4, "steps_separated", "Steps", 10, None),
        (5, "preconds", "Preconditions", 3, None),
        (6, "risk", "Risk", 2, None),
    ] {
        let mut options =
            json!({ "is_required": false, "default_value": "", "format": "markdown" });
        if let Some(items) = items {
            options["items"] = items.into();
        }
        world.put(
            "testrail.case_fields",
            json!({
                "id": id, "is_active": true, "type_id": type_id, "name": name, "system_name": format!("custom_{name}"),
                "label": label, "description": null, "display_order": id, "include_all": true, "template_ids": [],
                "configs": [{
                    "id": format!("a0b1c2d3-0000-4000-8000-00000000000{id}"),
                    "context": { "is_global": id != 3, "project_ids": if id == 3 { json!([17, 59]) } else { json!(null) } },
                    "options": options,
                }],
            }),
        );
    }
}

fn suites(world: &mut World) -> Vec<(u64, u64, [u64; 3])> {
    let mut made = Vec::new();
    let (mut suite, mut section) = (700u64, 9_000u64);
    for (project, name, mode) in PROJECTS {
        world.put(
            "testrail.projects",
            json!({
                "id": project, "name": name, "announcement": null, "show_announcement": false, "suite_mode": mode,
                "is_completed": *project == 27, "completed_on": if *project == 27 { json!(1_750_000_000) } else { json!(null) },
                "default_role_id": 1, "url": format!("https://testrail.example.org/index.php?/projects/overview/{project}"),
            }),
        );
        let names: &[&str] = if *mode == 3 {
            &["Functional", "Full Functional 🦊", "L10N", "Accessibility"]
        } else {
            &["Master"]
        };
        for name in names {
            suite += 1;
            world.put(
                "testrail.suites",
                json!({
                    "id": suite, "name": name, "description": null, "project_id": project, "is_baseline": false,
                    "is_completed": false, "is_master": *mode == 1, "completed_on": null,
                    "url": format!("https://testrail.example.org/index.php?/suites/view/{suite}"),
                }),
            );
            let mut sections = [0; 3];
            for (depth, place) in (0u64..).zip(&mut sections) {
                section += 1;
                *place = section;
                let parent = if depth == 0 {
                    json!(null)
                } else {
                    json!(section - 1)
                };
                world.put(
                    "testrail.sections",
                    json!({
                        "id": section, "suite_id": suite, "name": format!("Section {section}"), "description": null,
                        "parent_id": parent, "display_order": depth + 1, "depth": depth,
                    }),
                );
            }
            made.push((*project, suite, sections));
        }
    }
    made
}
