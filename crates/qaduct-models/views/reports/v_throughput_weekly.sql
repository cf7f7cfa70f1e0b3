-- How many plans and runs were made and completed in a project in a week, and how many results
-- were added. A week in which nothing happened has no row.
--
-- @column source text Name of the configured source.
-- @column project_id int? The project.
-- @column week date? The Monday of the ISO week, in UTC.
-- @column plans_created int Plans that were made.
-- @column plans_completed int Plans that were completed.
-- @column runs_created int Runs that were made.
-- @column runs_completed int Runs that were completed.
-- @column results int Results with a status.
-- @column passed int Those that passed.
-- @column failed int Those that failed.
SELECT
  source,
  project_id,
  week,
  sum(plans_created) AS plans_created,
  sum(plans_completed) AS plans_completed,
  sum(runs_created) AS runs_created,
  sum(runs_completed) AS runs_completed,
  sum(results) AS results,
  sum(passed) AS passed,
  sum(failed) AS failed
FROM (
  SELECT source, project_id, {week:created_on} AS week, 1 AS plans_created, 0 AS plans_completed,
    0 AS runs_created, 0 AS runs_completed, 0 AS results, 0 AS passed, 0 AS failed
  FROM testrail_plans WHERE _gone_at IS NULL AND created_on IS NOT NULL
  UNION ALL
  SELECT source, project_id, {week:completed_on}, 0, 1, 0, 0, 0, 0, 0
  FROM testrail_plans WHERE _gone_at IS NULL AND completed_on IS NOT NULL
  UNION ALL
  SELECT source, project_id, {week:created_on}, 0, 0, 1, 0, 0, 0, 0
  FROM testrail_runs WHERE _gone_at IS NULL AND created_on IS NOT NULL
  UNION ALL
  SELECT source, project_id, {week:completed_on}, 0, 0, 0, 1, 0, 0, 0
  FROM testrail_runs WHERE _gone_at IS NULL AND completed_on IS NOT NULL
  UNION ALL
  SELECT source, project_id, {week:created_on}, 0, 0, 0, 0, 1,
    CASE WHEN status_id = 1 THEN 1 ELSE 0 END, CASE WHEN status_id = 5 THEN 1 ELSE 0 END
  FROM testrail_results
  WHERE _gone_at IS NULL AND status_id IS NOT NULL AND created_on IS NOT NULL
) AS events
GROUP BY source, project_id, week
