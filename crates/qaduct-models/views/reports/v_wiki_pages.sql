-- A page of Confluence that is not in the trash: how long nobody has written it, and what it weighs.
--
-- Stale are those with many `unchanged_days`. Of attachments the service tells how large the last
-- version is, and how many versions there are: the earlier ones weigh, too.
--
-- @column source text Name of the configured source.
-- @column page_id int Id of the page.
-- @column space_key text? Key of the space.
-- @column space text? Name of the space.
-- @column title text? Its title.
-- @column status text? `current` or `archived`.
-- @column parent_id int? What it hangs on; NULL at the root of the space.
-- @column created_at timestamp? When it was made.
-- @column version int? Number of its last version.
-- @column modified_at timestamp? When that was made.
-- @column modified_by text? Account of who made it.
-- @column modified_by_name text? The name of that person, where anything that was read tells it.
-- @column unchanged_days int? Days from then to when pages were read last.
-- @column by_hand_at timestamp? When somebody who is no program has written it last.
-- @column by_hand_days int? Days from then to when pages were read last.
-- @column editors int Accounts that have ever written it.
-- @column attachments int Files that are attached.
-- @column attachment_versions int Versions of these, the last ones included.
-- @column attachment_bytes int Size of their last versions.
-- @column comments int Comments on it.
-- @column url text? Where it is.
SELECT
  p.source,
  p.page_id,
  p.space_key,
  s.name AS space,
  p.title,
  p.status,
  p.parent_id,
  p.created_at,
  p.version,
  p.modified_at,
  p.modified_by,
  n.name AS modified_by_name,
  {days:{day:t.as_of}} - {days:{day:p.modified_at}} AS unchanged_days,
  v.by_hand_at,
  {days:{day:t.as_of}} - {days:{day:v.by_hand_at}} AS by_hand_days,
  coalesce(v.editors, 0) AS editors,
  coalesce(a.attachments, 0) AS attachments,
  coalesce(a.versions, 0) AS attachment_versions,
  coalesce(a.bytes, 0) AS attachment_bytes,
  coalesce(c.comments, 0) AS comments,
  p.url
FROM confluence_pages p
LEFT JOIN confluence_spaces s ON s.source = p.source AND s.space_id = p.space_id
LEFT JOIN v_wiki_people n ON n.account = {short:p.modified_by}
LEFT JOIN v_data_times t ON t.source = p.source AND t.stream = 'pages'
LEFT JOIN (
  SELECT
    source, page_id, count(DISTINCT author) AS editors,
    max(CASE WHEN NOT is_by_program THEN edited_at END) AS by_hand_at
  FROM v_wiki_edits
  GROUP BY source, page_id
) AS v ON {same:v.source = p.source} AND v.page_id = p.page_id
LEFT JOIN (
  SELECT
    source, page_id, count(*) AS attachments, {int:sum(version)} AS versions,
    {int:sum(bytes)} AS bytes
  FROM confluence_attachments
  WHERE _gone_at IS NULL
  GROUP BY source, page_id
) AS a ON {same:a.source = p.source} AND a.page_id = p.page_id
LEFT JOIN (
  SELECT source, page_id, count(*) AS comments
  FROM confluence_comments
  WHERE _gone_at IS NULL
  GROUP BY source, page_id
) AS c ON {same:c.source = p.source} AND c.page_id = p.page_id
WHERE p._gone_at IS NULL AND p.status <> 'trashed'
