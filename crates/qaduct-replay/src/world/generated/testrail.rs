//! TestRail's large collections: cases, milestones, plans, runs, tests, results.

use serde_json::{Value, json};

use super::Generated;
use super::random::{END, Random, huge, long};
use super::testrail_base;
use crate::World;
use crate::world::advance::testrail_hour;
use crate::world::{Shape, UNIX, shape};

/// Rows of one run.
const TESTS: usize = 40;

/// What a world has of it.
pub(crate) static MADE: Generated = Generated {
    name: "testrail",
    share: 45,
    salt: 1,
    shapes: SHAPES,
    fill,
    hour: testrail_hour,
    forgets: false,
};
const SHAPES: &[Shape] = &[
    shape("testrail.projects", "id", "", None),
    shape("testrail.suites", "id", "project_id", None),
    shape("testrail.sections", "id", "suite_id", None),
    shape("testrail.cases", "id", "suite_id", UNIX),
    shape("testrail.case_history", "id", "_case", None),
    shape("testrail.case_fields", "id", "", None),
    shape("testrail.case_types", "id", "", None),
    shape("testrail.priorities", "id", "", None),
    shape("testrail.statuses", "id", "", None),
    shape("testrail.runs", "id", "project_id", UNIX),
    shape("testrail.plans", "id", "project_id", UNIX),
    shape("testrail.tests", "id", "run_id", None),
    shape("testrail.results", "id", "_run", None),
    shape("testrail.milestones", "id", "project_id", None),
    shape("testrail.users", "id", "", None),
];

/// Fills them with about `size` records.
fn fill(world: &mut World, random: &mut Random, size: usize) {
    let before = world.size();
    let suites = testrail_base::fill(world);
    let rest = size.saturating_sub(world.size() - before).max(600);
    let cases = cases(world, random, &suites, rest / 4);
    milestones(world, random);

    let goal = world.size() + rest * 3 / 4;
    runs(world, random, &suites, &cases, goal);
    // More plans than a page, without runs: what a list that is read to its first page only misses.
    for extra in 0..(size / 150).min(300) as u64 {
        make_plan(world, random, 40_000 + extra, 17);
    }
    history(world, size);
}

/// How cases came to be as they are. Takes nothing from chance: the rest of the world stays.
fn history(world: &mut World, size: usize) {
    let cases: Vec<Value> = world.collection("testrail.cases").all().cloned().collect();
    for (nth, case) in (0u64..).zip(&cases) {
        // One case has more changes than a page, where there are enough cases.
        let many = match nth % 6 {
            2 if nth == 2 && size > 3_000 => 260,
            1 => 1,
            4 => 2,
            _ => 0,
        };
        let number = |name: &str| case[name].as_i64().unwrap_or_default();
        let (created, updated) = (number("created_on"), number("updated_on"));
        for change in 0..many {
            let at = if change + 1 == many { updated } else { created };
            let id = case["id"].as_u64().unwrap_or_default() * 1_000 + change;
            let changes = match (nth + change) % 4 {
                // The first entry of some cases names no field.
                0 => Value::Null,
                1 => json!([changed(
                    "title",
                    "Title",
                    json!("Old title 🦊"),
                    case["title"].clone()
                )]),
                2 => json!([
                    changed(
                        "custom_automation_status",
                        "Automation Status",
                        json!(1),
                        json!(4)
                    ),
                    changed("refs", "References", Value::Null, case["refs"].clone()),
                ]),
                _ => json!([{
                    "type_id": 10, "field": "custom_steps_separated", "label": "Steps", "options": [],
                    "old_text": null, "new_text": null,
                    "old_value": null, "new_value": [{ "content": "Open 🦊", "expected": "It opens" }],
                }]),
            };
            put_change(world, case, id, at, changes);
        }
    }
}

fn changed(field: &str, label: &str, old: Value, new: Value) -> Value {
    let words = |it: &Value| match it {
        Value::Null => Value::Null,
        it => super::super::text(it).into(),
    };
    json!({
        "type_id": if field.starts_with("custom_") { 6 } else { 1 }, "field": field, "label": label, "options": [],
        "old_text": words(&old), "new_text": words(&new), "old_value": old, "new_value": new,
    })
}

fn put_change(world: &mut World, case: &Value, id: u64, at: i64, changes: Value) {
    world.put(
        "testrail.case_history",
        json!({
            "id": id, "type_id": if changes.is_null() { 1 } else { 6 }, "created_on": at,
            "user_id": case["updated_by"], "changes": changes, "_case": case["id"],
        }),
    );
}

/// Notes that the title of a case was changed now.
pub(crate) fn note_title(world: &mut World, id: &str, title: &str) {
    let Some(case) = world.get("testrail.cases", id).cloned() else {
        return;
    };
    let changes = json!([changed(
        "title",
        "Title",
        case["title"].clone(),
        title.into()
    )]);
    let at = world.now().as_second();
    let number = case["id"].as_u64().unwrap_or_default() % 100_000;
    put_change(
        world,
        &case,
        at.unsigned_abs() * 100_000 + number,
        at,
        changes,
    );
}

fn cases(
    world: &mut World,
    random: &mut Random,
    suites: &[(u64, u64, [u64; 3])],
    many: usize,
) -> Vec<(u64, u64)> {
    // A bulk edit: a quarter of all cases share the second of their last change.
    let bulk = random.second();
    let mut made = Vec::new();
    for index in 0..many as u64 {
        // The first suite has more than two pages of cases wherever there are enough of them.
        let of = if index < (many as u64 / 2) {
            0
        } else {
            usize::try_from(random.below(suites.len() as u64)).unwrap_or_default()
        };
        let (_, suite, sections) = suites[of];
        let id = 500_000 + index;
        let created = random.second();
        let changed = if random.chance(25) {
            bulk.max(created)
        } else {
            random.second_between(created, END + 1)
        };
        let mut case = json!({
            "id": id, "title": random.sentence(), "section_id": random.pick(&sections), "template_id": 2,
            "type_id": random.pick(&[1, 2, 6, 7, 11]), "priority_id": 1 + random.below(4), "milestone_id": null,
            "refs": if random.chance(30) { json!(format!("MTE-{}, {}", random.below(900), 1_900_000 + random.below(90_000))) } else { json!(null) },
            "created_by": 965 + random.below(12), "created_on": created, "updated_by": 965 + random.below(12), "updated_on": changed,
            "estimate": random.pick(&[None, Some("30s"), Some("1m 45s"), Some("1h 2m"), Some("2d 3h"), Some("1w 2d")]),
            "estimate_forecast": null, "suite_id": suite, "display_order": index, "is_deleted": 0, "case_assignedto_id": null,
            "custom_automation_status": random.pick(&[Some(1), Some(2), Some(3), Some(4), Some(5), None]),
            "custom_automation_coverage": random.pick(&[Some(1), Some(2), Some(3), None]),
            "custom_preconds": null, "labels": [],
        });
        // The multi-select is absent, null, empty or has one or more values.
        match random.below(6) {
            0 => {}
            1 => case["custom_sub_test_suites"] = Value::Null,
            2 => case["custom_sub_test_suites"] = json!([]),
            3 => case["custom_sub_test_suites"] = json!([1, 3]),
            _ => case["custom_sub_test_suites"] = json!([7]),
        }
        if random.chance(8) {
            let title = random.pick(&["TAE", "tae", "not-tae"]);
            case["labels"] =
                json!([{ "id": 5, "title": title, "created_by": 965, "created_on": created }]);
        }
        if random.chance(3) {
            case["custom_steps_separated"] = json!([{ "content": "Open 🦊", "expected": "It opens" }, { "content": "Close", "expected": null }]);
        }
        if random.chance(2) {
            case["custom_field_nobody_knows"] =
                json!({ "nested": [1, "two", null], "exponent": huge() });
        }
        if index == 7 {
            case["custom_preconds"] = long().into();
        }
        world.put("testrail.cases", case);
        made.push((id, suite));
    }
    made
}

/// Makes runs until there are so many records: three of five in plans, and half of the plans
/// in the first project.
fn runs(
    world: &mut World,
    random: &mut Random,
    suites: &[(u64, u64, [u64; 3])],
    cases: &[(u64, u64)],
    goal: usize,
) {
    let mut plan = (30_000, 0);
    for nth in 0u64.. {
        if world.size() >= goal {
            break;
        }
        let planned = nth % 5 < 3;
        if nth % 5 == 0 {
            let project = if nth % 10 == 0 {
                0
            } else {
                random.below(suites.len() as u64)
            };
            plan = (
                plan.0 + 1,
                suites[usize::try_from(project).unwrap_or_default()].0,
            );
            make_plan(world, random, plan.0, plan.1);
        }
        // The suites of the project that have cases.
        let fitting: Vec<_> = suites
            .iter()
            .filter(|it| !planned || it.0 == plan.1)
            .filter(|suite| cases.iter().any(|it| it.1 == suite.1))
            .collect();
        if fitting.is_empty() {
            continue;
        }
        let (project, suite, _) = *random.pick(&fitting);
        let of_suite: Vec<u64> = cases
            .iter()
            .filter(|it| it.1 == suite)
            .map(|it| it.0)
            .collect();
        // One run has more results than two pages.
        let tests = if nth == 1 {
            560.min(goal - world.size())
        } else {
            TESTS
        };
        let at = Place {
            run: 100_000 + nth,
            plan: planned.then_some(plan.0),
            project,
            suite,
        };
        make_run(world, random, at, &of_suite, tests);
    }
}

/// Releases that have milestones, and how many each has.
const RELEASES: std::ops::Range<u64> = 130..148;
const MILESTONES: u64 = 3;
/// The milestones have the ids behind it.
const FIRST_MILESTONE: u64 = 6_000;

/// The milestone of the first version of a release.
fn milestone_of(project: u64, release: u64) -> Option<u64> {
    let mut projects = testrail_base::PROJECTS.iter();
    let before = projects.position(|(it, ..)| *it == project)? as u64;
    let releases = RELEASES.end - RELEASES.start;
    let nth = (before * releases + release - RELEASES.start) * MILESTONES;
    Some(FIRST_MILESTONE + nth + 1)
}

fn milestones(world: &mut World, random: &mut Random) {
    let mut id = FIRST_MILESTONE;
    for (project, ..) in testrail_base::PROJECTS {
        for release in RELEASES {
            for (nth, version) in [
                format!("{release}.0"),
                format!("{release}.0.1"),
                format!("{release}.0b3"),
            ]
            .iter()
            .enumerate()
            {
                id += 1;
                let completed = release < 146;
                let started = random.second();
                let sub = nth == 2;
                let description = match random.below(4) {
                    0 => json!(null),
                    1 => json!("nothing to extract 🦊"),
                    _ => json!(format!(
                        "TESTING_STATUS: [ {} ]\nQA_RECOMMENDATION: [ Ship it, {version} ]",
                        random.pick(&["green", "YELLOW", "red"])
                    )),
                };
                world.put(
                    "testrail.milestones",
                    json!({
                        "id": id, "name": format!("Build Validation sign-off - Firefox {version}"), "description": description,
                        "start_on": null, "started_on": if release < 147 { json!(started) } else { json!(null) }, "is_started": release < 147,
                        "due_on": null, "is_completed": completed, "completed_on": if completed { json!(started + 86_400) } else { json!(null) },
                        "project_id": project, "parent_id": if sub { json!(id - 2) } else { json!(null) }, "refs": null,
                        "url": format!("https://testrail.example.org/index.php?/milestones/view/{id}"),
                    }),
                );
            }
        }
    }
}

fn make_plan(world: &mut World, random: &mut Random, id: u64, project: u64) {
    let release = 130 + random.below(18);
    let name = match random.below(4) {
        0 => format!(
            "Firefox {release}.0b{} Beta Automated testing",
            random.below(9)
        ),
        1 => format!(
            "Firefox {release}.0b{} Beta L10N Automated testing",
            random.below(9)
        ),
        2 => "Automated testing".to_owned(),
        _ => format!("Manual sign-off {release} 🦊"),
    };
    let milestone = milestone_of(project, release);
    let created = random.second();
    let completed = random.chance(70);
    let end = if completed {
        json!(created + 7_200)
    } else {
        json!(null)
    };
    world.put(
        "testrail.plans",
        json!({
            "id": id, "name": name, "description": null, "milestone_id": milestone, "assignedto_id": null, "is_completed": completed,
            "completed_on": end, "passed_count": 0, "blocked_count": 0, "untested_count": 0, "retest_count": 0, "failed_count": 0,
            "custom_status1_count": 0, "custom_status2_count": 0, "project_id": project, "created_on": created,
            "updated_on": created, "created_by": random.pick(&[976, 970]), "refs": null,
            "url": format!("https://testrail.example.org/index.php?/plans/view/{id}"),
        }),
    );
}

pub(crate) struct Place {
    pub(crate) run: u64,
    pub(crate) plan: Option<u64>,
    pub(crate) project: u64,
    pub(crate) suite: u64,
}

pub(crate) fn make_run(
    world: &mut World,
    random: &mut Random,
    at: Place,
    cases: &[u64],
    many: usize,
) {
    let plan = at
        .plan
        .and_then(|id| world.get("testrail.plans", &id.to_string()))
        .cloned();
    let completed = plan
        .as_ref()
        .map_or_else(|| random.chance(70), |it| it["is_completed"] == true);
    let created = plan
        .as_ref()
        .and_then(|it| it["created_on"].as_i64())
        .unwrap_or_else(|| random.second());
    let mut counts = [0u64; 8];
    for index in 0..many as u64 {
        let id = at.run * 1_000 + index;
        let status = if !completed && random.chance(40) {
            3
        } else {
            random.pick(&[1, 1, 1, 1, 1, 1, 2, 4, 5, 5, 6, 7])
        };
        counts[status as usize] += 1;
        world.put(
            "testrail.tests",
            json!({
                "id": id, "case_id": cases[usize::try_from(index).unwrap_or_default() % cases.len()], "status_id": status,
                "assignedto_id": null, "run_id": at.run, "title": random.sentence(), "template_id": 2, "type_id": 7,
                "priority_id": 2, "estimate": null, "estimate_forecast": null, "refs": null, "milestone_id": null,
                "custom_automation_status": 4, "labels": [],
            }),
        );
        if status != 3 {
            // Some tests were tried before.
            for attempt in 0..=u64::from(random.chance(15)) {
                let status = if attempt == 0 { status } else { 5 };
                make_result(
                    world,
                    random,
                    at.run,
                    id,
                    status,
                    created + index.cast_signed() * 7,
                );
            }
        }
    }
    // A run of its own is for a build; one in a plan is for what the plan is for.
    let releases = RELEASES.end - RELEASES.start;
    let milestone = match at.plan {
        None => milestone_of(at.project, RELEASES.start + at.run % releases),
        Some(_) => None,
    };
    let config = random.pick(&[
        None,
        Some("Windows 11, x64"),
        Some("macOS 15"),
        Some("Pixel 8 🤖"),
    ]);
    let name = random.pick(&[
        "Smoke tests",
        "L10N smoke run",
        "l10n de",
        "Functional",
        "Full run",
    ]);
    let entry = at.plan.map(|id| {
        format!(
            "3933d74b-4282-4c1f-be62-{id:06}{:06}",
            at.run / 2 % 1_000_000
        )
    });
    world.put(
        "testrail.runs",
        json!({
            "id": at.run, "suite_id": at.suite, "name": name, "description": null, "milestone_id": milestone, "assignedto_id": null,
            "include_all": true, "is_completed": completed, "completed_on": if completed { json!(created + 7_200) } else { json!(null) },
            "config": config, "config_ids": if config.is_some() { json!([3, 4]) } else { json!([]) }, "passed_count": counts[1],
            "blocked_count": counts[2], "untested_count": counts[3], "retest_count": counts[4], "failed_count": counts[5],
            "custom_status1_count": counts[6], "custom_status2_count": counts[7], "project_id": at.project, "plan_id": at.plan,
            "entry_id": entry, "entry_index": if at.plan.is_some() { json!(1) } else { json!(null) }, "created_on": created,
            "updated_on": created + 60, "created_by": random.pick(&[976, 970]), "refs": null,
            "url": format!("https://testrail.example.org/index.php?/runs/view/{}", at.run),
        }),
    );
    if let Some(id) = at.plan {
        world.change("testrail.plans", &id.to_string(), |plan| {
            let names = [
                "passed",
                "blocked",
                "untested",
                "retest",
                "failed",
                "custom_status1",
                "custom_status2",
            ];
            for (name, count) in names.iter().zip(&counts[1..]) {
                let field = format!("{name}_count");
                plan[&field] = (plan[&field].as_u64().unwrap_or(0) + count).into();
            }
        });
    }
}

pub(crate) fn make_result(
    world: &mut World,
    random: &mut Random,
    run: u64,
    test: u64,
    status: u64,
    second: i64,
) {
    let many = world.collection("testrail.results").len() as u64;
    // Ids that a double cannot hold.
    let id = 9_007_199_254_740_993 + many * 2;
    world.put(
        "testrail.results",
        json!({
            "id": id, "test_id": test, "status_id": status, "created_on": second, "created_by": random.pick(&[976, 976, 970]),
            "assignedto_id": null, "comment": if random.chance(5) { json!(random.sentence()) } else { json!(null) },
            "version": random.pick(&[None, Some("147.0b3"), Some("142.0.1")]),
            "elapsed": random.pick(&[None, Some("45s"), Some("1m 5s"), Some("1h 2m"), Some("2d 3h"), Some("1min 45sec")]),
            "defects": if status == 5 && random.chance(30) { json!(format!("{}", 1_900_000 + random.below(90_000))) } else { json!(null) },
            "custom_step_results": null, "attachment_ids": [], "_run": run,
        }),
    );
}
