-- Hours that a person booked on a ticket of a query in a month.
--
-- @column query text Name of the query, or `project_key=KEY`.
-- @columns v_hours_booked
SELECT
  query,
  source,
  month,
  author,
  project_key,
  family_key,
  count(*) AS entries,
  coalesce(sum(seconds), 0) / 36e2 AS hours
FROM v_query_worklogs
GROUP BY query, source, month, author, project_key, family_key
