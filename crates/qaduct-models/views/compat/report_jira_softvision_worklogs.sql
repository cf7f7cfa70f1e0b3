-- Work booked in the family of an issue of the query `vendor-time`: on it, on the issue that it is
-- a part of, and on the other parts of that. Each entry counts once.
--
-- @column id int Number of the row now; not the same for ever.
-- @column parent_key text? Key of the issue that the others are parts of.
-- @column child_key text? Key of the part; NULL for work on the issue itself.
-- @column author text? Who worked.
-- @column time_spent text? How long, in the words of Jira.
-- @column time_spent_seconds int? The same in seconds.
-- @column started_date timestamp? When the work began, in UTC.
-- @column comment text What was done; `No Comment` where nothing was written.
-- @column parent_name text? What the issue is about.
-- @column child_name text? What the part is about.
SELECT
  row_number() OVER (ORDER BY w.source, w.worklog_id) AS id,
  w.family_key AS parent_key,
  CASE WHEN w.issue_key <> w.family_key THEN w.issue_key END AS child_key,
  w.author,
  w.time_spent,
  w.seconds AS time_spent_seconds,
  w.started_at AS started_date,
  coalesce(w.comment, 'No Comment') AS comment,
  w.family_summary AS parent_name,
  CASE WHEN w.issue_key <> w.family_key THEN w.issue_summary END AS child_name
FROM v_query_worklogs w
WHERE w.query = 'vendor-time'
