//! Reads expressions as marks: what stands in a decorator, in `pytestmark`, in
//! `marks=`, or behind a name that stands for one of these.

use std::rc::Rc;

use ruff_python_ast::{BoolOp, Expr, ExprCall, Operator, StmtFunctionDef};

use super::facts::{Guard, Mark, Target};
use super::file::File;
use super::scope::{Binding, Scope, dotted};
use crate::marks::{FormId, Usage, last};

/// How many definitions in a row are followed.
const HOPS: u8 = 12;

/// Packages whose decorators never mute.
const NEVER: &[&str] = &[
    "abc",
    "asyncio",
    "attr",
    "attrs",
    "builtins",
    "click",
    "contextlib",
    "dataclasses",
    "ddt",
    "enum",
    "freezegun",
    "functools",
    "hypothesis",
    "inspect",
    "mock",
    "moto",
    "parameterized",
    "pytest",
    "pytest_asyncio",
    "responses",
    "typing",
    "typing_extensions",
    "unittest",
    "warnings",
];

impl Mark {
    fn of(target: Target) -> Self {
        Self {
            target,
            args: Vec::new(),
            guard: None,
            followed: false,
            guessed: false,
        }
    }

    pub(super) fn form(id: FormId) -> Self {
        Self::of(Target::Form(id))
    }

    /// The form, where it is known.
    pub(super) fn known(&self) -> Option<FormId> {
        match &self.target {
            Target::Form(id) => Some(*id),
            Target::Named(_) => None,
        }
    }

    fn under(mut self, guard: Option<Guard>) -> Self {
        self.guard = Guard::and(guard, self.guard);
        self
    }
}

impl<'a> File<'a> {
    /// The marks that an expression stands for; several where it is a list, or
    /// where it depends on a condition. What another file defines is a name.
    pub(super) fn marks(&self, expr: &'a Expr, scope: &Rc<Scope<'a>>) -> Vec<Mark> {
        self.marks_within(expr, scope, HOPS)
    }

    pub(super) fn marks_within(
        &self,
        expr: &'a Expr,
        scope: &Rc<Scope<'a>>,
        hops: u8,
    ) -> Vec<Mark> {
        let Some(hops) = hops.checked_sub(1) else {
            return Vec::new();
        };
        let of = |expr: &'a Expr| self.marks_within(expr, scope, hops);
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => self.named_marks(expr, scope, hops),
            Expr::Call(call) => self.called_marks(call, scope, hops),
            Expr::If(test) => {
                let guard = self.guard_of(&test.test);
                let not = guard.negate();
                let yes = of(&test.body)
                    .into_iter()
                    .map(|mark| mark.under(Some(guard.clone())));
                let no = of(&test.orelse)
                    .into_iter()
                    .map(|mark| mark.under(Some(not.clone())));
                yes.chain(no).collect()
            }
            Expr::BoolOp(op) => {
                let mut guard = None;
                let mut found = Vec::new();
                for value in &op.values {
                    found.extend(of(value).into_iter().map(|mark| mark.under(guard.clone())));
                    let test = self.guard_of(value);
                    let test = if op.op == BoolOp::And {
                        test
                    } else {
                        test.negate()
                    };
                    guard = Guard::and(guard, Some(test));
                }
                found
            }
            Expr::List(list) => list.elts.iter().flat_map(of).collect(),
            Expr::Tuple(tuple) => tuple.elts.iter().flat_map(of).collect(),
            Expr::Set(set) => set.elts.iter().flat_map(of).collect(),
            Expr::Starred(starred) => of(&starred.value),
            Expr::Named(named) => of(&named.value),
            Expr::ListComp(comp) => of(&comp.elt),
            Expr::Generator(comp) => of(&comp.elt),
            Expr::BinOp(op) if op.op == Operator::Add => {
                let mut found = of(&op.left);
                found.extend(of(&op.right));
                found
            }
            Expr::Lambda(lambda) => {
                let inner = Scope::lambda(lambda.parameters.as_deref(), scope);
                self.marks_within(&lambda.body, &inner, hops)
            }
            Expr::Subscript(subscript) => {
                let entries = self.entries(&subscript.value, &subscript.slice, scope);
                let known = entries.len() == 1;
                let found = entries
                    .into_iter()
                    .flat_map(|value| self.marks_within(value, scope, hops));
                let mut found = alternatives(found.collect());
                for mark in &mut found {
                    mark.followed = true;
                    if !known {
                        // Which of them it is, only a run can tell.
                        mark.args.clear();
                        mark.guard = Some(self.guard_of(expr));
                    }
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// The values of a dictionary that is written out, for a key: all of them
    /// where only a run knows the key.
    fn entries(&self, dict: &Expr, key: &Expr, scope: &Rc<Scope<'a>>) -> Vec<&'a Expr> {
        let Expr::Name(name) = dict else {
            return Vec::new();
        };
        let key = match key {
            Expr::StringLiteral(key) => Some(key.value.to_str()),
            _ => None,
        };
        let Some((bindings, _)) = scope.find(name.id.as_str()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for binding in bindings {
            let Binding::Value(Expr::Dict(dict), _) = binding else {
                continue;
            };
            found.extend(dict.items.iter().filter_map(|item| match (&item.key, key) {
                (Some(Expr::StringLiteral(own)), Some(key)) if own.value.to_str() != key => None,
                _ => Some(&item.value),
            }));
        }
        found
    }

    /// What a call is, and what it puts around a function that bears marks already:
    /// `timeout(flaky(function))`.
    fn called_marks(&self, call: &'a ExprCall, scope: &Rc<Scope<'a>>, hops: u8) -> Vec<Mark> {
        let mut found = self.own_marks(call, scope, hops);
        if let Some(inner) = only_argument(call)
            && inner.is_call_expr()
            && self.is_decorated(inner, scope)
            && found.iter().all(|it| self.takes_no_condition(it))
        {
            found.extend(self.marks_within(inner, scope, hops + 1));
        }
        found
    }

    /// Whether an expression is a parameter, or what decorators make of one.
    pub(super) fn is_decorated(&self, expr: &Expr, scope: &Rc<Scope<'a>>) -> bool {
        match expr {
            Expr::Call(call) => only_argument(call).is_some_and(|it| self.is_decorated(it, scope)),
            _ => self.is_param(expr, scope),
        }
    }

    fn own_marks(&self, call: &'a ExprCall, scope: &Rc<Scope<'a>>, hops: u8) -> Vec<Mark> {
        if let Expr::Attribute(method) = &*call.func
            && method.attr.as_str() == "with_args"
        {
            let mut found = self.marks_within(&method.value, scope, hops);
            let args = self.args(&call.arguments, scope);
            found
                .iter_mut()
                .for_each(|mark| mark.args.extend(args.iter().cloned()));
            return found;
        }
        if let Some((function, home)) = self.function(&call.func, scope) {
            if let Some(custom) = self.forms.custom(function.name.as_str()) {
                let mut mark = Mark::form(custom);
                mark.followed = true;
                mark.args = self.args(&call.arguments, scope);
                return vec![mark];
            }
            let wrapper = self.wrapper(function, &home);
            return wrapper.apply(&wrapper.decorates, &self.args(&call.arguments, scope));
        }
        let mut found = self.marks_within(&call.func, scope, hops);
        if found.is_empty() {
            return self.built_marks(call, scope, hops);
        }
        // `mark(reason="why")(function)` and `mark(function)` apply what is there.
        let one = only_argument(call);
        let applied = call.func.is_call_expr()
            || one.is_some_and(|one| self.is_param(one, scope) && !call.func.is_call_expr())
                && found.iter().all(|mark| self.takes_no_condition(mark));
        if applied {
            return found;
        }
        let args = self.args(&call.arguments, scope);
        for mark in &mut found {
            let function = one.is_some_and(|one| matches!(one, Expr::Name(_) | Expr::Lambda(_)));
            if !function || mark.args.is_empty() {
                mark.args.extend(args.iter().cloned());
            }
        }
        found
    }

    /// Marks that are made by a function of Python: `partial`, `list`, `getattr`.
    fn built_marks(&self, call: &'a ExprCall, scope: &Rc<Scope<'a>>, hops: u8) -> Vec<Mark> {
        let Some((head, attrs)) = dotted(&call.func) else {
            return Vec::new();
        };
        let args = &call.arguments.args;
        match (attrs.last().copied().unwrap_or(head), &**args) {
            ("partial", [function, ..]) => {
                let mut found = self.marks_within(function, scope, hops);
                let rest = self.args(&call.arguments, scope).split_off(1);
                found
                    .iter_mut()
                    .for_each(|mark| mark.args.extend(rest.iter().cloned()));
                found
            }
            ("list" | "tuple" | "filter", [.., list]) if attrs.is_empty() => {
                self.marks_within(list, scope, hops)
            }
            ("getattr", [object, Expr::StringLiteral(name), ..]) if attrs.is_empty() => {
                let path = self.import_path(object, scope);
                let path = path.map(|path| format!("{path}.{}", name.value.to_str()));
                path.and_then(|path| self.forms.find(&path))
                    .map(Mark::form)
                    .into_iter()
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_param(&self, expr: &Expr, scope: &Rc<Scope<'a>>) -> bool {
        let Expr::Name(name) = expr else { return false };
        scope.find(name.id.as_str()).is_some_and(|(bindings, _)| {
            bindings
                .iter()
                .any(|binding| matches!(binding, Binding::Param))
        })
    }

    fn takes_no_condition(&self, mark: &Mark) -> bool {
        mark.known().is_none_or(|id| {
            let rule = &self.forms.form(id).rule;
            rule.condition.is_empty() && rule.unless.is_empty() && rule.reason.is_empty()
        })
    }

    /// The function of this file that an expression names, and the scope it is in.
    pub(super) fn function(
        &self,
        expr: &Expr,
        scope: &Rc<Scope<'a>>,
    ) -> Option<(&'a StmtFunctionDef, Rc<Scope<'a>>)> {
        let (head, attrs) = dotted(expr)?;
        let (bindings, home) = scope.find(head)?;
        bindings
            .iter()
            .find_map(|binding| match (binding, attrs.as_slice()) {
                (Binding::Function(function), []) => Some((*function, Rc::clone(home))),
                (Binding::Class(class), [method]) => {
                    let inner = Scope::class(class, home);
                    let (bindings, found) = inner.find(method)?;
                    Rc::ptr_eq(found, &inner).then_some(())?;
                    bindings.iter().find_map(|binding| match binding {
                        Binding::Function(function) => Some((*function, Rc::clone(found))),
                        _ => None,
                    })
                }
                _ => None,
            })
    }

    fn named_marks(&self, expr: &'a Expr, scope: &Rc<Scope<'a>>, hops: u8) -> Vec<Mark> {
        let Some((head, attrs)) = dotted(expr) else {
            return Vec::new();
        };
        let Some((bindings, home)) = scope.find(head) else {
            return self.unbound_marks(expr, scope);
        };
        let mut found: Vec<Mark> = Vec::new();
        let mut added: Vec<Mark> = Vec::new();
        let mut named = None;
        for binding in bindings {
            match binding {
                Binding::Import(path) => {
                    let path = attrs
                        .iter()
                        .fold(path.to_string(), |path, attr| path + "." + attr);
                    match self.path_mark(&path) {
                        Some(mark) if mark.known().is_some() => found.push(mark),
                        other => named = named.or(other),
                    }
                }
                Binding::Value(Expr::Name(own), _) if own.id.as_str() == head => {}
                Binding::Value(value, around) if attrs.is_empty() => {
                    let guard = self.guard(around.as_ref());
                    let values = self.marks_within(value, home, hops);
                    // Only what was written out is followed: `mark = pytest.mark` is another name.
                    let direct = matches!(value, Expr::Name(_) | Expr::Attribute(_));
                    found.extend(values.into_iter().map(|mut mark| {
                        mark.followed |= !direct || mark.known().is_some();
                        mark.under(guard.clone())
                    }));
                }
                Binding::Value(value, _) => {
                    let path = self.import_path(value, home);
                    let path =
                        path.map(|path| attrs.iter().fold(path, |path, attr| path + "." + attr));
                    found.extend(path.and_then(|path| self.path_mark(&path)));
                }
                Binding::Added(value) if attrs.is_empty() => {
                    added.extend(self.marks_within(value, home, hops));
                }
                Binding::Part(Expr::Call(call), part) if attrs.is_empty() => {
                    found.extend(self.part(call, *part, home));
                }
                Binding::Function(function) if attrs.is_empty() => {
                    found.extend(self.bare_wrapper(function, home));
                }
                Binding::Class(class) if attrs.len() == 1 => {
                    let inner = Scope::class(class, home);
                    if let Some((bindings, own)) = inner.find(attrs[0])
                        && Rc::ptr_eq(own, &inner)
                    {
                        for binding in bindings {
                            if let Binding::Value(value, around) = binding {
                                let guard = self.guard(around.as_ref());
                                let values = self.marks_within(value, &inner, hops);
                                found.extend(values.into_iter().map(|mut mark| {
                                    mark.followed = true;
                                    mark.under(guard.clone())
                                }));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        if found.is_empty() {
            found.extend(named);
        }
        let mut found = alternatives(found);
        found.extend(added);
        found
    }

    fn bare_wrapper(&self, function: &'a StmtFunctionDef, home: &Rc<Scope<'a>>) -> Vec<Mark> {
        if let Some(custom) = self.forms.custom(function.name.as_str()) {
            return vec![Mark {
                followed: true,
                ..Mark::form(custom)
            }];
        }
        let wrapper = self.wrapper(function, home);
        wrapper.apply(&wrapper.decorates, &[])
    }

    /// A name that nothing in the file binds: it may come with a `*` import.
    fn unbound_marks(&self, expr: &Expr, scope: &Rc<Scope<'a>>) -> Vec<Mark> {
        let known = self
            .import_path(expr, scope)
            .and_then(|path| self.path_mark(&path));
        if let Some(mark) = known {
            return vec![mark];
        }
        let Some((head, attrs)) = dotted(expr) else {
            return Vec::new();
        };
        let builtin = matches!(head, "property" | "staticmethod" | "classmethod");
        let path = attrs
            .iter()
            .fold(head.to_owned(), |path, attr| path + "." + attr);
        if !builtin && !scope.all_stars().is_empty() {
            return vec![Mark::of(Target::Named(format!("*{path}").into()))];
        }
        // An import that somebody forgot: the name is telling all the same.
        let mark = Mark {
            guessed: true,
            ..Mark::of(Target::Named(path.as_str().into()))
        };
        self.forms.custom(&path).map(|_| mark).into_iter().collect()
    }

    /// What a path of another module may be: a form, or a name to look up.
    pub(super) fn path_mark(&self, path: &str) -> Option<Mark> {
        if let Some(id) = self.forms.find(path) {
            let mark = matches!(self.forms.form(id).usage, Usage::Mark | Usage::Decorator);
            return mark.then(|| Mark::form(id));
        }
        let root = path.split('.').next().unwrap_or(path);
        let own = self.forms.custom(last(path)).is_some();
        (own || !NEVER.contains(&root)).then(|| Mark::of(Target::Named(path.into())))
    }
}

/// The argument of a call that has no other.
fn only_argument(call: &ExprCall) -> Option<&Expr> {
    match (&*call.arguments.args, &*call.arguments.keywords) {
        ([one], []) => Some(one),
        _ => None,
    }
}

/// Marks of which one is there, whichever way the code went: one of each form,
/// and that one which depends on nothing where there is one.
pub(super) fn alternatives(found: Vec<Mark>) -> Vec<Mark> {
    let mut unique: Vec<Mark> = Vec::with_capacity(found.len());
    for mark in found {
        match unique.iter_mut().find(|own| own.target == mark.target) {
            Some(own) if own.guard.is_some() && mark.guard.is_none() => *own = mark,
            Some(_) => {}
            None => unique.push(mark),
        }
    }
    unique
}
