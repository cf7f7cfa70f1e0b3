-- A stream in a run of `qaduct pull`, and whether it is the newest of the stream.
--
-- @columns stream_runs
-- @column newest bool Whether no later run has pulled the stream, whatever the clocks said.
SELECT
  run_id,
  source,
  stream,
  started_at,
  finished_at,
  outcome,
  parts,
  requests,
  retries,
  rows_read,
  rows_inserted,
  rows_updated,
  rows_gone,
  problems,
  rows_expected,
  waited_ms,
  error,
  nth,
  row_number() OVER (
    PARTITION BY source, stream ORDER BY coalesce(nth, 0) DESC, run_id DESC
  ) = 1 AS newest
FROM stream_runs
