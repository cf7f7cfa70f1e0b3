//! Jira's small collections: fields, filters, users, projects, boards, sprints.

use serde_json::{Value, json};

use super::random::{END, people, zulu};
use crate::World;

/// Projects: id, key, name.
pub(super) const PROJECTS: &[(u64, &str, &str)] = &[
    (10_101, "FXIOS", "Firefox for iOS"),
    (10_102, "MTE", "Mobile Test Engineering"),
    (10_103, "QA", "Desktop QA 🦊"),
    (10_104, "QATT", "QA Time Tracking"),
    (10_105, "VPN", "Mozilla VPN"),
    (10_106, "GS", "Growth Services"),
    (10_107, "SYNC", "Sync"),
    (10_108, "FXA", "Accounts"),
    (10_109, "PAY", "Payments"),
    (10_110, "MNTOR", "Monitor"),
    (10_111, "EXP", "Experimenter"),
];

/// Saved filters: id, name, JQL.
const FILTERS: &[(u64, &str, &str)] = &[
    (
        13_789,
        "iOS issues that need QA",
        "project = FXIOS AND labels = qa-needed ORDER BY created DESC",
    ),
    (
        13_856,
        "QA requests since 2022",
        "project = MTE AND issuetype = \"QA Request\" AND created >= \"2022-01-01\"",
    ),
    (
        14_323,
        "QA work",
        "project = MTE AND issuetype in (\"QA Request\", \"Internal Task\", Sub-task)",
    ),
    (
        24_973,
        "Desktop QA requests",
        "project = QA AND issuetype in (Story, Task) ORDER BY updated DESC",
    ),
    (
        35_754,
        "Filed by the vendor",
        "reporter in (\"557058:vendor-0\", \"557058:vendor-1\", \"557058:vendor-2\")",
    ),
    (
        35_755,
        "Supported by the vendor",
        "project in (VPN, GS, SYNC, FXA, PAY, MNTOR, FXIOS, EXP) AND issuetype in (Bug, Task, Enhancement) AND reporter not in (\"557058:vendor-0\", \"557058:vendor-1\", \"557058:vendor-2\")",
    ),
    (15_948, "Board QATT", "project = QATT"),
    (
        20_000,
        "Filter of a filter",
        "filter = 15948 AND status != Done",
    ),
];

/// A user as issues show one. The first three are the vendor's.
pub(super) fn user(index: u64) -> Value {
    let all: Vec<_> = people().collect();
    let (_, name, email) = &all[usize::try_from(index).unwrap_or_default() % all.len()];
    let account = if index < 3 {
        format!("557058:vendor-{index}")
    } else {
        format!("712020:a{index:023}")
    };
    let mut user = json!({
        "self": format!("https://jira.example.org/rest/api/3/user?accountId={account}"), "accountId": account, "accountType": "atlassian",
        "avatarUrls": { "48x48": "https://avatar.example.org/48" }, "displayName": name, "active": true, "timeZone": "Europe/Bucharest",
    });
    // Some keep their address to themselves.
    if !index.is_multiple_of(4) || index == 0 {
        user["emailAddress"] = email.clone().into();
    }
    user
}

/// Makes them.
pub(super) fn fill(world: &mut World) {
    for index in 0..131u64 {
        let mut user = user(index);
        if index >= 12 {
            user["displayName"] = format!("User {index}").into();
            user["active"] = (!index.is_multiple_of(7)).into();
        }
        // A page from which many are taken out, and one from which all but few are.
        user["_hidden"] = (index % 5 == 3 || (52..98).contains(&index)).into();
        world.put("jira.users", user);
    }
    for (id, key, name) in PROJECTS {
        world.put(
            "jira.projects",
            json!({
                "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight", "self": format!("https://jira.example.org/rest/api/3/project/{id}"),
                "id": id.to_string(), "key": key, "name": name, "avatarUrls": { "48x48": "https://avatar.example.org/48" },
                "projectTypeKey": "software", "simplified": false, "style": "classic", "isPrivate": false, "properties": {},
            }),
        );
    }
    for (nth, (project, key, _)) in (0u64..).zip(PROJECTS) {
        for release in 140..148u64 {
            let id = 12_000 + nth * 100 + release;
            let mut version = json!({
                "self": format!("https://jira.example.org/rest/api/3/version/{id}"), "id": id.to_string(), "name": format!("Firefox {release} 🚂"),
                "archived": release < 143, "released": release < 147, "projectId": project, "_project": key,
            });
            if release < 147 {
                version["releaseDate"] = format!("2025-{:02}-14", release - 138).into();
            }
            world.put("jira.versions", version);
        }
    }
    for (id, name, jql) in FILTERS {
        world.put(
            "jira.filters",
            json!({
                "self": format!("https://jira.example.org/rest/api/3/filter/{id}"), "id": id.to_string(), "name": name, "jql": jql, "description": "",
                "owner": user(3), "favourite": id % 2 == 1, "favouritedCount": 0, "sharePermissions": [],
                "viewUrl": format!("https://jira.example.org/issues/?filter={id}"), "searchUrl": "https://jira.example.org/rest/api/3/search",
                "subscriptions": { "size": 0, "items": [], "max-results": 0, "start-index": 0, "end-index": 0 },
            }),
        );
    }
    fields(world);
    for id in 1..=3u64 {
        let (project, key, name) = PROJECTS[usize::try_from(id).unwrap_or_default()];
        let kind = if id == 3 { "kanban" } else { "scrum" };
        world.put(
            "jira.boards",
            json!({
                "id": id, "self": format!("https://jira.example.org/rest/agile/1.0/board/{id}"), "name": format!("{name} board"), "type": kind,
                "location": { "projectId": project, "projectKey": key, "projectName": name, "displayName": name, "projectTypeKey": "software" },
            }),
        );
        for nth in 0..if id == 3 { 0 } else { 70u64 } {
            let end = END - (69 - nth).cast_signed() * 1_209_600;
            let state = if nth < 68 {
                "closed"
            } else if nth == 68 {
                "active"
            } else {
                "future"
            };
            let mut sprint = json!({
                "id": id * 1_000 + nth, "self": format!("https://jira.example.org/rest/agile/1.0/sprint/{}", id * 1_000 + nth), "state": state,
                "name": format!("{key} sprint {nth}"), "originBoardId": id, "goal": "",
            });
            if state != "future" {
                sprint["startDate"] = zulu(end - 1_209_600).into();
                sprint["endDate"] = zulu(end).into();
                sprint["createdDate"] = zulu(end - 1_300_000).into();
            }
            if state == "closed" {
                sprint["completeDate"] = zulu(end + 60).into();
            }
            world.put("jira.sprints", sprint);
        }
    }
}

fn fields(world: &mut World) {
    let standard = [
        ("summary", "Summary", "string"),
        ("status", "Status", "status"),
        ("created", "Created", "datetime"),
        ("updated", "Updated", "datetime"),
        ("labels", "Labels", "array"),
        ("assignee", "Assignee", "user"),
        ("reporter", "Reporter", "user"),
        ("priority", "Priority", "priority"),
        ("issuetype", "Issue Type", "issuetype"),
        ("project", "Project", "project"),
        ("parent", "Parent", "issuelink"),
        ("description", "Description", "string"),
        ("worklog", "Log Work", "array"),
        ("resolution", "Resolution", "resolution"),
        (
            "statuscategorychangedate",
            "Status Category Changed",
            "datetime",
        ),
        ("issuelinks", "Linked Issues", "array"),
    ];
    for (id, name, kind) in standard {
        world.put(
            "jira.fields",
            json!({
                "id": id, "key": id, "name": name, "custom": false, "orderable": true, "navigable": true, "searchable": true,
                "clauseNames": [id], "schema": { "type": kind, "system": id },
            }),
        );
    }
    for (number, name, kind, custom) in [
        (10_037u64, "Story Points", "number", "float"),
        (10_155, "Firefox Release Train", "option", "select"),
        (10_134, "Engineering Team", "option", "select"),
        (11_930, "Tested Train(s)", "string", "textfield"),
        (10_147, "Product", "array", "multiselect"),
        (10_509, "Timeline 🗓", "string", "textarea"),
        (10_020, "Sprint", "array", "gh-sprint"),
    ] {
        let id = format!("customfield_{number}");
        world.put(
            "jira.fields",
            json!({
                "id": id, "key": id, "name": name, "custom": true, "orderable": true, "navigable": true, "searchable": true,
                "clauseNames": [format!("cf[{number}]"), name],
                "schema": { "type": kind, "custom": format!("com.atlassian.jira.plugin.system.customfieldtypes:{custom}"), "customId": number },
            }),
        );
    }
}
