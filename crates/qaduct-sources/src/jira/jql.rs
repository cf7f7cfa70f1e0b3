//! Composes JQL out of the user's question and our own bounds.
//!
//! The question is anything that Jira takes: JQL, `filter=13789`, with or without an
//! order. Its order is cut off and ours is put on, so that issues keep their places
//! while pages are read. Reads and writes nothing.

use std::ops::Range;

/// The order of every reading: it never changes for an issue, as `updated` would.
const ORDER: &str = "ORDER BY created ASC, key ASC";

/// A restriction that all issues pass: Jira refuses a question without any.
const ANY: &str = "project is not EMPTY";

/// What a question asks for, without its order.
///
/// # Errors
/// When a quote or a parenthesis is not closed, or one is closed that was not opened:
/// then it could not be put into parentheses with the same meaning.
pub fn restriction(jql: &str) -> Result<&str, String> {
    let mut depth = 0_usize;
    let mut before: Option<Token> = None;
    let mut end = jql.len();
    for token in tokens(jql)? {
        let text = &jql[token.range.clone()];
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close if depth == 0 => return Err("closes a parenthesis too many".to_owned()),
            Kind::Close => depth -= 1,
            Kind::Word if depth == 0 && text.eq_ignore_ascii_case("by") => {
                if let Some(order) = &before
                    && order.kind == Kind::Word
                    && jql[order.range.clone()].eq_ignore_ascii_case("order")
                {
                    end = order.range.start;
                    break;
                }
            }
            _ => {}
        }
        before = Some(token);
    }
    if depth > 0 {
        return Err("does not close a parenthesis".to_owned());
    }
    let restriction = jql[..end].trim();
    // A backslash at the end would take the meaning of the parenthesis behind it.
    if restriction.ends_with('\\') {
        return Err("ends with a backslash".to_owned());
    }
    Ok(restriction)
}

/// The question and further conditions; always has a restriction.
#[must_use]
pub fn both(restriction: &str, conditions: &[String]) -> String {
    let mut all = Vec::new();
    if !restriction.is_empty() {
        all.push(format!("({restriction})"));
    }
    all.extend_from_slice(conditions);
    if all.is_empty() {
        all.push(ANY.to_owned());
    }
    all.join(" AND ")
}

/// The same in our order.
#[must_use]
pub fn ordered(jql: &str) -> String {
    format!("{jql} {ORDER}")
}

/// A text as JQL writes it.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The ids of saved filters that a question names: `filter = 13789`, `filter in (1, 2)`.
#[must_use]
pub fn filters(jql: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut of_filter = false;
    for token in tokens(jql).unwrap_or_default() {
        let text = jql[token.range].trim_matches(['"', '\'']);
        match token.kind {
            Kind::Word | Kind::Quoted => {
                let is_name = ["filter", "request", "savedfilter", "searchrequest"]
                    .iter()
                    .any(|it| text.eq_ignore_ascii_case(it));
                let is_id = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
                if of_filter && is_id {
                    ids.push(text.to_owned());
                } else if !["in", "not"].iter().any(|it| text.eq_ignore_ascii_case(it)) {
                    of_filter = is_name;
                }
            }
            Kind::Open | Kind::Other => {}
            Kind::Close => of_filter = false,
        }
    }
    ids.sort();
    ids.dedup();
    ids
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    range: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Quoted,
    Open,
    Close,
    Other,
}

fn tokens(jql: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = jql.char_indices().peekable();
    while let Some((start, found)) = chars.next() {
        let kind = match found {
            _ if found.is_whitespace() => continue,
            '(' => Kind::Open,
            ')' => Kind::Close,
            '=' | '!' | '<' | '>' | '~' | ',' | '&' | '|' => Kind::Other,
            '"' | '\'' => loop {
                match chars.next() {
                    None => return Err(format!("does not close the quote {found}")),
                    Some((_, '\\')) => {
                        chars.next();
                    }
                    Some((_, end)) if end == found => break Kind::Quoted,
                    Some(_) => {}
                }
            },
            _ => {
                if found == '\\' {
                    chars.next();
                }
                while let Some((_, next)) = chars.peek() {
                    match next {
                        '(' | ')' | '=' | '!' | '<' | '>' | '~' | ',' | '&' | '|' | '"' | '\'' => {
                            break;
                        }
                        it if it.is_whitespace() => break,
                        '\\' => {
                            chars.next();
                            chars.next();
                        }
                        _ => {
                            chars.next();
                        }
                    }
                }
                Kind::Word
            }
        };
        let end = chars.peek().map_or(jql.len(), |(end, _)| *end);
        tokens.push(Token {
            kind,
            range: start..end,
        });
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_order_of_a_question_is_cut_off() {
        for (jql, left) in [
            ("project = A ORDER BY updated DESC", "project = A"),
            ("project = A order  by Rank", "project = A"),
            ("ORDER BY created", ""),
            ("filter=13789", "filter=13789"),
            ("  a = 1 OR b = 2  ", "a = 1 OR b = 2"),
        ] {
            assert_eq!(restriction(jql), Ok(left), "{jql}");
        }
    }

    #[test]
    fn an_order_inside_quotes_or_parentheses_is_no_order() {
        for jql in [
            r#"summary ~ "to order by phone""#,
            r"summary ~ 'in order by \' date'",
            r#"summary ~ "say \"order by\" twice" AND a = 1"#,
            "labels in (order, by)",
        ] {
            assert_eq!(restriction(jql), Ok(jql));
        }
    }

    #[test]
    fn a_question_that_would_break_out_of_its_parentheses_is_refused() {
        for (jql, why) in [
            ("a = 1) OR (b = 2", "closes a parenthesis too many"),
            ("(a = 1", "does not close a parenthesis"),
            (r#"summary ~ "open"#, "does not close the quote \""),
            (r#"summary ~ "escaped\""#, "does not close the quote \""),
            (r"labels = a\", "ends with a backslash"),
        ] {
            assert_eq!(restriction(jql), Err(why.to_owned()), "{jql}");
        }
    }

    #[test]
    fn conditions_bind_to_the_whole_question() {
        let bound = ["updated >= \"2026/01/31 10:00\"".to_owned()];
        assert_eq!(
            ordered(&both("a = 1 OR b = 2", &bound)),
            "(a = 1 OR b = 2) AND updated >= \"2026/01/31 10:00\" ORDER BY created ASC, key ASC"
        );
        assert_eq!(both("", &bound), bound[0]);
        assert_eq!(both("", &[]), "project is not EMPTY");
    }

    #[test]
    fn the_saved_filters_of_a_question_are_found() {
        let jql = "filter = 35754 OR (filter in (1, \"22\") AND project = 9) OR filter=named";
        assert_eq!(filters(jql), ["1", "22", "35754"]);
        assert!(filters("summary ~ \"filter = 7\"").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_either_refused_or_stays_inside_its_parentheses(jql in ".*") {
            if let Ok(restriction) = restriction(&jql) {
                let composed = both(restriction, &["updated >= 1".to_owned()]);
                prop_assert!(super::restriction(&composed).is_ok());
            }
        }

        #[test]
        fn a_quoted_text_is_one_token(text in ".*") {
            let text = quoted(&text);
            prop_assert_eq!(tokens(&text).unwrap().len(), 1);
        }
    }
}
