-- An event: a mute that a scan saw first, or saw gone.
--
-- @column repository text Repository, as `host/owner/name` or as a path.
-- @column branch text Branch.
-- @column event text What happened: `muted` or `unmuted`.
-- @column happened_at timestamp When a scan saw it.
-- @column commit_id text? The commit of that scan; NULL where the branch itself disappeared.
-- @column day date The day of that scan, in UTC.
-- @column week date The Monday of the ISO week of that scan, in UTC.
-- @column cause text Why: `commit` where the code changed, `baseline` where the branch was new to us,
--   `rules` where the rules of the scan had changed, `branch` where the branch disappeared.
-- @column baseline bool Whether the event says nothing about the code: any cause but `commit`.
-- @column test_id text The test as its framework writes it: `path::container::test[param]`.
-- @column form text The form of the declaration, such as `pytest.mark.skipif`.
-- @column kind text How it mutes: `skip`, `cond_skip`, `xfail` and others.
-- @column ticket text? The first ticket.
-- @column effective bool Whether the mark silences anything at all.
-- @column group_id text Digest of what is muted and how.
-- @column nth int Number of the time among all times of the same group on this branch, from 1.
-- @column declaration_id text Digest of the declaration.
SELECT
  m.repository,
  m.branch,
  'muted' AS event,
  m.first_seen_at AS happened_at,
  m.first_seen_commit AS commit_id,
  {day:m.first_seen_at} AS day,
  {week:m.first_seen_at} AS week,
  m.opened_by AS cause,
  m.opened_by <> 'commit' AS baseline,
  d.test_id,
  d.form,
  d.kind,
  d.ticket,
  d.effective,
  m.group_id,
  m.nth,
  m.declaration_id
FROM mutes m
JOIN mute_declarations d ON d.declaration_id = m.declaration_id AND d.repository = m.repository
UNION ALL
SELECT
  m.repository,
  m.branch,
  'unmuted',
  m.gone_at,
  m.gone_commit,
  {day:m.gone_at},
  {week:m.gone_at},
  coalesce(m.closed_by, 'commit'),
  coalesce(m.closed_by, 'commit') <> 'commit',
  d.test_id,
  d.form,
  d.kind,
  d.ticket,
  d.effective,
  m.group_id,
  m.nth,
  m.declaration_id
FROM mutes m
JOIN mute_declarations d ON d.declaration_id = m.declaration_id AND d.repository = m.repository
WHERE m.gone_at IS NOT NULL
