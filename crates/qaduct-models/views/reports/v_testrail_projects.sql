-- A project of TestRail and the project of the configuration that it is.
--
-- @column source text Name of the configured source.
-- @column project_id int Its id.
-- @column name text? Its name at TestRail.
-- @column project text? Its name in the configuration: `[project.NAME]`; NULL for others.
-- @column title text? Its name for people.
SELECT t.source, t.project_id, t.name, min(p.project) AS project, min(p.title) AS title
FROM testrail_projects t
LEFT JOIN project_sources s
  ON s.source = t.source AND (s.scope = {text:t.project_id} OR s.scope = t.name)
LEFT JOIN projects p ON p.project = s.project
WHERE t._gone_at IS NULL
GROUP BY t.source, t.project_id, t.name
