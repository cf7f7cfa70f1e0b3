-- A coverage by automation.
--
-- @column id int Its number at TestRail.
-- @column testrail_id int The same.
-- @column coverage text What it means.
SELECT o.option_id AS id, o.option_id AS testrail_id, min(o.label) AS coverage
FROM v_case_options o
JOIN report_parameters p ON p.name = 'automation_coverage_field' AND p.value = o.field
GROUP BY o.option_id
