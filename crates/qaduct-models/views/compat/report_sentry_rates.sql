-- How healthy a live release was on a day, in the columns of the old table.
--
-- The old program asked for the last 24 hours; a row here is a day that is over, in UTC. What it wrote as
-- -1 is NULL.
--
-- @column id int Number of the row now; not the same for ever.
-- @column crash_free_rate_user float? Hundredths of the users that met no crash.
-- @column crash_free_rate_session float? Hundredths of the sessions that did not crash.
-- @column adoption_rate_user float? Hundredths of the users of the app that used the version.
-- @column release_version text? The version.
-- @column created_at date The day.
-- @column sentry_project_id int? The project.
SELECT
  row_number() OVER (ORDER BY h.source, h.app, h.day, h.version) AS id,
  h.crash_free_users_percent AS crash_free_rate_user,
  h.crash_free_sessions_percent AS crash_free_rate_session,
  h.adoption_percent AS adoption_rate_user,
  h.version AS release_version,
  h.day AS created_at,
  h.project_id AS sentry_project_id
FROM v_release_health h
LEFT JOIN v_data_times t ON t.source = h.source AND t.stream = 'release_health'
WHERE h.day < {day:t.as_of}
