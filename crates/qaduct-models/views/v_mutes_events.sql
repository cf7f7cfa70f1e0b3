-- A mute that came to a branch or went: by the commits of its history where that was read, else by
-- what scans saw.
--
-- A branch begins where it parted from another whose history was read with it: what is there then
-- came before it.
--
-- @column repository text Repository, as `host/owner/name` or as a path.
-- @column branch text Branch.
-- @column event text What happened: `muted` or `unmuted`.
-- @column day date The day, in UTC.
-- @column week date The Monday of the ISO week, in UTC.
-- @column baseline bool Whether no change of the code on this branch made it.
-- @column source text What tells: `git` or `scan`.
-- @column effective bool Whether the mark silences anything at all.
SELECT
  c.repository,
  c.branch,
  c.event,
  c.day,
  c.week,
  c.baseline,
  'scan' AS source,
  c.effective
FROM v_mutes_changes c
WHERE NOT EXISTS (
  SELECT 1
  FROM branch_history w
  WHERE w.repository = c.repository AND w.branch = c.branch
)
UNION ALL
SELECT
  w.repository,
  w.branch,
  'muted',
  {day:CASE WHEN w.starts_at > h.from_at OR h.from_at IS NULL THEN w.starts_at ELSE h.from_at END},
  {week:CASE WHEN w.starts_at > h.from_at OR h.from_at IS NULL THEN w.starts_at ELSE h.from_at END},
  h.begins_before OR coalesce(w.starts_at > h.from_at, FALSE),
  'git',
  d.effective
FROM branch_history w
JOIN mute_history h ON h.repository = w.repository AND h.branch = w.branch
JOIN mute_declarations d ON d.declaration_id = h.declaration_id AND d.repository = h.repository
WHERE h.to_at IS NULL OR w.starts_at IS NULL OR h.to_at >= w.starts_at
UNION ALL
SELECT
  w.repository,
  w.branch,
  'unmuted',
  {day:coalesce(h.to_at, b.gone_at)},
  {week:coalesce(h.to_at, b.gone_at)},
  h.to_at IS NULL,
  'git',
  d.effective
FROM branch_history w
JOIN mute_history h ON h.repository = w.repository AND h.branch = w.branch
JOIN mute_declarations d ON d.declaration_id = h.declaration_id AND d.repository = h.repository
LEFT JOIN branches b ON b.repository = w.repository AND b.branch = w.branch
WHERE (h.to_at IS NOT NULL OR b.gone_at IS NOT NULL)
  AND (h.to_at IS NULL OR w.starts_at IS NULL OR h.to_at >= w.starts_at)
