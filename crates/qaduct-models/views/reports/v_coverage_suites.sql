-- How much of a suite is automated. Each case counts once; a suite without cases has a row with 0.
--
-- @column source text Name of the configured source.
-- @column project_id int? The project.
-- @column project text? The project of the configuration.
-- @column suite_id int The suite.
-- @column suite text? Its name.
-- @column cases int Cases.
-- @column placements int Cases in sub-suites: a case of two counts twice, a case of none once.
-- @column automated int Cases that are automated.
-- @column suitable int Cases that could be automated and are not.
-- @column unsuitable int Cases that cannot be automated.
-- @column untriaged int Cases of which nobody has said.
-- @column automated_percent float? Hundredths of the cases that are automated; NULL without cases.
-- @column automatable_percent float? Hundredths of those that are automated or suitable that are
--   automated; NULL where there are none.
SELECT
  s.source,
  s.project_id,
  p.project,
  s.suite_id,
  s.name AS suite,
  coalesce(c.cases, 0) AS cases,
  coalesce(g.placements, 0) AS placements,
  coalesce(c.automated, 0) AS automated,
  coalesce(c.suitable, 0) AS suitable,
  coalesce(c.unsuitable, 0) AS unsuitable,
  coalesce(c.untriaged, 0) AS untriaged,
  c.automated * 1e2 / NULLIF(c.cases, 0) AS automated_percent,
  c.automated * 1e2 / NULLIF(c.automated + c.suitable, 0) AS automatable_percent
FROM testrail_suites s
LEFT JOIN v_testrail_projects p ON p.source = s.source AND p.project_id = s.project_id
LEFT JOIN (
  SELECT
    source,
    suite_id,
    count(*) AS cases,
    sum(CASE WHEN automation = 'automated' THEN 1 ELSE 0 END) AS automated,
    sum(CASE WHEN automation = 'suitable' THEN 1 ELSE 0 END) AS suitable,
    sum(CASE WHEN automation = 'unsuitable' THEN 1 ELSE 0 END) AS unsuitable,
    sum(CASE WHEN automation = 'untriaged' THEN 1 ELSE 0 END) AS untriaged
  FROM v_case_automation
  GROUP BY source, suite_id
) AS c ON c.source = s.source AND c.suite_id = s.suite_id
LEFT JOIN (
  SELECT source, suite_id, sum(cases) AS placements
  FROM v_coverage
  GROUP BY source, suite_id
) AS g ON g.source = s.source AND g.suite_id = s.suite_id
WHERE s._gone_at IS NULL
