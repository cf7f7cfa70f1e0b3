-- A look or a dashboard of Looker, where it stands, and how much it was used when that was
-- counted last. Which ones nobody looks at, and which were changed, are questions to it.
--
-- @column source text Name of the configured source.
-- @column content_type text `look` or `dashboard`.
-- @column content_id text Its id; of a dashboard in code `model::name`.
-- @column title text? Its title.
-- @column folder_id text? The folder that it is in.
-- @column folder text? The name of the folder.
-- @column owner text? Whose it is.
-- @column model text? The model that it asks.
-- @column created_at timestamp? When it was made; NULL of one in code.
-- @column updated_at timestamp? When it was changed last; NULL of one in code.
-- @column is_in_trash bool Whether it was thrown away.
-- @column counted_on date? The day on which its use was counted last; NULL where it never was, as
--   of one in code.
-- @column views int? How often it had been looked at by then.
-- @column favorites int? How many people had it among their favourites.
-- @column last_viewed_at timestamp? When somebody looked at it last; NULL where nobody had.
-- @column is_never_viewed bool? Whether nobody ever had; NULL where nobody counted.
-- @column days_unviewed int? Days from the last look at it, or from its making where there was
--   none, to that day.
SELECT
  c.source,
  c.content_type,
  c.content_id,
  c.title,
  c.folder_id,
  f.name AS folder,
  c.owner,
  c.model,
  c.created_at,
  c.updated_at,
  c.is_in_trash,
  u.day AS counted_on,
  u.views,
  u.favorites,
  u.last_viewed_at,
  CASE
    WHEN u.day IS NULL THEN NULL
    WHEN u.last_viewed_at IS NULL THEN TRUE
    ELSE FALSE
  END AS is_never_viewed,
  {days:u.day} - {days:{day:COALESCE(u.last_viewed_at, c.created_at)}} AS days_unviewed
FROM (
  SELECT
    source, 'look' AS content_type, look_id AS content_id, title, folder_id, owner, model,
    created_at, updated_at, COALESCE(is_in_trash, FALSE) AS is_in_trash
  FROM looker_looks
  WHERE _gone_at IS NULL
  UNION ALL
  SELECT
    source, 'dashboard', dashboard_id, title, folder_id, owner, model,
    created_at, updated_at, COALESCE(is_in_trash, FALSE)
  FROM looker_dashboards
  WHERE _gone_at IS NULL
) AS c
LEFT JOIN looker_folders AS f ON f.source = c.source AND f.folder_id = c.folder_id
LEFT JOIN (
  SELECT source, content_type, content_id, max(day) AS day
  FROM looker_usage
  GROUP BY source, content_type, content_id
) AS n
  ON n.source = c.source AND n.content_type = c.content_type AND n.content_id = c.content_id
LEFT JOIN looker_usage AS u
  ON u.source = n.source AND u.content_type = n.content_type
  AND u.content_id = n.content_id AND u.day = n.day
