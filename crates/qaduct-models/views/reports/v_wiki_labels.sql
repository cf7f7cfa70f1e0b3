-- A label of a page of Confluence that is not in the trash: which pages a team has marked as its own, as a
-- dashboard, as signed off.
--
-- @column source text Name of the configured source.
-- @column page_id int Id of the page.
-- @column prefix text Whose label it is: `global` is everybody's, `team` a team's, `my` one's own.
-- @column label text The label.
-- @column space_key text? Key of the space.
-- @column title text? Title of the page.
-- @column modified_at timestamp? When the last version of the page was made.
-- @column url text? Where the page is.
SELECT
  l.source,
  l.page_id,
  l.prefix,
  l.label,
  p.space_key,
  p.title,
  p.modified_at,
  p.url
FROM confluence_page_labels l
JOIN confluence_pages p ON p.source = l.source AND p.page_id = l.page_id
WHERE l._gone_at IS NULL
  AND p._gone_at IS NULL
  AND p.status <> 'trashed'
