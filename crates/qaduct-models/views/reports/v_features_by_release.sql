-- How many features QA supported in a release, how many requests were late, how many features
-- were deferred.
--
-- Of all issues that are pulled; those of a query stand in `v_query_features_by_release`.
--
-- @column source text Name of the configured source.
-- @column release_number int The release.
-- @column features int Features with any mark of the release.
-- @column supported int Those that were tested in a channel.
-- @column in_nightly int Those tested in nightly.
-- @column in_beta int Those tested in beta.
-- @column in_release int Those tested in the release.
-- @column docs_only int Those of which only the documentation was prepared.
-- @column of_high_priority int Supported ones of high priority.
-- @column late int Those with a late request, late documentation, or not ready in time.
-- @column late_nightly int Those with a late request for nightly.
-- @column late_beta int Those with a late request for beta.
-- @column late_docs int Those with late documentation.
-- @column not_ready int Those that were not ready for QA.
-- @column deferred int Those that moved to a later release.
SELECT
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
FROM v_features
GROUP BY source, release_number
