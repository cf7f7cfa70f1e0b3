//! Reads TOML as a [`Tree`]. What stands before an error is kept.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::text::Lines;
use super::tree::{DEEPEST, Node, Tree, Value};

/// Reads a text.
pub(super) fn read(text: &str, lines: &Lines<'_>) -> Tree {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut masked = Vec::new();
    let broken = errors.first().map(|wrong| {
        let at = wrong.span().map_or(0, |span| span.start);
        (lines.line(at), wrong.message().to_owned())
    });
    Tree {
        roots: vec![table(root.get_ref(), (1, 1), lines, &mut masked, 0)],
        masked,
        broken,
    }
}

fn table(
    table: &DeTable<'_>,
    own: (u32, u32),
    lines: &Lines<'_>,
    masked: &mut Vec<(u32, u32)>,
    depth: usize,
) -> Node {
    let each = table.iter().map(|(key, value)| {
        let mut node = node(value, lines, masked, depth + 1);
        let line = lines.line(key.span().start);
        if matches!(node.value, Value::Table(_)) {
            // A head and what is below it.
            node.lines.0 = line;
        } else {
            node.lines.0 = node.lines.0.min(line);
        }
        node.lines.1 = node.lines.1.max(line);
        (key.span().start, (key.get_ref().to_string(), node))
    });
    let mut entries: Vec<_> = each.collect();
    entries.sort_by_key(|(at, _)| *at);
    let entries: Vec<_> = entries.into_iter().map(|(_, entry)| entry).collect();
    let last = entries.iter().map(|(_, node)| node.lines.1).max();
    Node {
        lines: (own.0, last.unwrap_or(own.1).max(own.1)),
        value: Value::Table(entries),
    }
}

fn node(
    value: &Spanned<DeValue<'_>>,
    lines: &Lines<'_>,
    masked: &mut Vec<(u32, u32)>,
    depth: usize,
) -> Node {
    let span = value.span();
    let own = (
        lines.line(span.start),
        lines.line(span.end.saturating_sub(1).max(span.start)),
    );
    if depth > DEEPEST {
        return Node::null(own.0);
    }
    let value = match value.get_ref() {
        DeValue::Table(it) => return table(it, own, lines, masked, depth),
        DeValue::Array(items) => {
            let items = items.iter().map(|it| node(it, lines, masked, depth + 1));
            Value::List(items.collect())
        }
        DeValue::String(text) => {
            if own.1 > own.0 {
                masked.push(own);
            }
            Value::Text(text.to_string())
        }
        DeValue::Boolean(it) => Value::Text(it.to_string()),
        DeValue::Integer(it) => Value::Text(it.as_str().to_owned()),
        DeValue::Float(it) => Value::Text(it.as_str().to_owned()),
        DeValue::Datetime(it) => Value::Text(it.to_string()),
    };
    Node { lines: own, value }
}

#[cfg(test)]
mod tests {
    use super::super::tree::find;
    use super::*;

    #[test]
    fn everything_has_its_lines_in_the_order_of_the_file() {
        let text = "x = 1\n\n[\"b.js\"]\nskip-if = [\n  'a', # one\n  \"b\",\n]\n\n[\"a.js\"]\ntext = '''\n# none\n'''\n";
        let tree = read(text, &Lines::new(text));
        let lines = |path| {
            find(&tree.roots[0], path)
                .iter()
                .map(|it| it.node.lines)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines("*"), [(1, 1), (3, 7), (9, 12)]);
        assert_eq!(lines("b.js/skip-if"), [(4, 7)]);
        assert_eq!(lines("b.js/skip-if/*"), [(5, 5), (6, 6)]);
        assert_eq!(tree.masked, [(10, 12)]);
    }

    #[test]
    fn an_error_has_its_line() {
        let text = "[a]\nb = 1\nc = \n[d]\ne = 2\n";
        let tree = read(text, &Lines::new(text));
        assert_eq!(tree.broken.unwrap().0, 3);
        assert_eq!(find(&tree.roots[0], "d/e").len(), 1);
    }
}
