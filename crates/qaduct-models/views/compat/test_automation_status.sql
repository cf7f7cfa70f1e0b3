-- A status of automation.
--
-- @column id int Its number at TestRail.
-- @column testrail_id int The same.
-- @column status text What it means.
SELECT o.option_id AS id, o.option_id AS testrail_id, min(o.label) AS status
FROM v_case_options o
JOIN report_parameters p ON p.name = 'automation_status_field' AND p.value = o.field
GROUP BY o.option_id
