-- A run of a plan that a rule gives a type, once.
--
-- @column id int Its id at TestRail.
-- @column testrail_run_id int The same.
-- @column plan_id int? The plan.
-- @column suite_id int? The suite.
-- @column name text? Its name.
-- @column config text? The configurations that it is run with.
-- @column category text? What a rule calls it.
-- @column test_case_passed_count int? Tests that passed.
-- @column test_case_retest_count int? Tests that are to be run again.
-- @column test_case_failed_count int? Tests that failed.
-- @column test_case_blocked_count int? Tests that are blocked.
-- @column test_case_total_count int? All tests, untested ones included.
-- @column testrail_created_on date? The day on which it was made.
-- @column testrail_completed_on timestamp? When it was completed.
SELECT
  run_id AS id,
  run_id AS testrail_run_id,
  plan_id,
  suite_id,
  name,
  config,
  category,
  passed AS test_case_passed_count,
  retest AS test_case_retest_count,
  failed AS test_case_failed_count,
  blocked AS test_case_blocked_count,
  total AS test_case_total_count,
  {day:created_on} AS testrail_created_on,
  completed_on AS testrail_completed_on
FROM v_runs
WHERE plan_type IS NOT NULL
