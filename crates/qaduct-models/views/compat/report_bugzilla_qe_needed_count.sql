-- How many fixes of the query `qe-verify` waited for QA on a day. A day without any has a 0.
--
-- @column id int Number of the row now; not the same for ever.
-- @column created_at date The day, in UTC.
-- @column bugzilla_total_qa_needed int Bugs.
SELECT
  row_number() OVER (ORDER BY snapshot_date) AS id,
  snapshot_date AS created_at,
  sum(waiting) AS bugzilla_total_qa_needed
FROM qe_verify_snapshots
WHERE query = 'qe-verify'
GROUP BY snapshot_date
