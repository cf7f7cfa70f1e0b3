-- How many mutes an owner has on a branch now, and what they are for.
--
-- Mutes that silence something. An owner is what stands in one line: two teams that answer together
-- are one owner, `@one @two`.
--
-- @column repository text Repository, as `host/owner/name` or as a path.
-- @column branch text Branch, without `refs/heads/` or the name of a remote.
-- @column owner text? Who answers for them; NULL where nobody is known.
-- @column mutes int Mutes of any intent.
-- @column debt int Tests that should run and do not.
-- @column platform int Tests that have no meaning on some system.
-- @column environment int Tests that need what is not there.
-- @column intentional int Tests that are kept out on purpose.
-- @column unknown int Mutes of which nothing tells what they are for.
-- @column without_ticket int Mutes without a ticket, of any intent.
SELECT
  repository,
  branch,
  owner,
  count(*) AS mutes,
  count(CASE WHEN intent = 'debt' THEN 1 END) AS debt,
  count(CASE WHEN intent = 'platform' THEN 1 END) AS platform,
  count(CASE WHEN intent = 'environment' THEN 1 END) AS environment,
  count(CASE WHEN intent = 'intentional' THEN 1 END) AS intentional,
  count(CASE WHEN intent IS NULL OR intent = 'unknown' THEN 1 END) AS unknown,
  count(CASE WHEN ticket IS NULL THEN 1 END) AS without_ticket
FROM v_mutes_current
WHERE effective
GROUP BY repository, branch, owner
