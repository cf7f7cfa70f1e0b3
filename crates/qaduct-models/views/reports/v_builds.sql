-- A build of Bitrise, also one that is older than 200 days: with what was read of it while it was
-- young, where it was.
--
-- @column source text Name of the configured source.
-- @column build_slug text Id of the build.
-- @column app_slug text? Id of the app.
-- @column app text? Name of the app.
-- @column build_number int? Its number in the app.
-- @column workflow text? The workflow.
-- @column branch text? The branch.
-- @column tag text? The tag.
-- @column commit_id text? The commit.
-- @column pull_request_id int? Number of the pull request; NULL where there is none.
-- @column triggered_by text? What or who started it.
-- @column status int? How it ended: 1 success, 2 failed, 3 aborted and failed, 4 aborted and counted
--   as a success; 0 while it has not.
-- @column status_text text? The same in words.
-- @column triggered_at timestamp? When it was started; NULL where it was archived before it was read.
-- @column started_at timestamp? When a machine began with it.
-- @column finished_at timestamp? When it ended; NULL while it has not.
-- @column waited_seconds int? How long it waited for a machine.
-- @column seconds int? How long the machine took; NULL while it has not ended.
-- @column url text? Its page.
SELECT
  b.source,
  b.build_slug,
  b.app_slug,
  a.title AS app,
  b.build_number,
  b.workflow,
  b.branch,
  b.tag,
  b.commit_hash AS commit_id,
  b.pull_request_id,
  b.triggered_by,
  b.status,
  b.status_text,
  b.triggered_at,
  b.started_at,
  b.finished_at,
  {seconds:b.started_at} - {seconds:b.triggered_at} AS waited_seconds,
  {seconds:b.finished_at} - {seconds:b.started_at} AS seconds,
  b.url
FROM (
  SELECT
    source, build_slug, app_slug, build_number, workflow, branch, tag, commit_hash,
    pull_request_id, triggered_by, status, status_text, triggered_at, started_at, finished_at, url
  FROM bitrise_builds
  WHERE _gone_at IS NULL
  UNION ALL
  SELECT
    o.source, o.build_slug, o.app_slug, o.build_number, o.workflow, o.branch, o.tag, o.commit_hash,
    o.pull_request_id, o.triggered_by, o.status, o.status_text, n.triggered_at, o.started_at,
    o.finished_at, o.url
  FROM bitrise_archived_builds o
  LEFT JOIN bitrise_builds n ON n.source = o.source AND n.build_slug = o.build_slug
  WHERE o._gone_at IS NULL AND (n.build_slug IS NULL OR n._gone_at IS NOT NULL)
) AS b
LEFT JOIN bitrise_apps a ON a.source = b.source AND a.app_slug = b.app_slug
