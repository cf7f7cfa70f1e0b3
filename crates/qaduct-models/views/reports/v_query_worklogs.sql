-- Work booked in the family of an issue that a query of the configuration finds now: on it, on the
-- issue that it is a part of, and on the other parts of that. Each entry counts once for a query.
--
-- @column query text Name of the query, or `project_key=KEY`.
-- @columns v_worklogs
SELECT q.query, w.*
FROM v_worklogs w
{then:JOIN} (
  SELECT DISTINCT
    replace(p.part, 'query=', '') AS query,
    i.source,
    coalesce(i.parent_key, i.issue_key) AS family_key,
    {short:coalesce(i.parent_key, i.issue_key)} AS family_short
  FROM part_rows p
  {then:JOIN} jira_issues i
    ON i.source = p.source AND i.issue_id = {id:p.row_key} AND i._gone_at IS NULL
  WHERE p.stream = 'issues' AND p.gone_at IS NULL
) AS q
  ON q.source = w.source
  AND q.family_short = {short:w.family_key}
  AND q.family_key = w.family_key
