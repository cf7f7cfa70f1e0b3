-- How many bugs QA verified, investigated and triaged for a release. Each bug counts once a column.
--
-- @column source text Name of the configured source.
-- @column work_release int? The release; NULL for marks that name none.
-- @column bugs int Bugs, each once.
-- @column verified int Bugs that were to be verified or were.
-- @column investigated int Bugs that were investigated.
-- @column triaged int Bugs that were triaged.
SELECT
  source,
  work_release,
  count(DISTINCT bug_id) AS bugs,
  count(DISTINCT CASE WHEN work = 'verified' THEN bug_id END) AS verified,
  count(DISTINCT CASE WHEN work = 'investigated' THEN bug_id END) AS investigated,
  count(DISTINCT CASE WHEN work = 'triaged' THEN bug_id END) AS triaged
FROM v_bugs_qa_work
GROUP BY source, work_release
