//! Marks on parameters: `pytest.param(..., marks=...)` in `parametrize`, in the
//! parameters of a fixture, or in a list that one of these uses.

use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, Number, Stmt, UnaryOp};
use ruff_text_size::Ranged;

use super::facts::{Mark, Site, Target};
use super::file::start;
use super::scope::{Binding, Scope, dotted};
use super::walk::{Place, Walker};

/// How many lists in a row are followed.
const HOPS: u8 = 5;

/// Longest text that pytest puts into an id.
const LONGEST: usize = 100;

/// The parameters that a decorator gives.
struct Cases<'a> {
    /// Ids in order, where they are written out.
    ids: Option<&'a [Expr]>,
    /// Whether the ids come from a function.
    called: bool,
}

impl<'a> Walker<'_, 'a> {
    /// Notes the muted parameters of a decorator; whether it was one that gives parameters.
    pub(super) fn params(&mut self, decorator: &'a Expr, place: &Place<'a>) -> bool {
        if let Expr::Name(name) = decorator {
            // `cases = pytest.mark.parametrize(...)`, used as `@cases`.
            let Some((bindings, home)) = place.scope.find(name.id.as_str()) else {
                return false;
            };
            let call = bindings.iter().find_map(|binding| match binding {
                Binding::Value(call @ Expr::Call(_), _) => Some(*call),
                _ => None,
            });
            let place = Place {
                scope: Rc::clone(home),
                ..place.clone()
            };
            return call.is_some_and(|call| self.params(call, &place));
        }
        let Expr::Call(call) = decorator else {
            return false;
        };
        if let Some((function, home)) = self.file.function(&call.func, &place.scope) {
            // A function of the file's own that puts parameters together.
            let inner = Scope::function(function, &home);
            let place = Place {
                scope: inner,
                ..place.clone()
            };
            self.built(&function.body, &place);
            return false;
        }
        let Some((head, attrs)) = dotted(&call.func) else {
            return false;
        };
        let values = match attrs.last().copied().unwrap_or(head) {
            "parametrize" => call.arguments.find_argument_value("argvalues", 1),
            "fixture" | "yield_fixture" => call.arguments.find_argument_value("params", 1),
            _ => return false,
        };
        let Some(values) = values else { return true };
        let ids = call
            .arguments
            .find_keyword("ids")
            .map(|keyword| &keyword.value);
        let (list, called) = match ids {
            Some(Expr::List(list)) => (Some(&*list.elts), false),
            Some(Expr::Tuple(tuple)) => (Some(&*tuple.elts), false),
            Some(Expr::NoneLiteral(_)) | None => (None, false),
            Some(_) => (None, true),
        };
        let cases = Cases { ids: list, called };
        self.cases(values, &cases, &place.scope, place, HOPS);
        true
    }

    /// Notes the muted parameters of a list.
    pub(super) fn all_cases(&mut self, values: &'a Expr, place: &Place<'a>) {
        let cases = Cases {
            ids: None,
            called: false,
        };
        self.cases(values, &cases, &place.scope, place, HOPS);
    }

    /// Notes the muted parameters of a list, wherever the list is.
    fn cases(
        &mut self,
        values: &'a Expr,
        cases: &Cases<'a>,
        scope: &Rc<Scope<'a>>,
        place: &Place<'a>,
        hops: u8,
    ) {
        let Some(hops) = hops.checked_sub(1) else {
            return;
        };
        let place = &Place {
            scope: Rc::clone(scope),
            ..place.clone()
        };
        match values {
            Expr::List(list) => self.listed(&list.elts, cases, place, hops),
            Expr::Tuple(tuple) => self.listed(&tuple.elts, cases, place, hops),
            Expr::Set(set) => self.listed(&set.elts, cases, place, hops),
            Expr::Starred(starred) => self.cases(&starred.value, cases, scope, place, hops),
            Expr::Name(_) | Expr::Attribute(_) => {
                let Some((head, attrs)) = dotted(values) else {
                    return;
                };
                let Some((bindings, home)) = scope.find(head) else {
                    return;
                };
                for binding in bindings {
                    match (binding, attrs.as_slice()) {
                        (Binding::Value(value, _) | Binding::Added(value), []) => {
                            self.cases(value, cases, home, place, hops);
                        }
                        (Binding::Import(path), attrs) => {
                            let path = attrs
                                .iter()
                                .fold(path.to_string(), |path, attr| path + "." + attr);
                            self.borrowed(path, values, place);
                        }
                        (Binding::Class(class), [attr]) => {
                            let inner = Scope::class(class, home);
                            let Some((bindings, _)) = inner.find(attr) else {
                                continue;
                            };
                            for binding in bindings {
                                if let Binding::Value(value, _) = binding {
                                    self.cases(value, cases, &inner, place, hops);
                                }
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {
                // Lists that are put together: the order is known to a run only.
                let unknown = Cases {
                    ids: None,
                    called: true,
                };
                let mut parts = Parts {
                    calls: Vec::new(),
                    names: Vec::new(),
                };
                parts.visit_expr(values);
                for call in parts.calls {
                    if self.file.is(&call.func, scope, "pytest.param") {
                        self.param(call, Some(None), place);
                    } else if let Some((function, home)) = self.file.function(&call.func, scope) {
                        let inner = Scope::function(function, &home);
                        let place = Place {
                            scope: inner,
                            ..place.clone()
                        };
                        self.built(&function.body, &place);
                    }
                }
                for name in parts.names {
                    self.cases(name, &unknown, scope, place, hops);
                }
            }
        }
    }

    /// Parameters that another file lists.
    fn borrowed(&mut self, path: String, values: &'a Expr, place: &Place<'a>) {
        let mark = Mark {
            target: Target::Named(path.into()),
            args: Vec::new(),
            guard: None,
            followed: true,
            guessed: false,
        };
        let sighting = self.sighting(Site::Cases, mark, values.range(), place);
        self.sightings.push(sighting);
    }

    /// The parameters that a function puts together.
    fn built(&mut self, body: &'a [Stmt], place: &Place<'a>) {
        let mut parts = Parts {
            calls: Vec::new(),
            names: Vec::new(),
        };
        parts.visit_body(body);
        for call in parts.calls {
            if self.file.is(&call.func, &place.scope, "pytest.param") {
                self.param(call, Some(None), place);
            }
        }
    }

    fn listed(&mut self, elements: &'a [Expr], cases: &Cases<'a>, place: &Place<'a>, hops: u8) {
        // After an unpacked list nobody knows the index.
        let mut counted = !cases.called || cases.ids.is_some();
        for (index, element) in elements.iter().enumerate() {
            if element.is_starred_expr() {
                counted = false;
            }
            if !self.file.touched(element.range())
                && !element.is_name_expr()
                && !element.is_starred_expr()
            {
                continue;
            }
            match element {
                Expr::Call(call) if self.file.is(&call.func, &place.scope, "pytest.param") => {
                    let id = || match cases.ids.map(|ids| ids.get(index)) {
                        Some(Some(Expr::StringLiteral(id))) => Some(escaped(id.value.to_str())),
                        None if !cases.called => own_id(&call.arguments.args),
                        _ => None,
                    };
                    let id = id().or_else(|| counted.then(|| index.to_string()));
                    self.param(call, Some(id), place);
                }
                // Before pytest 4 the mark itself stood around the value.
                Expr::Call(call) => {
                    let marks = self.file.marks(&call.func, &place.scope);
                    if marks.iter().any(|mark| mark.known().is_some()) {
                        let id = counted.then(|| index.to_string());
                        // The value is the last argument, unless the mark is called twice.
                        let twice = call.func.is_call_expr();
                        let made: &Expr = if twice { &call.func } else { element };
                        for mut mark in self.file.marks(made, &place.scope) {
                            if let Some(value) =
                                mark.args.iter().rposition(|arg| arg.name.is_none())
                                && !twice
                            {
                                mark.args.remove(value);
                            }
                            self.claimed.insert(start(call));
                            self.sight_param(mark, &call.func, call, id.clone(), place);
                        }
                    } else {
                        self.cases(element, cases, &place.scope, place, hops);
                    }
                }
                Expr::Starred(_) => self.cases(
                    element,
                    &Cases {
                        ids: None,
                        called: true,
                    },
                    &place.scope,
                    place,
                    hops,
                ),
                Expr::Name(name) => {
                    // A parameter may have a name of its own.
                    let found = place.scope.find(name.id.as_str());
                    let Some((bindings, home)) = found else {
                        continue;
                    };
                    for binding in bindings {
                        if let Binding::Value(Expr::Call(call), _)
                        | Binding::Added(Expr::Call(call)) = binding
                            && self.file.is(&call.func, home, "pytest.param")
                        {
                            let id = own_id(&call.arguments.args)
                                .or_else(|| counted.then(|| index.to_string()));
                            let place = Place {
                                scope: Rc::clone(home),
                                ..place.clone()
                            };
                            self.param(call, Some(id), &place);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Notes the marks of one `pytest.param`. Its id is known to a decorator;
    /// one that no decorator is known for belongs to whatever holds it.
    pub(super) fn param(
        &mut self,
        call: &'a ExprCall,
        id: Option<Option<String>>,
        place: &Place<'a>,
    ) {
        let Some(marks) = call.arguments.find_keyword("marks") else {
            return;
        };
        let own = call
            .arguments
            .find_keyword("id")
            .and_then(|keyword| match &keyword.value {
                Expr::StringLiteral(id) => Some(escaped(id.value.to_str())),
                _ => None,
            });
        let claimed = id.is_some();
        if claimed {
            self.claimed.insert(start(call));
        }
        let id = own.or_else(|| id.flatten());
        for mark in self.file.marks(&marks.value, &place.scope) {
            let before = self.sightings.len();
            self.sight_param(mark, &marks.value, call, id.clone(), place);
            if !claimed {
                let held = self.sightings.split_off(before);
                self.unclaimed.extend(held.into_iter().map(|mut sighting| {
                    sighting.dynamic = true;
                    if let (Some(holder), true) = (place.holder, sighting.owner.name.is_empty()) {
                        sighting.owner.name = holder.into();
                    }
                    (start(call), sighting)
                }));
            }
        }
    }

    fn sight_param(
        &mut self,
        mark: Mark,
        expr: &'a Expr,
        call: &'a ExprCall,
        id: Option<String>,
        place: &Place<'a>,
    ) {
        let single = match expr {
            Expr::List(list) => list.elts.first().filter(|_| list.elts.len() == 1),
            Expr::Tuple(tuple) => tuple.elts.first().filter(|_| tuple.elts.len() == 1),
            other => Some(other),
        };
        let alias = single.and_then(|expr| self.file.alias(expr, mark.known(), mark.followed));
        let dynamic = id.is_none();
        let place = Place {
            around: place.around.clone().filter(|_| place.in_function()),
            head: None,
            ..place.clone()
        };
        let mut sighting =
            self.sighting(Site::Param(id.map(Into::into)), mark, call.range(), &place);
        sighting.alias = alias;
        sighting.dynamic = dynamic;
        self.sightings.push(sighting);
    }
}

/// The calls and names of an expression.
struct Parts<'a> {
    calls: Vec<&'a ExprCall>,
    names: Vec<&'a Expr>,
}

impl<'a> Visitor<'a> for Parts<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.calls.push(call),
            Expr::Name(_) => self.names.push(expr),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The id that pytest makes of values that are written out.
fn own_id(values: &[Expr]) -> Option<String> {
    let parts = values.iter().map(value_id).collect::<Option<Vec<_>>>()?;
    (!parts.is_empty()).then(|| parts.join("-"))
}

fn value_id(value: &Expr) -> Option<String> {
    match value {
        Expr::StringLiteral(literal) => {
            let text = literal.value.to_str();
            (text.chars().count() <= LONGEST).then(|| escaped(text))
        }
        Expr::BooleanLiteral(literal) => {
            Some(if literal.value { "True" } else { "False" }.to_owned())
        }
        Expr::NoneLiteral(_) => Some("None".to_owned()),
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => int.as_i64().map(|int| int.to_string()),
            Number::Float(float)
                if float.abs() < 1e16 && (float.abs() >= 1e-4 || *float == 0.0) =>
            {
                Some(format!("{float:?}"))
            }
            _ => None,
        },
        Expr::UnaryOp(op) if op.op == UnaryOp::USub => {
            value_id(&op.operand).map(|id| format!("-{id}"))
        }
        _ => None,
    }
}

/// A text as it stands in an id: as in Python's `unicode_escape`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for each in text.chars() {
        let (letter, digits) = match each {
            '\n' => ('n', 0),
            '\r' => ('r', 0),
            '\t' => ('t', 0),
            '\\' => ('\\', 0),
            ' '..='~' => {
                out.push(each);
                continue;
            }
            '\0'..='\u{ff}' => ('x', 2),
            '\u{100}'..='\u{ffff}' => ('u', 4),
            _ => ('U', 8),
        };
        out.extend(['\\', letter]);
        let digit = |place: u32| char::from_digit((u32::from(each) >> (4 * place)) & 0xf, 16);
        out.extend((0..digits).rev().filter_map(digit));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_escaped_as_in_pytest() {
        assert_eq!(
            escaped("a b\n\u{e9}\u{20ac}\u{1f600}\\"),
            "a b\\n\\xe9\\u20ac\\U0001f600\\\\"
        );
    }
}
