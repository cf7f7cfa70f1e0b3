-- A case and how far it is automated.
--
-- Of values named `automation_status`, `automation_coverage` and `tae`. What the numbers mean are
-- the choices of the fields that `[reports]` names, and which of them is automated, suitable and
-- unsuitable says `[reports]` too.
--
-- @column source text Name of the configured source.
-- @column project_id int? Its project.
-- @column suite_id int? Its suite.
-- @column case_id int Its id.
-- @column title text? Its title.
-- @column automation_status_id int? Status of automation; NULL where nobody has said.
-- @column automation_status text? What that means.
-- @column automation_coverage_id int? Coverage; NULL where nobody has said.
-- @column automation_coverage text? What that means.
-- @column tae bool Whether a label marks it as test automation engineering.
-- @column automation text `automated`, `suitable`, `unsuitable`, else `untriaged`.
SELECT
  c.source,
  c.project_id,
  c.suite_id,
  c.case_id,
  c.title,
  v.automation_status_id,
  s.label AS automation_status,
  v.automation_coverage_id,
  g.label AS automation_coverage,
  coalesce(v.tae, 0) = 1 AS tae,
  coalesce(p.name, 'untriaged') AS automation
FROM testrail_cases c
LEFT JOIN (
  SELECT
    source,
    {id:row_key} AS case_id,
    {int:max(CASE WHEN name = 'automation_status' THEN number END)} AS automation_status_id,
    {int:max(CASE WHEN name = 'automation_coverage' THEN number END)} AS automation_coverage_id,
    max(CASE WHEN name = 'tae' THEN 1 ELSE 0 END) AS tae
  FROM extracts
  WHERE table_name = 'testrail_cases'
  GROUP BY source, row_key
) AS v ON v.source = c.source AND v.case_id = c.case_id
LEFT JOIN v_case_options s
  ON s.source = c.source AND s.project_id = c.project_id AND s.option_id = v.automation_status_id
  AND s.field = (SELECT max(value) FROM report_parameters WHERE name = 'automation_status_field')
LEFT JOIN v_case_options g
  ON g.source = c.source AND g.project_id = c.project_id AND g.option_id = v.automation_coverage_id
  AND g.field = (SELECT max(value) FROM report_parameters WHERE name = 'automation_coverage_field')
LEFT JOIN (
  SELECT value, min(name) AS name
  FROM report_parameters
  WHERE name IN ('automated', 'suitable', 'unsuitable')
  GROUP BY value
) AS p ON p.value = s.label
WHERE c._gone_at IS NULL
