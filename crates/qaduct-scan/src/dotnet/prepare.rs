//! C# as the grammar reads it: what it does not know is written in another way, sign for
//! sign, so that everything stays where it is.

use memchr::memmem;

/// The text that is parsed in the place of a file; `None` for the file itself.
pub(super) fn prepared(text: &str) -> Option<String> {
    let mut plain = text.as_bytes().to_vec();
    rename_async(&mut plain);
    single_quotes(&mut plain);
    let plain = String::from_utf8(plain).ok()?;
    (plain != text).then_some(plain)
}

/// Variables of the name `async` get another one: the grammar takes each for the keyword, and
/// loses what follows. The keyword stands before a type, a name or `(`.
fn rename_async(text: &mut [u8]) {
    const WORD: &[u8] = b"async";
    let is_word = |it: &u8| it.is_ascii_alphanumeric() || *it == b'_' || *it >= 0x80;
    let found: Vec<usize> = memmem::find_iter(text, WORD).collect();
    for at in found {
        let end = at + WORD.len();
        let begins = at == 0 || !is_word(&text[at - 1]) && text[at - 1] != b'@';
        let is_whole = !text.get(end).is_some_and(is_word);
        let next = text[end..].iter().find(|it| !it.is_ascii_whitespace());
        let is_keyword = next.is_none_or(|it| is_word(it) || b"(@[/".contains(it));
        if begins && is_whole && !is_keyword {
            text[end - 1] = b'_';
        }
    }
}

/// Texts such as `$@"a ""b"" {c}"` get other quotes in them, at which the grammar ends them.
fn single_quotes(text: &mut [u8]) {
    let mut at = 0;
    while let Some(next) = text
        .get(at..)
        .and_then(|it| memchr::memchr3(b'"', b'\'', b'/', it))
    {
        at = match text[at + next] {
            b'"' => behind_text(text, at + next),
            b'\'' => behind_letter(text, at + next),
            _ => behind_comment(text, at + next),
        };
    }
}

/// Goes to behind a text, whose quote is given; one with code in it gets other quotes on the way.
fn behind_text(text: &mut [u8], quote: usize) -> usize {
    let before = &text[..quote];
    let has_code = before.ends_with(b"$@") || before.ends_with(b"@$");
    let quotes = text[quote..].iter().take_while(|it| **it == b'"').count();
    if quotes >= 3 && !has_code && !before.ends_with(b"@") {
        let end = memmem::find(&text[quote + quotes..], &vec![b'"'; quotes]);
        return end.map_or(text.len(), |it| quote + quotes + it + quotes);
    }
    let mut at = quote + 1;
    if has_code || before.ends_with(b"@") {
        while let Some(next) = memchr::memchr(b'"', &text[at..]) {
            at += next + 1;
            if text.get(at) != Some(&b'"') {
                return at;
            }
            if has_code {
                text[at - 1..=at].copy_from_slice(b"''");
            }
            at += 1;
        }
        return text.len();
    }
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' | b'\n' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// Goes to behind a letter such as `'"'`, or past a sign that begins none.
fn behind_letter(text: &[u8], quote: usize) -> usize {
    match text.get(quote + 1..) {
        Some([b'\\', _, b'\'', ..]) => quote + 4,
        Some([_, b'\'', ..]) => quote + 3,
        _ => quote + 1,
    }
}

/// Goes to behind a comment, or past a sign that begins none.
fn behind_comment(text: &[u8], slash: usize) -> usize {
    let (rest, end) = match text.get(slash + 1) {
        Some(b'/') => (slash + 2, &b"\n"[..]),
        Some(b'*') => (slash + 2, &b"*/"[..]),
        _ => return slash + 1,
    };
    memmem::find(&text[rest..], end).map_or(text.len(), |it| rest + it + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_has_the_name_of_a_keyword_gets_another_one() {
        let read = |text| prepared(text).unwrap_or_default();
        assert_eq!(
            read("if (async) { F(async: async); }"),
            "if (asyn_) { F(asyn_: asyn_); }"
        );
        assert_eq!(read("async Task A() => async () => asyncX;"), "");
    }

    #[test]
    fn quotes_in_a_text_with_code_do_not_end_it() {
        let read = |text| prepared(text).unwrap_or_default();
        assert_eq!(
            read(r#"F($@"a ""{b}""", ""); G(@$"""c""");"#),
            r#"F($@"a ''{b}''", ""); G(@$"''c''");"#
        );
        assert_eq!(read(r#"F(@"a ""b""", $@"", "");"#), "");
    }

    #[test]
    fn a_sign_in_a_comment_or_another_text_begins_no_text() {
        for text in [
            "// $@\" is raw\nF(\"\");",
            "/* $@\" */ F(\"\");",
            "F(\"$@\", \"\");",
            "F('\"', \"\"); G('\\'', \"\");",
            "F(@\"a$@\", \"\");",
            "F(\"\"\"$@\"x\" \"\"\", \"\");",
        ] {
            assert_eq!(prepared(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_looked_for_in_vain_is_looked_for_once() {
        let text = "F($@\"\", $@\"\");\n".repeat(200_000);
        // To search again from each would take a minute.
        assert_eq!(prepared(&text), None);
    }
}
