-- How often the tasks of a kind and a platform succeeded in a week, and how long they took.
--
-- @column source text Name of the configured source.
-- @column project text? The repository.
-- @column kind text? What they are: `build`, `test`.
-- @column platform text? The platform.
-- @column week date? The Monday of the ISO week in which they were made, in UTC.
-- @column tasks int Tasks.
-- @column succeeded int Those that completed.
-- @column failed int Those that failed.
-- @column other int Those that were cancelled, superseded or never ran, or are under way.
-- @column flaky int Those that completed after a run that failed.
-- @column rerun int Those that were run more than once.
-- @column pass_percent float? Hundredths of those that completed or failed that completed; NULL
--   where there are none.
-- @column flaky_percent float? Hundredths of those that completed that are flaky; NULL where there
--   are none.
-- @column average_seconds float? Mean time of those that completed or failed; NULL where there are
--   none.
-- @column longest_seconds int? The longest of these times.
-- @column average_waited_seconds float? Mean time that these waited for a machine.
SELECT
  source,
  project,
  kind,
  platform,
  week,
  count(*) AS tasks,
  sum(succeeded) AS succeeded,
  sum(failed) AS failed,
  count(*) - sum(succeeded) - sum(failed) AS other,
  sum(flaky) AS flaky,
  sum(CASE WHEN runs > 1 THEN 1 ELSE 0 END) AS rerun,
  sum(succeeded) * 1e2 / NULLIF(sum(succeeded) + sum(failed), 0) AS pass_percent,
  sum(flaky) * 1e2 / NULLIF(sum(succeeded), 0) AS flaky_percent,
  avg(CASE WHEN succeeded + failed = 1 THEN seconds * 1e0 END) AS average_seconds,
  max(CASE WHEN succeeded + failed = 1 THEN seconds END) AS longest_seconds,
  avg(CASE WHEN succeeded + failed = 1 THEN waited_seconds * 1e0 END) AS average_waited_seconds
FROM (
  SELECT
    source, project, kind, platform, runs, seconds, waited_seconds, {week:created_at} AS week,
    CASE WHEN state = 'completed' THEN 1 ELSE 0 END AS succeeded,
    CASE WHEN state = 'failed' THEN 1 ELSE 0 END AS failed,
    CASE WHEN is_flaky THEN 1 ELSE 0 END AS flaky
  FROM v_ci_tasks
) AS t
GROUP BY source, project, kind, platform, week
