-- Who writes the pages of a space of Confluence: how often, how many, and when last.
--
-- @column source text Name of the configured source.
-- @column space_key text? Key of the space.
-- @column author text? Account of who writes.
-- @column author_name text? The name of that person, where anything that was read tells it.
-- @column is_program bool Whether it is a program.
-- @column edits int Versions.
-- @column pages int Pages of which these are.
-- @column first_edit_at timestamp? When the first of them was made.
-- @column last_edit_at timestamp? When the last of them was made.
-- @column last_edit_days int? Days from then to when pages were read last.
SELECT
  source,
  space_key,
  author,
  max(author_name) AS author_name,
  is_by_program AS is_program,
  count(*) AS edits,
  count(DISTINCT page_id) AS pages,
  min(edited_at) AS first_edit_at,
  max(edited_at) AS last_edit_at,
  min(days_ago) AS last_edit_days
FROM v_wiki_edits
GROUP BY source, space_key, author, is_by_program
