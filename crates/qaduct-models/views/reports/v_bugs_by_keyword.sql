-- A keyword of a bug that is there. A bug of two keywords has two rows.
--
-- @column keyword text The keyword.
-- @columns v_bugs
SELECT k.keyword, b.*
FROM bugzilla_bug_keywords k
JOIN v_bugs b ON b.source = k.source AND b.bug_id = k.bug_id
