-- The day on which a release came out: that of its first version, `142.0`.
--
-- Of the calendar that `[reports] calendar` names.
--
-- @column calendar text Name of the calendar.
-- @column release_number int The release: the first number of its versions.
-- @column release_date date Its day, planned or past.
SELECT r.calendar, r.major AS release_number, min(r.release_date) AS release_date
FROM releases r
JOIN report_parameters p ON p.name = 'calendar' AND p.value = r.calendar
WHERE r.channel = 'release' AND r.major IS NOT NULL AND r.release_date IS NOT NULL
GROUP BY r.calendar, r.major
