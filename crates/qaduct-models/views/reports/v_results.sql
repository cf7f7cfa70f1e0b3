-- A result of a test with the case, the run and the plan that it belongs to. A mere comment is
-- none.
--
-- Only results of the users that `[reports] automation_users` names, where it names some.
--
-- @column source text Name of the configured source.
-- @column result_id int Its id.
-- @column project_id int? The project.
-- @column project text? The project of the configuration.
-- @column plan_id int? The plan.
-- @column plan_type text? What a rule calls the plan.
-- @column run_id int The run.
-- @column run_category text? What a rule calls the run.
-- @column suite_id int? The suite.
-- @column test_id int? The test.
-- @column case_id int? The case.
-- @column title text? Title of the case.
-- @column status_id int Its status.
-- @column status text? Name of that.
-- @column scored int Whether it says something of the test: 1 if it passed, failed or is to be run
--   again, else 0.
-- @column passed int 1 if it passed, else 0.
-- @column elapsed_seconds int? How long the test took; NULL where nobody has said.
-- @column created_by int? Who added it.
-- @column created_on timestamp? When it was added.
-- @column version text? The version that was tested.
-- @column defects text? Defects that it is linked to.
SELECT
  r.source,
  r.result_id,
  r.project_id,
  n.project,
  n.plan_id,
  n.plan_type,
  r.run_id,
  n.category AS run_category,
  n.suite_id,
  r.test_id,
  t.case_id,
  t.title,
  r.status_id,
  s.label AS status,
  CASE WHEN r.status_id IN (1, 4, 5) THEN 1 ELSE 0 END AS scored,
  CASE WHEN r.status_id = 1 THEN 1 ELSE 0 END AS passed,
  r.elapsed_seconds,
  r.created_by,
  r.created_on,
  r.version,
  r.defects
FROM testrail_results r
LEFT JOIN testrail_tests t
  ON t.source = r.source AND t.test_id = r.test_id AND t._gone_at IS NULL
LEFT JOIN v_runs n ON n.source = r.source AND n.run_id = r.run_id
LEFT JOIN testrail_statuses s ON s.source = r.source AND s.status_id = r.status_id
WHERE r._gone_at IS NULL
  AND r.status_id IS NOT NULL
  AND (
    r.created_by IN (SELECT number FROM report_parameters WHERE name = 'automation_user')
    OR NOT EXISTS (SELECT 1 FROM report_parameters WHERE name = 'automation_user')
  )
