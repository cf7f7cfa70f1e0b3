-- How reliable a case is, from all its results: each result counts once, however often it was read.
--
-- Passed is 1, failed and retest are 0, other states say nothing.
--
-- @column source text Name of the configured source.
-- @column project_id int? The project.
-- @column case_id int The case.
-- @column title text? Its title.
-- @column suite_id int? Its suite.
-- @column results int Results.
-- @column scored int Results that say something.
-- @column passed int Those that passed.
-- @column pass_percent float? Hundredths of the scored ones that passed; NULL without one.
-- @column flips int How often a scored result was another than the one before.
-- @column flip_percent float? Hundredths of the steps from one scored result to the next that were
--   flips; NULL with fewer than two.
-- @column average_seconds float? Mean of the times that are known; NULL where none is.
-- @column longest_seconds int? The longest of them.
-- @column last_on timestamp? When the last result was added.
-- @column last_seconds int? How long it took.
-- @column last_status text? State of the last result.
-- @column status_2 text? State of the one before; NULL where there is none.
-- @column status_3 text? State of the one before that.
-- @column status_4 text? State of the one before that.
-- @column status_5 text? State of the one before that.
SELECT
  source,
  project_id,
  case_id,
  max(CASE WHEN nth = 1 THEN title END) AS title,
  max(CASE WHEN nth = 1 THEN suite_id END) AS suite_id,
  count(*) AS results,
  sum(scored) AS scored,
  sum(passed) AS passed,
  sum(passed) * 1e2 / NULLIF(sum(scored), 0) AS pass_percent,
  coalesce(sum(flip), 0) AS flips,
  sum(flip) * 1e2 / NULLIF(count(flip), 0) AS flip_percent,
  avg(elapsed_seconds * 1e0) AS average_seconds,
  max(elapsed_seconds) AS longest_seconds,
  max(CASE WHEN nth = 1 THEN created_on END) AS last_on,
  max(CASE WHEN nth = 1 THEN elapsed_seconds END) AS last_seconds,
  max(CASE WHEN nth = 1 THEN status END) AS last_status,
  max(CASE WHEN nth = 2 THEN status END) AS status_2,
  max(CASE WHEN nth = 3 THEN status END) AS status_3,
  max(CASE WHEN nth = 4 THEN status END) AS status_4,
  max(CASE WHEN nth = 5 THEN status END) AS status_5
FROM (
  SELECT
    r.*,
    row_number() OVER (
      PARTITION BY r.source, r.project_id, r.case_id ORDER BY r.created_on DESC, r.result_id DESC
    ) AS nth,
    -- Compared among the scored results alone.
    CASE WHEN r.scored = 1 THEN abs(r.passed - lag(r.passed) OVER (
      PARTITION BY r.source, r.project_id, r.case_id, r.scored ORDER BY r.created_on, r.result_id
    )) END AS flip
  FROM v_results r
  -- In `coalesce`, for the outer joins of `v_results` to stay ones that begin with the results.
  WHERE coalesce(r.case_id IS NOT NULL, 1 = 0)
) AS ordered
GROUP BY source, project_id, case_id
