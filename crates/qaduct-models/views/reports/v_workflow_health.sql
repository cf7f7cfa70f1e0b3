-- How often a workflow succeeded in a week, and how long it took.
--
-- @column source text Name of the configured source.
-- @column repository text? The repository.
-- @column workflow text? Name of the workflow.
-- @column week date? The Monday of the ISO week in which the runs were made, in UTC.
-- @column runs int Runs.
-- @column succeeded int Those that succeeded.
-- @column failed int Those that failed or ran out of time.
-- @column other int Those that were cancelled, skipped or are under way.
-- @column rerun int Those that were started again.
-- @column pass_percent float? Hundredths of those that succeeded or failed that succeeded; NULL where
--   there are none.
-- @column average_seconds float? Mean time of these; NULL where there are none.
SELECT
  source,
  repository,
  workflow,
  week,
  count(*) AS runs,
  sum(succeeded) AS succeeded,
  sum(failed) AS failed,
  count(*) - sum(succeeded) - sum(failed) AS other,
  sum(CASE WHEN attempts > 1 THEN 1 ELSE 0 END) AS rerun,
  sum(succeeded) * 1e2 / NULLIF(sum(succeeded) + sum(failed), 0) AS pass_percent,
  avg(CASE WHEN succeeded + failed = 1 THEN seconds * 1e0 END) AS average_seconds
FROM (
  SELECT
    source, repository, workflow, attempts, seconds, {week:created_at} AS week,
    CASE WHEN conclusion = 'success' THEN 1 ELSE 0 END AS succeeded,
    CASE WHEN conclusion IN ('failure', 'timed_out', 'startup_failure') THEN 1 ELSE 0 END AS failed
  FROM v_workflow_runs
) AS r
GROUP BY source, repository, workflow, week
