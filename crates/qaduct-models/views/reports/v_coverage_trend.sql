-- How much of a suite was automated on a day, and how that differs from the day before it that
-- was kept.
--
-- @column snapshot_date date The day, in UTC.
-- @column source text Name of the configured source.
-- @column project_id int? The project.
-- @column suite_id int? The suite.
-- @column suite text? Its name now.
-- @column cases int Cases, each once.
-- @column automated int Those that were automated.
-- @column suitable int Those that could have been.
-- @column unsuitable int Those that could not.
-- @column untriaged int Those of which nobody had said.
-- @column automated_percent float? Hundredths of the cases that were automated; NULL without cases.
-- @column automated_change int? How many more were automated than before; NULL on the first day.
SELECT
  d.snapshot_date,
  d.source,
  d.project_id,
  d.suite_id,
  s.name AS suite,
  d.cases,
  d.automated,
  d.suitable,
  d.unsuitable,
  d.untriaged,
  d.automated * 1e2 / NULLIF(d.cases, 0) AS automated_percent,
  d.automated - lag(d.automated) OVER (
    PARTITION BY d.source, d.suite_id ORDER BY d.snapshot_date
  ) AS automated_change
FROM coverage_suite_snapshots d
LEFT JOIN testrail_suites s ON s.source = d.source AND s.suite_id = d.suite_id
