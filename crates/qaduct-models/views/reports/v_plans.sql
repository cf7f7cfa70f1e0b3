-- A test plan and what came out of it. The total is that of all tests, untested ones included, as
-- in `v_runs`.
--
-- Of a value named `plan_type`, too.
--
-- @column source text Name of the configured source.
-- @column plan_id int Its id.
-- @column project_id int? Its project.
-- @column project text? The project of the configuration.
-- @column name text? Its name.
-- @column plan_type text? What a rule calls it; NULL where none does.
-- @column is_completed bool? Whether it is completed.
-- @column created_by int? Who made it.
-- @column created_on timestamp? When it was made.
-- @column completed_on timestamp? When it was completed.
-- @column passed int? Tests that passed.
-- @column failed int? Tests that failed.
-- @column blocked int? Tests that are blocked.
-- @column retest int? Tests that are to be run again.
-- @column untested int? Tests without a result.
-- @column other int Tests with a status of the instance's own.
-- @column total int? All of these.
-- @column pass_percent float? Hundredths of those that passed or failed that passed; NULL where none
--   did either.
-- @column url text? Its page.
SELECT
  t.source, t.plan_id, t.project_id, p.project, t.name, e.plan_type, t.is_completed, t.created_by,
  t.created_on, t.completed_on, t.passed, t.failed, t.blocked, t.retest, t.untested, t.other,
  t.passed + t.failed + t.blocked + t.retest + t.untested + t.other AS total,
  t.passed * 1e2 / NULLIF(t.passed + t.failed, 0) AS pass_percent,
  t.url
FROM (
  SELECT
    source, plan_id, project_id, name, is_completed, created_by, created_on, completed_on, url,
    passed_count AS passed,
    failed_count AS failed,
    blocked_count AS blocked,
    retest_count AS retest,
    untested_count AS untested,
    coalesce(custom_status1_count, 0) + coalesce(custom_status2_count, 0)
      + coalesce(custom_status3_count, 0) + coalesce(custom_status4_count, 0)
      + coalesce(custom_status5_count, 0) + coalesce(custom_status6_count, 0)
      + coalesce(custom_status7_count, 0) AS other
  FROM testrail_plans
  WHERE _gone_at IS NULL
) AS t
LEFT JOIN v_testrail_projects p ON p.source = t.source AND p.project_id = t.project_id
LEFT JOIN (
  SELECT source, {id:row_key} AS plan_id, max(value) AS plan_type
  FROM extracts
  WHERE table_name = 'testrail_plans' AND name = 'plan_type'
  GROUP BY source, row_key
) AS e ON e.source = t.source AND e.plan_id = t.plan_id
