-- A user of TestRail on a day, with the name of now.
--
-- @column id int Number of the row now; not the same for ever.
-- @column name text? Full name.
-- @column email text? E-mail address.
-- @column status text? `active` or `inactive`.
-- @column role text? The role on that day.
-- @column created_at date The day, in UTC.
SELECT
  row_number() OVER (ORDER BY d.snapshot_date, d.row_key) AS id,
  u.name,
  u.email,
  CASE WHEN d.is_active THEN 'active' WHEN NOT d.is_active THEN 'inactive' END AS status,
  d.role,
  d.snapshot_date AS created_at
FROM testrail_user_snapshots d
LEFT JOIN testrail_users u ON u.source = d.source AND u.user_id = d.user_id
