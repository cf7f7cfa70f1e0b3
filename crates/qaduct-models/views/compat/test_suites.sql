-- A suite of TestRail.
--
-- @column id int Number of the row now; not the same for ever.
-- @column testrail_project_id int? Its project.
-- @column testrail_test_suites_id int Its id.
-- @column test_suite_name text? Its name.
SELECT
  row_number() OVER (ORDER BY source, suite_id) AS id,
  project_id AS testrail_project_id,
  suite_id AS testrail_test_suites_id,
  name AS test_suite_name
FROM testrail_suites
WHERE _gone_at IS NULL
