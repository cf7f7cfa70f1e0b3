-- Bugs of the query `desktop-qa-work`.
--
-- @column id int Number of the row now; not the same for ever.
-- @column bugzilla_key int Number of the bug.
-- @column bugzilla_summary text? Its title.
-- @column bugzilla_product text? Its product.
-- @column bugzilla_qa_whiteboard text? Marks of QA.
-- @column bugzilla_bug_severity text? Its severity.
-- @column bugzilla_bug_priority text? Its priority.
-- @column bugzilla_bug_status text? Its status.
-- @column bugzilla_bug_resolution text? How it was resolved; empty while it is open.
-- @column bugzilla_bug_created_at timestamp? When it was filed.
-- @column bugzilla_bug_last_change_time timestamp? When it was changed last.
-- @column bugzilla_bug_whiteboard text? Free text with marks of teams.
-- @column bugzilla_bug_keyword text? Its keywords, joined by a comma and a blank.
-- @column bugzilla_bug_resolved_at timestamp? When it was resolved last.
-- @column created_at timestamp? When bugs were read last.
SELECT
  row_number() OVER (ORDER BY source, bug_id) AS id,
  bug_id AS bugzilla_key,
  summary AS bugzilla_summary,
  product AS bugzilla_product,
  qa_whiteboard AS bugzilla_qa_whiteboard,
  severity AS bugzilla_bug_severity,
  priority AS bugzilla_bug_priority,
  status AS bugzilla_bug_status,
  coalesce(resolution, '') AS bugzilla_bug_resolution,
  created_at AS bugzilla_bug_created_at,
  changed_at AS bugzilla_bug_last_change_time,
  whiteboard AS bugzilla_bug_whiteboard,
  replace(keywords, ',', ', ') AS bugzilla_bug_keyword,
  resolved_at AS bugzilla_bug_resolved_at,
  (SELECT max(as_of) FROM v_data_times WHERE stream = 'bugs') AS created_at
FROM v_query_bugs
WHERE query = 'desktop-qa-work'
