//! Workflow runs with their attempts, jobs and artifacts.
//!
//! A run may be started again for thirty days: it keeps its id and its creation, and
//! its attempt counts up. So thirty days are listed again each time, and the attempts
//! before the listed one are asked for.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Page, Pages, Reading, RowProblem, Scope, SourceError};
use qaduct_records::stream::{Again, Count, Cursor, Deletes, Finality, Parts, Stream, gone};

use super::window::{self, Question, Window};
use super::{BY_CHANGE, REPOSITORY, REPOSITORY_ID, of_repository, paths, reading};
use crate::listing::Listing;
use crate::newest;
use crate::poll::PollPages;
use crate::rest::{How, Inside, Rest, RestStream};
use crate::spec;
use jiff::Timestamp;

/// GitHub had no workflow runs before.
const BEGINNING: Timestamp = Timestamp::constant(1_514_764_800, 0);
/// How long a run may be started again.
const AGAIN: u32 = 30 * 24 * 60 * 60;

spec! {
    /// An attempt of a workflow run.
    pub static RUN in "github_workflow_runs" key ["run_id", "run_attempt"]
    ignoring ["node_id", "url", "check_suite_node_id", "jobs_url", "logs_url", "check_suite_url",
        "artifacts_url", "cancel_url", "rerun_url", "previous_attempt_url", "workflow_url",
        "repository", "head_repository_id"]
    {
        /// Id of the run.
        run_id: Int = "id",
        /// Number of the attempt, from 1.
        run_attempt: Int = "run_attempt",
        /// The repository, `owner/name`.
        repository: Scope("repository") = "",
        /// Id of the repository, which it keeps when it is renamed.
        repository_id: ScopeInt("repository_id") = "",
        /// Number of the run in its workflow.
        run_number: Int = "run_number",
        /// Id of the workflow.
        workflow_id: Int = "workflow_id",
        /// Name of the workflow.
        name: Text = "name",
        /// File of the workflow.
        path: Text = "path",
        /// What the run is called: a commit message, a pull request.
        title: Text = "display_title",
        /// What started it: `push`, `schedule`.
        event: Text = "event",
        /// `queued`, `in_progress`, `completed` and others.
        status: Text = "status",
        /// How it ended: `success`, `failure`, `cancelled`; NULL while it has not.
        conclusion: Text = "conclusion",
        /// The branch.
        head_branch: Text = "head_branch",
        /// The commit.
        head_sha: Text = "head_sha",
        /// Message of the commit.
        head_message: Text = "head_commit.message",
        /// When the commit was made.
        head_committed_at: Instant = "head_commit.timestamp",
        /// Repository of the branch.
        head_repository: PersonIn(crate::github::paths::of_branch) = "head_repository",
        /// Numbers of its pull requests, joined by commas; none for those of forks.
        pull_requests: Join { key: "number", by: "," } = "pull_requests",
        /// The workflows that it uses, joined by commas.
        referenced_workflows: Join { key: "path", by: "," } = "referenced_workflows",
        /// The check suite.
        check_suite_id: Int = "check_suite_id",
        /// Who started the run.
        person actor: Text = "actor.login",
        /// Who started this attempt.
        person triggering_actor: Text = "triggering_actor.login",
        /// When the run was made.
        created_at: Instant = "created_at",
        /// When this attempt began.
        started_at: Instant = "run_started_at",
        /// When it was changed last: when it ended, once it has.
        updated_at: Instant = "updated_at",
        /// Its page.
        url: Text = "html_url",
    }
}

pub(super) static RUNS_CONTRACT: Stream = Stream {
    cursor: Some(Cursor {
        column: "created_at",
        immutable: true,
        overlap: AGAIN,
        settle: 0,
    }),
    finality: Finality::Once {
        column: "status",
        values: &["completed"],
    },
    deletes: Deletes::Polled,
    count: Count::Exact,
    ..of_repository("workflow_runs", &RUN.table)
};
pub(super) static RUNS: RestStream = RestStream {
    one: Some(one),
    count: Some(count),
    ..reading(&RUNS_CONTRACT, &RUN, How::Own(runs))
};

fn whole(reading: &Reading) -> Window {
    Window::between(reading.lower.unwrap_or(BEGINNING), reading.upper)
}

fn within(call: Call, window: Window) -> Call {
    call.with("created", window.written())
}

fn runs<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let question = Question {
        call: Call::get(paths::of_repository(&reading.scope, "actions/runs")),
        within,
        items: &["workflow_runs"],
        whole: Some(whole(reading)),
        open: false,
    };
    window::read(rest, stream, reading, question)
}

fn count(rest: &Rest, reading: &Reading) -> Result<Option<u64>, SourceError> {
    let call = Call::get(paths::of_repository(&reading.scope, "actions/runs")).with("per_page", 1);
    let place = crate::error::Place {
        part: &reading.scope.name,
        ..crate::error::Place::stream(&rest.setup.name, "workflow_runs")
    };
    let answer = rest.send(&place, &within(call, whole(reading)))?;
    let total = answer.json.get("total_count");
    Ok(total.and_then(crate::rows::count))
}

fn one(_rest: &Rest, scope: &Scope, key: &[Value]) -> (Call, &'static str) {
    let text = |n: usize| key.get(n).map(ToString::to_string).unwrap_or_default();
    let path = format!("actions/runs/{}/attempts/{}", text(0), text(1));
    (Call::get(paths::of_repository(scope, &path)), "")
}

/// The columns by which an attempt is asked for.
const ATTEMPT: &[&str] = &[REPOSITORY, REPOSITORY_ID, "run_id", "run_attempt"];
/// Those that name it.
const OF_ATTEMPT: &[&str] = &["run_id", "run_attempt"];

const fn of_attempt(again: &'static [&'static str]) -> Parts {
    Parts::Each {
        parent: "workflow_runs",
        columns: ATTEMPT,
        only: None,
        again: Again::Changed(again),
    }
}

/// The attempts before the one that is listed.
pub(super) static ATTEMPTS_CONTRACT: Stream = Stream {
    parts: of_attempt(&["run_attempt"]),
    part_columns: &["run_id"],
    deletes: Deletes::Never,
    ..of_repository("run_attempts", &RUN.table)
};
pub(super) static ATTEMPTS: RestStream = RestStream {
    one: Some(one),
    page: 1,
    ..reading(&ATTEMPTS_CONTRACT, &RUN, How::Own(attempts))
};

fn attempts<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let number = |name: &str| match reading.scope.values.get(name) {
        Some(Value::Int(number)) => *number,
        _ => 0,
    };
    let (run, last) = (number("run_id"), number("run_attempt"));
    let keys = (1..last).map(|it| vec![Value::Int(run), Value::Int(it)]);
    let pages = PollPages::new(rest, stream, reading.scope.clone(), keys.collect())?;
    Ok(Box::new(Earlier(pages)))
}

/// Attempts that GitHub no longer has were never here: there is nothing to mark, and they
/// are named.
struct Earlier<'r>(PollPages<'r>);

impl Pages for Earlier<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(mut page) = self.0.next()? else {
            return Ok(None);
        };
        let status = page.exchange.as_ref().map_or(0, |it| it.status);
        for gone in std::mem::take(&mut page.gone) {
            let key: Vec<_> = gone.key.iter().map(ToString::to_string).collect();
            page.problems.push(RowProblem {
                table: RUN.table.name,
                key: key.join(","),
                field: RUN.table.key[1..].join(","),
                problem: format!("it is listed, and the answer to who asks for it is {status}"),
                value: key.join(","),
            });
        }
        Ok(Some(page))
    }
}

spec! {
    /// A job of an attempt of a workflow run.
    pub static JOB in "github_jobs" key ["job_id"]
    ignoring ["node_id", "url", "run_url", "check_run_url", "steps"]
    {
        /// Its id.
        job_id: Int = "id",
        /// The repository, `owner/name`.
        repository: Scope("repository") = "",
        /// The run.
        run_id: ScopeInt("run_id") = "",
        /// The attempt.
        run_attempt: ScopeInt("run_attempt") = "",
        /// Its name.
        name: Text = "name",
        /// Name of the workflow.
        workflow: Text = "workflow_name",
        /// `queued`, `in_progress`, `completed` and others.
        status: Text = "status",
        /// How it ended; NULL while it has not.
        conclusion: Text = "conclusion",
        /// The branch.
        head_branch: Text = "head_branch",
        /// The commit.
        head_sha: Text = "head_sha",
        /// What it asks of its machine, joined by commas.
        labels: Join { key: "name", by: "," } = "labels",
        /// The machine.
        runner_id: Int = "runner_id",
        /// Name of the machine.
        runner: Text = "runner_name",
        /// Group of the machine.
        runner_group_id: Int = "runner_group_id",
        /// Name of the group of the machine.
        runner_group: Text = "runner_group_name",
        /// When it was made.
        created_at: Instant = "created_at",
        /// When it began.
        started_at: Instant = "started_at",
        /// When it ended; NULL while it has not.
        completed_at: Instant = "completed_at",
        /// Its page.
        url: Text = "html_url",
    }
}

spec! {
    /// A step of a job.
    pub static STEP in "github_job_steps" key ["job_id", "number"] {
        /// The job.
        job_id: ParentInt = "id",
        /// Its number in the job, from 1.
        number: Int = "number",
        /// Its name.
        name: Text = "name",
        /// `queued`, `in_progress` or `completed`.
        status: Text = "status",
        /// How it ended; NULL while it has not.
        conclusion: Text = "conclusion",
        /// When it began.
        started_at: Instant = "started_at",
        /// When it ended; NULL while it has not.
        completed_at: Instant = "completed_at",
    }
}

pub(super) static JOBS_CONTRACT: Stream = Stream {
    nested: &[&STEP.table],
    parts: of_attempt(&["status", "updated_at"]),
    part_columns: OF_ATTEMPT,
    count: Count::Exact,
    ..of_repository("jobs", &JOB.table)
};
pub(super) static JOBS: RestStream = RestStream {
    nested: &[Inside {
        spec: &STEP,
        path: "steps",
        parent: ("job_id", "id"),
    }],
    ..reading(&JOBS_CONTRACT, &JOB, How::IfChanged(jobs))
};

fn jobs(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let text = |name: &str| reading.scope.text(name);
    let path = format!(
        "actions/runs/{}/attempts/{}/jobs",
        text("run_id"),
        text("run_attempt")
    );
    let call = Call::get(paths::of_repository(&reading.scope, &path));
    Ok(Listing {
        items: &["jobs"],
        total: Some("total_count"),
        ..paths::linked(call)
    })
}

spec! {
    /// A file that a workflow run left; the file itself is not read.
    pub static ARTIFACT in "github_artifacts" key ["artifact_id"]
    objects ["workflow_run"]
    ignoring ["url", "node_id", "workflow_run.repository_id", "workflow_run.head_repository_id"]
    {
        /// Its id.
        artifact_id: Int = "id",
        /// The repository, `owner/name`.
        repository: Scope("repository") = "",
        /// Id of the repository, which it keeps when it is renamed.
        repository_id: ScopeInt("repository_id") = "",
        /// The run.
        run_id: Int = "workflow_run.id",
        /// The branch.
        head_branch: Text = "workflow_run.head_branch",
        /// The commit.
        head_sha: Text = "workflow_run.head_sha",
        /// Its name.
        name: Text = "name",
        /// Its size, packed.
        bytes: Int = "size_in_bytes",
        /// Its hash, with the name of the algorithm before it.
        digest: Text = "digest",
        /// Whether it was past its time when it was read; `expires_at` tells for now.
        expired: Bool = "expired",
        /// When it was made.
        created_at: Instant = "created_at",
        /// When it was changed last.
        updated_at: Instant = "updated_at",
        /// When it goes.
        expires_at: Instant = "expires_at",
        /// Where the file can be had, as an archive.
        url: Text = "archive_download_url",
    }
}

pub(super) static ARTIFACTS_CONTRACT: Stream = Stream {
    cursor: Some(Cursor {
        column: "created_at",
        immutable: true,
        ..BY_CHANGE
    }),
    deletes: Deletes::Listed(gone::EXPIRED),
    count: Count::Exact,
    ..of_repository("artifacts", &ARTIFACT.table)
};
pub(super) static ARTIFACTS: RestStream =
    reading(&ARTIFACTS_CONTRACT, &ARTIFACT, How::Own(artifacts));

fn artifacts<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let call = Call::get(paths::of_repository(&reading.scope, "actions/artifacts"));
    let listing = Listing {
        items: &["artifacts"],
        total: Some("total_count"),
        ..paths::linked(call)
    };
    newest::read(rest, stream, reading, listing, "created_at")
}
