//! Variables in text: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, and
//! `$$` for a dollar sign. Any other dollar sign is itself.

use super::Environment;
use super::tree::Origin;
use crate::report::{Code, Report};

/// Why a text cannot be completed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The variable is not set; what the text says about that, if anything.
    Unset { name: String, message: String },
    /// The value has more than one line: it would change what is around it.
    Lines { name: String },
    /// None of the four forms.
    Form(String),
}

/// The text with the values of its variables.
pub(crate) fn interpolate(text: &str, environment: &Environment) -> Result<String, Trouble> {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        done.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            done.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('{') {
            let Some((inside, after)) = after.split_once('}') else {
                return Err(Trouble::Form(format!("${rest}")));
            };
            done.push_str(&value(inside, environment)?);
            rest = after;
        } else {
            done.push('$');
        }
    }
    done.push_str(rest);
    Ok(done)
}

/// Whether a name of a variable may hold this.
pub(crate) fn in_name(sign: char) -> bool {
    sign == '_' || sign.is_ascii_alphanumeric()
}

fn value(inside: &str, environment: &Environment) -> Result<String, Trouble> {
    let end = inside.find(|sign| !in_name(sign));
    let (name, rest) = inside.split_at(end.unwrap_or(inside.len()));
    let starts_well = name.starts_with(|sign: char| sign == '_' || sign.is_ascii_alphabetic());
    let form = || Trouble::Form(format!("${{{inside}}}"));
    if !starts_well {
        return Err(form());
    }
    let unset = |message: &str| Trouble::Unset {
        name: name.to_owned(),
        message: message.to_owned(),
    };
    let found = environment.get(name);
    let text = match rest {
        "" => found.ok_or_else(|| unset(""))?,
        _ => match (rest.strip_prefix(":-"), rest.strip_prefix(":?")) {
            (Some(default), _) => found.unwrap_or(default),
            (_, Some(message)) => found.ok_or_else(|| unset(message))?,
            _ => return Err(form()),
        },
    };
    if text.contains(['\n', '\r']) {
        return Err(Trouble::Lines {
            name: name.to_owned(),
        });
    }
    Ok(text.to_owned())
}

impl Trouble {
    pub(crate) fn report(self, origin: &Origin) -> Report {
        let report = match self {
            Self::Unset { name, message } => {
                let why = if message.is_empty() {
                    String::new()
                } else {
                    format!(": {message}")
                };
                Report::new(Code::Unset, format!("variable `{name}` is not set{why}"))
                    .help(format!("set {name}, or write `${{{name}:-default}}`"))
            }
            Self::Lines { name } => Report::new(
                Code::Interpolation,
                format!("variable `{name}` has several lines"),
            )
            .help("only text of one line can stand in a setting"),
            Self::Form(text) => Report::new(
                Code::Interpolation,
                format!("`{text}` is no variable"),
            )
            .help(
                "write `${NAME}`, `${NAME:-default}` or `${NAME:?message}`; `$$` is a dollar sign",
            ),
        };
        origin.mark(report, "")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn done(text: &str) -> Result<String, Trouble> {
        let environment = Environment::of([("NAME", "v"), ("EMPTY", ""), ("LINES", "a\nb")]);
        interpolate(text, &environment)
    }

    fn form(text: &str) -> Result<String, Trouble> {
        Err(Trouble::Form(text.into()))
    }

    #[test]
    fn the_four_forms_are_completed() {
        assert_eq!(
            done("a ${NAME} b ${NAME:-x} ${NAME:?x}").unwrap(),
            "a v b v v"
        );
        assert_eq!(done("${NOT:-x y} ${EMPTY:-z} ${NOT:-}").unwrap(), "x y z ");
        assert_eq!(
            done("$$ $${NAME} $ $NAME 5$").unwrap(),
            "$ ${NAME} $ $NAME 5$"
        );
    }

    #[test]
    fn a_variable_that_is_not_set_is_an_error_and_never_empty() {
        let unset = |name: &str, message: &str| {
            Err(Trouble::Unset {
                name: name.into(),
                message: message.into(),
            })
        };
        assert_eq!(done("${NOT}"), unset("NOT", ""));
        assert_eq!(done("${EMPTY}"), unset("EMPTY", ""));
        assert_eq!(done("${NOT:?ask the team}"), unset("NOT", "ask the team"));
        assert_eq!(
            done("${LINES}"),
            Err(Trouble::Lines {
                name: "LINES".into()
            })
        );
    }

    #[test]
    fn other_forms_are_errors() {
        assert_eq!(done("${NAME"), form("${NAME"));
        assert_eq!(done("${}"), form("${}"));
        assert_eq!(done("${NAME:+x}"), form("${NAME:+x}"));
        assert_eq!(done("${1A}"), form("${1A}"));
        assert_eq!(done("${ü}"), form("${ü}"));
    }

    proptest! {
        #[test]
        fn text_with_doubled_dollars_comes_back(text in "[a-z${}:?-]{0,20}") {
            prop_assert_eq!(done(&text.replace('$', "$$")).unwrap(), text);
        }
    }
}
