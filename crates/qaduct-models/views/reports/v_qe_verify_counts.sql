-- How many fixes of a query wait for QA. A query without any has a row with 0.
--
-- @column source text Name of the configured source.
-- @column query text Name of the query, or `product=NAME`.
-- @column waiting int Bugs with the flag `qe-verify+`, each once.
SELECT p.source, replace(p.part, 'query=', '') AS query, count(DISTINCT w.bug_id) AS waiting
FROM (SELECT DISTINCT source, part FROM pull_parts
  WHERE stream = 'bugs' AND completed_at IS NOT NULL) AS p
LEFT JOIN part_rows r
  ON r.source = p.source AND r.stream = 'bugs' AND r.part = p.part AND r.gone_at IS NULL
LEFT JOIN v_qe_verify w ON w.source = r.source AND w.bug_id = {id:r.row_key}
GROUP BY p.source, p.part
