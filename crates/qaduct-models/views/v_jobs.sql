-- How each job of the schedule is: its newest run that was begun.
--
-- @column job text The job: `[job.NAME]` of the configuration.
-- @column job_run text Name of the run.
-- @column fire_at timestamp The time that it is for.
-- @column occasion text Why it runs: `slot`, `caught_up` or `by_hand`.
-- @column state text What became of it: `running`, `complete`, `incomplete`, `failed`, `interrupted`, `skipped`;
--   `waiting` when it is tried again.
-- @column attempt int How often it was begun.
-- @column started_at timestamp? When it was begun last.
-- @column finished_at timestamp? When it ended; NULL while it has not.
-- @column exit_code int? The exit status of the step that decided; NULL where a signal ended it.
-- @column error text? What went wrong last, also where a later attempt did better.
SELECT
  r.job, r.job_run, r.fire_at, r.occasion, r.state, r.attempt,
  r.started_at, r.finished_at, r.exit_code, r.error
FROM job_runs r
JOIN (
  SELECT job, max(fire_at) AS fire_at
  FROM job_runs
  WHERE attempt > 0
  GROUP BY job
) AS newest ON newest.job = r.job AND newest.fire_at = r.fire_at
