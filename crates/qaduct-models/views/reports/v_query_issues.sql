-- An issue in a query of the configuration that finds it now.
--
-- @column query text Name of the query, or `project_key=KEY`.
-- @columns v_issues
SELECT replace(p.part, 'query=', '') AS query, i.*
FROM part_rows p
JOIN v_issues i ON i.source = p.source AND {text:i.issue_id} = p.row_key
WHERE p.stream = 'issues' AND p.gone_at IS NULL
