//! Lines of Bash: their statements, the heads of functions and tests, texts that begin there.

/// The name of a test and what follows its `{`, of what stands behind `@test`.
pub(super) fn title(head: &str) -> (String, &str) {
    let head = head.trim_start();
    if let Some(quote) = head.chars().next().filter(|it| matches!(it, '"' | '\'')) {
        let mut name = String::new();
        let mut chars = head[1..].char_indices();
        while let Some((at, char)) = chars.next() {
            match char {
                '\\' if quote == '"' => match chars.next() {
                    Some((_, it)) if "\"\\$`".contains(it) => name.push(it),
                    Some((_, it)) => name.extend(['\\', it]),
                    None => {}
                },
                _ if char == quote => {
                    let rest = head[at + 2..].trim_start();
                    return (name, rest.strip_prefix('{').unwrap_or(rest));
                }
                _ => name.push(char),
            }
        }
        return (name.trim_end_matches('{').trim().to_owned(), "");
    }
    let (name, rest) = head.split_once('{').unwrap_or((head, ""));
    (name.trim().to_owned(), rest)
}

/// The name of a function that begins, and what follows its `{`.
pub(super) fn function(code: &str) -> Option<(&str, &str)> {
    let named = code.strip_prefix("function ");
    let code = named.unwrap_or(code);
    let (head, rest) = code.split_once('{').unwrap_or((code, ""));
    let (name, after) = match head.split_once('(') {
        Some((name, after)) => (name, after.trim()),
        None if named.is_some() || code.ends_with('{') => (head, ")"),
        None => return None,
    };
    let name = name.trim();
    let is_name = |it: char| it.is_alphanumeric() || "_-:".contains(it);
    (!name.is_empty() && name.chars().all(is_name) && after == ")").then_some((name, rest))
}

/// Whether a function is a test by the comment behind its `{`.
pub(super) fn is_test_comment(rest: &str) -> bool {
    let comment = rest.trim().strip_prefix('#');
    comment.is_some_and(|it| it.trim() == "@test")
}

/// The line that ends the text which begins on this one: `END` of `cat <<END`. To shift bits
/// (`$((1 << 2))`) begins none.
pub(super) fn here_document(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    let mut quote: Option<u8> = None;
    let mut sums = 0_u32;
    let mut at = 0;
    while at < bytes.len() {
        let next = bytes.get(at + 1).copied();
        match (quote, bytes[at], next) {
            (Some(b'\''), byte, _) => quote = quote.filter(|_| byte != b'\''),
            (_, b'\\', _) => at += 1,
            // A command in a text is code again.
            (Some(_), b'"', _) => quote = None,
            (Some(_), b'$', Some(b'(')) => quote = None,
            (Some(_), ..) => {}
            (None, b'"' | b'\'', _) => quote = Some(bytes[at]),
            (None, b'#', _) if at == 0 || bytes[at - 1] == b' ' => return None,
            (None, b'(', Some(b'(')) => {
                sums += 1;
                at += 1;
            }
            (None, b')', Some(b')')) if sums > 0 => {
                sums -= 1;
                at += 1;
            }
            (None, b'<', Some(b'<')) if bytes.get(at + 2) == Some(&b'<') => at += 2,
            (None, b'<', Some(b'<')) if sums == 0 => {
                let end = line[at + 2..].trim_start_matches('-').trim_start();
                let end = end.trim_start_matches(['"', '\'', '\\']);
                let is_word = |it: char| it.is_alphanumeric() || "_-.!".contains(it);
                let end = &end[..end.find(|it| !is_word(it)).unwrap_or(end.len())];
                return (!end.is_empty()).then_some(end);
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The statements of a line, each with the sign in front of it.
pub(super) fn pieces(code: &str) -> Vec<(&str, &str)> {
    let mut all = Vec::new();
    let (mut start, mut sign) = (0, "");
    let mut quote: Option<u8> = None;
    let mut depth = 0;
    let bytes = code.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let mut length = 0;
        match (quote, byte) {
            (_, b'\\') => at += 1,
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'[') => depth += 1,
            (None, b')' | b']') => depth = (depth - 1).max(0),
            (None, b'#') if (at == 0 || bytes[at - 1] == b' ') && depth == 0 => break,
            (None, b'&' | b'|') if depth == 0 && bytes.get(at + 1) == Some(&byte) => length = 2,
            (None, b';') if depth == 0 => {
                length = 1 + usize::from(matches!(bytes.get(at + 1), Some(b';' | b'&')));
            }
            _ => {}
        }
        if length > 0 {
            all.push((sign, &code[start..at]));
            sign = match (byte, length) {
                (b';', 2) => ";;",
                _ => &code[at..at + length],
            };
            at += length;
            start = at;
        } else {
            at += 1;
        }
    }
    let end = at.min(code.len());
    all.push((sign, &code[start.min(end)..end]));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_begins_where_no_bits_are_shifted() {
        assert_eq!(here_document("cat <<END"), Some("END"));
        assert_eq!(here_document("cat <<-'END' | sort > x"), Some("END"));
        assert_eq!(here_document("x=\"$(cat << EOF"), Some("EOF"));
        assert_eq!(here_document("x=$((1 << 2))"), None);
        assert_eq!(here_document("(( x << y ))"), None);
        assert_eq!(here_document("cat <<<END"), None);
        assert_eq!(here_document("echo 'a << b' \"c << d\" # << e"), None);
    }

    #[test]
    fn a_test_is_known_by_the_text_of_its_title() {
        assert_eq!(title("\"adds\" {"), ("adds".to_owned(), ""));
        assert_eq!(title(r#""b 'q' \"x\"" {"#).0, r#"b 'q' "x""#);
        assert_eq!(
            title("'a \"b\"' { skip; }"),
            ("a \"b\"".to_owned(), " skip; }")
        );
        assert_eq!(title("plain words {"), ("plain words".to_owned(), ""));
    }

    #[test]
    fn a_function_begins_with_its_name_however_it_is_written() {
        assert_eq!(function("setup() {"), Some(("setup", "")));
        assert_eq!(function("setup () { skip; }"), Some(("setup", " skip; }")));
        assert_eq!(
            function("function test_x { #@test"),
            Some(("test_x", " #@test"))
        );
        assert_eq!(function("function helper"), Some(("helper", "")));
        assert_eq!(function("run foo"), None);
        assert_eq!(function("if (( x )); then"), None);
    }
}
