-- An account of Atlassian, by what was read of Jira and of Confluence.
--
-- @column account text The account; of a long one the beginning.
-- @column name text? Its name.
-- @column account_type text? `atlassian` for people, `app` for programs; NULL where only Confluence was read.
SELECT {short:account} AS account, max(name) AS name, max(account_type) AS account_type
FROM (
  SELECT account_id AS account, name, account_type
  FROM jira_users
  UNION ALL
  SELECT modified_by AS account, modified_by_name AS name, NULL AS account_type
  FROM confluence_attachments
  UNION ALL
  SELECT modified_by AS account, modified_by_name AS name, NULL AS account_type
  FROM confluence_comments
) AS p
WHERE account IS NOT NULL
GROUP BY {short:account}
