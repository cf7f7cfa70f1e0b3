-- What labels, tested trains and the timeline of a feature say of a release.
--
-- Of values named `tested_nightly`, `tested_beta`, `tested_release`, `tested_docs`,
-- `late_nightly`, `late_beta`, `late_docs`, `late_ready` and `deferred_from`; each is the number
-- of a release.
--
-- @column source text Name of the configured source.
-- @column issue_id int The issue.
-- @column mark text Name of the value.
-- @column release_number int The release.
SELECT DISTINCT e.source, i.issue_id, e.name AS mark, {int:e.number} AS release_number
FROM extracts e
{then:JOIN} jira_issues i ON i.source = e.source AND i.issue_id = {id:e.row_key} AND i._gone_at IS NULL
WHERE e.table_name = 'jira_issues'
  AND e.number IS NOT NULL
  AND e.name IN (
    'tested_nightly', 'tested_beta', 'tested_release', 'tested_docs', 'late_nightly', 'late_beta',
    'late_docs', 'late_ready', 'deferred_from'
  )
