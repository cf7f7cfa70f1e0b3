-- A bug that a meta bug waits for. A bug of two meta bugs has two rows.
--
-- @column root_id int The meta bug.
-- @column root_summary text? Title of the meta bug; NULL where it is not shown to us.
-- @column depth int? Steps from the meta bug, by the shortest way.
-- @columns v_bugs
SELECT m.root_id, r.summary AS root_summary, m.depth, b.*
FROM bugzilla_meta m
JOIN v_bugs b ON b.source = m.source AND b.bug_id = m.bug_id
LEFT JOIN bugzilla_bugs r ON r.source = m.source AND r.bug_id = m.root_id
WHERE m.bug_id <> m.root_id AND m._gone_at IS NULL
