-- An issue that is there, with the custom fields and the meaning of labels that rules found.
--
-- @column source text Name of the configured source.
-- @column issue_id int Its id.
-- @column issue_key text? Its key, such as `EX-12`.
-- @column project_key text? Key of its project.
-- @column project_name text? Name of its project.
-- @column summary text? What it is about.
-- @column issue_type text? Its type.
-- @column status text? Its status.
-- @column status_category text? What that means: `new`, `indeterminate`, `done`.
-- @column priority text? Its priority.
-- @column is_high_priority bool Whether that is `Highest`, `High`, `P1` or `P2`.
-- @column assignee text? Who works on it; NULL when nobody does, and where people are left out.
-- @column assignee_email text? E-mail address of who works on it, where it may be seen.
-- @column is_assigned bool? Whether somebody works on it, whoever that is.
-- @column reporter text? Who reported it.
-- @column reporter_email text? E-mail address of who reported it, where it may be seen.
-- @column labels text? Its labels, joined by commas.
-- @column parent_id int? Id of the issue that it is a part of.
-- @column parent_key text? Key of the issue that it is a part of.
-- @column parent_summary text? What that issue is about.
-- @column created_at timestamp? When it was made.
-- @column updated_at timestamp? When it was changed last.
-- @column status_changed_at timestamp? When the category of its status changed last.
-- @column resolved_at timestamp? When it was resolved; NULL while it is not.
-- @column story_points float? Its size; NULL where nobody has said, which is not 0.
-- @column release_train text? The release for which it is.
-- @column release_number int? The first number in that.
-- @column engineering_team text? The team.
-- @column tested_trains text? The releases in which it was tested, as written.
-- @column product text? Its first product.
-- @column products text? All of them, joined by commas.
-- @column timeline text? Its timeline, as plain text.
-- @column qa_verified bool Whether a label of it means verified; the whole label counts.
-- @column qa_wontfix bool Whether a label means that it will not be fixed.
-- @column qa_duplicate bool Whether a label means that it is a duplicate.
-- @column qa_invalid bool Whether a label means that it is invalid.
-- @column qa_not_actionable bool Whether a label means that QA can do nothing.
SELECT
  i.source,
  i.issue_id,
  i.issue_key,
  i.project_key,
  i.project_name,
  i.summary,
  i.issue_type,
  i.status,
  i.status_category,
  i.priority,
  coalesce(i.priority, '') IN ('Highest', 'High', 'P1', 'P2') AS is_high_priority,
  i.assignee,
  i.assignee_email,
  i.is_assigned,
  i.reporter,
  i.reporter_email,
  NULLIF(i.labels, '') AS labels,
  i.parent_id,
  i.parent_key,
  i.parent_summary,
  i.created_at,
  i.updated_at,
  i.status_changed_at,
  i.resolved_at,
  v.story_points,
  v.release_train,
  v.release_number,
  v.engineering_team,
  v.tested_trains,
  v.product,
  v.products,
  v.timeline,
  coalesce(v.qa_verified, 1 = 0) AS qa_verified,
  coalesce(v.qa_wontfix, 1 = 0) AS qa_wontfix,
  coalesce(v.qa_duplicate, 1 = 0) AS qa_duplicate,
  coalesce(v.qa_invalid, 1 = 0) AS qa_invalid,
  coalesce(v.qa_not_actionable, 1 = 0) AS qa_not_actionable
FROM jira_issues i
LEFT JOIN v_issue_values v ON v.source = i.source AND v.issue_id = i.issue_id
WHERE i._gone_at IS NULL
