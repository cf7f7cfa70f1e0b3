-- A result of the newest plan with results of each type that a rule knows: `beta`, `l10n`.
--
-- @columns v_results
SELECT r.source, r.result_id, r.project_id, r.project, n.plan_id, n.plan_type, r.run_id,
  r.run_category, r.suite_id, r.test_id, r.case_id, r.title, r.status_id, r.status, r.scored,
  r.passed, r.elapsed_seconds, r.created_by, r.created_on, r.version, r.defects
FROM v_results r
{then:JOIN} (
  SELECT source, project_id, plan_type, max(plan_id) AS plan_id
  FROM v_results r
  -- In `coalesce`, for the outer joins of `v_results` to stay ones that begin with the results.
  WHERE coalesce(r.plan_type IS NOT NULL, 1 = 0)
  GROUP BY source, project_id, plan_type
) AS n ON {same:n.source = r.source} AND n.plan_id = coalesce(r.plan_id, 0)
