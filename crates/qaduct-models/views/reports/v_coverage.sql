-- How many cases have a state of automation: by suite, sub-suite, status, coverage and mark.
--
-- Of values named `sub_suite`, too. A case of two sub-suites counts in both groups; cases without
-- a sub-suite, status or coverage are groups of their own. How many cases there are says
-- `v_coverage_suites`.
--
-- @column source text Name of the configured source.
-- @column project_id int? The project.
-- @column suite_id int? The suite.
-- @column sub_suite_id int? The sub-suite; NULL for cases in none.
-- @column automation_status_id int? Status of automation; NULL for cases without one.
-- @column automation_coverage_id int? Coverage; NULL for cases without one.
-- @column tae bool Whether the cases are marked as test automation engineering.
-- @column cases int Cases.
SELECT
  c.source,
  c.project_id,
  c.suite_id,
  {int:s.number} AS sub_suite_id,
  c.automation_status_id,
  c.automation_coverage_id,
  c.tae,
  count(DISTINCT c.case_id) AS cases
FROM v_case_automation c
LEFT JOIN extracts s
  ON s.source = c.source AND s.table_name = 'testrail_cases' AND s.row_key = {text:c.case_id}
  AND s.name = 'sub_suite'
GROUP BY
  c.source, c.project_id, c.suite_id, s.number, c.automation_status_id, c.automation_coverage_id,
  c.tae
