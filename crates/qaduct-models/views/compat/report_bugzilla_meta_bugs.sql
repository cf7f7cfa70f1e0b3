-- A bug that a meta bug waits for directly.
--
-- @column id int Number of the row now; not the same for ever.
-- @column bugzilla_key int Number of the bug.
-- @column bugzilla_summary text? Its title.
-- @column bugzilla_bug_status text? Its status.
-- @column bugzilla_bug_created_at timestamp? When it was filed.
-- @column bugzilla_bug_resolution text? How it was resolved; empty while it is open.
-- @column bugzilla_bug_severity text? Its severity.
-- @column bugzilla_bug_priority text? Its priority.
-- @column bugzilla_bug_assigned_to text? To whom it is assigned.
-- @column bugzilla_bug_keyword text? Its keywords.
-- @column bugzilla_bug_resolved_at timestamp? When it was resolved last.
-- @column bugzilla_bug_parent text The meta bug.
-- @column bugzilla_product text? Its product.
SELECT
  row_number() OVER (ORDER BY source, root_id, bug_id) AS id,
  bug_id AS bugzilla_key,
  summary AS bugzilla_summary,
  status AS bugzilla_bug_status,
  created_at AS bugzilla_bug_created_at,
  coalesce(resolution, '') AS bugzilla_bug_resolution,
  severity AS bugzilla_bug_severity,
  priority AS bugzilla_bug_priority,
  assigned_to AS bugzilla_bug_assigned_to,
  replace(keywords, ',', ', ') AS bugzilla_bug_keyword,
  resolved_at AS bugzilla_bug_resolved_at,
  {text:root_id} AS bugzilla_bug_parent,
  product AS bugzilla_product
FROM v_meta_bugs
WHERE depth = 1
