-- The cases of a project whose tests take longest, the longest first.
--
-- @column place int Place in the project, from 1.
-- @columns v_test_health
SELECT
  row_number() OVER (
    PARTITION BY h.source, h.project_id ORDER BY h.average_seconds DESC, h.case_id
  ) AS place,
  h.*
FROM v_test_health h
WHERE h.average_seconds IS NOT NULL
