-- A build of Bitrise that is not in progress: one row a build, whatever the name says.
--
-- @column id int Number of the row now; not the same for ever.
-- @column build_number int? Its number in the app.
-- @column branch text? The branch.
-- @column status int? How it ended: 1 success, 2 failed, 3 and 4 aborted.
-- @column status_text text? The same in words.
-- @column triggered_workflow text? The workflow.
-- @column triggered_by text? What or who started it.
-- @column triggered_at timestamp? When it was started.
SELECT
  row_number() OVER (ORDER BY source, app_slug, build_number, build_slug) AS id,
  build_number,
  branch,
  status,
  status_text,
  workflow AS triggered_workflow,
  triggered_by,
  triggered_at
FROM v_builds
WHERE status_text IS NULL OR status_text <> 'in-progress'
