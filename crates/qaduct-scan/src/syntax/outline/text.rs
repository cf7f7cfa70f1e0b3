//! Texts as code writes them: put together from several, with signs that mean others.

use crate::syntax::lexer::{Escape, Lexicon, Token, tokens};

/// The text of code that is nothing but texts put together.
pub(super) fn literal(code: &str, lexicon: &Lexicon) -> Option<String> {
    let mut whole = String::new();
    let mut texts = 0;
    for token in tokens(code, lexicon) {
        match token {
            Token::Text(range) => {
                texts += 1;
                let before = &code[..range.start];
                let quote = lexicon.strings.iter().find(|it| before.ends_with(it.open));
                unescape(&code[range], quote.map(|it| it.escape), &mut whole);
            }
            Token::Sign(at) if b"+.()<&\\,".contains(&code.as_bytes()[at]) => {}
            // A prefix such as `b"`, `L"` or `r"`.
            Token::Word(range) if range.len() == 1 && range.start == 0 => {}
            _ => return None,
        }
    }
    (texts > 0).then_some(whole)
}

fn unescape(text: &str, escape: Option<Escape>, whole: &mut String) {
    match escape.unwrap_or(Escape::All) {
        Escape::None => whole.push_str(text),
        Escape::Doubled => whole.push_str(&text.replace("\"\"", "\"")),
        Escape::Itself => {
            let mut rest = text;
            while let Some(at) = rest.find('\\') {
                whole.push_str(&rest[..at]);
                let behind = &rest[at + 1..];
                let is_meant = behind.starts_with(['\\', '\'']);
                rest = if is_meant { behind } else { &rest[at..] };
                let first = rest.chars().next().unwrap_or('\\');
                whole.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
            whole.push_str(rest);
        }
        Escape::All => all(text, whole),
    }
}

/// Every sign that is written in another way: `\n`, `\u00e9`, `\u{1F600}`, `\xe9`, `\351`.
fn all(text: &str, whole: &mut String) {
    let mut rest = text;
    // Signs of several bytes or of two halves, each of which is written alone.
    let mut bytes: Vec<u8> = Vec::new();
    let mut halves: Vec<u16> = Vec::new();
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix('\\') {
            if let Some((code, after)) = number(behind) {
                rest = after;
                match (
                    behind.as_bytes()[0],
                    u8::try_from(code),
                    u16::try_from(code),
                ) {
                    (b'u', _, Ok(half @ 0xd800..0xe000)) => {
                        close(&mut bytes, &mut Vec::new(), whole);
                        halves.push(half);
                    }
                    (b'u' | b'U', ..) => {
                        close(&mut bytes, &mut halves, whole);
                        whole.extend(char::from_u32(code));
                    }
                    (_, Ok(byte), _) => {
                        close(&mut Vec::new(), &mut halves, whole);
                        bytes.push(byte);
                    }
                    _ => whole.extend(char::from_u32(code)),
                }
                continue;
            }
            close(&mut bytes, &mut halves, whole);
            // Several signs may be in one pair of brackets.
            if let Some((codes, after)) =
                behind.strip_prefix("u{").and_then(|it| it.split_once('}'))
            {
                let codes = codes.split_whitespace().map(|it| it.replace('_', ""));
                let codes =
                    codes.map(|it| u32::from_str_radix(&it, 16).ok().and_then(char::from_u32));
                if let Some(its) = codes.collect::<Option<String>>() {
                    whole.push_str(&its);
                    rest = after;
                    continue;
                }
            }
            let meant = behind.chars().next();
            whole.push(match meant {
                Some('n' | 't' | 'r' | '\n') => ' ',
                other => other.unwrap_or('\\'),
            });
            rest = behind
                .get(meant.map_or(0, char::len_utf8)..)
                .unwrap_or_default();
        } else {
            close(&mut bytes, &mut halves, whole);
            whole.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    close(&mut bytes, &mut halves, whole);
}

/// The number of a sign that is written as one, and what follows.
fn number(behind: &str) -> Option<(u32, &str)> {
    let digits = |from: usize, most: usize| {
        let its = behind.get(from..)?.bytes();
        let count = its.take(most).take_while(u8::is_ascii_hexdigit).count();
        Some((from, from + count))
    };
    let (start, end) = match behind.as_bytes().first()? {
        b'u' => {
            let marks = behind.bytes().take_while(|it| *it == b'u').count();
            digits(marks, 4).filter(|it| it.1 - it.0 == 4)?
        }
        b'U' => digits(1, 8).filter(|it| it.1 - it.0 == 8)?,
        b'x' => digits(1, 2).filter(|it| it.1 > it.0)?,
        b'0'..=b'3' => {
            let three = behind.get(..3)?;
            let code = u32::from_str_radix(three, 8).ok()?;
            return Some((code, &behind[3..]));
        }
        _ => return None,
    };
    let code = u32::from_str_radix(&behind[start..end], 16).ok()?;
    Some((code, &behind[end..]))
}

/// Ends a row of bytes or halves: the text that they are.
fn close(bytes: &mut Vec<u8>, halves: &mut Vec<u16>, whole: &mut String) {
    match str::from_utf8(bytes) {
        Ok(text) => whole.push_str(text),
        Err(_) => whole.extend(bytes.iter().map(|it| char::from(*it))),
    }
    bytes.clear();
    if !halves.is_empty() {
        whole.push_str(&String::from_utf16_lossy(halves));
        halves.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::lexer::Quote;

    const LEXICON: Lexicon = Lexicon {
        line: &["//"],
        block: &[],
        nested: false,
        strings: &[
            Quote::doubled("@\"", "\""),
            Quote::raw("`", "`"),
            Quote::line("\""),
            Quote::itself("'"),
        ],
        word: b"",
    };

    fn read(code: &str) -> String {
        literal(code, &LEXICON).unwrap()
    }

    #[test]
    fn a_sign_that_is_written_by_its_number_is_that_sign() {
        assert_eq!(read(r#""caf\u00e9 \x41 \u{1F600}""#), "café A 😀");
        assert_eq!(
            read(r#""\ud83d\ude00 \uuu00e9 \U0001F600 \351""#),
            "😀 é 😀 é"
        );
        assert_eq!(read(r#""\xc3\xa9 \u{61 62}""#), "é ab");
        assert_eq!(read(r#""\u12 \xg \u{zz} \ud83d""#), "u12 xg u{zz} \u{fffd}");
    }

    #[test]
    fn signs_with_a_meaning_have_it_only_where_the_text_gives_them_one() {
        assert_eq!(read(r#""a\nb \"c\" \\d""#), "a b \"c\" \\d");
        assert_eq!(read(r#"@"say ""hi"" now \d""#), r#"say "hi" now \d"#);
        assert_eq!(read(r"`a\d`"), r"a\d");
        assert_eq!(read(r"'App\Cart it\'s \\'"), r"App\Cart it's \");
        assert_eq!(read(r#""a" + 'b'"#), "ab");
    }

    proptest::proptest! {
        #[test]
        fn every_text_is_read_to_its_end(text in "[\\\\uUx{}0-9a-f'é \n]{0,40}") {
            for escape in [Escape::All, Escape::Itself, Escape::Doubled, Escape::None] {
                unescape(&text, Some(escape), &mut String::new());
            }
        }
    }
}
