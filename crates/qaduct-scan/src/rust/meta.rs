//! What stands in an attribute: `ignore = "why"`, `cfg_attr(windows, ignore)`, over as many
//! lines as it likes. The grammar of the language keeps it as a heap of tokens.

use crate::syntax::lexer::{Token, tokens};

use super::grammar::LEXICON;

/// One part of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meta<'a> {
    /// Its path: `ignore`, `tokio::test`.
    pub(super) path: &'a str,
    /// Where the text of the part begins.
    pub(super) at: usize,
    /// What stands in its brackets, and where that begins.
    pub(super) inner: Option<(&'a str, usize)>,
    /// What stands behind its `=`.
    pub(super) value: Option<&'a str>,
    /// All of it.
    pub(super) text: &'a str,
}

/// The parts of a text, `at` being where it begins; parts stand between commas.
pub(super) fn parts(text: &str, at: usize) -> Vec<Meta<'_>> {
    let mut parts = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for token in tokens(text, &LEXICON) {
        let Token::Sign(sign) = token else { continue };
        match text.as_bytes()[sign] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                parts.push((start, &text[start..sign]));
                start = sign + 1;
            }
            _ => {}
        }
    }
    parts.push((start, &text[start..]));
    let parts = parts.into_iter().filter_map(|(start, part)| {
        // A comment may stand in front of a part.
        let first = tokens(part, &LEXICON).next()?.start();
        let first = first - usize::from(part[..first].ends_with('"'));
        Some(meta(part[first..].trim_end(), at + start + first))
    });
    parts.collect()
}

fn meta(text: &str, at: usize) -> Meta<'_> {
    let is_end =
        |it: &Token| matches!(it, Token::Sign(at) if b"(=[".contains(&text.as_bytes()[*at]));
    let sign = tokens(text, &LEXICON).find(is_end).map(|it| it.start());
    let mut meta = Meta {
        path: text[..sign.unwrap_or(text.len())].trim(),
        at,
        inner: None,
        value: None,
        text,
    };
    match sign.map(|it| (it, text.as_bytes()[it])) {
        Some((sign, b'=')) => meta.value = Some(text[sign + 1..].trim()),
        Some((sign, _)) => {
            let end = text.rfind([')', ']']).unwrap_or(text.len()).max(sign + 1);
            meta.inner = Some((&text[sign + 1..end], at + sign + 1));
        }
        None => {}
    }
    meta
}

impl Meta<'_> {
    /// The last word of its path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit("::").next().unwrap_or(self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_falls_into_parts_at_its_own_commas_only() {
        let text = "all(unix, not(x)),\n // why, oh why\n ignore = \"a, \\\"b\\\" )\", c::d";
        let parts = parts(text, 10);
        let paths: Vec<_> = parts.iter().map(|it| (it.path, it.value)).collect();
        assert_eq!(
            paths,
            [
                ("all", None),
                ("ignore", Some("\"a, \\\"b\\\" )\"")),
                ("c::d", None)
            ]
        );
        assert_eq!(parts[0].inner, Some(("unix, not(x)", 14)));
        assert_eq!(parts[2].name(), "d");
    }
}
