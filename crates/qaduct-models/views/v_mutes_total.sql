-- How many mutes the branches of a repository had together at the end of a day on which that changed.
--
-- A mute counts once on each branch that has it, a mark that silences nothing not at all. A day
-- without an event has no row: the number is that of the row before.
--
-- @column repository text Repository, as `host/owner/name` or as a path.
-- @column day date The day, in UTC.
-- @column newly_muted int Mutes that came on this day, those of a new branch included.
-- @column unmuted int Mutes that went on this day.
-- @column muted int Mutes at the end of the day.
SELECT
  repository,
  day,
  newly_muted,
  unmuted,
  sum(newly_muted - unmuted) OVER (PARTITION BY repository ORDER BY day) AS muted
FROM (
  SELECT
    repository,
    day,
    sum(newly_muted) AS newly_muted,
    sum(unmuted) AS unmuted
  FROM v_mutes_trend
  GROUP BY repository, day
) AS days
