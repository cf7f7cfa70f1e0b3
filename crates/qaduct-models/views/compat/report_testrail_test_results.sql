-- A result of the newest beta plan and of the newest plan of translations.
--
-- @column id int Its id at TestRail.
-- @column testrail_result_id int The same.
-- @column run_id int The run.
-- @column test_id int? The test.
-- @column elapsed int? How long it took, in seconds; NULL where nobody has said.
-- @column status_id int Its status.
-- @column testrail_created_on date? The day on which it was added.
-- @column testrail_completed_on timestamp? When the run was completed.
-- @column type text? Type of the plan.
SELECT
  r.result_id AS id,
  r.result_id AS testrail_result_id,
  r.run_id,
  r.test_id,
  r.elapsed_seconds AS elapsed,
  r.status_id,
  {day:r.created_on} AS testrail_created_on,
  n.completed_on AS testrail_completed_on,
  r.plan_type AS type
FROM v_latest_plan_results r
LEFT JOIN testrail_runs n ON n.source = r.source AND n.run_id = r.run_id
WHERE r.plan_type IN ('beta', 'l10n')
