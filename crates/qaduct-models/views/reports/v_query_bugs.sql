-- A bug in a query of the configuration that finds it now.
--
-- @column query text Name of the query, or `product=NAME`.
-- @columns v_bugs
SELECT replace(p.part, 'query=', '') AS query, b.*
FROM part_rows p
JOIN v_bugs b ON b.source = p.source AND {text:b.bug_id} = p.row_key
WHERE p.stream = 'bugs' AND p.gone_at IS NULL
