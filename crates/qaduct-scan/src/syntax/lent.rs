//! Why and when a test is muted that calls a helper: what its caller hands it for that, else
//! what the helper says itself.

use super::facts::{Arg, ArgValue, Lent};
use super::forms::Form;
use super::resolve::argument;

/// What the names of parameters hold that take a reason.
const WHY: &[&str] = &[
    "because",
    "comment",
    "explanation",
    "info",
    "message",
    "msg",
    "reason",
    "text",
    "why",
];

/// What is handed is told in a condition where it is no longer than this.
const LONGEST: usize = 80;

/// The reason of a call with these arguments.
pub(super) fn reason(args: &[Arg], lent: &Lent, form: &Form) -> Option<String> {
    let own = argument(&lent.sighting.args, &form.reason);
    let own = own.map(|text| {
        let mut its = lent.sighting.args.iter();
        let is_text = its.any(|it| it.value.as_str() == text && it.value.is_text());
        (text, is_text)
    });
    let Some(takes) = &lent.takes else {
        return of_any(args, own);
    };
    let handed = Handed { args, takes };
    match own {
        Some((code, false)) => {
            let its = words(&code).find_map(|it| handed.by(it));
            match its {
                Some(its) => its.map(|it| it.value.as_str().to_owned()),
                None => handed.why().or(Some(code)),
            }
        }
        Some((text, true)) => {
            let filled = handed.fill(&text, &lent.sighting.args);
            filled.or_else(|| handed.why()).or(Some(text))
        }
        None => handed.why(),
    }
}

/// What a helper asks, of which a form says where it stands in its arguments: with what is
/// handed to it in the place of its parameters. A text that is handed to it is no condition.
pub(super) fn conditions(args: &[Arg], lent: &Lent, wanted: &[String]) -> Option<String> {
    let Some(takes) = &lent.takes else {
        return super::resolve::conditions(&lent.sighting.args, wanted);
    };
    let handed = Handed { args, takes };
    let its = lent.sighting.args.iter().map(|it| {
        let is_text =
            matches!(handed.by(it.value.as_str()), Some(Some(arg)) if arg.value.is_text());
        match &it.value {
            _ if is_text => Arg {
                name: "text".into(),
                value: it.value.clone(),
            },
            ArgValue::Code(code) => Arg {
                name: it.name.clone(),
                value: ArgValue::Code(handed.within(code).into()),
            },
            ArgValue::Text(_) => it.clone(),
        }
    });
    super::resolve::conditions(&its.collect::<Vec<_>>(), wanted)
}

/// The condition around the place where a helper mutes.
pub(super) fn guard(args: &[Arg], lent: &Lent) -> Option<String> {
    let guard = lent.sighting.guard.as_deref()?;
    Some(match &lent.takes {
        Some(takes) => Handed { args, takes }.within(guard),
        None => guard.to_owned(),
    })
}

/// The first text that is handed to a helper of which nobody knows what it takes.
fn of_any(args: &[Arg], own: Option<(String, bool)>) -> Option<String> {
    let mut texts = args.iter().filter(|it| it.value.is_text());
    let first = texts.next().map(|it| it.value.as_str().to_owned());
    // One word may be anything: a version, the name of a tool.
    let says_why = |it: &String| {
        let is_number = it.contains(|it: char| it.is_ascii_digit());
        let is_word = it.contains(char::is_alphabetic);
        is_word && (it.contains(char::is_whitespace) || is_number)
    };
    let is_text = own.as_ref().is_some_and(|it| it.1);
    first
        .filter(|it| says_why(it) || !is_text && own.is_some())
        .or(own.map(|it| it.0))
}

/// What a caller hands to what a helper takes.
struct Handed<'a> {
    args: &'a [Arg],
    takes: &'a [Box<str>],
}

impl<'a> Handed<'a> {
    /// What is handed to a parameter; `None` where the helper has none of that name.
    fn by(&self, name: &str) -> Option<Option<&'a Arg>> {
        let at = self.takes.iter().position(|it| &**it == name)?;
        let named = self.args.iter().find(|it| &*it.name == name);
        let placed = self.args.get(at).filter(|it| it.name.is_empty());
        Some(named.or(placed))
    }

    /// The text that is handed to a parameter whose name says that it takes a reason.
    fn why(&self) -> Option<String> {
        let says_so = |name: &str| {
            let name = name.to_ascii_lowercase();
            WHY.iter().any(|it| name.contains(it))
        };
        let its = self.takes.iter().map(|it| &**it);
        let mut its = its.filter(|it| says_so(it));
        let text = its.find_map(|it| self.by(it)??.value.text())?;
        Some(text.to_owned())
    }

    /// Code with what is handed in the place of parameters.
    fn within(&self, code: &str) -> String {
        let is_word = |it: char| it.is_alphanumeric() || it == '_';
        let mut whole = String::new();
        let mut in_text = false;
        let mut rest = code;
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|it| !is_word(it)).unwrap_or(rest.len());
            if end == 0 {
                in_text ^= first == '"';
                whole.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let (word, behind) = rest.split_at(end);
            let is_member = whole.ends_with(['.', '$', '@', ':']);
            match self.by(word).flatten().filter(|_| !in_text && !is_member) {
                Some(Arg {
                    value: ArgValue::Text(text),
                    ..
                }) if text.len() <= LONGEST => {
                    whole.extend(["\"", text, "\""]);
                }
                Some(Arg {
                    value: ArgValue::Code(its),
                    ..
                }) if its.len() <= LONGEST => {
                    let is_one = whole.is_empty() && behind.is_empty();
                    match its.contains(' ') && !is_one {
                        true => whole.extend(["(", its, ")"]),
                        false => whole.push_str(its),
                    }
                }
                _ => whole.push_str(word),
            }
            rest = behind;
        }
        whole
    }

    /// A text with what is handed in its gaps: `{tool}`, `$tool`, and `%s` where the
    /// arguments that follow it fill them. `None` where it has no gap for it.
    fn fill(&self, text: &str, own: &[Arg]) -> Option<String> {
        let mut filled = text.to_owned();
        for name in self.takes {
            let Some(Some(arg)) = self.by(name) else {
                continue;
            };
            let value = arg.value.as_str();
            for gap in [
                format!("${{{name}}}"),
                format!("{{{name}}}"),
                format!("${name}"),
            ] {
                filled = filled.replace(&gap, value);
            }
        }
        let at = own.iter().position(|it| it.value.as_str() == text)?;
        let mut from = 0;
        for its in &own[at + 1..] {
            let Some(gap) = ["%s", "%v", "%q", "%d", "%w"]
                .iter()
                .filter_map(|it| filled[from..].find(it))
                .min()
            else {
                break;
            };
            let value = match words(its.value.as_str()).find_map(|it| self.by(it)) {
                Some(Some(arg)) => arg.value.as_str(),
                _ => "",
            };
            from += gap;
            if value.is_empty() {
                from += 2;
            } else {
                filled.replace_range(from..from + 2, value);
                from += value.len();
            }
        }
        (filled != text).then_some(filled)
    }
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|it: char| !it.is_alphanumeric() && it != '_')
}

impl ArgValue {
    /// The text, if it is one.
    fn text(&self) -> Option<&str> {
        self.is_text().then(|| self.as_str())
    }
}
