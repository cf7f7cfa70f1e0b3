//! What a function is given: the parameters that it declares, and the arguments of a call of it.
//!
//! A helper that skips does so under a condition over its parameters. Whoever calls it is muted
//! where the condition can hold for what is given, and by the condition as it is then.

use std::borrow::Cow;

use super::facts::{Arg, ArgValue, Facts, Lent, UnitId};
use super::forms::Form;
use super::guard::negated;
use super::resolve::conditions;
use crate::conditions::{all_of, truth};

/// Longer arguments would say nothing in a condition.
const LONGEST: usize = 160;

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Param {
    /// Its name, as it stands in the body.
    pub(crate) name: Box<str>,
    /// Its type, as written.
    pub(crate) kind: Box<str>,
    /// What it is where nothing is given.
    pub(crate) default: Option<Box<str>>,
    /// Whether it takes as many arguments as there are.
    pub(crate) many: bool,
}

impl Param {
    /// Whether it is a function, which may stand behind the brackets of a call.
    fn is_function(&self) -> bool {
        self.kind.contains("->")
    }
}

/// What the parameters of a function are in a call of it.
#[derive(Debug, Default)]
pub(crate) struct Bound<'a> {
    values: Vec<(&'a str, Cow<'a, str>)>,
    /// How sure the types are that it is this function.
    likely: u32,
}

impl<'a> Bound<'a> {
    /// What a call gives to these parameters; `None` where it cannot be a call of the function.
    fn of(params: &'a [Param], args: &'a [Arg]) -> Option<Self> {
        let mut bound = Self::default();
        let mut given = vec![false; params.len()];
        let mut next = 0;
        for arg in args {
            let at = if !arg.name.is_empty() {
                let is_it = |it: &Param| it.name.trim_start_matches('$') == &*arg.name;
                params.iter().position(is_it)?
            } else if is_block(arg) && params.last().is_some_and(Param::is_function) {
                params.len() - 1
            } else {
                let at = next;
                next += usize::from(!params.get(at)?.many);
                at
            };
            let param = &params[at];
            match suits(param, arg) {
                Some(true) => bound.likely += 1,
                Some(false) => return None,
                None => {}
            }
            if !given[at] && !param.many {
                bound.values.push((&param.name, arg.value.code()));
            }
            given[at] = true;
        }
        for (param, _) in params.iter().zip(given).filter(|it| !it.1) {
            match &param.default {
                Some(default) => bound.values.push((&param.name, (&**default).into())),
                None if param.many || param.is_function() => {}
                None => return None,
            }
        }
        Some(bound)
    }

    /// A condition with what is given in the place of the parameters.
    pub(crate) fn put_in(&self, condition: &str) -> String {
        let mut condition = condition.to_owned();
        for (name, value) in self.values.iter().filter(|it| it.1.len() <= LONGEST) {
            condition = replaced(&condition, name, value);
        }
        condition
    }
}

/// What a call with these arguments gives to the function that lends a name; `None` where it is
/// no call of it, may be as well one of another function of this name, or never skips.
pub(crate) fn bound<'a>(
    facts: &'a Facts,
    lent: &'a Lent,
    form: &Form,
    args: &'a [Arg],
) -> Option<Bound<'a>> {
    let units = &facts.units;
    let own = &units[lent.sighting.unit.index()];
    let Some(params) = &own.params else {
        return Some(Bound::default());
    };
    let bound = Bound::of(params, args)?;
    let skips = |id: UnitId| facts.lent.iter().any(|it| it.sighting.unit == id);
    let others = (0..)
        .map(UnitId)
        .zip(units)
        .filter(|(id, it)| it.parent == own.parent && it.name == own.name && !skips(*id));
    let mut others = others.filter_map(|(_, it)| Bound::of(it.params.as_deref()?, args));
    if others.any(|it| it.likely >= bound.likely) {
        return None;
    }
    let condition = condition(lent, form).map(|it| bound.put_in(&it));
    let never = condition.is_some_and(|it| truth(&it) == Some(false));
    (!never).then_some(bound)
}

/// The condition under which a helper skips, of its own parameters.
pub(crate) fn condition(lent: &Lent, form: &Form) -> Option<String> {
    let its = [
        lent.sighting.guard.as_deref().map(str::to_owned),
        conditions(&lent.sighting.args, &form.condition),
        conditions(&lent.sighting.args, &form.unless).map(|it| negated(&it)),
    ];
    let its: Vec<String> = its.into_iter().flatten().collect();
    (!its.is_empty()).then(|| all_of(&its))
}

/// Whether an argument is a piece of code in curly brackets.
fn is_block(arg: &Arg) -> bool {
    matches!(&arg.value, ArgValue::Code(it) if it.starts_with('{'))
}

/// Whether an argument may be of the type of a parameter, where its look tells.
fn suits(param: &Param, arg: &Arg) -> Option<bool> {
    const COLLECTIONS: &[&str] = &["Collection", "List", "Set", "Iterable", "Array"];
    let code = match &arg.value {
        ArgValue::Text(_) => return None,
        ArgValue::Code(it) => &**it,
    };
    let takes_several = COLLECTIONS.iter().any(|it| param.kind.starts_with(it));
    let head = code.split(['(', '<']).next().unwrap_or_default();
    let last = code.rsplit('.').next().unwrap_or_default();
    let is_collection = head.ends_with("Of") || head.starts_with("empty");
    let may_be_one =
        code.contains(" + ") || code.contains(" - ") || last == "ALL" || last.starts_with("ALL_");
    if is_collection || may_be_one {
        return (is_collection || takes_several).then_some(takes_several);
    }
    let of_type = code
        .strip_prefix(&*param.kind)
        .is_some_and(|it| it.starts_with('.'));
    of_type.then_some(true)
}

/// A condition with what a function was given instead of its parameter.
pub(crate) fn replaced(condition: &str, parameter: &str, given: &str) -> String {
    let is_word = |it: char| it.is_alphanumeric() || it == '_' || it == '$';
    let mut whole = String::with_capacity(condition.len() + given.len());
    let mut rest = condition;
    while let Some(at) = rest.find(parameter).filter(|_| !parameter.is_empty()) {
        let (before, after) = (&rest[..at], &rest[at + parameter.len()..]);
        whole.push_str(before);
        let is_part = before.ends_with(|it| is_word(it) || it == '.')
            || (before.is_empty() && whole.ends_with(is_word))
            || after.starts_with(is_word);
        whole.push_str(if is_part { parameter } else { given });
        rest = after;
    }
    whole + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn param(name: &str, kind: &str, default: Option<&str>) -> Param {
        Param {
            name: name.into(),
            kind: kind.into(),
            default: default.map(Into::into),
            many: false,
        }
    }

    fn arg(name: &str, code: &str) -> Arg {
        Arg {
            name: name.into(),
            value: ArgValue::Code(code.into()),
        }
    }

    #[test]
    fn arguments_are_bound_by_name_and_by_place_and_defaults_where_there_are_none() {
        let params = [
            param("without", "List<Db>", Some("emptyList()")),
            param("with", "Db", None),
            param("body", "() -> Unit", None),
        ];
        let told = |args: &[Arg]| {
            Bound::of(&params, args).map(|it| it.put_in("db in without && with.x != without"))
        };
        let told = |args: &[Arg]| told(args).unwrap_or_default();
        assert_eq!(
            told(&[arg("with", "B"), arg("", "{ go() }")]),
            "db in emptyList() && B.x != emptyList()"
        );
        assert_eq!(
            told(&[arg("", "listOf(A)"), arg("", "B")]),
            "db in listOf(A) && B.x != listOf(A)"
        );
        for other in [
            vec![],
            vec![arg("unknown", "A")],
            vec![
                arg("", "a"),
                arg("", "b"),
                arg("", "{}"),
                arg("", "c"),
                arg("", "d"),
            ],
        ] {
            assert_eq!(told(&other), "", "{other:?}");
        }
    }

    #[test]
    fn a_name_is_replaced_where_it_stands_alone() {
        assert_eq!(
            replaced("a && aa && x.a && a.b", "a", "1"),
            "1 && aa && x.a && 1.b"
        );
        assert_eq!(replaced("'x' === $name", "$name", "'y'"), "'x' === 'y'");
    }
}
