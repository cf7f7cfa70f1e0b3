-- A bug that is there, in the columns that reports show.
--
-- @column source text Name of the configured source.
-- @column bug_id int Its number.
-- @column summary text? Its title.
-- @column product text? Its product.
-- @column component text? Its component.
-- @column bug_type text? `defect`, `enhancement` or `task`.
-- @column qa_whiteboard text? Marks of QA; NULL where there are none.
-- @column severity text? Its severity.
-- @column priority text? Its priority.
-- @column status text? Its status.
-- @column resolution text? How it was resolved; NULL while it is open.
-- @column is_open bool? Whether it is open.
-- @column is_valid bool Whether it is open or was fixed: `is_open`, or resolved as `FIXED`.
-- @column is_severe bool Whether its severity is `S1` or `S2`.
-- @column is_regression bool Whether it has the keyword `regression`.
-- @column assigned_to text? To whom it is assigned.
-- @column whiteboard text? Free text with marks of teams.
-- @column keywords text? Its keywords, in order, joined by commas; NULL where there are none.
-- @column created_at timestamp? When it was filed.
-- @column changed_at timestamp? When it was changed last.
-- @column resolved_at timestamp? When it was resolved last; NULL while it was not.
SELECT
  b.source,
  b.bug_id,
  b.summary,
  b.product,
  b.component,
  b.bug_type,
  (
    SELECT max(e.value)
    FROM extracts e
    WHERE e.source = b.source AND e.table_name = 'bugzilla_bugs' AND e.row_key = {text:b.bug_id}
      AND e.name = 'qa_whiteboard'
  ) AS qa_whiteboard,
  b.severity,
  b.priority,
  b.status,
  NULLIF(b.resolution, '') AS resolution,
  b.is_open,
  coalesce(b.is_open, 1 = 0) OR upper(coalesce(b.resolution, '')) = 'FIXED' AS is_valid,
  coalesce(b.severity, '') IN ('S1', 'S2') AS is_severe,
  EXISTS (
    SELECT 1 FROM bugzilla_bug_keywords k
    WHERE k.source = b.source AND k.bug_id = b.bug_id AND k.keyword = 'regression'
  ) AS is_regression,
  b.assigned_to,
  b.whiteboard,
  (
    SELECT {joined:k.keyword}
    FROM bugzilla_bug_keywords k
    WHERE k.source = b.source AND k.bug_id = b.bug_id
  ) AS keywords,
  b.creation_time AS created_at,
  b.last_change_time AS changed_at,
  (
    SELECT max(e.instant)
    FROM extracts e
    WHERE e.source = b.source AND e.table_name = 'bugzilla_bugs' AND e.row_key = {text:b.bug_id}
      AND e.name = 'resolved_at'
  ) AS resolved_at
FROM bugzilla_bugs b
WHERE b._gone_at IS NULL
