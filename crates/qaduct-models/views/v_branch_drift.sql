-- A mute of a test that one branch mutes now and another branch of the same repository does not.
--
-- What differs is whether a test is muted, not how or in which words. Marks without effect mute nothing.
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
LEFT JOIN (
  SELECT DISTINCT m.repository, m.branch, d.test_id
  FROM mutes m
  JOIN mute_declarations d ON d.declaration_id = m.declaration_id
  WHERE m.gone_at IS NULL AND d.effective
) muted
  ON muted.repository = there.repository
  AND muted.branch = there.branch
  AND muted.test_id = here.test_id
WHERE here.effective AND muted.test_id IS NULL
