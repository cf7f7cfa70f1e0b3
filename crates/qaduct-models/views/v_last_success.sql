-- When the newest run without a failure ended, for what it ran on.
--
-- @column command text What ran: `scan`, `pull` or `prune`.
-- @column subject text What it ran on: a repository, a source, or the store.
-- @column finished_at timestamp When the newest run that met no failure ended.
SELECT
  command,
  subject,
  max(finished_at) AS finished_at
FROM runs
WHERE outcome IN ('complete', 'unchanged')
GROUP BY command, subject
