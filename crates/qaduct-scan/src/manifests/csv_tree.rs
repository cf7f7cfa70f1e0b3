//! Reads rows under a row of names as a [`Tree`]: a list of tables.

use super::text::number;
use super::tree::{Node, Tree, Value};

/// Reads a text.
pub(super) fn read(text: &str) -> Tree {
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
        let line = row.position().map_or(1, csv::Position::line);
        let line = number(usize::try_from(line).unwrap_or(0)).max(1);
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
