-- A sub-suite of cases.
--
-- @column id int Its number at TestRail.
-- @column testrail_id int The same.
-- @column test_sub_suite text Its name.
-- @column test_sub_suite_abbrev text The same.
SELECT
  o.option_id AS id,
  o.option_id AS testrail_id,
  min(o.label) AS test_sub_suite,
  min(o.label) AS test_sub_suite_abbrev
FROM v_case_options o
JOIN report_parameters p ON p.name = 'sub_suite_field' AND p.value = o.field
GROUP BY o.option_id
