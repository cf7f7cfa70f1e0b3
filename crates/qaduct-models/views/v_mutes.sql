-- A mute on a branch for one unbroken time, with what the code says about it.
--
-- Mutes that are there and mutes that are gone. Three dates are kept apart: `since_declared` is
-- what the code says, `first_seen_at` is when a scan saw it first.
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
  coalesce(d.owner_declared, o.owners) AS owner
FROM mutes m
-- The repositories are equal in any case; saying so lets a filter on `repository` use the key of mutes.
JOIN mute_declarations d ON d.declaration_id = m.declaration_id AND d.repository = m.repository
LEFT JOIN branches b ON b.repository = m.repository AND b.branch = m.branch
LEFT JOIN file_owners o ON o.repository = m.repository AND o.branch = m.branch AND o.path = d.path
