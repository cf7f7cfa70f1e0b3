-- A file that is attached to a page of Confluence: how large it is, and how often it was replaced.
--
-- @column source text Name of the configured source.
-- @column attachment_id text Its id.
-- @column page_id int? Id of the page.
-- @column space_key text? Key of the space.
-- @column title text? Title of the page.
-- @column file_name text? Its name.
-- @column media_type text? What it is.
-- @column bytes int? Size of its last version.
-- @column versions int? Versions that there are of it.
-- @column created_at timestamp? When it was attached first.
-- @column modified_at timestamp? When it was replaced last.
-- @column modified_by text? Account of who did that.
-- @column modified_by_name text? The name of that person.
-- @column url text? Where it is.
SELECT
  a.source,
  a.attachment_id,
  a.page_id,
  s.space_key,
  p.title,
  a.file_name,
  a.media_type,
  a.bytes,
  a.version AS versions,
  a.created_at,
  a.modified_at,
  a.modified_by,
  a.modified_by_name,
  a.url
FROM confluence_attachments a
LEFT JOIN confluence_spaces s ON s.source = a.source AND s.space_id = a.space_id
LEFT JOIN confluence_pages p ON p.source = a.source AND p.page_id = a.page_id
WHERE a._gone_at IS NULL
