//! The functions of views beside `day` and `week`, in each dialect: see [`crate::dialect`].

/// What a dialect has for each function; `{}` is the argument.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Functions {
    /// The first day of the month of an instant.
    pub(crate) month: &'static str,
    /// Days from 1970-01-01 to a day.
    pub(crate) days: &'static str,
    /// Mondays to Fridays from 1969-12-29 to the day before a day.
    pub(crate) workdays: &'static str,
    /// Whole seconds from 1970 to an instant.
    pub(crate) seconds: &'static str,
    /// A value as text.
    pub(crate) text: &'static str,
    /// A number as a whole one.
    pub(crate) int: &'static str,
    /// The whole number that a text is.
    pub(crate) id: &'static str,
    /// An equality that holds for most pairs.
    pub(crate) same: &'static str,
    /// A join that begins with what stands before it.
    pub(crate) then: &'static str,
    /// So much of a text as can be looked up among what a view has grouped.
    pub(crate) short: &'static str,
    /// The texts of a group, in order, joined by commas.
    pub(crate) joined: &'static str,
}

impl Functions {
    /// The function of that name.
    pub(crate) fn named(&self, name: &str) -> Option<&'static str> {
        Some(match name {
            "month" => self.month,
            "days" => self.days,
            "workdays" => self.workdays,
            "seconds" => self.seconds,
            "text" => self.text,
            "int" => self.int,
            "id" => self.id,
            "same" => self.same,
            "short" => self.short,
            "then" => self.then,
            "joined" => self.joined,
            _ => return None,
        })
    }
}

pub(crate) static SQLITE: Functions = Functions {
    month: "substr({}, 1, 7) || '-01'",
    days: "CAST(julianday({}) - 2440587.5 AS INTEGER)",
    workdays: "(5 * ((CAST(julianday({}) - 2440587.5 AS INTEGER) + 3) / 7) \
               + min((CAST(julianday({}) - 2440587.5 AS INTEGER) + 3) % 7, 5))",
    seconds: "CAST(strftime('%s', {}) AS INTEGER)",
    text: "CAST({} AS TEXT)",
    int: "CAST({} AS INTEGER)",
    id: "CAST({} AS INTEGER)",
    same: "{}",
    then: "CROSS {}",
    short: "{}",
    // Older programs that read the file know no order in it, and could not read the file then.
    // What is grouped by the beginning of a key comes in the order of the key.
    joined: "group_concat({}, ',')",
};

pub(crate) static POSTGRES: Functions = Functions {
    month: "CAST(date_trunc('month', ({}) AT TIME ZONE 'UTC') AS DATE)",
    days: "(({}) - DATE '1970-01-01')",
    workdays: "(5 * ((({}) - DATE '1969-12-29') / 7) + least((({}) - DATE '1969-12-29') % 7, 5))",
    seconds: "CAST(floor(extract(epoch FROM ({}))) AS BIGINT)",
    text: "CAST({} AS TEXT)",
    int: "CAST({} AS BIGINT)",
    // Of another text it would be an error, and a filter may come after it.
    id: "CAST(substring({} FROM '^-?[0-9]{1,18}$') AS BIGINT)",
    // It would take one pair of 200 for equal, and plan for a single row.
    same: "coalesce({}, FALSE)",
    then: "{}",
    short: "{}",
    joined: "string_agg({}, ',' ORDER BY {})",
};

/// Sessions are in UTC and sort text by code point, see [`crate::mysql`].
const MARIA: Functions = Functions {
    month: "CAST(DATE_FORMAT({}, '%Y-%m-01') AS DATE)",
    days: "(TO_DAYS({}) - 719528)",
    workdays: "(5 * ((TO_DAYS({}) - 719525) DIV 7) + least((TO_DAYS({}) - 719525) % 7, 5))",
    seconds: "TIMESTAMPDIFF(SECOND, '1970-01-01', {})",
    text: "(CAST({} AS CHAR) COLLATE utf8mb4_nopad_bin)",
    int: "CAST({} AS SIGNED)",
    id: "CAST({} AS SIGNED)",
    same: "{}",
    then: "STRAIGHT_{}",
    short: "left({}, 100)",
    joined: "GROUP_CONCAT({} ORDER BY {} SEPARATOR ',')",
};

/// MariaDB.
pub(crate) static MARIADB: Functions = MARIA;

/// MySQL has another name for the same collation.
pub(crate) static MYSQL: Functions = Functions {
    text: "(CAST({} AS CHAR) COLLATE utf8mb4_0900_bin)",
    ..MARIA
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_a_name() {
        for name in [
            "month", "days", "workdays", "seconds", "text", "int", "id", "same", "then", "short",
            "joined",
        ] {
            assert!(
                SQLITE.named(name).is_some_and(|it| it.contains("{}")),
                "{name}"
            );
            assert!(
                POSTGRES.named(name).is_some_and(|it| it.contains("{}")),
                "{name}"
            );
            assert!(
                MARIADB.named(name).is_some_and(|it| it.contains("{}")),
                "{name}"
            );
        }
        assert_eq!(SQLITE.named("year"), None);
    }
}
