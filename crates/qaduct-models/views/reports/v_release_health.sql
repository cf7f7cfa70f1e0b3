-- How healthy a live release was on a day: crash-free sessions, crash-free users, adoption.
--
-- A version counts with all its builds, shipped or not. All numbers are of the project, the environment
-- and the package of the app, and of one day in UTC; the last day of a pull is not over. NULL is what the
-- service does not know, and never 0: a version without users has no share of users without a crash.
--
-- * Crash-free sessions: sessions that did not crash, of all sessions of the version. Builds weigh as
--   much as they have sessions.
-- * Crash-free users: likewise; who used two builds of a version on a day counts for both.
-- * Adoption: users of the version, of all users of the app on the day, as the service counts them; who
--   used two versions is one of them, so that adoption adds up to more than 100.
--
-- @column source text Name of the configured source.
-- @column app text Name of the query that says what the app is.
-- @column day date The day, in UTC.
-- @column version text The version.
-- @column major int? Its first number.
-- @column release_name text The release with the highest shipped build: the whole name.
-- @column project_id int? The project.
-- @column environment text? The environment.
-- @column package text? The package.
-- @column sessions int? Sessions of the version.
-- @column users int? Users of the version.
-- @column app_users int? Users of the app.
-- @column crash_free_sessions_percent float? Hundredths of the sessions that did not crash.
-- @column crash_free_users_percent float? Hundredths of the users that met no crash.
-- @column adoption_percent float? Hundredths of the users of the app that used the version.
-- @column upcoming bool Whether `[reports] calendar` has its release on a later day.
SELECT
  l.source,
  l.app,
  l.day,
  l.version,
  l.major,
  l.release_name,
  b.project_id,
  b.environment,
  b.package,
  b.sessions,
  b.users,
  a.users AS app_users,
  b.free_sessions * 1e2 / NULLIF(b.known_sessions, 0) AS crash_free_sessions_percent,
  b.free_users * 1e2 / NULLIF(b.known_users, 0) AS crash_free_users_percent,
  b.users * 1e2 / NULLIF(a.users, 0) AS adoption_percent,
  EXISTS (
    SELECT 1 FROM v_release_days d WHERE d.release_number = l.major AND d.release_date > l.day
  ) AS upcoming
FROM v_live_releases l
JOIN (
  SELECT
    source, app, {day:day} AS day, version,
    min(project_id) AS project_id,
    min(environment) AS environment,
    min(package) AS package,
    sum(sessions) AS sessions,
    sum(users) AS users,
    sum(sessions * crash_free_sessions) AS free_sessions,
    sum(CASE WHEN crash_free_sessions IS NOT NULL THEN sessions END) AS known_sessions,
    sum(users * crash_free_users) AS free_users,
    sum(CASE WHEN crash_free_users IS NOT NULL THEN users END) AS known_users
  FROM sentry_release_health
  WHERE _gone_at IS NULL
  GROUP BY source, app, {day:day}, version
) AS b ON b.source = l.source AND b.app = l.app AND b.day = l.day AND b.version = l.version
JOIN (
  SELECT source, app, {day:day} AS day, users
  FROM sentry_app_health
  WHERE _gone_at IS NULL
) AS a ON a.source = l.source AND a.app = l.app AND a.day = l.day
