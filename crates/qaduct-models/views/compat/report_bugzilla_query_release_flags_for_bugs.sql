-- Whether a bug that QA found was fixed in a release. A bug that was closed as `WONTFIX`,
-- `INVALID`, `WORKSFORME`, `DUPLICATE` or `MOVED` has none.
--
-- @column id int Number of the row now; not the same for ever.
-- @column bugzilla_key int Number of the bug.
-- @column bugzilla_release_version int The release.
-- @column bugzilla_bug_status text State of its flag; `---` where nobody has said.
-- @column bugzilla_bug_keywords text? Its keywords.
-- @column bugzilla_bug_severity text? Its severity.
-- @column bugzilla_bug_qa_found_in text? Marks of QA.
-- @column bugzilla_bug_resolution text? How it was resolved; empty while it is open.
-- @column bugzilla_bug_flag_fixed_at timestamp? When the flag became `fixed` or `verified` first.
-- @column bugzilla_bug_type text? `defect`, `enhancement` or `task`.
-- @column created_at timestamp? When bugs were read last.
SELECT
  row_number() OVER (ORDER BY f.source, f.bug_id, f.release_number) AS id,
  f.bug_id AS bugzilla_key,
  f.release_number AS bugzilla_release_version,
  f.status AS bugzilla_bug_status,
  replace(b.keywords, ',', ', ') AS bugzilla_bug_keywords,
  b.severity AS bugzilla_bug_severity,
  b.qa_whiteboard AS bugzilla_bug_qa_found_in,
  coalesce(b.resolution, '') AS bugzilla_bug_resolution,
  f.fixed_at AS bugzilla_bug_flag_fixed_at,
  b.bug_type AS bugzilla_bug_type,
  (SELECT max(as_of) FROM v_data_times WHERE stream = 'bugs') AS created_at
FROM v_bug_release_flags f
JOIN v_query_bugs b
  ON b.source = f.source AND b.bug_id = f.bug_id AND b.query = 'desktop-found-bugs'
  AND upper(coalesce(b.resolution, ''))
    NOT IN ('WONTFIX', 'INVALID', 'WORKSFORME', 'DUPLICATE', 'MOVED')
