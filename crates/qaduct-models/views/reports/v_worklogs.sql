-- Work booked on an issue. The id of the entry is its key, so that no hour counts twice.
--
-- All work that is pulled; that of a query stands in `v_query_worklogs`.
--
-- @column source text Name of the configured source.
-- @column worklog_id int Its id.
-- @column issue_id int? The issue.
-- @column issue_key text? Key of the issue; NULL where the issue is not pulled.
-- @column issue_summary text? What the issue is about.
-- @column project_key text? Key of the project of the issue.
-- @column family_key text? Key of the issue that the issue is a part of, else its own.
-- @column family_summary text? What that issue is about.
-- @column author text? Who worked.
-- @column started_at timestamp? When the work began.
-- @column day date? The day of that, in UTC.
-- @column month date? The first day of the month of that, in UTC.
-- @column seconds int? Seconds of work.
-- @column time_spent text? The same in the words of Jira.
-- @column comment text? What was done; NULL where nothing was written.
SELECT
  w.source,
  w.worklog_id,
  w.issue_id,
  i.issue_key,
  i.summary AS issue_summary,
  i.project_key,
  coalesce(i.parent_key, i.issue_key) AS family_key,
  CASE WHEN i.parent_key IS NULL THEN i.summary ELSE i.parent_summary END AS family_summary,
  w.author,
  w.started_at,
  {day:w.started_at} AS day,
  {month:w.started_at} AS month,
  w.seconds,
  w.time_spent,
  NULLIF(w.comment, '') AS comment
FROM jira_worklogs w
LEFT JOIN jira_issues i ON i.source = w.source AND i.issue_id = w.issue_id
WHERE w._gone_at IS NULL
