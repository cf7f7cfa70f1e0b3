//! Whether a condition holds in every run or in none: what is written in it decides.

use super::token::{Token, bracketed, call, split, tokens};

/// Deeper brackets are no condition that anybody wrote.
const DEEPEST: usize = 40;

/// What makes a collection of nothing where it is given nothing.
const COLLECTIONS: &[&str] = &[
    "arrayOf",
    "emptyArray",
    "emptyList",
    "emptyMap",
    "emptySet",
    "listOf",
    "mapOf",
    "mutableListOf",
    "mutableSetOf",
    "setOf",
];

/// Whether a condition always holds, or never; `None` where that is only known in a run.
pub(crate) fn truth(condition: &str) -> Option<bool> {
    of(&tokens(condition), 0)
}

fn of(condition: &[Token], depth: usize) -> Option<bool> {
    if depth > DEEPEST || split(condition, &[",", ";"]).len() > 1 {
        return None;
    }
    let next = |it: &[Token]| of(it, depth + 1);
    for (sign, decides) in [("||", true), ("&&", false)] {
        let sides = split(condition, &[sign]);
        if sides.len() > 1 {
            let all: Vec<Option<bool>> = sides.into_iter().map(next).collect();
            if all.contains(&Some(decides)) {
                return Some(decides);
            }
            return (!all.contains(&None)).then_some(!decides);
        }
    }
    if let [Token::Sign("!"), rest @ ..] = condition {
        return next(rest).map(|it| !it);
    }
    if let (Some(Token::Sign("(")), Some(inside)) = (condition.first(), bracketed(condition)) {
        return next(inside);
    }
    let signs = ["===", "!==", "==", "!=", "=~", "!~"];
    if let [left, right] = split(condition, &signs)[..] {
        return match condition[left.len()] {
            Token::Sign("=~") if is_empty(right) => Some(false),
            Token::Sign("!~") if is_empty(right) => Some(true),
            Token::Sign("==" | "===") => Some(literal(left)? == literal(right)?),
            Token::Sign("!=" | "!==") => Some(literal(left)? != literal(right)?),
            _ => None,
        };
    }
    if let Some(([], name, args)) = call(condition) {
        return match (name, &split(args, &[","])[..]) {
            ("all", [[]]) => Some(true),
            ("any", [[]]) => Some(false),
            (name, [[Token::Text(of)], [Token::Text(part)]])
                if is_constant(of) && is_constant(part) =>
            {
                match name {
                    "str_contains" => Some(of.contains(part.as_str())),
                    "str_starts_with" => Some(of.starts_with(part.as_str())),
                    "str_ends_with" => Some(of.ends_with(part.as_str())),
                    _ => None,
                }
            }
            _ => None,
        };
    }
    match condition {
        [Token::Name(word)] => match word.as_str() {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        },
        [Token::Number(number)] if number == "0" => Some(false),
        [Token::Number(number)] if number == "1" => Some(true),
        _ => None,
    }
}

/// What a literal is, with its kind.
fn literal(side: &[Token]) -> Option<(char, String)> {
    match side {
        [Token::Text(text)] if is_constant(text) => Some(('"', text.clone())),
        [Token::Number(number)] => Some(('0', number.clone())),
        [Token::Name(word)] => {
            let word = word.to_lowercase();
            let is_one = matches!(word.as_str(), "true" | "false" | "null" | "nil" | "none");
            is_one.then_some(('a', word))
        }
        _ => None,
    }
}

/// Whether nothing is computed within a text.
fn is_constant(text: &str) -> bool {
    !text.contains(['$', '{', '%', '#'])
}

fn is_empty(side: &[Token]) -> bool {
    match side {
        [Token::Sign("["), Token::Sign("]")] => true,
        [Token::Name(name), .., Token::Sign("("), Token::Sign(")")] => {
            let last = name.rsplit('.').next().unwrap_or_default();
            COLLECTIONS.contains(&last) || matches!(name.as_str(), "List.of" | "Set.of")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_decides_where_it_can() {
        for always in [
            "true",
            "runtime.GOOS == \"windows\" || true",
            "sys.platform == 'win32' or True",
            "not (x in emptyList())",
            "x !in listOf<Db>()",
            "'testA' === 'testA'",
            "not (!str_contains('testPush', 'Push'))",
            "null == null",
        ] {
            assert_eq!(truth(always), Some(true), "{always}");
        }
        for never in [
            "false",
            "dialect in emptyList()",
            "null != null && dialect !in null",
            "'testA' === 'testB'",
            "a && !true",
        ] {
            assert_eq!(truth(never), Some(false), "{never}");
        }
    }

    #[test]
    fn what_only_a_run_tells_is_not_known() {
        for open in [
            "",
            "x",
            "x in listOf(Db.A)",
            "\"$os\" == \"a\"",
            "a || false",
            "a and true",
            "named = \"os.name\", matches = \"Linux\"",
            "true, x",
        ] {
            assert_eq!(truth(open), None, "{open}");
        }
    }
}
