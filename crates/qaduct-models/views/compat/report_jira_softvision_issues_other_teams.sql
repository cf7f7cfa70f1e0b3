-- An issue that others filed and the vendor verifies: of the query `vendor-supported`.
--
-- @column id int Number of the row now; not the same for ever.
-- @column jira_key text? Key of the issue.
-- @column jira_summary text? What it is about.
-- @column jira_project_key text? Key of its project.
-- @column jira_project_name text? Name of its project.
-- @column jira_reporter_name text? Who reported it.
-- @column jira_reporter_username text? E-mail address of who reported it.
-- @column jira_status text? Its status.
-- @column jira_priority text? Its priority.
-- @column jira_issue_type text? Its type.
-- @column jira_labels text? Its labels.
-- @column jira_label_verified bool Whether a label means verified.
-- @column jira_label_wontfix bool Whether a label means that it will not be fixed.
-- @column jira_label_duplicate bool Whether a label means duplicate.
-- @column jira_label_invalid bool Whether a label means invalid.
-- @column jira_label_qa_not_actionable bool Whether a label means that QA can do nothing.
-- @column jira_created_at timestamp? When it was made.
-- @column jira_updated_at timestamp? When it was changed last.
-- @column jira_status_changed_at timestamp? When the category of its status changed last.
-- @column created_at timestamp? When issues were read last.
SELECT
  row_number() OVER (ORDER BY i.source, i.issue_id) AS id,
  i.issue_key AS jira_key,
  i.summary AS jira_summary,
  i.project_key AS jira_project_key,
  i.project_name AS jira_project_name,
  i.reporter AS jira_reporter_name,
  i.reporter_email AS jira_reporter_username,
  i.status AS jira_status,
  i.priority AS jira_priority,
  i.issue_type AS jira_issue_type,
  i.labels AS jira_labels,
  i.qa_verified AS jira_label_verified,
  i.qa_wontfix AS jira_label_wontfix,
  i.qa_duplicate AS jira_label_duplicate,
  i.qa_invalid AS jira_label_invalid,
  i.qa_not_actionable AS jira_label_qa_not_actionable,
  i.created_at AS jira_created_at,
  i.updated_at AS jira_updated_at,
  i.status_changed_at AS jira_status_changed_at,
  t.as_of AS created_at
FROM v_query_issues i
LEFT JOIN v_data_times t ON t.source = i.source AND t.stream = 'issues'
WHERE i.query = 'vendor-supported'
