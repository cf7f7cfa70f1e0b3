-- How many issues a project of Sentry has, and how bad they are.
--
-- Issues that were deleted or merged into others do not count.
--
-- @column source text Name of the configured source.
-- @column project_id int? The project.
-- @column project text? Its name in addresses.
-- @column issues int Issues of any state.
-- @column unresolved int Those that are open.
-- @column for_review int Open ones that wait for review.
-- @column unhandled int Open ones that nothing in the program caught.
-- @column unassigned int Open ones that nobody works on.
-- @column fresh int Open ones that happened first in the 7 days before issues were read last.
-- @column events int? Events of the open ones, as listed: those of 90 days.
-- @column last_seen timestamp? When one of the open ones happened last.
SELECT
  i.source,
  i.project_id,
  max(i.project) AS project,
  count(*) AS issues,
  sum(i.is_open) AS unresolved,
  sum(CASE WHEN i.is_open = 1 AND i.review_reason IS NOT NULL THEN 1 ELSE 0 END) AS for_review,
  sum(CASE WHEN i.is_open = 1 AND i.is_unhandled THEN 1 ELSE 0 END) AS unhandled,
  sum(CASE WHEN i.is_open = 1 AND i.assigned_type IS NULL THEN 1 ELSE 0 END) AS unassigned,
  sum(CASE WHEN i.is_open = 1 AND {seconds:i.first_seen} > {seconds:t.as_of} - 604800 THEN 1 ELSE 0 END)
    AS fresh,
  sum(CASE WHEN i.is_open = 1 THEN i.events END) AS events,
  max(CASE WHEN i.is_open = 1 THEN i.last_seen END) AS last_seen
FROM (
  SELECT
    source, project_id, project, review_reason, is_unhandled, assigned_type, first_seen, events,
    last_seen, CASE WHEN status = 'unresolved' THEN 1 ELSE 0 END AS is_open
  FROM sentry_issues
  WHERE _gone_at IS NULL
) AS i
LEFT JOIN v_data_times t ON t.source = i.source AND t.stream = 'issues'
GROUP BY i.source, i.project_id
