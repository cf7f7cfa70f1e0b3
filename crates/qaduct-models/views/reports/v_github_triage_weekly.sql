-- How long issues that were opened in a week waited to be looked at.
--
-- @column source text Name of the configured source.
-- @column repository text? The repository.
-- @column week date? The Monday of the ISO week in which they were opened, in UTC.
-- @column opened int Issues that were opened.
-- @column triaged int Those that were looked at.
-- @column average_hours float? Mean of the hours that these waited; NULL where there is none.
SELECT
  source,
  repository,
  week,
  count(*) AS opened,
  count(triaged_at) AS triaged,
  avg(hours_to_triage * 1e0) AS average_hours
FROM v_github_triage
GROUP BY source, repository, week
