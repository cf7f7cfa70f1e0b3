-- A task that both failed and completed for the same push, in runs of its own or when it was
-- started once more: how often that happens.
--
-- @column source text Name of the configured source.
-- @column project text? The repository.
-- @column label text? Name of the task.
-- @column platform text? The platform.
-- @column build_type text? The kinds of build.
-- @column pushes int Pushes in which it completed or failed.
-- @column flaky_pushes int Those in which it did both.
-- @column flaky_percent float? Hundredths of the pushes in which it did both.
-- @column runs int Runs that completed or failed.
-- @column failed_runs int Those that failed.
-- @column last_flaky_at timestamp? When it was made in the newest of the pushes in which it did both.
SELECT
  source,
  project,
  label,
  platform,
  build_type,
  count(*) AS pushes,
  sum(flaky) AS flaky_pushes,
  sum(flaky) * 1e2 / count(*) AS flaky_percent,
  {int:sum(completed_runs + failed_runs)} AS runs,
  {int:sum(failed_runs)} AS failed_runs,
  max(CASE WHEN flaky = 1 THEN created_at END) AS last_flaky_at
FROM (
  SELECT
    source, project, label, platform, build_type, task_group_id, created_at,
    completed_runs, failed_runs,
    CASE WHEN completed_runs > 0 AND failed_runs > 0 THEN 1 ELSE 0 END AS flaky
  FROM (
    SELECT
      source, project, label, platform, build_type, task_group_id,
      max(created_at) AS created_at,
      sum(CASE WHEN state = 'completed' THEN 1 ELSE 0 END) AS completed_runs,
      sum(failed_runs) AS failed_runs
    FROM v_ci_tasks
    GROUP BY source, project, label, platform, build_type, task_group_id
  ) AS g
  WHERE completed_runs + failed_runs > 0
) AS f
GROUP BY source, project, label, platform, build_type
HAVING sum(flaky) > 0
