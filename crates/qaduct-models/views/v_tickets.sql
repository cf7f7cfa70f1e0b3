-- A ticket under which something is muted now.
--
-- @column repository text Repository, as `host/owner/name` or as a path.
-- @column ticket text The ticket as people write it: `DCOS-1234`, `#12`, `owner/repo#12`.
-- @column tracker text Kind of tracker: `jira`, `github`, `gitlab`, `bugzilla` and others.
-- @column url text? Its address, where the code gives one.
-- @column placeholder bool Whether it looks like a stand-in, such as `JIRA-0000`.
-- @column mutes int Mutes that name it, each once a branch.
-- @column tests int Tests that they mute.
-- @column branches int Branches that have them.
SELECT
  repository,
  ticket,
  tracker,
  min(url) AS url,
  max(placeholder) = 1 AS placeholder,
  count(*) AS mutes,
  count(DISTINCT test_id) AS tests,
  count(DISTINCT branch) AS branches
FROM (
  -- A declaration may name a ticket more than once.
  SELECT
    c.repository,
    c.branch,
    c.group_id,
    c.nth,
    c.test_id,
    t.key AS ticket,
    t.tracker,
    min(t.url) AS url,
    max(CASE WHEN t.placeholder THEN 1 ELSE 0 END) AS placeholder
  FROM v_mutes_current c
  JOIN mute_tickets t ON t.declaration_id = c.declaration_id
  GROUP BY c.repository, c.branch, c.group_id, c.nth, c.test_id, t.key, t.tracker
) AS named
GROUP BY repository, ticket, tracker
