-- How many issues of the query `ios-qa-needed` needed QA on a day.
--
-- @column id int Number of the row now; not the same for ever.
-- @column created_at date The day, in UTC.
-- @column jira_total_qa_needed int Issues.
-- @column jira_qa_needed_verified_nightly int Those with a label that means verified.
-- @column jira_qa_needed_not_verified int The others.
SELECT
  row_number() OVER (ORDER BY source, snapshot_date) AS id,
  snapshot_date AS created_at,
  total AS jira_total_qa_needed,
  verified AS jira_qa_needed_verified_nightly,
  not_verified AS jira_qa_needed_not_verified
FROM qa_needed_snapshots
WHERE query = 'ios-qa-needed'
