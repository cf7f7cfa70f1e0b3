-- Hours that a person booked on a ticket in a month.
--
-- All hours that are pulled; those of a query stand in `v_query_hours_booked`.
--
-- @column source text Name of the configured source.
-- @column month date? The first day of the month, in UTC.
-- @column author text? The person.
-- @column project_key text? Key of the project.
-- @column family_key text? The ticket: that of which the others are parts.
-- @column entries int Entries.
-- @column hours float Hours.
SELECT
  source,
  month,
  author,
  project_key,
  family_key,
  count(*) AS entries,
  coalesce(sum(seconds), 0) / 36e2 AS hours
FROM v_worklogs
GROUP BY source, month, author, project_key, family_key
