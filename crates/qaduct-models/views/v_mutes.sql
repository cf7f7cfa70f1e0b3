-- A mute on a branch for one unbroken time, with what the code says about it.
--
-- Mutes that are there and mutes that are gone. Three dates are kept apart: `since_declared` is
-- what the code says, `since_git` what the history of the branch says, where it was read, and
-- `first_seen_at` is when a scan saw it first.
--
-- @columns mute_declarations
-- @column branch text Branch, without `refs/heads/` or the name of a remote.
-- @column group_id text Digest of what is muted and how: path, container, test, parameter, scope
--   and form. The same on all branches.
-- @column nth int Number of this time among all times of the same group on this branch, from 1.
-- @column opened_by text Why the time began: `commit` where the code changed, `baseline` where the
--   branch was new to us, `rules` where the rules of the scan had changed.
-- @column first_seen_at timestamp When a scan saw it first.
-- @column first_seen_commit text The commit of that scan.
-- @column last_seen_at timestamp When a scan saw it last: where it is still there, when a scan saw
--   the newest commit of the branch first.
-- @column last_seen_commit text The commit at which it was seen last.
-- @column gone_at timestamp? When a scan saw that it is gone; NULL while it is there.
-- @column gone_commit text? The commit at which it was gone; NULL while it is there and where the
--   branch itself disappeared.
-- @column closed_by text? Why the time ended: `commit`, `rules` or `branch`, where the branch
--   disappeared; NULL while it is there.
-- @column muted bool Whether it is there now.
-- @column commit_id text? The newest commit of the branch that was scanned.
-- @column owner text? Who answers for it: who the declaration names, else the owners of the file by
--   the settings or `CODEOWNERS` of the branch, joined by a space; NULL where nobody is known.
-- @column since_git timestamp? When the commit landed on the branch that brought it; NULL where the
--   history was not read, does not reach back so far, or the mute is gone: see `v_mutes_history`.
-- @column since_git_commit text? That commit.
-- @column since_git_author text? Who wrote the change that brought it.
-- @column muted_before int? Times of the same group on this branch that had ended before, by the
--   history; NULL where that was not read.
-- @column age_days int? Days for which it is there: from the day that the code declares, else from
--   that of `since_git`, else from the first sight of a mute that was new then; up to the newest
--   scan of all. NULL where nobody knows, and where it is gone.
-- @column age_source text? Which of them that is: `declared`, `git` or `first_seen`.
SELECT
  d.*,
  m.branch,
  m.group_id,
  m.nth,
  m.opened_by,
  m.first_seen_at,
  m.first_seen_commit,
  coalesce(m.last_seen_at, b.scanned_at, m.first_seen_at) AS last_seen_at,
  coalesce(m.last_seen_commit, b.commit_id, m.first_seen_commit) AS last_seen_commit,
  m.gone_at,
  m.gone_commit,
  m.closed_by,
  m.gone_at IS NULL AND b.branch IS NOT NULL AND b.gone_at IS NULL AS muted,
  b.commit_id,
  coalesce(d.owner_declared, o.owners) AS owner,
  h.from_at AS since_git,
  h.from_commit AS since_git_commit,
  h.from_author AS since_git_author,
  h.muted_before,
  CASE WHEN m.gone_at IS NULL THEN
    {days:{day:(SELECT max(finished_at) FROM runs WHERE command = 'scan')}}
    - {days:coalesce(
      d.since_declared,
      {day:coalesce(h.from_at, CASE m.opened_by WHEN 'commit' THEN m.first_seen_at END)}
    )}
  END AS age_days,
  CASE
    WHEN m.gone_at IS NOT NULL THEN NULL
    WHEN d.since_declared IS NOT NULL THEN 'declared'
    WHEN h.from_at IS NOT NULL THEN 'git'
    WHEN m.opened_by = 'commit' THEN 'first_seen'
  END AS age_source
FROM mutes m
-- The repositories are equal in any case; saying so lets a filter on `repository` use the key of mutes.
JOIN mute_declarations d ON d.declaration_id = m.declaration_id AND d.repository = m.repository
LEFT JOIN branches b ON b.repository = m.repository AND b.branch = m.branch
LEFT JOIN file_owners o ON o.repository = m.repository AND o.branch = m.branch AND o.path = d.path
-- The declaration tells which of several open ones of a group it is.
LEFT JOIN mute_history h
  ON h.repository = m.repository AND h.branch = m.branch AND h.group_id = m.group_id
  AND h.declaration_id = m.declaration_id AND h.to_commit IS NULL AND m.gone_at IS NULL
