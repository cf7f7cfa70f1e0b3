-- A bug on which QA worked, by its marks.
--
-- Of values named `qa_work` and, beside each, `qa_work_release`. The same mark twice counts once.
--
-- @column work text What QA did: `verified`, `investigated` or `triaged`, as the rule says.
-- @column work_release int? The release for which; NULL where the mark names none.
-- @columns v_bugs
SELECT w.work, w.work_release, b.*
FROM (
  SELECT DISTINCT k.source, {id:k.row_key} AS bug_id, k.value AS work, {int:n.number} AS work_release
  FROM extracts k
  LEFT JOIN extracts n
    ON n.source = k.source AND n.table_name = k.table_name AND n.row_key = k.row_key
    AND n.rule = k.rule AND n.ordinal = k.ordinal AND n.name = 'qa_work_release'
  WHERE k.table_name = 'bugzilla_bugs' AND k.name = 'qa_work'
) AS w
JOIN v_bugs b ON b.source = w.source AND b.bug_id = w.bug_id
