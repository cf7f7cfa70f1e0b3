-- A plan that a rule gives a type. Plans of the same name are all there.
--
-- @column id int Its id at TestRail.
-- @column testrail_plan_id int The same.
-- @column projects_id int? The project, by its id at TestRail.
-- @column name text? Its name.
-- @column test_case_passed_count int? Tests that passed.
-- @column test_case_retest_count int? Tests that are to be run again.
-- @column test_case_failed_count int? Tests that failed.
-- @column test_case_blocked_count int? Tests that are blocked.
-- @column test_case_total_count int? All tests, untested ones included.
-- @column testrail_created_on date? The day on which it was made.
-- @column testrail_completed_on timestamp? When it was completed.
SELECT
  plan_id AS id,
  plan_id AS testrail_plan_id,
  project_id AS projects_id,
  name,
  passed AS test_case_passed_count,
  retest AS test_case_retest_count,
  failed AS test_case_failed_count,
  blocked AS test_case_blocked_count,
  total AS test_case_total_count,
  {day:created_on} AS testrail_created_on,
  completed_on AS testrail_completed_on
FROM v_plans
WHERE plan_type IS NOT NULL
