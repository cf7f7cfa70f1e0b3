-- A version of a page of Confluence that is there: who wrote it, and when.
--
-- A program is one whose account Jira calls an app, or that `[reports] ignored_authors` names by its
-- account: a token belongs to a person, and only you know whose is used by a program.
--
-- @column source text Name of the configured source.
-- @column page_id int Id of the page.
-- @column version int Number of the version.
-- @column space_key text? Key of the space.
-- @column title text? Title that the page has now.
-- @column status text? `current` or `archived`; pages in the trash are left out.
-- @column edited_at timestamp? When it was made.
-- @column author text? Account of who made it.
-- @column author_name text? The name of that person, where anything that was read tells it.
-- @column is_by_program bool Whether a program made it, and no hand.
-- @column message text? What was said about it.
-- @column is_minor_edit bool? Whether nobody was told of it.
-- @column days_ago int? Days from then to when pages were read last.
-- @column url text? Where the page is.
SELECT
  v.source,
  v.page_id,
  v.version,
  p.space_key,
  p.title,
  p.status,
  v.created_at AS edited_at,
  v.author,
  n.name AS author_name,
  coalesce(n.account_type = 'app', FALSE) OR EXISTS (
    SELECT 1 FROM report_parameters r
    WHERE r.name = 'ignored_author' AND r.value = v.author
  ) AS is_by_program,
  v.message,
  v.is_minor_edit,
  {days:{day:t.as_of}} - {days:{day:v.created_at}} AS days_ago,
  p.url
FROM confluence_page_versions v
JOIN confluence_pages p ON p.source = v.source AND p.page_id = v.page_id
LEFT JOIN v_wiki_people n ON n.account = {short:v.author}
LEFT JOIN v_data_times t ON t.source = v.source AND t.stream = 'pages'
WHERE v._gone_at IS NULL
  AND p._gone_at IS NULL
  AND p.status <> 'trashed'
