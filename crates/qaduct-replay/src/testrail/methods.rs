//! The methods: what each is asked with, and where its rows are.

use serde_json::{Value, json};

use super::{Call, TestRail, lists, refuse};
use crate::answer::Answer;
use crate::request::Request;
use crate::service::Context;
use crate::world::{World, served, text};

/// A method that lists rows.
pub(super) struct List {
    method: &'static str,
    pub(super) collection: &'static str,
    /// Name of the rows in the envelope; empty for a list that never has one.
    pub(super) envelope: &'static str,
    /// The collection whose id stands in the path.
    parent: Option<&'static str>,
    parameters: &'static [&'static str],
    /// Whether old servers give it in pages, too.
    pub(super) old_pages: bool,
    pub(super) newest_first: bool,
}

const fn list(
    method: &'static str,
    collection: &'static str,
    envelope: &'static str,
    parent: Option<&'static str>,
    parameters: &'static [&'static str],
    (old_pages, newest_first): (bool, bool),
) -> List {
    List {
        method,
        collection,
        envelope,
        parent,
        parameters,
        old_pages,
        newest_first,
    }
}

const PROJECT: Option<&str> = Some("testrail.projects");
const RUN: Option<&str> = Some("testrail.runs");
const CASE: Option<&str> = Some("testrail.cases");
const WHOLE: (bool, bool) = (false, false);
const RECENT: (bool, bool) = (true, true);

#[rustfmt::skip]
const LISTS: &[List] = &[
    list("get_projects", "testrail.projects", "projects", None, &["is_completed"], WHOLE),
    list("get_suites", "testrail.suites", "suites", PROJECT, &[], WHOLE),
    list("get_sections", "testrail.sections", "sections", PROJECT, &["suite_id"], WHOLE),
    list("get_cases", "testrail.cases", "cases", PROJECT, &[
        "suite_id", "section_id", "created_after", "created_before", "updated_after", "updated_before",
        "created_by", "updated_by", "milestone_id", "priority_id", "template_id", "type_id", "refs", "filter",
    ], WHOLE),
    list("get_history_for_case", "testrail.case_history", "history", CASE, &[], WHOLE),
    list("get_case_fields", "testrail.case_fields", "", None, &[], WHOLE),
    list("get_case_types", "testrail.case_types", "", None, &[], WHOLE),
    list("get_priorities", "testrail.priorities", "", None, &[], WHOLE),
    list("get_statuses", "testrail.statuses", "", None, &[], WHOLE),
    list("get_runs", "testrail.runs", "runs", PROJECT, &[
        "created_after", "created_before", "created_by", "is_completed", "milestone_id", "refs_filter", "suite_id",
    ], RECENT),
    list("get_plans", "testrail.plans", "plans", PROJECT, &[
        "created_after", "created_before", "created_by", "is_completed", "milestone_id",
    ], RECENT),
    list("get_tests", "testrail.tests", "tests", RUN, &["status_id"], WHOLE),
    list("get_results_for_run", "testrail.results", "results", RUN, &[
        "created_after", "created_before", "created_by", "defects_filter", "status_id",
    ], RECENT),
    list("get_milestones", "testrail.milestones", "milestones", PROJECT, &["is_completed", "is_started"], WHOLE),
    list("get_users", "testrail.users", "users", None, &[], WHOLE),
];

/// Methods that give one record: method, collection, and how its id is called in an error.
const SINGLES: &[(&str, &str, &str)] = &[
    ("get_project", "testrail.projects", "project"),
    ("get_suite", "testrail.suites", "test suite"),
    ("get_section", "testrail.sections", "section"),
    ("get_case", "testrail.cases", "test case"),
    ("get_run", "testrail.runs", "test run"),
    ("get_plan", "testrail.plans", "test plan"),
    ("get_test", "testrail.tests", "test"),
    ("get_milestone", "testrail.milestones", "milestone"),
    ("get_user", "testrail.users", "user"),
    ("get_current_user", "testrail.users", "user"),
];

/// Projects with many suites, in which `suite_id` may not be left out.
const MANY_SUITES: u64 = 3;

pub(super) fn answer(
    service: &TestRail,
    request: &Request,
    call: &Call<'_>,
    context: &mut Context<'_>,
) -> Answer {
    let names = call.parameters.iter().map(|(name, _)| name);
    if let Some(list) = LISTS.iter().find(|it| it.method == call.method) {
        let paging: &[&str] = if list.envelope.is_empty() {
            &[]
        } else {
            &["limit", "offset"]
        };
        let known = [list.parameters, paging].concat();
        context.known(request, names, &known);
        return rows(service, request, list, call, context);
    }
    let single = SINGLES.iter().find(|(method, ..)| *method == call.method);
    let Some((method, collection, what)) = single else {
        context.violation(request, format_args!("unknown method `{}`", call.method));
        return refuse(404, format!("Unknown method '{}'", call.method));
    };
    context.known(request, names, &[]);
    let world = &*context.world;
    let found = match call.ids.first() {
        Some(id) => world.get(collection, id),
        None if *method == "get_current_user" => world.collection(collection).all().next(),
        None => None,
    };
    let Some(record) = found else {
        let field = what.rsplit(' ').next().unwrap_or(what);
        return refuse(400, format!("Field :{field}_id is not a valid {what}."));
    };
    let mut body = served(record);
    match *method {
        "get_plan" => body["entries"] = entries(world, record),
        "get_milestone" => body["milestones"] = submilestones(world, record),
        _ => {}
    }
    let runs = ids(body["entries"].as_array().into_iter().flatten(), "runs");
    let milestones = ids([&body], "milestones");
    Answer::ok(body)
        .listing(collection, vec![text(&record["id"])])
        .nesting("testrail.runs", runs)
        .nesting("testrail.milestones", milestones)
}

fn rows(
    service: &TestRail,
    request: &Request,
    list: &List,
    call: &Call<'_>,
    context: &mut Context<'_>,
) -> Answer {
    let world = &*context.world;
    let mut parent = call.ids.first().copied().unwrap_or_default();
    if let Some(collection) = list.parent {
        let Some(found) = world.get(collection, parent) else {
            return refuse(400, unknown_parent(collection));
        };
        let by_suite = ["get_cases", "get_sections"].contains(&call.method);
        if by_suite && call.get("suite_id").is_none() {
            if found["suite_mode"] == MANY_SUITES {
                return refuse(400, "Field :suite_id is a required field.");
            }
            let mut suites = world.collection("testrail.suites").of(parent);
            let only = suites.next().map(|it| text(&it["id"])).unwrap_or_default();
            let rows = world.collection(list.collection).of(&only);
            let rows = rows.filter(|it| lists::passes(it, call));
            return lists::page(service, request, list, call, rows.collect(), served);
        }
        if by_suite {
            let suite = call.get("suite_id").unwrap_or_default();
            let of_project = world.get("testrail.suites", suite);
            if of_project.is_none_or(|it| text(&it["project_id"]) != parent) {
                return refuse(400, "Field :suite_id is not a valid test suite.");
            }
            parent = suite;
        }
    }
    let collection = world.collection(list.collection);
    let rows: Vec<&Value> = match (call.method, list.parent) {
        ("get_users", _) if !parent.is_empty() => {
            let project = parent.parse::<u64>().unwrap_or_default();
            let works_on = |it: &&Value| {
                let projects = it["_projects"].as_array();
                projects.is_none_or(|all| all.iter().any(|it| *it == project))
            };
            collection.all().filter(works_on).collect()
        }
        (_, None) => collection.all().collect(),
        ("get_runs", _) => {
            let alone = |it: &&Value| it["plan_id"].is_null();
            collection.of(parent).filter(alone).collect()
        }
        ("get_milestones", _) => {
            let top = |it: &&Value| it["parent_id"].is_null();
            collection.of(parent).filter(top).collect()
        }
        _ => collection.of(parent).collect(),
    };
    let rows = rows.into_iter().filter(|it| lists::passes(it, call));
    lists::page(service, request, list, call, rows.collect(), |record| {
        let mut row = served(record);
        if call.method == "get_milestones" {
            row["milestones"] = submilestones(world, record);
        }
        row
    })
}

/// The ids of the records under a name in these.
pub(super) fn ids<'r>(records: impl IntoIterator<Item = &'r Value>, name: &str) -> Vec<String> {
    let inside = records.into_iter().filter_map(|it| it[name].as_array());
    inside.flatten().map(|it| text(&it["id"])).collect()
}

fn unknown_parent(collection: &str) -> &'static str {
    match collection {
        "testrail.runs" => "Field :run_id is not a valid test run.",
        "testrail.cases" => "Field :case_id is not a valid test case.",
        _ => "Field :project_id is not a valid or accessible project.",
    }
}

fn submilestones(world: &World, parent: &Value) -> Value {
    let all = world.collection("testrail.milestones");
    let of_project = all.of(&text(&parent["project_id"]));
    let below = of_project.filter(|it| it["parent_id"] == parent["id"]);
    below.map(served).collect()
}

/// The entries of a plan with their runs.
fn entries(world: &World, plan: &Value) -> Value {
    let mut entries: Vec<Value> = Vec::new();
    let all = world.collection("testrail.runs");
    let of_project = all.of(&text(&plan["project_id"]));
    for run in of_project.filter(|it| it["plan_id"] == plan["id"]) {
        let known = entries.iter_mut().find(|it| it["id"] == run["entry_id"]);
        if let Some(Value::Array(runs)) = known.map(|it| &mut it["runs"]) {
            runs.push(served(run));
            continue;
        }
        entries.push(json!({
            "id": run["entry_id"],
            "suite_id": run["suite_id"],
            "name": run["name"],
            "refs": run["refs"],
            "description": null,
            "include_all": true,
            "runs": [served(run)],
        }));
    }
    entries.into()
}
