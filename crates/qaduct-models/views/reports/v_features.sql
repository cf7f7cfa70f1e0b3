-- A feature in a release: in which channels QA supported it, what was late, whether it was
-- deferred from there.
--
-- Of all issues that are pulled; those of a query stand in `v_query_features`.
--
-- @column release_number int The release.
-- @columns v_issues without release_number
-- @column supported_nightly bool Whether it was tested in nightly.
-- @column supported_beta bool Whether it was tested in beta.
-- @column supported_release bool Whether it was tested in the release.
-- @column docs_only bool Whether only its documentation was prepared: `c147(docs)`.
-- @column late_nightly bool Whether the request for nightly was late: `late-c147`.
-- @column late_beta bool Whether the request for beta was late.
-- @column late_docs bool Whether its documentation was late.
-- @column not_ready bool Whether it was not ready for QA.
-- @column deferred bool Whether it was planned for the release and moved to a later one.
SELECT
  m.release_number,
  i.source, i.issue_id, i.issue_key, i.project_key, i.project_name, i.summary, i.issue_type,
  i.status, i.status_category, i.priority, i.is_high_priority, i.assignee, i.assignee_email,
  i.is_assigned,
  i.reporter, i.reporter_email, i.labels, i.parent_id, i.parent_key, i.parent_summary, i.created_at,
  i.updated_at, i.status_changed_at, i.resolved_at, i.story_points, i.release_train,
  i.engineering_team, i.tested_trains, i.product, i.products, i.timeline, i.qa_verified,
  i.qa_wontfix, i.qa_duplicate, i.qa_invalid, i.qa_not_actionable,
  m.tested_nightly = 1 AS supported_nightly,
  m.tested_beta = 1 AS supported_beta,
  m.tested_release = 1 AS supported_release,
  m.tested_docs = 1 AND m.tested_nightly + m.tested_beta + m.tested_release = 0 AS docs_only,
  m.late_nightly = 1 AS late_nightly,
  m.late_beta = 1 AS late_beta,
  m.late_docs = 1 AS late_docs,
  m.late_ready = 1 AS not_ready,
  m.deferred_from = 1 AS deferred
FROM (
  SELECT
    source,
    issue_id,
    release_number,
    max(CASE WHEN mark = 'tested_nightly' THEN 1 ELSE 0 END) AS tested_nightly,
    max(CASE WHEN mark = 'tested_beta' THEN 1 ELSE 0 END) AS tested_beta,
    max(CASE WHEN mark = 'tested_release' THEN 1 ELSE 0 END) AS tested_release,
    max(CASE WHEN mark = 'tested_docs' THEN 1 ELSE 0 END) AS tested_docs,
    max(CASE WHEN mark = 'late_nightly' THEN 1 ELSE 0 END) AS late_nightly,
    max(CASE WHEN mark = 'late_beta' THEN 1 ELSE 0 END) AS late_beta,
    max(CASE WHEN mark = 'late_docs' THEN 1 ELSE 0 END) AS late_docs,
    max(CASE WHEN mark = 'late_ready' THEN 1 ELSE 0 END) AS late_ready,
    max(CASE WHEN mark = 'deferred_from' THEN 1 ELSE 0 END) AS deferred_from
  FROM v_feature_marks
  GROUP BY source, issue_id, release_number
) AS m
JOIN v_issues i ON {same:i.source = m.source} AND i.issue_id = m.issue_id
