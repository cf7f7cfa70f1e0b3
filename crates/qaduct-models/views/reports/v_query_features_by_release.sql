-- How many features of a query QA supported in a release, how many requests were late, how many
-- features were deferred.
--
-- @column query text Name of the query, or `project_key=KEY`.
-- @columns v_features_by_release
SELECT
  query,
  source,
  release_number,
  count(*) AS features,
  sum(CASE WHEN supported_nightly OR supported_beta OR supported_release THEN 1 ELSE 0 END)
    AS supported,
  sum(CASE WHEN supported_nightly THEN 1 ELSE 0 END) AS in_nightly,
  sum(CASE WHEN supported_beta THEN 1 ELSE 0 END) AS in_beta,
  sum(CASE WHEN supported_release THEN 1 ELSE 0 END) AS in_release,
  sum(CASE WHEN docs_only THEN 1 ELSE 0 END) AS docs_only,
  sum(CASE WHEN is_high_priority AND (supported_nightly OR supported_beta OR supported_release)
    THEN 1 ELSE 0 END) AS of_high_priority,
  sum(CASE WHEN late_nightly OR late_beta OR late_docs OR not_ready THEN 1 ELSE 0 END) AS late,
  sum(CASE WHEN late_nightly THEN 1 ELSE 0 END) AS late_nightly,
  sum(CASE WHEN late_beta THEN 1 ELSE 0 END) AS late_beta,
  sum(CASE WHEN late_docs THEN 1 ELSE 0 END) AS late_docs,
  sum(CASE WHEN not_ready THEN 1 ELSE 0 END) AS not_ready,
  sum(CASE WHEN deferred THEN 1 ELSE 0 END) AS deferred
FROM v_query_features
GROUP BY query, source, release_number
