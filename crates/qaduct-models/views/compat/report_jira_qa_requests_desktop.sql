-- A request to QA for desktop: an issue of the query `qa-requests-desktop`.
--
-- @column id int Number of the row now; not the same for ever.
-- @column jira_key text? Key of the issue.
-- @column jira_summary text? What it is about.
-- @column jira_created_at timestamp? When it was made.
-- @column jira_updated_at timestamp? When it was changed last.
-- @column jira_status text? Its status.
-- @column jira_assignee_username text? E-mail address of who works on it, else the name; `Not
--   Assigned` when nobody does, NULL where people are left out.
-- @column jira_reporter_username text? E-mail address of who reported it, else the name.
-- @column jira_priority text? Its priority.
-- @column jira_issue_type text? Its type.
-- @column jira_labels text? Its labels.
-- @column jira_subtasks text? Keys of its subtasks, joined by commas.
-- @column jira_story_points float? Its size; NULL where nobody has said.
-- @column jira_target_release text? The release.
-- @column jira_engineering_team text? The team.
-- @column jira_tested_trains text? The releases in which it was tested.
-- @column jira_product text? Its first product.
-- @column jira_timeline text? Its timeline.
-- @column created_at timestamp? When issues were read last.
SELECT
  row_number() OVER (ORDER BY i.source, i.issue_id) AS id,
  i.issue_key AS jira_key,
  i.summary AS jira_summary,
  i.created_at AS jira_created_at,
  i.updated_at AS jira_updated_at,
  i.status AS jira_status,
  coalesce(
    i.assignee_email, i.assignee, CASE WHEN i.is_assigned THEN NULL ELSE 'Not Assigned' END
  ) AS jira_assignee_username,
  coalesce(i.reporter_email, i.reporter) AS jira_reporter_username,
  i.priority AS jira_priority,
  i.issue_type AS jira_issue_type,
  i.labels AS jira_labels,
  s.subtasks AS jira_subtasks,
  i.story_points AS jira_story_points,
  i.release_train AS jira_target_release,
  i.engineering_team AS jira_engineering_team,
  i.tested_trains AS jira_tested_trains,
  i.product AS jira_product,
  i.timeline AS jira_timeline,
  t.as_of AS created_at
FROM v_query_issues i
LEFT JOIN v_data_times t ON t.source = i.source AND t.stream = 'issues'
LEFT JOIN (
  SELECT source, issue_id, {joined:subtask_key} AS subtasks
  FROM (SELECT * FROM jira_issue_subtasks ORDER BY subtask_key) AS o
  GROUP BY source, issue_id
) AS s ON s.source = i.source AND s.issue_id = i.issue_id
WHERE i.query = 'qa-requests-desktop'
