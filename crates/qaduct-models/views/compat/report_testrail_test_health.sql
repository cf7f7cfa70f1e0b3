-- How reliable a case is, from each of its results once.
--
-- @column id int The case.
-- @column testrail_case_id int The same.
-- @column testrail_project_id int? The project.
-- @column testrail_case_name text? Title of the case.
-- @column testrail_suite_name text? Name of its suite.
-- @column num_executions int Results that say something.
-- @column avg_runtime float? Mean time, in seconds.
-- @column pass_rate float? Share of them that passed.
-- @column most_recent_timestamp timestamp? When the last was added.
-- @column most_recent_runtime int? How long it took, in seconds.
-- @column most_recent_status text? Its status.
-- @column status_history_1 text? The one before.
-- @column status_history_2 text? The one before that.
-- @column status_history_3 text? The one before that.
-- @column status_history_4 text? The one before that.
-- @column created_on timestamp? When results were read last.
SELECT
  h.case_id AS id,
  h.case_id AS testrail_case_id,
  h.project_id AS testrail_project_id,
  h.title AS testrail_case_name,
  s.name AS testrail_suite_name,
  h.scored AS num_executions,
  h.average_seconds AS avg_runtime,
  h.pass_percent / 1e2 AS pass_rate,
  h.last_on AS most_recent_timestamp,
  h.last_seconds AS most_recent_runtime,
  h.last_status AS most_recent_status,
  h.status_2 AS status_history_1,
  h.status_3 AS status_history_2,
  h.status_4 AS status_history_3,
  h.status_5 AS status_history_4,
  t.as_of AS created_on
FROM v_test_health h
LEFT JOIN testrail_suites s ON s.source = h.source AND s.suite_id = h.suite_id
LEFT JOIN v_data_times t ON t.source = h.source AND t.stream = 'results'
