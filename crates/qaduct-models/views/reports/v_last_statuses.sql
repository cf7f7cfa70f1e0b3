-- One of the last five results of a case: what failed recently.
--
-- @column nth int 1 for the last result, 2 for the one before.
-- @columns v_results
SELECT nth, source, result_id, project_id, project, plan_id, plan_type, run_id, run_category,
  suite_id, test_id, case_id, title, status_id, status, scored, passed, elapsed_seconds, created_by,
  created_on, version, defects
FROM (
  SELECT
    r.*,
    row_number() OVER (
      PARTITION BY r.source, r.project_id, r.case_id ORDER BY r.created_on DESC, r.result_id DESC
    ) AS nth
  FROM v_results r
  -- In `coalesce`, for the outer joins of `v_results` to stay ones that begin with the results.
  WHERE coalesce(r.case_id IS NOT NULL, 1 = 0)
) AS ordered
WHERE nth <= 5
