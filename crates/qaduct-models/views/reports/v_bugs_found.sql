-- A bug that was found in a release, by the marks of QA.
--
-- Of values named `found_in` and, beside each, `found_channel`. A bug with marks of two releases
-- has two rows; the same mark twice counts once.
--
-- @column found_in int The release in which it was found.
-- @column found_channel text? Where: `nightly`, `beta`, `release`.
-- @columns v_bugs
-- @column flag_status text? The state of its flag for that release; NULL without one.
-- @column fixed_at timestamp? When it was fixed: in that release, else when it was resolved as
--   `FIXED`; NULL while it was not.
-- @column release_date date? Day of that release.
-- @column fixed_by_release bool? Whether it was fixed in that release at the end of that day.
-- @column workdays_to_fix int? Mondays to Fridays from the day it was filed to the day it was
--   fixed; 0 on the same day.
SELECT
  f.found_in,
  f.found_channel,
  b.*,
  f.flag_status,
  CASE
    WHEN f.is_fixed THEN coalesce(f.fixed_at, b.resolved_at)
    WHEN b.resolution = 'FIXED' THEN b.resolved_at
  END AS fixed_at,
  f.release_date,
  f.fixed_by_release,
  CASE
    WHEN f.is_fixed THEN {workdays:{day:coalesce(f.fixed_at, b.resolved_at)}}
    WHEN b.resolution = 'FIXED' THEN {workdays:{day:b.resolved_at}}
  END - {workdays:{day:b.created_at}} AS workdays_to_fix
FROM (
  SELECT
    m.source,
    m.bug_id,
    m.found_in,
    m.found_channel,
    g.status AS flag_status,
    g.is_fixed,
    g.fixed_at,
    g.fixed_by_release,
    d.release_date
  FROM (
    SELECT DISTINCT
      n.source, {id:n.row_key} AS bug_id, {int:n.number} AS found_in, c.value AS found_channel
    FROM extracts n
    LEFT JOIN extracts c
      ON c.source = n.source AND c.table_name = n.table_name AND c.row_key = n.row_key
      AND c.rule = n.rule AND c.ordinal = n.ordinal AND c.name = 'found_channel'
    WHERE n.table_name = 'bugzilla_bugs' AND n.name = 'found_in' AND n.number IS NOT NULL
  ) AS m
  LEFT JOIN v_bug_release_flags g
    ON {same:g.source = m.source} AND g.bug_id = m.bug_id AND g.release_number = m.found_in
  LEFT JOIN v_release_days d ON d.release_number = m.found_in
) AS f
JOIN v_bugs b ON {same:b.source = f.source} AND b.bug_id = f.bug_id
