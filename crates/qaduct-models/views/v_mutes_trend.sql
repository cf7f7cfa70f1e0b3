-- How many mutes a branch had at the end of a day on which that changed.
--
-- By the history of the branch where that was read, from the day on which it parted from another
-- branch; else by what scans saw.
--
-- Marks that silence nothing are no mutes here.
--
-- A day without an event has no row: the number is that of the row before. Pruning removes mutes
-- that ended long ago, and with them their part in the numbers of past days.
--
-- @column repository text Repository, as `host/owner/name` or as a path.
-- @column branch text Branch.
-- @column day date The day, in UTC.
-- @column newly_muted int Mutes that came on this day; on the first day of a branch all that it had.
-- @column unmuted int Mutes that went on this day.
-- @column muted int Mutes at the end of the day.
SELECT
  repository,
  branch,
  day,
  newly_muted,
  unmuted,
  sum(newly_muted - unmuted) OVER (PARTITION BY repository, branch ORDER BY day) AS muted
FROM (
  SELECT
    repository,
    branch,
    day,
    sum(CASE event WHEN 'muted' THEN 1 ELSE 0 END) AS newly_muted,
    sum(CASE event WHEN 'unmuted' THEN 1 ELSE 0 END) AS unmuted
  FROM v_mutes_events
  WHERE effective
  GROUP BY repository, branch, day
) AS days
