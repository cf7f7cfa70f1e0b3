//! Reads ini files the way pytest's own reader (iniconfig) does.

/// An option of a section.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) section: &'a str,
    pub(super) name: &'a str,
    /// The value; further lines are joined by line feeds.
    pub(super) value: String,
    /// First and last line, from 1.
    pub(super) lines: (u32, u32),
}

/// Sections and options, and the first line that is neither.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ini<'a> {
    pub(super) sections: Vec<&'a str>,
    pub(super) entries: Vec<Entry<'a>>,
    /// A line that cannot be read, and why.
    pub(super) broken: Option<(u32, &'static str)>,
}

/// Reads a file; goes on after a line that it cannot read.
pub(super) fn read(text: &str) -> Ini<'_> {
    let mut ini = Ini::default();
    let mut open = false;
    for (number, line) in (1..).zip(text.lines()) {
        let body = line.trim();
        if body.is_empty() || body.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            match ini.entries.last_mut().filter(|_| open) {
                Some(entry) => {
                    if !entry.value.is_empty() {
                        entry.value.push('\n');
                    }
                    entry.value.push_str(body);
                    entry.lines.1 = number;
                }
                None => broken(&mut ini, number, "unexpected value continuation"),
            }
            continue;
        }
        open = false;
        if let Some(rest) = body.strip_prefix('[') {
            // A comment may follow the section.
            let end = rest.find(['#', ';']).unwrap_or(rest.len());
            match rest[..end].trim_end().strip_suffix(']') {
                Some(name) => ini.sections.push(name),
                None => broken(
                    &mut ini,
                    number,
                    "unexpected line: a section must end with `]`",
                ),
            }
            continue;
        }
        let Some((name, value)) = split(body) else {
            broken(
                &mut ini,
                number,
                "unexpected line: neither a section nor `name = value`",
            );
            continue;
        };
        let Some(&section) = ini.sections.last() else {
            broken(&mut ini, number, "no section header defined");
            continue;
        };
        ini.entries.push(Entry {
            section,
            name,
            value: value.to_owned(),
            lines: (number, number),
        });
        open = true;
    }
    ini
}

fn split(line: &str) -> Option<(&str, &str)> {
    let at = match line.find('=') {
        // `a:b = c` is the option `a`, as iniconfig has it.
        Some(at) if !line[..at].contains(':') => at,
        _ => line.find(':')?,
    };
    Some((line[..at].trim(), line[at + 1..].trim()))
}

fn broken(ini: &mut Ini<'_>, line: u32, why: &'static str) {
    ini.broken.get_or_insert((line, why));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_go_on_over_lines() {
        let ini = read(
            "[pytest]\naddopts =\n    -q\n    # a comment\n\n    -k \"not slow\"\nxfail_strict: true\n",
        );
        assert_eq!(ini.broken, None);
        let found: Vec<_> = ini
            .entries
            .iter()
            .map(|each| (each.name, each.value.as_str(), each.lines))
            .collect();
        assert_eq!(
            found,
            [
                ("addopts", "-q\n-k \"not slow\"", (2, 6)),
                ("xfail_strict", "true", (7, 7))
            ]
        );
    }

    #[test]
    fn a_line_that_is_nothing_is_reported_and_the_rest_is_read() {
        let ini = read("[pytest\nx\n[tox]\na = 1\n");
        assert_eq!(ini.broken.unwrap().0, 1);
        assert_eq!(ini.entries.len(), 1);
    }

    #[test]
    fn an_option_before_the_first_section_is_an_error() {
        assert_eq!(
            read("a = 1\n").broken,
            Some((1, "no section header defined"))
        );
        assert_eq!(
            read("  a = 1\n").broken,
            Some((1, "unexpected value continuation"))
        );
    }
}
