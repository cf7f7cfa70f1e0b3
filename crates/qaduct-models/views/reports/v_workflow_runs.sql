-- A workflow run by its last attempt.
--
-- @column source text Name of the configured source.
-- @column run_id int Id of the run.
-- @column attempts int Number of the last attempt.
-- @column repository text? The repository.
-- @column workflow text? Name of the workflow.
-- @column event text? What started it.
-- @column branch text? The branch.
-- @column commit_id text? The commit.
-- @column status text? `completed`, or what it is doing.
-- @column conclusion text? How it ended; NULL while it has not.
-- @column created_at timestamp? When it was made.
-- @column started_at timestamp? When the attempt began.
-- @column ended_at timestamp? When it ended; NULL while it has not.
-- @column seconds int? How long the attempt took; NULL while it has not ended.
-- @column url text? Its page.
SELECT
  r.source,
  r.run_id,
  r.run_attempt AS attempts,
  r.repository,
  r.name AS workflow,
  r.event,
  r.head_branch AS branch,
  r.head_sha AS commit_id,
  r.status,
  r.conclusion,
  r.created_at,
  r.started_at,
  CASE WHEN r.status = 'completed' THEN r.updated_at END AS ended_at,
  CASE WHEN r.status = 'completed' THEN {seconds:r.updated_at} - {seconds:r.started_at} END
    AS seconds,
  r.url
FROM github_workflow_runs r
JOIN (
  SELECT source, run_id, max(run_attempt) AS run_attempt
  FROM github_workflow_runs
  WHERE _gone_at IS NULL
  GROUP BY source, run_id
) AS n ON n.source = r.source AND n.run_id = r.run_id AND n.run_attempt = r.run_attempt
WHERE r._gone_at IS NULL
