-- An issue of a repository that a project of the configuration names.
--
-- @column id int Number of the row now; not the same for ever.
-- @column github_number int? Number of the issue.
-- @column github_title text? What it is about.
-- @column github_url text? Its page.
-- @column github_state text? `open` or `closed`.
-- @column github_created_at timestamp? When it was opened.
-- @column github_updated_at timestamp? When it was changed last.
-- @column github_closed_at timestamp? When it was closed.
-- @column github_user text? Who opened it.
-- @column author_association text? What the author is to the repository.
-- @column project text? The project.
-- @column created_at timestamp When it was first seen.
SELECT
  row_number() OVER (ORDER BY i.source, i.issue_id) AS id,
  i.number AS github_number,
  i.title AS github_title,
  i.url AS github_url,
  i.state AS github_state,
  i.created_at AS github_created_at,
  i.updated_at AS github_updated_at,
  i.closed_at AS github_closed_at,
  i.author AS github_user,
  i.author_association,
  coalesce(s.project, i.repository) AS project,
  i._first_seen_at AS created_at
FROM github_issues i
LEFT JOIN (
  SELECT source, scope, min(project) AS project
  FROM project_sources
  GROUP BY source, scope
) AS s ON s.source = i.source AND s.scope = i.repository
WHERE i._gone_at IS NULL AND NOT i.is_pull_request
