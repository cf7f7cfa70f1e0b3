-- A choice of a custom field of cases, in a project.
--
-- @column source text Name of the configured source.
-- @column project_id int The project.
-- @column field text Name of the field in the records: `custom_automation_status`.
-- @column option_id int The number that records hold.
-- @column label text What it means.
SELECT o.source, p.project_id, f.system_name AS field, o.option_id, min(o.label) AS label
FROM testrail_field_options o
JOIN testrail_case_fields f
  ON f.source = o.source AND f.field_id = o.field_id AND f._gone_at IS NULL
JOIN testrail_projects p
  ON p.source = o.source
  AND (o.is_global OR ',' || o.project_ids || ',' LIKE '%,' || {text:p.project_id} || ',%')
WHERE o.option_id IS NOT NULL
GROUP BY o.source, p.project_id, f.system_name, o.option_id
