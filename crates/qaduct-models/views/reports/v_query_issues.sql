-- An issue in a query of the configuration that finds it now.
--
-- @column query text Name of the query, or `project_key=KEY`.
-- @columns v_issues
SELECT replace(p.part, 'query=', '') AS query, i.*
FROM (
  -- Grouped, so that it is read once: a row of it is looked up by its number, which is in no index.
  SELECT source, part, {id:row_key} AS issue_id
  FROM part_rows
  WHERE stream = 'issues' AND gone_at IS NULL
  GROUP BY source, part, row_key
) AS p
JOIN v_issues i ON {same:i.source = p.source} AND i.issue_id = p.issue_id
