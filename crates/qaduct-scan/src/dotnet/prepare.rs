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
    let begins = |text: &[u8], from: usize| {
        let all = [&b"$@\""[..], b"@$\""].into_iter();
        let its = all.filter_map(|it| memmem::find(&text[from..], it));
        its.min().map(|it| from + it + 3)
    };
    let mut from = 0;
    while let Some(mut at) = begins(text, from) {
        while let Some(quote) = memchr::memchr(b'"', &text[at..]) {
            at += quote;
            if text.get(at + 1) != Some(&b'"') {
                break;
            }
            text[at..at + 2].copy_from_slice(b"''");
            at += 2;
        }
        from = at;
    }
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
}
