-- A test run for the sign-off of a build: of its milestone, or of a plan of its milestone.
--
-- @column source text Name of the configured source.
-- @column milestone_id int The milestone.
-- @column project text? The project of the configuration.
-- @column build_name text? The build.
-- @column build_version text? Its version, whole: `142.0.1`.
-- @column run_id int The run.
-- @column run text? Its name.
-- @column plan text? The plan that it is a part of.
-- @column config text? The configurations that it is run with, such as devices.
-- @column is_completed bool? Whether it is completed.
-- @column passed int? Tests that passed.
-- @column failed int? Tests that failed.
-- @column blocked int? Tests that are blocked.
-- @column retest int? Tests that are to be run again.
-- @column untested int? Tests without a result.
-- @column total int? All of these, and those with a status of the instance's own.
-- @column pass_percent float? Hundredths of those that passed or failed that passed; NULL where none
--   did either.
-- @column url text? Its page.
SELECT
  b.source, b.milestone_id, b.project, b.build_name, b.build_version,
  n.run_id, n.name AS run, n.plan, n.config, n.is_completed,
  n.passed, n.failed, n.blocked, n.retest, n.untested, n.total, n.pass_percent, n.url
FROM v_builds_verified b
JOIN (
  SELECT r.source, r.run_id, coalesce(r.milestone_id, p.milestone_id) AS milestone_id
  FROM testrail_runs r
  LEFT JOIN testrail_plans p
    ON p.source = r.source AND p.plan_id = r.plan_id AND p._gone_at IS NULL
  WHERE r._gone_at IS NULL
) AS m ON m.source = b.source AND m.milestone_id = b.milestone_id
JOIN v_runs n ON n.source = m.source AND n.run_id = m.run_id
