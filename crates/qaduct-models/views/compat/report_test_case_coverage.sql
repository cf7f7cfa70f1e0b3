-- How many cases had a state of automation on a day. Groups without a value have NULL.
--
-- @column id int Number of the row now; not the same for ever.
-- @column projects_id int? The project, by its id at TestRail.
-- @column testrail_test_suites_id int? The suite.
-- @column test_sub_suites_id int? The sub-suite.
-- @column test_automation_status_id int? Status of automation.
-- @column test_automation_coverage_id int? Coverage.
-- @column test_automation_tae bool Whether the cases are marked.
-- @column test_count int Cases.
-- @column created_at date The day, in UTC.
SELECT
  row_number() OVER (ORDER BY snapshot_date, row_key) AS id,
  project_id AS projects_id,
  suite_id AS testrail_test_suites_id,
  sub_suite_id AS test_sub_suites_id,
  automation_status_id AS test_automation_status_id,
  automation_coverage_id AS test_automation_coverage_id,
  tae AS test_automation_tae,
  cases AS test_count,
  snapshot_date AS created_at
FROM coverage_snapshots
