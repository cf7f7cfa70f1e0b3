-- A release of an app of Sentry that users should have on a day: what is shipped, of the versions that
-- are current. Sentry lists more, such as builds that were never shipped.
--
-- Live is a version that one of its shipped builds reports. Which builds are shipped and which majors
-- are current, the query of the app says: `builds=odd` (`even`, `none`, `any`), `train=release` with
-- `majors=2`, or `train=beta`. Of the release train the newest major of the day is current, and with it
-- the ones before it, up to `majors`; of the beta train the next one to come, and those after it, up to
-- `majors` where that is said. What comes when, `[reports] calendar` says; where it says nothing of a day,
-- or the app names no train, all majors are live.
--
-- @column source text Name of the configured source.
-- @column app text Name of the query that says what the app is.
-- @column day date The day, in UTC.
-- @column version text The version, without a build.
-- @column major int? Its first number.
-- @column release_name text The release with the highest shipped build: the whole name.
-- @column current_major int? The current major of the day; NULL where nothing says it.
SELECT source, app, day, version, major, release_name, current_major
FROM (
  SELECT
    source, app, day, version, major, release_name, current_major,
    row_number() OVER (
      PARTITION BY source, app, day, version
      ORDER BY coalesce(build_number, -1) DESC, release_name DESC
    ) AS place
  FROM (
    SELECT
      r.source, r.app, a.date_of AS day, r.version, r.major, r.release_name, r.build,
      r.build_number, a.builds, a.train, a.majors, a.current_major
    FROM sentry_release_health r
    JOIN (
      SELECT
        h.source, h.app, h.day, {day:h.day} AS date_of, h.builds, h.train, h.majors,
        CASE h.train
          WHEN 'beta' THEN (
            SELECT min(d.release_number) FROM v_release_days d WHERE d.release_date > {day:h.day}
          )
          WHEN 'release' THEN (
            SELECT max(d.release_number) FROM v_release_days d WHERE d.release_date <= {day:h.day}
          )
        END AS current_major
      FROM sentry_app_health h
      WHERE h._gone_at IS NULL
    ) AS a ON a.source = r.source AND a.app = r.app AND a.day = r.day
    WHERE r.version IS NOT NULL AND r._gone_at IS NULL
  ) AS known
  WHERE CASE coalesce(builds, 'any')
      WHEN 'odd' THEN coalesce(build_number % 2, 0) = 1
      WHEN 'even' THEN coalesce(build_number % 2, 1) = 0
      WHEN 'none' THEN build IS NULL
      ELSE 1 = 1
    END
    AND CASE
      WHEN current_major IS NULL THEN 1 = 1
      WHEN train = 'beta' THEN
        major >= current_major AND (majors IS NULL OR major < current_major + majors)
      ELSE major <= current_major AND major > current_major - coalesce(majors, 2)
    END
) AS shipped
WHERE place = 1
