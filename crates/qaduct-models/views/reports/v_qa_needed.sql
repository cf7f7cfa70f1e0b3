-- How many issues of a query need QA, and how many of them are verified by the labels of each.
-- A query without any has a row with 0.
--
-- Only what is read by a named query: the repositories of GitHub, whose issues are a stream of the
-- same name, are none.
--
-- @column source text Name of the configured source.
-- @column query text Name of the query.
-- @column total int Issues.
-- @column verified int Issues with a label that means verified; `unverified` is none.
-- @column not_verified int The others.
SELECT
  p.source,
  replace(p.part, 'query=', '') AS query,
  count(i.issue_id) AS total,
  coalesce(sum(CASE WHEN i.qa_verified THEN 1 ELSE 0 END), 0) AS verified,
  coalesce(sum(CASE WHEN i.issue_id IS NOT NULL AND NOT i.qa_verified THEN 1 ELSE 0 END), 0)
    AS not_verified
FROM (SELECT DISTINCT source, part FROM pull_parts
  WHERE stream = 'issues' AND substr(part, 1, 6) = 'query=' AND completed_at IS NOT NULL) AS p
LEFT JOIN v_query_issues i ON i.source = p.source AND i.query = replace(p.part, 'query=', '')
GROUP BY p.source, p.part
