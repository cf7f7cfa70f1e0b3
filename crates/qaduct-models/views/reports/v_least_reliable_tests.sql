-- The cases of a project that fail most often, the least reliable first.
--
-- @column place int Place in the project, from 1.
-- @columns v_test_health
SELECT
  row_number() OVER (
    PARTITION BY h.source, h.project_id
    -- Databases differ in where a NULL comes.
    ORDER BY h.pass_percent, coalesce(h.flip_percent, -1) DESC, h.scored DESC, h.case_id
  ) AS place,
  h.*
FROM v_test_health h
WHERE h.pass_percent IS NOT NULL AND h.pass_percent < 100
