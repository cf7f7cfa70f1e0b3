-- How far a stream of a source is: its newest run, and how old its data are.
--
-- @column source text Name of the configured source.
-- @column stream text Name of the stream.
-- @column last_success_at timestamp? When the newest run that read all of it ended; NULL
--   where none has. A pull of a range, of some rows or of some projects does not count.
-- @column watermark timestamp? All that changed before this instant is stored, in every
--   part that may still change; NULL as long as one of them was not read whole.
-- @column parts int Parts of which something is stored.
-- @column open_parts int Parts whose reading is under way, or was interrupted; pulls of a
--   range do not count.
-- @column run_id text The newest run.
-- @column started_at timestamp When it began with the stream.
-- @column finished_at timestamp When it ended with the stream.
-- @column outcome text How it ended: `complete`, `unchanged`, `incomplete`, `limited`,
--   `interrupted` or `failed`.
-- @column requests int Requests that it made.
-- @column rows_read int Rows that it was sent.
-- @column rows_inserted int Rows that were new.
-- @column rows_updated int Rows that had changed.
-- @column rows_gone int Rows that were found gone.
-- @column problems int Values in it that did not fit their column.
-- @column error text? What went wrong in it, where something did.
SELECT
  s.source,
  s.stream,
  g.last_success_at,
  p.watermark,
  coalesce(p.parts, 0) AS parts,
  coalesce(p.open_parts, 0) AS open_parts,
  s.run_id,
  s.started_at,
  s.finished_at,
  s.outcome,
  s.requests,
  s.rows_read,
  s.rows_inserted,
  s.rows_updated,
  s.rows_gone,
  s.problems,
  s.error
FROM v_stream_runs s
LEFT JOIN (
  SELECT source, stream, finished_at AS last_success_at
  FROM (
    SELECT source, stream, finished_at, row_number() OVER (
      PARTITION BY source, stream ORDER BY coalesce(nth, 0) DESC, run_id DESC
    ) AS place
    FROM stream_runs
    WHERE outcome IN ('complete', 'unchanged')
  ) AS ordered
  WHERE place = 1
) AS g ON g.source = s.source AND g.stream = s.stream
LEFT JOIN (
  SELECT
    source,
    stream,
    CASE
      -- Where nothing is left to read, all is stored that there was.
      WHEN count(CASE WHEN aside IS NULL THEN 1 END) = 0 THEN max(watermark)
      WHEN count(CASE WHEN aside IS NULL AND watermark IS NULL THEN 1 END) = 0
        THEN min(CASE WHEN aside IS NULL THEN watermark END)
    END AS watermark,
    count(*) AS parts,
    count(CASE WHEN aside IS NULL AND upper IS NOT NULL THEN 1 END) AS open_parts
  FROM pull_parts
  WHERE aside IS NULL OR aside <> 'range'
  GROUP BY source, stream
) AS p ON p.source = s.source AND p.stream = s.stream
WHERE s.newest
