-- A result of the newest plan with results of each type that a rule knows: `beta`, `l10n`.
--
-- @columns v_results
SELECT r.*
FROM v_results r
JOIN (
  SELECT source, project_id, plan_type, max(plan_id) AS plan_id
  FROM v_results
  WHERE plan_type IS NOT NULL
  GROUP BY source, project_id, plan_type
) AS n ON n.source = r.source AND n.plan_id = r.plan_id
