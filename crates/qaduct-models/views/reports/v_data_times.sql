-- How old the rows of a stream are: when all of it was last read.
--
-- Ages in other views are counted up to here, not up to the moment of the question, so that
-- the same data gives the same answer.
--
-- @column source text Name of the configured source.
-- @column stream text Name of the stream.
-- @column as_of timestamp When its last part was read whole.
SELECT source, stream, max(completed_at) AS as_of
FROM pull_parts
WHERE completed_at IS NOT NULL
GROUP BY source, stream
