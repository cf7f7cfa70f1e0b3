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
  s.source,
  b.bug_id,
  {int:n.number} AS release_number,
  k.value AS flag,
  lower(s.value) AS status,
  lower(s.value) IN ('fixed', 'verified') AS is_fixed,
  h.fixed_at,
  d.release_date,
  CASE
    WHEN d.release_date IS NULL THEN NULL
    WHEN lower(s.value) NOT IN ('fixed', 'verified') THEN 1 = 0
    ELSE {day:h.fixed_at} <= d.release_date
  END AS fixed_by_release
FROM extracts s
JOIN extracts n
  ON n.source = s.source AND n.table_name = s.table_name AND n.row_key = s.row_key
  AND n.rule = s.rule AND n.ordinal = s.ordinal AND n.name = 'release_number'
JOIN extracts k
  ON k.source = s.source AND k.table_name = s.table_name AND k.row_key = s.row_key
  AND k.rule = s.rule AND k.ordinal = s.ordinal AND k.name = 'release_status_key'
JOIN bugzilla_bugs b ON b.source = s.source AND {text:b.bug_id} = s.row_key AND b._gone_at IS NULL
LEFT JOIN (
  SELECT source, bug_id, field, min(changed_at) AS fixed_at
  FROM bugzilla_history
  WHERE lower(added) IN ('fixed', 'verified')
  GROUP BY source, bug_id, field
) AS h ON h.source = b.source AND h.bug_id = b.bug_id AND h.field = k.value
LEFT JOIN v_release_days d ON d.release_number = n.number
WHERE s.table_name = 'bugzilla_bugs' AND s.name = 'release_status'
