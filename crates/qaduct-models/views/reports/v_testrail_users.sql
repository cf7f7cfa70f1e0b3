-- A user of TestRail that is there.
--
-- @column source text Name of the configured source.
-- @column user_id int Id of the user.
-- @column name text? Full name.
-- @column email text? E-mail address.
-- @column is_active bool? Whether the user may log in.
-- @column role text? Role in all projects.
SELECT source, user_id, name, email, is_active, role
FROM testrail_users
WHERE _gone_at IS NULL
