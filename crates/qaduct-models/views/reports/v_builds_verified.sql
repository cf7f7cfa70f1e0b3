-- A milestone of TestRail with what its sign-off says: the verified builds.
--
-- Of values named `testing_status`, `recommendation`, `build_name` and `build_version`.
--
-- @column source text Name of the configured source.
-- @column milestone_id int Its id.
-- @column project_id int? Its project.
-- @column project text? The project of the configuration.
-- @column parent_id int? The milestone that it is a part of.
-- @column name text? Its name.
-- @column description text? Its description.
-- @column is_started bool? Whether it was started.
-- @column started_on timestamp? When it was started.
-- @column is_completed bool? Whether it is completed.
-- @column completed_on timestamp? When it was completed.
-- @column testing_status text? State of testing; NULL where the description has none.
-- @column recommendation text? What QA recommends.
-- @column build_name text? The build.
-- @column build_version text? Its version, whole: `142.0.1`.
-- @column release_number int? The release: the first number of the version.
-- @column url text? Its page.
SELECT
  m.source,
  m.milestone_id,
  m.project_id,
  p.project,
  m.parent_id,
  m.name,
  m.description,
  m.is_started,
  m.started_on,
  m.is_completed,
  m.completed_on,
  v.testing_status,
  v.recommendation,
  v.build_name,
  v.build_version,
  v.release_number,
  m.url
FROM testrail_milestones m
LEFT JOIN v_testrail_projects p ON p.source = m.source AND p.project_id = m.project_id
LEFT JOIN (
  SELECT
    source,
    {id:row_key} AS milestone_id,
    max(CASE WHEN name = 'testing_status' THEN value END) AS testing_status,
    max(CASE WHEN name = 'recommendation' THEN value END) AS recommendation,
    max(CASE WHEN name = 'build_name' THEN value END) AS build_name,
    max(CASE WHEN name = 'build_version' THEN value END) AS build_version,
    {int:max(CASE WHEN name = 'build_version' THEN number END)} AS release_number
  FROM extracts
  WHERE table_name = 'testrail_milestones'
  GROUP BY source, row_key
) AS v ON v.source = m.source AND v.milestone_id = m.milestone_id
WHERE m._gone_at IS NULL
