-- The last result of a test in a run for the sign-off of a build, where the test did not pass: what
-- failed, is blocked or is to be run again, whoever added the result.
--
-- @column source text Name of the configured source.
-- @column milestone_id int The milestone.
-- @column project text? The project of the configuration.
-- @column build_name text? The build.
-- @column build_version text? Its version, whole: `142.0.1`.
-- @column run_id int The run.
-- @column run text? Its name.
-- @column config text? The configurations that it is run with, such as devices.
-- @column test_id int The test.
-- @column case_id int? The case.
-- @column title text? Title of the case.
-- @column status text? Name of the status.
-- @column defects text? Defects that it is linked to.
-- @column created_on timestamp? When the result was added.
-- @column url text? Page of the run.
SELECT
  s.source, s.milestone_id, s.project, s.build_name, s.build_version, s.run_id, s.run, s.config,
  r.test_id, t.case_id, t.title, l.label AS status, r.defects, r.created_on, s.url
FROM v_signoff_runs s
JOIN (
  SELECT
    source, run_id, test_id, status_id, defects, created_on,
    row_number() OVER (
      PARTITION BY source, run_id, test_id ORDER BY created_on DESC, result_id DESC
    ) AS nth
  FROM testrail_results
  WHERE _gone_at IS NULL AND status_id IS NOT NULL
) AS r ON r.source = s.source AND r.run_id = s.run_id AND r.nth = 1
LEFT JOIN testrail_tests t
  ON t.source = r.source AND t.test_id = r.test_id AND t._gone_at IS NULL
LEFT JOIN testrail_statuses l ON l.source = r.source AND l.status_id = r.status_id
WHERE r.status_id NOT IN (1, 3)
