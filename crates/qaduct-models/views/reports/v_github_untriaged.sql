-- An open issue that nobody of the project has picked up: without anybody who works on it, opened
-- by somebody from outside.
--
-- Authors that `[reports] ignored_authors` names are left out; where people are left out of the
-- rows, nobody is known by name.
--
-- @column source text Name of the configured source.
-- @column issue_id int Its id.
-- @column repository text? Its repository, `owner/name`.
-- @column number int? Its number.
-- @column title text? What it is about.
-- @column url text? Its page.
-- @column author text? Who opened it.
-- @column author_association text? What the author is to the repository.
-- @column labels text? Its labels, joined by commas.
-- @column created_at timestamp? When it was opened.
-- @column updated_at timestamp? When it was changed last.
-- @column age_days int? Days from then to when issues were read last.
SELECT
  i.source,
  i.issue_id,
  i.repository,
  i.number,
  i.title,
  i.url,
  i.author,
  i.author_association,
  l.labels,
  i.created_at,
  i.updated_at,
  {days:{day:t.as_of}} - {days:{day:i.created_at}} AS age_days
FROM github_issues i
LEFT JOIN (
  SELECT source, issue_id, {joined:label} AS labels
  FROM github_issue_labels
  GROUP BY source, issue_id
) AS l ON l.source = i.source AND l.issue_id = i.issue_id
LEFT JOIN v_data_times t ON t.source = i.source AND t.stream = 'issues'
WHERE i._gone_at IS NULL
  AND i.state = 'open'
  AND NOT i.is_pull_request
  AND coalesce(i.author_association, '') NOT IN ('OWNER', 'MEMBER', 'COLLABORATOR')
  AND NOT EXISTS (
    SELECT 1 FROM github_issue_assignees a
    WHERE a.source = i.source AND a.issue_id = i.issue_id
  )
  AND NOT EXISTS (
    SELECT 1 FROM report_parameters p
    WHERE p.name = 'ignored_author' AND p.value = i.author
  )
