-- How often a workflow of Bitrise succeeded in a week, and how long it took.
--
-- @column source text Name of the configured source.
-- @column app_slug text? Id of the app.
-- @column app text? Name of the app.
-- @column workflow text? The workflow.
-- @column week date? The Monday of the ISO week in which the builds were started, in UTC; of those whose
--   start is not known any more, that in which a machine began.
-- @column builds int Builds.
-- @column succeeded int Those that succeeded.
-- @column failed int Those that failed.
-- @column aborted int Those that were aborted.
-- @column unfinished int Those that have not ended.
-- @column success_percent float? Hundredths of those that succeeded or failed that succeeded; NULL where
--   there are none.
-- @column average_seconds float? Mean time that a machine took for these; NULL where there are none.
-- @column longest_seconds int? The longest of these times; NULL where there are none.
-- @column average_waited_seconds float? Mean time for which these waited for a machine; NULL where there
--   are none.
SELECT
  source,
  app_slug,
  app,
  workflow,
  week,
  count(*) AS builds,
  sum(succeeded) AS succeeded,
  sum(failed) AS failed,
  sum(aborted) AS aborted,
  count(*) - sum(succeeded) - sum(failed) - sum(aborted) AS unfinished,
  sum(succeeded) * 1e2 / NULLIF(sum(succeeded) + sum(failed), 0) AS success_percent,
  avg(CASE WHEN succeeded + failed = 1 THEN seconds * 1e0 END) AS average_seconds,
  max(CASE WHEN succeeded + failed = 1 THEN seconds END) AS longest_seconds,
  avg(CASE WHEN succeeded + failed = 1 THEN waited_seconds * 1e0 END) AS average_waited_seconds
FROM (
  SELECT
    source, app_slug, app, workflow, {week:coalesce(triggered_at, started_at)} AS week, seconds,
    waited_seconds,
    CASE WHEN status = 1 THEN 1 ELSE 0 END AS succeeded,
    CASE WHEN status = 2 THEN 1 ELSE 0 END AS failed,
    CASE WHEN status IN (3, 4) THEN 1 ELSE 0 END AS aborted
  FROM v_builds
) AS b
GROUP BY source, app_slug, app, workflow, week
