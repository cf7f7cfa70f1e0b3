-- A fix that waits for QA, of the query `qe-verify`.
--
-- @column id int Number of the row now; not the same for ever.
-- @column bugzilla_key text Number of the bug.
-- @column bugzilla_summary text? Its title.
-- @column buzilla_modified_at timestamp? When the flag was changed last.
-- @column bugzilla_tag_name text Name of the flag.
-- @column bugzilla_bug_created_at timestamp? When the flag was made.
-- @column bugzilla_tag_status text State of the flag.
-- @column bugzilla_tag_setter text? Who set it.
-- @column bugzilla_bug_severity text? Severity of the bug.
-- @column bugzilla_bug_priority text? Its priority.
-- @column bugzilla_bug_status text? Its status.
-- @column bugzilla_bug_resolution text? How it was resolved; empty while it is open.
SELECT
  row_number() OVER (ORDER BY w.source, w.bug_id, w.flag_id) AS id,
  {text:w.bug_id} AS bugzilla_key,
  w.summary AS bugzilla_summary,
  f.modification_date AS buzilla_modified_at,
  f.name AS bugzilla_tag_name,
  w.requested_at AS bugzilla_bug_created_at,
  f.status AS bugzilla_tag_status,
  w.requested_by AS bugzilla_tag_setter,
  w.severity AS bugzilla_bug_severity,
  w.priority AS bugzilla_bug_priority,
  w.status AS bugzilla_bug_status,
  coalesce(w.resolution, '') AS bugzilla_bug_resolution
FROM v_qe_verify w
JOIN bugzilla_flags f ON f.source = w.source AND f.bug_id = w.bug_id AND f.flag_id = w.flag_id
WHERE EXISTS (
  SELECT 1 FROM part_rows p
  WHERE p.source = w.source AND p.stream = 'bugs' AND p.part = 'query=qe-verify'
    AND p.row_key = {text:w.bug_id} AND p.gone_at IS NULL
)
