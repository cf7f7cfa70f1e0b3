-- A feature in a release, of a query of the configuration that finds it now.
--
-- @column query text Name of the query, or `project_key=KEY`.
-- @columns v_features
SELECT replace(p.part, 'query=', '') AS query, f.*
FROM (
  -- Grouped, so that it is read once: a row of it is looked up by its number, which is in no index.
  SELECT source, part, {id:row_key} AS issue_id
  FROM part_rows
  WHERE stream = 'issues' AND gone_at IS NULL
  GROUP BY source, part, row_key
) AS p
JOIN v_features f ON {same:f.source = p.source} AND f.issue_id = p.issue_id
