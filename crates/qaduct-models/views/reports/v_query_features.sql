-- A feature in a release, of a query of the configuration that finds it now.
--
-- @column query text Name of the query, or `project_key=KEY`.
-- @columns v_features
SELECT replace(p.part, 'query=', '') AS query, f.*
FROM part_rows p
JOIN v_features f ON f.source = p.source AND {text:f.issue_id} = p.row_key
WHERE p.stream = 'issues' AND p.gone_at IS NULL
