//! Reads rows under a row of names as a [`Tree`]: a list of tables.

use super::text::{Lines, number};
use super::tree::{Node, Tree, Value};

/// Reads a text.
pub(super) fn read(text: &str, lines: &Lines<'_>) -> Tree {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(names) => names.iter().map(|it| it.trim().to_lowercase()).collect(),
        Err(_) => Vec::new(),
    };
    let mut rows = Vec::new();
    let mut broken = None;
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(wrong) => {
                let line = wrong.position().map_or(1, csv::Position::line);
                broken = Some((
                    number(usize::try_from(line).unwrap_or(0)),
                    wrong.to_string(),
                ));
                break;
            }
        };
        let at = row.position().map_or(0, csv::Position::byte);
        let line = lines.line(start(text, usize::try_from(at).unwrap_or(0)));
        let field = |(name, text): (&String, &str)| {
            let value = Value::Text(text.to_owned());
            let lines = (line, line);
            (name.clone(), Node { lines, value })
        };
        let more = row
            .iter()
            .map(|it| number(it.matches('\n').count()))
            .sum::<u32>();
        rows.push(Node {
            lines: (line, line.saturating_add(more)),
            value: Value::Table(names.iter().zip(row.iter()).map(field).collect()),
        });
    }
    Tree {
        roots: vec![Node {
            lines: (1, 1),
            value: Value::List(rows),
        }],
        masked: Vec::new(),
        broken,
    }
}

/// Where a row begins: the reader counts what it skips in front of it to the row, which is
/// half of a line end of Windows, empty lines and comments.
fn start(text: &str, at: usize) -> usize {
    let mut rest = text.get(at..).unwrap_or_default();
    loop {
        rest = rest.trim_start_matches(['\r', '\n']);
        if !rest.starts_with('#') {
            return text.len() - rest.len();
        }
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::find;
    use super::*;

    #[test]
    fn a_row_has_its_line_whatever_stands_in_front_of_it() {
        let text = "name,why\n# one\n\na,\"b\nc\"\nd,\n# two\n# three\ne,f\n";
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let tree = read(&text, &Lines::new(&text));
            let hits = find(&tree.roots[0], "*");
            let lines: Vec<_> = hits.iter().map(|it| it.node.lines).collect();
            assert_eq!(lines, [(4, 5), (6, 6), (9, 9)], "{text:?}");
        }
    }
}
