-- What rules found in an issue that is there, one value a column: custom fields under the names
-- that reports know.
--
-- @column source text Name of the configured source.
-- @column issue_id int The issue.
-- @column row_key text Id of the issue, as text.
-- @column story_points float? Its size; NULL where nobody has said, which is not 0.
-- @column release_train text? The release for which it is.
-- @column release_number int? The first number in that.
-- @column engineering_team text? The team.
-- @column tested_trains text? The releases in which it was tested, as written.
-- @column product text? Its first product.
-- @column products text? All of them, in order, joined by commas.
-- @column timeline text? Its timeline, as plain text.
-- @column qa_verified bool Whether a label of it means verified; the whole label counts.
-- @column qa_wontfix bool Whether a label means that it will not be fixed.
-- @column qa_duplicate bool Whether a label means that it is a duplicate.
-- @column qa_invalid bool Whether a label means that it is invalid.
-- @column qa_not_actionable bool Whether a label means that QA can do nothing.
SELECT
  source,
  {id:row_key} AS issue_id,
  row_key,
  max(CASE WHEN name = 'story_points' THEN number END) AS story_points,
  max(CASE WHEN name = 'release_train' THEN value END) AS release_train,
  {int:max(CASE WHEN name = 'release_number' AND ordinal = 0 THEN number END)} AS release_number,
  max(CASE WHEN name = 'engineering_team' THEN value END) AS engineering_team,
  max(CASE WHEN name = 'tested_trains' THEN value END) AS tested_trains,
  max(CASE WHEN name = 'product' AND ordinal = 0 THEN value END) AS product,
  {joined:CASE WHEN name = 'product' THEN value END} AS products,
  max(CASE WHEN name = 'timeline' THEN value END) AS timeline,
  max(CASE WHEN name = 'verified' THEN 1 ELSE 0 END) = 1 AS qa_verified,
  max(CASE WHEN name = 'wontfix' THEN 1 ELSE 0 END) = 1 AS qa_wontfix,
  max(CASE WHEN name = 'duplicate' THEN 1 ELSE 0 END) = 1 AS qa_duplicate,
  max(CASE WHEN name = 'invalid' THEN 1 ELSE 0 END) = 1 AS qa_invalid,
  max(CASE WHEN name = 'qa_not_actionable' THEN 1 ELSE 0 END) = 1 AS qa_not_actionable
-- In order for stores whose aggregates have none of their own.
FROM (SELECT * FROM extracts WHERE table_name = 'jira_issues' ORDER BY value) AS e
WHERE EXISTS (
  SELECT 1 FROM jira_issues i
  WHERE i.source = e.source AND i.issue_id = {id:e.row_key} AND i._gone_at IS NULL
)
GROUP BY source, row_key
