-- A stream in a run of `qaduct pull`, and whether it is the newest of the stream.
--
-- @columns stream_runs
-- @column newest bool Whether no later run has pulled the stream.
SELECT
  s.run_id,
  s.source,
  s.stream,
  s.started_at,
  s.finished_at,
  s.outcome,
  s.parts,
  s.requests,
  s.retries,
  s.rows_read,
  s.rows_inserted,
  s.rows_updated,
  s.rows_gone,
  s.problems,
  s.rows_expected,
  s.waited_ms,
  s.error,
  s.run_id = n.run_id AS newest
FROM stream_runs s
JOIN (
  SELECT source, stream, max(run_id) AS run_id
  FROM stream_runs
  GROUP BY source, stream
) AS n ON n.source = s.source AND n.stream = s.stream
