-- A mute in the history of a branch for one unbroken time, as git tells it: when it landed and by
-- whom, and when and by whom it was removed.
--
-- Of branches whose history was read. It goes on through moves, renames and edits.
--
-- @columns mute_history
-- @column muted bool Whether it is there now.
-- @column days int? Days from its landing to its end, or to the newest scan of all while it is there;
--   NULL where nobody knows since when.
-- @column test_id text The test as its framework writes it, when it was there last:
--   `path::container::test[param]`.
-- @column path text File, from the root of the repository.
-- @column line_start int First line of the declaration.
-- @column form text The form of the declaration, such as `pytest.mark.skipif`.
-- @column kind text How it mutes: `skip`, `cond_skip`, `xfail` and others.
-- @column intent text? What it is for: `debt`, `platform`, `environment`, `intentional` or `unknown`.
-- @column ticket text? The first ticket.
-- @column reason text? Why, in the words of the code.
-- @column since_declared date? The day since when, where the code names one.
-- @column effective bool Whether it silences anything at all.
SELECT
  h.*,
  h.to_commit IS NULL AND b.branch IS NOT NULL AND b.gone_at IS NULL AS muted,
  {days:{day:coalesce(
    h.to_at,
    b.gone_at,
    (SELECT max(finished_at) FROM runs WHERE command = 'scan')
  )}} - {days:{day:h.from_at}} AS days,
  d.test_id,
  d.path,
  d.line_start,
  d.form,
  d.kind,
  d.intent,
  d.ticket,
  d.reason,
  d.since_declared,
  d.effective
FROM mute_history h
-- The repositories are equal in any case; saying so lets a filter on `repository` use the key.
JOIN mute_declarations d ON d.declaration_id = h.declaration_id AND d.repository = h.repository
LEFT JOIN branches b ON b.repository = h.repository AND b.branch = h.branch
