-- An issue of a live version of an app, as of now: what waits for review, and what is new in the version.
--
-- Live is what was so on the last day that was over when issues were read: `v_live_releases`. Which issues
-- are asked for, `sentry_release_issues.question` says. The list of each day is kept in
-- `release_issue_snapshots`.
--
-- @column source text Name of the configured source.
-- @column app text Name of the query that says what the app is.
-- @column question text `for_review`: waits for review, and happened in the last day. `new`: open, happened in this version first, and in the last 7 days.
-- @column version text The version.
-- @column major int? Its first number.
-- @column adoption_percent float? Hundredths of the users of the app that used the version on that day.
-- @column issue_id int The issue.
-- @column project_id int? The project.
-- @column short_id text? Its name for people.
-- @column title text? What it is.
-- @column culprit text? Where it happens.
-- @column is_unhandled bool? Whether nothing in the program caught it.
-- @column events int? Events in the last day (`for_review`) or the last 7 days (`new`).
-- @column users int? Users that it happened to in that time.
-- @column lifetime_events int? All events that there were.
-- @column lifetime_users int? All users that it happened to.
-- @column first_seen timestamp? When it happened first.
-- @column last_seen timestamp? When it happened last.
-- @column url text? Its page.
SELECT
  i.source,
  i.app,
  i.question,
  i.version,
  h.major,
  h.adoption_percent,
  i.issue_id,
  i.project_id,
  i.short_id,
  i.title,
  i.culprit,
  i.is_unhandled,
  i.events,
  i.users,
  i.lifetime_events,
  i.lifetime_users,
  i.first_seen,
  i.last_seen,
  i.url
FROM sentry_release_issues i
JOIN (
  SELECT l.source, l.app, max(l.day) AS day
  FROM v_live_releases l
  LEFT JOIN v_data_times t ON t.source = l.source AND t.stream = 'release_issues'
  WHERE l.day < {day:t.as_of}
  GROUP BY l.source, l.app
) AS n ON n.source = i.source AND n.app = i.app
JOIN v_release_health h
  ON h.source = i.source AND h.app = i.app AND h.day = n.day AND h.version = i.version
WHERE i._gone_at IS NULL
