-- Whether a bug was fixed in a release, and when.
--
-- Of values named `release_status`, `release_number` and `release_status_key`, which a rule
-- finds in the fields of a bug (`cf_status_firefox142`), and of the history of these fields.
--
-- @column source text Name of the configured source.
-- @column bug_id int The bug.
-- @column release_number int The release.
-- @column flag text Name of the field.
-- @column status text Its value in lower case; `---` where nobody has said.
-- @column is_fixed bool Whether that is `fixed` or `verified`.
-- @column fixed_at timestamp? When it became `fixed` or `verified` first; NULL where it never did,
--   and where the history is not shown to us.
-- @column release_date date? Day of the release; NULL where the calendar has none.
-- @column fixed_by_release bool? Whether it was fixed at the end of that day; NULL where a day is
--   not known.
SELECT
  f.source,
  f.bug_id,
  f.release_number,
  f.flag,
  lower(f.status) AS status,
  lower(f.status) IN ('fixed', 'verified') AS is_fixed,
  h.fixed_at,
  d.release_date,
  CASE
    WHEN d.release_date IS NULL THEN NULL
    WHEN lower(f.status) NOT IN ('fixed', 'verified') THEN 1 = 0
    ELSE {day:h.fixed_at} <= d.release_date
  END AS fixed_by_release
FROM (
  SELECT
    source,
    {id:row_key} AS bug_id,
    {int:max(CASE WHEN name = 'release_number' THEN number END)} AS release_number,
    max(CASE WHEN name = 'release_status_key' THEN value END) AS flag,
    max(CASE WHEN name = 'release_status' THEN value END) AS status
  FROM extracts
  WHERE table_name = 'bugzilla_bugs'
    AND name IN ('release_number', 'release_status_key', 'release_status')
  GROUP BY source, row_key, rule, ordinal
  -- All three; each is there once at most.
  HAVING count(*) > 2
) AS f
JOIN bugzilla_bugs b ON {same:b.source = f.source} AND b.bug_id = f.bug_id AND b._gone_at IS NULL
LEFT JOIN (
  SELECT source, bug_id, field, min(changed_at) AS fixed_at
  FROM bugzilla_history
  WHERE lower(added) IN ('fixed', 'verified')
  GROUP BY source, bug_id, field
) AS h ON {same:h.source = f.source} AND h.bug_id = f.bug_id AND h.field = f.flag
LEFT JOIN v_release_days d ON d.release_number = f.release_number
