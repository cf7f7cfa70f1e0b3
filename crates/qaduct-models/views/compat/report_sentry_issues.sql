-- An issue that waits for review and happened in the last day, in the columns of the old table: once for
-- each live version.
--
-- The old table held the issues of each day and did not say of which; here are those of now. Those of each
-- day are in `release_issue_snapshots`.
--
-- @column id int Number of the row now; not the same for ever.
-- @column sentry_id text The issue.
-- @column culprit text? Where it happens.
-- @column title text? What it is.
-- @column count int? All events of it.
-- @column user_count int? All users that it happened to.
-- @column release_version text The version.
-- @column permalink text? Its page.
-- @column sentry_project_id int? The project.
SELECT
  row_number() OVER (ORDER BY source, app, issue_id, version) AS id,
  {text:issue_id} AS sentry_id,
  culprit,
  title,
  coalesce(lifetime_events, events) AS count,
  coalesce(lifetime_users, users) AS user_count,
  version AS release_version,
  url AS permalink,
  project_id AS sentry_project_id
FROM v_release_issues
WHERE question = 'for_review'
