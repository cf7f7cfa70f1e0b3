//! What an hour changes: records come, change, end and go.

use serde_json::{Value, json};

use super::generated::random::Random;
use super::generated::testrail;
use super::{World, text};
use crate::service::SERVICES;

/// Lets something happen in each service.
pub(super) fn advance(world: &mut World, seed: u64) {
    let mut random = Random::of(seed, 5);
    for service in SERVICES {
        (service.made.hour)(world, &mut random);
    }
}

/// Some ids of a collection, chosen by chance among those that pass.
pub(super) fn some(
    world: &World,
    random: &mut Random,
    collection: &str,
    many: usize,
    test: impl Fn(&Value) -> bool,
) -> Vec<String> {
    let mut ids: Vec<_> = world.ids_where(collection, test).into_iter().collect();
    let mut chosen = Vec::new();
    while chosen.len() < many && !ids.is_empty() {
        let index = usize::try_from(random.below(ids.len() as u64)).unwrap_or_default();
        chosen.push(ids.swap_remove(index));
    }
    chosen
}

pub(super) fn testrail_hour(world: &mut World, random: &mut Random) {
    let now = world.now.as_second();
    for id in some(world, random, "testrail.cases", 5, |_| true) {
        world.touch("testrail.cases", &id);
        let title = random.sentence();
        testrail::note_title(world, &id, &title);
        world.change("testrail.cases", &id, |it| it["title"] = title.into());
    }
    for id in some(world, random, "testrail.cases", 1, |_| true) {
        world.remove("testrail.cases", &id);
    }
    for id in some(world, random, "testrail.cases", 1, |it| {
        it["is_deleted"] == 0
    }) {
        world.touch("testrail.cases", &id);
        world.change("testrail.cases", &id, |it| it["is_deleted"] = 1.into());
    }
    // An open run gets results for what was untested, and ends; with it the plan of its own.
    for id in some(world, random, "testrail.runs", 2, |it| {
        it["is_completed"] == false
    }) {
        finish_run(world, random, &id, now);
    }
    // A new run, outside plans, still open.
    let first = world.collection("testrail.cases").all().next().cloned();
    if let Some(case) = first {
        let suite = case["suite_id"].as_u64().unwrap_or_default();
        let suite_record = world.get("testrail.suites", &suite.to_string());
        let project = suite_record
            .and_then(|it| it["project_id"].as_u64())
            .unwrap_or_default();
        let at = testrail::Place {
            run: 200_000 + world.step,
            plan: None,
            project,
            suite,
        };
        let run = at.run.to_string();
        let cases = [case["id"].as_u64().unwrap_or_default()];
        testrail::make_run(world, random, at, &cases, 3);
        world.change("testrail.runs", &run, |it| {
            it["created_on"] = now.into();
            it["updated_on"] = now.into();
            it["is_completed"] = false.into();
            it["completed_on"] = Value::Null;
        });
    }
}

fn finish_run(world: &mut World, random: &mut Random, id: &str, now: i64) {
    let tests = world.collection("testrail.tests").of(id);
    let untested: Vec<u64> = tests
        .filter(|it| it["status_id"] == 3)
        .filter_map(|it| it["id"].as_u64())
        .collect();
    let run = id.parse().unwrap_or_default();
    for test in &untested {
        testrail::make_result(world, random, run, *test, 1, now);
        world.change("testrail.tests", &test.to_string(), |it| {
            it["status_id"] = 1.into()
        });
    }
    let mut plan = Value::Null;
    world.change("testrail.runs", id, |it| {
        it["passed_count"] =
            (it["passed_count"].as_u64().unwrap_or(0) + untested.len() as u64).into();
        it["untested_count"] = 0.into();
        it["is_completed"] = true.into();
        it["completed_on"] = now.into();
        it["updated_on"] = now.into();
        plan = it["plan_id"].clone();
    });
    if plan.is_null() {
        return;
    }
    let plan = text(&plan);
    let open = world.ids_where("testrail.runs", |it| {
        text(&it["plan_id"]) == plan && it["is_completed"] == false
    });
    world.change("testrail.plans", &plan, |it| {
        it["passed_count"] =
            (it["passed_count"].as_u64().unwrap_or(0) + untested.len() as u64).into();
        it["untested_count"] = it["untested_count"]
            .as_u64()
            .unwrap_or(0)
            .saturating_sub(untested.len() as u64)
            .into();
        it["updated_on"] = now.into();
        if open.is_empty() {
            it["is_completed"] = true.into();
            it["completed_on"] = json!(now);
        }
    });
}
