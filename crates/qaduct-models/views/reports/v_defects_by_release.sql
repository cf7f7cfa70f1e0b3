-- The defects that QA found in a release: how many, which, and what became of them.
--
-- Each bug counts once, whatever its marks. What is counted of the release day is NULL until
-- that day has passed and been read. Of a flag whose history was not read, the day tells on which
-- the bug was resolved; where that is not known either, it is neither fixed nor open then.
--
-- @column source text Name of the configured source.
-- @column found_in int The release.
-- @column release_date date? Its day.
-- @column found int Bugs found in it.
-- @column severe int Those of severity `S1` or `S2`.
-- @column regressions int Those with the keyword `regression`.
-- @column in_nightly int Those found in nightly.
-- @column in_beta int Those found in beta.
-- @column in_release int Those found in the release itself.
-- @column valid int Those that are open or were fixed.
-- @column fixed int Valid ones that were fixed, in whatever release.
-- @column fixed_by_release int? Valid ones that were fixed in it at the end of its day.
-- @column open_on_release_day int? Valid ones that had been filed and were not fixed in it then.
-- @column deferred int Valid ones whose flag for it says `wontfix` or `fix-optional`.
-- @column deferred_regressions int Those of them that are regressions.
-- @column average_workdays_to_fix float? Mean of the working days to the fix; NULL without one.
SELECT
  f.source,
  f.found_in,
  f.release_date,
  count(*) AS found,
  sum(CASE WHEN f.is_severe THEN 1 ELSE 0 END) AS severe,
  sum(CASE WHEN f.is_regression THEN 1 ELSE 0 END) AS regressions,
  sum(f.in_nightly) AS in_nightly,
  sum(f.in_beta) AS in_beta,
  sum(f.in_release) AS in_release,
  sum(CASE WHEN f.is_valid THEN 1 ELSE 0 END) AS valid,
  sum(CASE WHEN f.is_valid AND f.fixed_at IS NOT NULL THEN 1 ELSE 0 END) AS fixed,
  CASE WHEN f.release_date <= {day:t.as_of} THEN
    sum(CASE WHEN f.is_valid AND f.was_fixed THEN 1 ELSE 0 END)
  END AS fixed_by_release,
  CASE WHEN f.release_date <= {day:t.as_of} THEN
    sum(CASE WHEN f.is_valid AND NOT f.was_fixed
      AND {day:f.created_at} <= f.release_date THEN 1 ELSE 0 END)
  END AS open_on_release_day,
  sum(CASE WHEN f.is_valid AND f.flag_status IN ('wontfix', 'fix-optional') THEN 1 ELSE 0 END)
    AS deferred,
  sum(CASE WHEN f.is_valid AND f.is_regression AND f.flag_status IN ('wontfix', 'fix-optional')
    THEN 1 ELSE 0 END) AS deferred_regressions,
  avg(CASE WHEN f.is_valid THEN f.workdays_to_fix * 1e0 END) AS average_workdays_to_fix
FROM (
  SELECT
    source, bug_id, found_in, release_date, is_severe, is_regression, is_valid, flag_status,
    created_at, fixed_at, fixed_by_release, workdays_to_fix,
    -- Without the history only the day tells on which it was resolved.
    CASE
      WHEN flag_status IN ('fixed', 'verified')
        THEN coalesce(fixed_by_release, {day:fixed_at} <= release_date)
      ELSE coalesce(fixed_by_release, 1 = 0)
    END AS was_fixed,
    max(CASE WHEN found_channel = 'nightly' THEN 1 ELSE 0 END) AS in_nightly,
    max(CASE WHEN found_channel = 'beta' THEN 1 ELSE 0 END) AS in_beta,
    max(CASE WHEN found_channel = 'release' THEN 1 ELSE 0 END) AS in_release
  FROM v_bugs_found
  GROUP BY
    source, bug_id, found_in, release_date, is_severe, is_regression, is_valid, flag_status,
    created_at, fixed_at, fixed_by_release, workdays_to_fix
) AS f
LEFT JOIN v_data_times t ON t.source = f.source AND t.stream = 'bugs'
GROUP BY f.source, f.found_in, f.release_date, t.as_of
