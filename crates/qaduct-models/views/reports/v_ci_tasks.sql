-- A task of a build system with what became of its runs. Tasks stay after the service has
-- forgotten them; those that nobody asks for any more do not.
--
-- @column source text Name of the configured source.
-- @column task_id text The task.
-- @column task_group_id text? Its group: the tasks of one push.
-- @column label text? Its name, the same in each group.
-- @column kind text? What it is: `build`, `test`.
-- @column project text? The repository.
-- @column platform text? The platform.
-- @column build_type text? The kinds of build: `opt`, `debug`.
-- @column test_type text? The kind of test.
-- @column tier int? How much it matters: 1 is most.
-- @column state text? `completed`, `failed`, `exception`, or what it is waiting for.
-- @column created_at timestamp? When it was made.
-- @column runs int How often it was run.
-- @column failed_runs int Runs that failed.
-- @column lost_runs int Runs that ended by trouble with a machine, or by a test that asks to be run
--   again.
-- @column is_flaky bool Whether a run failed and a later one completed it.
-- @column started_at timestamp? When its last run began; NULL where none has.
-- @column ended_at timestamp? When its last run ended; NULL while it has not.
-- @column waited_seconds int? How long its last run waited for a machine.
-- @column seconds int? How long its last run took; NULL where it did not begin or has not ended.
-- @column machine_seconds int? How long all of its runs took.
SELECT
  t.source,
  t.task_id,
  t.task_group_id,
  COALESCE(t.label, t.name) AS label,
  t.kind,
  t.project,
  t.platform,
  t.build_type,
  t.test_type,
  t.tier,
  t.state,
  t.created_at,
  COALESCE(a.runs, 0) AS runs,
  COALESCE(a.failed_runs, 0) AS failed_runs,
  COALESCE(a.lost_runs, 0) AS lost_runs,
  COALESCE(t.state = 'completed' AND a.failed_runs > 0, FALSE) AS is_flaky,
  l.started_at,
  l.resolved_at AS ended_at,
  {seconds:l.started_at} - {seconds:l.scheduled_at} AS waited_seconds,
  {seconds:l.resolved_at} - {seconds:l.started_at} AS seconds,
  a.machine_seconds
FROM taskcluster_tasks t
LEFT JOIN (
  SELECT
    source,
    task_id,
    max(run_id) AS run_id,
    count(*) AS runs,
    sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END) AS failed_runs,
    sum(
      CASE WHEN reason_resolved IN (
        'worker-shutdown', 'claim-expired', 'intermittent-task', 'resource-unavailable',
        'internal-error'
      ) THEN 1 ELSE 0 END
    ) AS lost_runs,
    {int:sum({seconds:resolved_at} - {seconds:started_at})} AS machine_seconds
  FROM taskcluster_runs
  GROUP BY source, task_id
) AS a ON a.source = t.source AND a.task_id = t.task_id
LEFT JOIN taskcluster_runs l
  ON l.source = t.source AND l.task_id = t.task_id AND l.run_id = a.run_id
WHERE t._gone IS NULL OR t._gone IN ('expired', 'orphaned')
