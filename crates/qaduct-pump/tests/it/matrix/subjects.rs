//! The services that the faults meet, and the settings of the sources that read them.

use qaduct_replay::World;

use super::bench::Subject;

pub(super) const TESTRAIL: Subject = Subject {
    kind: "testrail",
    service: "testrail",
    size: 40,
    page: 20,
    prepare: few,
    slip: &[],
    hanging: &[],
    queries: &[],
    projects: &["17"],
    options: &[("case_history", "true")],
};
pub(super) const BUGZILLA: Subject = Subject {
    kind: "bugzilla",
    service: "bmo",
    size: 40,
    page: 6,
    prepare: |_| (),
    slip: &[],
    hanging: &[],
    queries: &[(
        "found",
        "cf_qa_whiteboard=qa-found-in-&cf_qa_whiteboard_type=substring",
    )],
    projects: &[],
    options: &[],
};
pub(super) const JIRA: Subject = Subject {
    kind: "jira",
    service: "jira",
    size: 40,
    page: 6,
    prepare: |_| (),
    slip: &[],
    hanging: &[],
    queries: &[("requests", "filter=13856")],
    projects: &[],
    options: &[],
};
pub(super) const GITHUB: Subject = Subject {
    kind: "github",
    service: "github",
    size: 40,
    page: 6,
    prepare: |world| {
        world.change("github.runs", "18000000001", |run| {
            run["run_attempt"] = 2.into()
        });
    },
    slip: &[],
    hanging: &[
        "github_workflow_runs",
        "github_jobs",
        "github_job_steps",
        "pull_parts",
    ],
    queries: &[("found", "repo:mozilla-mobile/firefox-ios is:issue")],
    projects: &["mozilla-mobile/firefox-ios"],
    options: &[],
};
pub(super) const SENTRY: Subject = Subject {
    kind: "sentry",
    service: "sentry",
    size: 300,
    page: 6,
    prepare: |_| (),
    slip: &[],
    hanging: &[],
    queries: &[(
        "fenix",
        "project=fenix&environment=release&package=org.mozilla.firefox",
    )],
    projects: &["fenix"],
    options: &[("organization", "mozilla"), ("events", "true")],
};
pub(super) const BITRISE: Subject = Subject {
    kind: "bitrise",
    service: "bitrise",
    size: 40,
    page: 6,
    // Each build is asked for its artifacts; the last three are running.
    prepare: |world| {
        let all = world.ids("bitrise.builds").into_iter().rev();
        for (n, id) in all.enumerate() {
            if n > 3 && n % 4 != 0 {
                world.remove("bitrise.builds", &id);
            }
        }
    },
    slip: &[],
    hanging: &[],
    queries: &[],
    projects: &["firefox-ios"],
    options: &[("test_results", "true")],
};
pub(super) const LOOKER: Subject = Subject {
    kind: "looker",
    service: "looker",
    size: 40,
    page: 6,
    prepare: |_| (),
    slip: &[],
    hanging: &[],
    queries: &[],
    projects: &["1820"],
    options: &[("results", "2800,folder:1946")],
};
pub(super) const TASKCLUSTER: Subject = Subject {
    kind: "taskcluster",
    service: "taskcluster",
    size: 40,
    page: 6,
    prepare: |_| (),
    slip: &[],
    hanging: &[],
    queries: &[],
    projects: &[
        "gecko.v2.mozilla-central.latest.taskgraph.decision",
        "gecko.v2.mozilla-central.nightly.*",
    ],
    options: &[("artifacts", "true")],
};

/// Leaves of each large collection what fills a few pages.
fn few(world: &mut World) {
    for collection in ["testrail.cases", "testrail.tests", "testrail.results"] {
        let all = world.collection(collection).all();
        let ids: Vec<_> = all.map(|it| it["id"].to_string()).collect();
        for id in ids.iter().skip(30) {
            world.remove(collection, id);
        }
    }
}
