-- A status of results.
--
-- @column id int Its number at TestRail.
-- @column testrail_id int The same.
-- @column result_type_abbrev text? Its name in the API.
-- @column result_type text? Its name for people.
SELECT
  status_id AS id,
  status_id AS testrail_id,
  name AS result_type_abbrev,
  label AS result_type
FROM testrail_statuses
WHERE _gone_at IS NULL
