-- A mute that is there now, on a branch that is there now, with what the code says about it.
--
-- @columns v_mutes without gone_at, gone_commit, closed_by, muted
SELECT
  d.*,
  m.branch,
  m.group_id,
  m.nth,
  m.opened_by,
  m.first_seen_at,
  m.first_seen_commit,
  b.scanned_at AS last_seen_at,
  b.commit_id AS last_seen_commit,
  b.commit_id,
  coalesce(d.owner_declared, o.owners) AS owner
FROM branches b
JOIN mutes m ON m.repository = b.repository AND m.branch = b.branch
-- The repositories are equal in any case; saying so lets a filter on `repository` use the key of mutes.
JOIN mute_declarations d ON d.declaration_id = m.declaration_id AND d.repository = m.repository
LEFT JOIN file_owners o ON o.repository = m.repository AND o.branch = m.branch AND o.path = d.path
WHERE b.gone_at IS NULL AND m.gone_at IS NULL
