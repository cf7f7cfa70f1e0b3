-- A piece of work of QA: an issue of the query `qa-request-work`.
--
-- @column id int Number of the row now; not the same for ever.
-- @column jira_key text? Key of the issue.
-- @column jira_summary text? What it is about.
-- @column jira_created_at timestamp? When it was made.
-- @column jira_firefox_release_train text? The release; NULL where nobody has said.
-- @column jira_engineering_team text? The team; NULL where nobody has said.
-- @column jira_story_points float? Its size; NULL where nobody has said.
-- @column jira_status text? Its status.
-- @column jira_assignee_username text? E-mail address of who works on it, else the name; `Not
--   Assigned` when nobody does, NULL where people are left out.
-- @column jira_labels text? Its labels, joined by commas.
-- @column jira_tested_train text? The releases in which it was tested.
-- @column jira_issue_type text? Its type.
-- @column jira_parent_link text? Key of the issue that it is a part of.
SELECT
  row_number() OVER (ORDER BY source, issue_id) AS id,
  issue_key AS jira_key,
  summary AS jira_summary,
  created_at AS jira_created_at,
  release_train AS jira_firefox_release_train,
  engineering_team AS jira_engineering_team,
  story_points AS jira_story_points,
  status AS jira_status,
  coalesce(
    assignee_email, assignee, CASE WHEN is_assigned THEN NULL ELSE 'Not Assigned' END
  ) AS jira_assignee_username,
  labels AS jira_labels,
  tested_trains AS jira_tested_train,
  issue_type AS jira_issue_type,
  parent_key AS jira_parent_link
FROM v_query_issues
WHERE query = 'qa-request-work'
