-- When an issue was looked at first: assigned, labelled, put into a milestone or closed.
--
-- Of issues and not of pull requests. What a reporter may do while opening the issue counts as well.
--
-- @column source text Name of the configured source.
-- @column issue_id int Its id.
-- @column repository text? Its repository.
-- @column number int? Its number.
-- @column state text? `open` or `closed`.
-- @column author_association text? What the author is to the repository.
-- @column created_at timestamp? When it was opened.
-- @column week date? The Monday of the ISO week of that, in UTC.
-- @column triaged_at timestamp? When it was looked at first; NULL while it was not, and where GitHub
--   no longer shows its events.
-- @column hours_to_triage float? Hours from one to the other.
SELECT
  i.source,
  i.issue_id,
  i.repository,
  i.number,
  i.state,
  i.author_association,
  i.created_at,
  {week:i.created_at} AS week,
  e.triaged_at,
  ({seconds:e.triaged_at} - {seconds:i.created_at}) / 36e2 AS hours_to_triage
FROM github_issues i
LEFT JOIN (
  SELECT source, issue_id, min(created_at) AS triaged_at
  FROM github_issue_events
  WHERE event IN ('assigned', 'labeled', 'milestoned', 'closed')
  GROUP BY source, issue_id
) AS e ON e.source = i.source AND e.issue_id = i.issue_id
WHERE i._gone_at IS NULL AND NOT i.is_pull_request
