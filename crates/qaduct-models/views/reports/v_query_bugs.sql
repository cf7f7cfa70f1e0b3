-- A bug in a query of the configuration that finds it now.
--
-- @column query text Name of the query, or `product=NAME`.
-- @columns v_bugs
SELECT replace(p.part, 'query=', '') AS query, b.*
FROM (
  -- Grouped, so that it is read once: a row of it is looked up by its number, which is in no index.
  SELECT source, part, {id:row_key} AS bug_id
  FROM part_rows
  WHERE stream = 'bugs' AND gone_at IS NULL
  GROUP BY source, part, row_key
) AS p
JOIN v_bugs b ON {same:b.source = p.source} AND b.bug_id = p.bug_id
