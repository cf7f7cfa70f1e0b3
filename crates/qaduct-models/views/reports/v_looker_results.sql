-- The rows that looks gave, day by day.
--
-- @column source text Name of the configured source.
-- @column look_id text The look.
-- @column title text? Its title; NULL where looks are not pulled.
-- @column day date? The day of the reading, in UTC.
-- @column is_newest bool Whether the look has no later day.
-- @column ran_at timestamp? When the pull began that ran the query.
-- @column row_count int? How many rows it gave on the day.
-- @column nth int The number of the row, from 0.
-- @column cells text? Its values by the names of their fields, as JSON.
SELECT
  s.source,
  s.look_id,
  l.title,
  s.day,
  CASE WHEN s.day = n.day THEN TRUE ELSE FALSE END AS is_newest,
  s.ran_at,
  s.row_count,
  r.nth,
  r.cells
FROM looker_result_rows AS r
JOIN looker_results AS s ON s.source = r.source AND s.snapshot = r.snapshot
JOIN (
  SELECT source, look_id, max(day) AS day FROM looker_results GROUP BY source, look_id
) AS n ON n.source = s.source AND n.look_id = s.look_id
LEFT JOIN looker_looks AS l ON l.source = s.source AND l.look_id = s.look_id
