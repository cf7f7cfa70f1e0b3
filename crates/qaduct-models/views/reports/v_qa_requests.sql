-- A request to QA with its size: its own, or that of its parts.
--
-- @columns v_query_issues
-- @column parts int Issues that are parts of it.
-- @column parts_story_points float? Their size together; NULL where none has one.
-- @column total_story_points float? The size of the parts, else its own; NULL where there is none.
SELECT
  i.*,
  coalesce(c.parts, 0) AS parts,
  c.story_points AS parts_story_points,
  coalesce(c.story_points, i.story_points) AS total_story_points
FROM v_query_issues i
LEFT JOIN (
  SELECT source, parent_id, count(*) AS parts, sum(story_points) AS story_points
  FROM v_issues
  WHERE parent_id IS NOT NULL
  GROUP BY source, parent_id
) AS c ON c.source = i.source AND c.parent_id = i.issue_id
