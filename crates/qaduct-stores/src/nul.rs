//! Text with NUL for databases whose text cannot hold it.
//!
//! PostgreSQL refuses U+0000 in text. It is kept as U+0001 U+0001, and a U+0001
//! that was in the text as U+0001 U+0002. Every text has one such form, texts
//! without these two characters are stored as they are, and the order by code
//! point stays the same. Whoever reads the database with other tools sees
//! U+0001 U+0001 where a NUL was.

use std::borrow::Cow;

/// The form in which a text is stored.
pub(crate) fn hide(text: &str) -> Cow<'_, str> {
    // Without a way out of the loop it takes many bytes at once.
    let hides = |found, byte: &u8| found | (*byte <= 1);
    if !text.as_bytes().iter().fold(false, hides) {
        return Cow::Borrowed(text);
    }
    let mut hidden = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '\0' => hidden.push_str("\u{1}\u{1}"),
            '\u{1}' => hidden.push_str("\u{1}\u{2}"),
            _ => hidden.push(letter),
        }
    }
    Cow::Owned(hidden)
}

/// The text of a stored form. A U+0001 that [`hide`] cannot have written stays as it is.
pub(crate) fn show(hidden: &str) -> Cow<'_, str> {
    if !hidden.contains('\u{1}') {
        return Cow::Borrowed(hidden);
    }
    let mut text = String::with_capacity(hidden.len());
    let mut letters = hidden.chars().peekable();
    while let Some(letter) = letters.next() {
        let shown = match (letter, letters.peek()) {
            ('\u{1}', Some('\u{1}')) => '\0',
            ('\u{1}', Some('\u{2}')) => '\u{1}',
            _ => {
                text.push(letter);
                continue;
            }
        };
        text.push(shown);
        letters.next();
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_text_is_left_alone() {
        assert!(matches!(hide("naïve 😀 \u{2400} \\0"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn every_text_comes_back_and_keeps_its_place(
            a in "[\0\u{1}\u{2}\u{3}aé😀]{0,8}", b in "[\0\u{1}\u{2}\u{3}aé😀]{0,8}",
        ) {
            prop_assert!(!hide(&a).contains('\0'));
            prop_assert_eq!(show(&hide(&a)).into_owned(), a.clone());
            prop_assert_eq!(hide(&a).cmp(&hide(&b)), a.cmp(&b));
        }

        #[test]
        fn text_that_others_wrote_is_shown_without_loss_of_ordinary_letters(
            text in "[\u{1}\u{2}ab]{0,8}",
        ) {
            let letters = |text: &str| text.matches(['a', 'b']).count();
            prop_assert_eq!(letters(&show(&text)), letters(&text));
        }
    }
}
