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
  coalesce(d.owner_declared, o.owners) AS owner,
  h.from_at AS since_git,
  h.from_commit AS since_git_commit,
  h.from_author AS since_git_author,
  h.muted_before,
  {days:{day:(SELECT max(finished_at) FROM runs WHERE command = 'scan')}}
    - {days:coalesce(
      d.since_declared,
      {day:coalesce(h.from_at, CASE m.opened_by WHEN 'commit' THEN m.first_seen_at END)}
    )} AS age_days,
  CASE
    WHEN d.since_declared IS NOT NULL THEN 'declared'
    WHEN h.from_at IS NOT NULL THEN 'git'
    WHEN m.opened_by = 'commit' THEN 'first_seen'
  END AS age_source
FROM branches b
JOIN mutes m ON m.repository = b.repository AND m.branch = b.branch
-- The repositories are equal in any case; saying so lets a filter on `repository` use the key of mutes.
JOIN mute_declarations d ON d.declaration_id = m.declaration_id AND d.repository = m.repository
LEFT JOIN file_owners o ON o.repository = m.repository AND o.branch = m.branch AND o.path = d.path
-- The declaration tells which of several open ones of a group it is.
LEFT JOIN mute_history h
  ON h.repository = m.repository AND h.branch = m.branch AND h.group_id = m.group_id
  AND h.declaration_id = m.declaration_id AND h.to_commit IS NULL
WHERE b.gone_at IS NULL AND m.gone_at IS NULL
