-- A mute that one branch has now and another branch of the same repository has not.
--
-- What differs is whether and how a test is muted (`group_id`), not in which words.
--
-- @column repository text Repository, as `host/owner/name` or as a path.
-- @column branch text The branch that has the mute.
-- @column other_branch text The branch that has not.
-- @column test_id text The test as its framework writes it: `path::container::test[param]`.
-- @column form text The form of the declaration, such as `pytest.mark.skipif`.
-- @column kind text How it mutes: `skip`, `cond_skip`, `xfail` and others.
-- @column ticket text? The first ticket.
-- @column path text File, from the root of the repository.
-- @column line_start int First line of the declaration on the branch that has it.
-- @column group_id text Digest of what is muted and how.
-- @column nth int Number of the time among all times of the same group on the branch, from 1.
SELECT
  here.repository,
  here.branch,
  there.branch AS other_branch,
  here.test_id,
  here.form,
  here.kind,
  here.ticket,
  here.path,
  here.line_start,
  here.group_id,
  here.nth
FROM v_mutes_current here
JOIN branches there
  ON there.repository = here.repository AND there.branch <> here.branch AND there.gone_at IS NULL
WHERE NOT EXISTS (
  SELECT 1
  FROM mutes m
  WHERE m.repository = there.repository
    AND m.branch = there.branch
    AND m.group_id = here.group_id
    AND m.gone_at IS NULL
)
