-- What rules found in a bug that is there, one value a column.
--
-- @column source text Name of the configured source.
-- @column bug_id int The bug.
-- @column row_key text Number of the bug, as text.
-- @column qa_whiteboard text? Marks of QA: values named `qa_whiteboard`.
-- @column resolved_at timestamp? When it was resolved last: values named `resolved_at`.
SELECT
  source,
  {id:row_key} AS bug_id,
  row_key,
  max(CASE WHEN name = 'qa_whiteboard' THEN value END) AS qa_whiteboard,
  max(CASE WHEN name = 'resolved_at' THEN instant END) AS resolved_at
FROM extracts e
WHERE table_name = 'bugzilla_bugs' AND name IN ('qa_whiteboard', 'resolved_at')
  AND EXISTS (
    SELECT 1 FROM bugzilla_bugs b
    WHERE b.source = e.source AND b.bug_id = {id:e.row_key} AND b._gone_at IS NULL
  )
GROUP BY source, row_key
