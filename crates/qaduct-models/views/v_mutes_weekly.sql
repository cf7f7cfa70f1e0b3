-- What changed in the code of a branch in a week; what came or went otherwise does not count.
-- By the history of the branch where that was read, else by what scans saw.
--
-- A week in which nothing changed has no row. Marks that silence nothing are no mutes here.
--
-- @column repository text Repository, as `host/owner/name` or as a path.
-- @column branch text Branch.
-- @column week date The Monday of the ISO week, in UTC.
-- @column newly_muted int Mutes that came in this week.
-- @column unmuted int Mutes that went in this week.
-- @column net int The difference of the two.
SELECT
  repository,
  branch,
  week,
  sum(CASE event WHEN 'muted' THEN 1 ELSE 0 END) AS newly_muted,
  sum(CASE event WHEN 'unmuted' THEN 1 ELSE 0 END) AS unmuted,
  sum(CASE event WHEN 'muted' THEN 1 ELSE -1 END) AS net
FROM v_mutes_events
WHERE NOT baseline AND effective
GROUP BY repository, branch, week
