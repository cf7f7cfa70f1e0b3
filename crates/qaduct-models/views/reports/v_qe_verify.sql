-- A fix that waits for QA: a bug with the flag `qe-verify+`.
--
-- @column flag_id int Number of the flag.
-- @column requested_at timestamp? When the flag was made.
-- @column requested_by text? Who set it.
-- @column age_days int? Days from then to when bugs were read last.
-- @columns v_bugs
SELECT
  f.flag_id,
  f.creation_date AS requested_at,
  f.setter AS requested_by,
  {days:{day:t.as_of}} - {days:{day:f.creation_date}} AS age_days,
  b.*
FROM bugzilla_flags f
JOIN v_bugs b ON b.source = f.source AND b.bug_id = f.bug_id
LEFT JOIN v_data_times t ON t.source = f.source AND t.stream = 'bugs'
WHERE f.name = 'qe-verify' AND f.status = '+'
