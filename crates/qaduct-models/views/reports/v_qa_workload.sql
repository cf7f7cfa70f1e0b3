-- The work of a person for a release in a half of a year, against what a person can do.
--
-- The half year is that in which the issues were made. The capacity and its margin are those of
-- `[reports]`. Work without a release or a person is kept.
--
-- @column source text Name of the configured source.
-- @column query text Name of the query.
-- @column half_year text? Such as `2026-H1`.
-- @column release_train text? The release; NULL for issues without one.
-- @column assignee text? The person; NULL for issues that nobody works on.
-- @column issues int Issues.
-- @column unsized int Issues without a size.
-- @column story_points float? Size of the others together; NULL where there is none.
-- @column capacity float? Story points that a person can do for a release; NULL where nobody has
--   said.
-- @column workload text? `over` above capacity and margin, `under` below capacity less margin, else
--   `within`; NULL without a size, a capacity or a person.
SELECT
  w.source,
  w.query,
  w.half_year,
  w.release_train,
  w.assignee,
  w.issues,
  w.unsized,
  w.story_points,
  c.capacity,
  CASE
    WHEN w.assignee IS NULL OR w.story_points IS NULL OR c.capacity IS NULL THEN NULL
    WHEN w.story_points > c.capacity + coalesce(c.margin, 0) THEN 'over'
    WHEN w.story_points < c.capacity - coalesce(c.margin, 0) THEN 'under'
    ELSE 'within'
  END AS workload
FROM (
  SELECT
    source,
    query,
    half_year,
    release_train,
    assignee,
    count(*) AS issues,
    sum(CASE WHEN story_points IS NULL THEN 1 ELSE 0 END) AS unsized,
    sum(story_points) AS story_points
  FROM (
    SELECT
      source,
      query,
      release_train,
      assignee,
      story_points,
      substr({text:{month:created_at}}, 1, 4)
        || CASE WHEN substr({text:{month:created_at}}, 6, 2) <= '06' THEN '-H1' ELSE '-H2' END
        AS half_year
    FROM v_query_issues
  ) AS i
  GROUP BY source, query, half_year, release_train, assignee
) AS w
CROSS JOIN (
  SELECT
    max(CASE WHEN name = 'capacity' THEN number END) AS capacity,
    max(CASE WHEN name = 'capacity_margin' THEN number END) AS margin
  FROM report_parameters
) AS c
