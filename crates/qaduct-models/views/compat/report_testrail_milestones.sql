-- A milestone with its sign-off.
--
-- @column id int Number of the row now; not the same for ever.
-- @column testrail_milestone_id int Its id.
-- @column projects_id int? The project, by its id at TestRail.
-- @column name text? Its name.
-- @column started_on timestamp? When it was started.
-- @column is_completed text? `true` or `false`.
-- @column description text? Its description.
-- @column completed_on timestamp? When it was completed.
-- @column url text? Its page.
-- @column testing_status text? State of testing.
-- @column testing_recommendation text? What QA recommends.
-- @column build_name text? The build.
-- @column build_version text? Its version, whole.
SELECT
  row_number() OVER (ORDER BY source, milestone_id) AS id,
  milestone_id AS testrail_milestone_id,
  project_id AS projects_id,
  name,
  started_on,
  CASE WHEN is_completed THEN 'true' WHEN NOT is_completed THEN 'false' END AS is_completed,
  description,
  completed_on,
  url,
  testing_status,
  recommendation AS testing_recommendation,
  build_name,
  build_version
FROM v_builds_verified
