//! Functions that mute on behalf of others: those that return a mark, and
//! those that skip whoever calls them.

use std::rc::Rc;

use ruff_python_ast::{ExceptHandler, Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::facts::{Arg, Guard, Mark, Piece, Site, Text, Wrapper};
use super::file::{File, start};
use super::guard::Around;
use super::scope::Scope;
use super::walk::Walker;

/// Statements that a function may have and still be taken for one that is
/// there to mute, whatever its name.
const SMALL: usize = 8;

impl<'a> File<'a> {
    /// What a function does for others.
    pub(super) fn wrapper(
        &self,
        function: &'a StmtFunctionDef,
        home: &Rc<Scope<'a>>,
    ) -> Rc<Wrapper> {
        let key = start(function);
        if let Some(known) = self.wrappers.borrow().get(&key) {
            return Rc::clone(known);
        }
        // A function that uses itself mutes nothing by that.
        self.wrappers.borrow_mut().insert(key, Rc::default());
        let wrapper = Rc::new(self.summary(function, home));
        self.wrappers.borrow_mut().insert(key, Rc::clone(&wrapper));
        wrapper
    }

    fn summary(&self, function: &'a StmtFunctionDef, home: &Rc<Scope<'a>>) -> Wrapper {
        let mut wrapper = Wrapper::default();
        let body = &function.body;
        if body.is_empty() {
            return wrapper;
        }
        let scope = Scope::function(function, home);
        self.returned(body, &scope, None, None, &mut wrapper.decorates);
        let range = ruff_text_size::TextRange::new(body[0].start(), function.end());
        if self.touched(range) {
            let is_skipper = means_to_skip(&function.name) || count(body) <= SMALL;
            for sighting in Walker::summary(self, function, &scope) {
                if sighting.site != Site::Code {
                    continue;
                }
                let mut mark = sighting.mark;
                mark.guard = Guard::and(sighting.guard, mark.guard);
                mark.followed = true;
                if sighting.deep {
                    wrapper.decorates.push(mark);
                } else if is_skipper {
                    wrapper.calls.push(mark);
                }
            }
        }
        if wrapper.decorates.is_empty() && wrapper.calls.is_empty() {
            return wrapper;
        }
        wrapper.decorates = merged(wrapper.decorates);
        wrapper.calls = merged(wrapper.calls);
        wrapper.params = self.params_of(function, home);
        wrapper
    }

    fn params_of(
        &self,
        function: &StmtFunctionDef,
        home: &Rc<Scope<'a>>,
    ) -> Vec<(Box<str>, Option<Text>)> {
        let params = function.parameters.iter_non_variadic_params();
        params
            .map(|param| {
                let default = param
                    .default()
                    .and_then(|value| self.constant(value, home, 4));
                (param.name().as_str().into(), default)
            })
            .collect()
    }

    /// The marks in one part of what a function returns: `_, mark = f("x")`.
    pub(super) fn part(&self, call: &'a ExprCall, part: usize, scope: &Rc<Scope<'a>>) -> Vec<Mark> {
        let Some((function, home)) = self.function(&call.func, scope) else {
            return Vec::new();
        };
        let inner = Scope::function(function, &home);
        let mut marks = Vec::new();
        self.returned(&function.body, &inner, None, Some(part), &mut marks);
        if marks.is_empty() {
            return marks;
        }
        let wrapper = Wrapper {
            params: self.params_of(function, &home),
            ..Wrapper::default()
        };
        wrapper.apply(&marks, &self.args(&call.arguments, scope))
    }

    /// The marks that a function returns, also from the functions within it;
    /// those of one part where it returns several things at once.
    fn returned(
        &self,
        body: &'a [Stmt],
        scope: &Rc<Scope<'a>>,
        around: Option<&Rc<Around<'a>>>,
        part: Option<usize>,
        out: &mut Vec<Mark>,
    ) {
        let mut around = around.cloned();
        for stmt in body {
            match stmt {
                Stmt::Return(stmt) => {
                    let value = match (stmt.value.as_deref(), part) {
                        (Some(Expr::Tuple(tuple)), Some(part)) => tuple.elts.get(part),
                        (value, None) => value,
                        _ => None,
                    };
                    let Some(value) = value else { continue };
                    let guard = self.guard(around.as_ref());
                    out.extend(
                        self.marks_within(value, scope, 4)
                            .into_iter()
                            .map(|mut mark| {
                                mark.followed = true;
                                mark.guard = Guard::and(guard.clone(), mark.guard);
                                mark
                            }),
                    );
                }
                // `function = mark(function)`: what is given back later bears it.
                Stmt::Assign(stmt) if part.is_none() => {
                    if let [target] = &*stmt.targets
                        && stmt.value.is_call_expr()
                        && self.is_decorated(target, scope)
                        && self.is_decorated(&stmt.value, scope)
                    {
                        let guard = self.guard(around.as_ref());
                        let marks = self.marks_within(&stmt.value, scope, 4).into_iter();
                        out.extend(marks.map(|mut mark| {
                            mark.followed = true;
                            mark.guard = Guard::and(guard.clone(), mark.guard);
                            mark
                        }));
                    }
                }
                Stmt::FunctionDef(inner) => {
                    let inside = Scope::function(inner, scope);
                    if part.is_none() {
                        self.returned(&inner.body, &inside, around.as_ref(), None, out);
                    }
                }
                Stmt::If(stmt) => {
                    let inside = Around::test(&stmt.test, true, around.clone());
                    self.returned(&stmt.body, scope, Some(&inside), part, out);
                    let mut earlier = Some(Around::test(&stmt.test, false, around.clone()));
                    for clause in &stmt.elif_else_clauses {
                        let inside = match &clause.test {
                            Some(test) => Some(Around::test(test, true, earlier.clone())),
                            None => earlier.clone(),
                        };
                        self.returned(&clause.body, scope, inside.as_ref(), part, out);
                        if let Some(test) = &clause.test {
                            earlier = Some(Around::test(test, false, earlier));
                        }
                    }
                    if stmt.elif_else_clauses.is_empty() && leaves(&stmt.body) {
                        around = earlier;
                    }
                }
                Stmt::Try(stmt) => {
                    self.returned(&stmt.body, scope, around.as_ref(), part, out);
                    for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                        let inside = Around::except(handler, around.clone());
                        self.returned(&handler.body, scope, Some(&inside), part, out);
                    }
                    self.returned(&stmt.orelse, scope, around.as_ref(), part, out);
                    self.returned(&stmt.finalbody, scope, around.as_ref(), part, out);
                }
                Stmt::With(stmt) => self.returned(&stmt.body, scope, around.as_ref(), part, out),
                Stmt::For(stmt) => self.returned(&stmt.body, scope, around.as_ref(), part, out),
                _ => {}
            }
        }
    }
}

impl Wrapper {
    /// What the marks say when the function is called with these arguments.
    pub(super) fn apply(&self, marks: &[Mark], args: &[Arg]) -> Vec<Mark> {
        let mut marks = marks.to_vec();
        for mark in &mut marks {
            mark.followed = true;
            if let Some(guard) = &mut mark.guard {
                self.fill_guard(guard, args);
            }
            for arg in &mut mark.args {
                match self.given(&arg.source, args) {
                    // Handed through as it is.
                    Some(given) => {
                        let name = arg.name.take();
                        *arg = Arg {
                            name,
                            ..given.clone()
                        };
                    }
                    None => arg.text = self.fill(&arg.text, args),
                }
            }
        }
        marks
    }

    /// A condition that is nothing but a parameter is what was given for it.
    fn fill_guard(&self, guard: &mut Guard, args: &[Arg]) {
        let (name, not) = match guard.text.strip_prefix("not ") {
            Some(name) => (name, true),
            None => (&*guard.text, false),
        };
        if let Some(given) = self.given(name, args) {
            let given = Guard {
                text: given.source.clone(),
                binds: given.binds,
                always: None,
            };
            *guard = if not { given.negate() } else { given };
        }
    }

    fn fill(&self, text: &Text, args: &[Arg]) -> Text {
        let mut pieces = Vec::with_capacity(text.0.len());
        for piece in &text.0 {
            match piece {
                Piece::Param { name, .. } => match self.argument(name, args) {
                    Some(text) => pieces.extend(text.0.iter().cloned()),
                    None => pieces.push(piece.clone()),
                },
                _ => pieces.push(piece.clone()),
            }
        }
        Text(pieces)
    }

    fn argument<'t>(&'t self, name: &str, args: &'t [Arg]) -> Option<&'t Text> {
        let given = self.given(name, args).map(|arg| &arg.text);
        given.or_else(|| {
            self.params
                .iter()
                .find(|(own, _)| **own == *name)?
                .1
                .as_ref()
        })
    }

    /// What a call gives for a parameter.
    fn given<'t>(&self, name: &str, args: &'t [Arg]) -> Option<&'t Arg> {
        let position = self.params.iter().position(|(own, _)| **own == *name)?;
        let named = args.iter().find(|arg| arg.name.as_deref() == Some(name));
        // Methods are called without their first parameter.
        let skipped = usize::from(
            matches!(self.params.first(), Some((own, _)) if matches!(&**own, "self" | "cls")),
        );
        let positional = || {
            args.iter()
                .filter(|arg| arg.name.is_none())
                .nth(position.checked_sub(skipped)?)
        };
        named.or_else(positional)
    }
}

/// One mark of each form: with the conditions of all.
fn merged(marks: Vec<Mark>) -> Vec<Mark> {
    let mut unique: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks {
        match unique.iter_mut().find(|own| own.target == mark.target) {
            Some(own) => {
                own.guard = match (own.guard.take(), &mark.guard) {
                    (Some(one), Some(two)) if one.text == two.text => Some(one),
                    (Some(one), Some(two)) => Some(Guard::or(one, two)),
                    _ => None,
                };
            }
            None => unique.push(mark),
        }
    }
    unique
}

/// Whether a name says that a function is there to mute.
pub(super) fn means_to_skip(name: &str) -> bool {
    let name = name.trim_start_matches('_').as_bytes();
    let is = |part: &[u8], word: &str| part.eq_ignore_ascii_case(word.as_bytes());
    let has = |word: &&str| name.windows(word.len()).any(|part| is(part, word));
    ["skip", "xfail", "require", "unless"].iter().any(has)
        || name
            .get(..4)
            .is_some_and(|start| is(start, "need") || is(start, "only"))
}

/// Whether a block leaves the function, so that what follows holds otherwise.
pub(super) fn leaves(body: &[Stmt]) -> bool {
    matches!(body.last(), Some(Stmt::Return(_) | Stmt::Continue(_)))
}

/// How many statements there are.
fn count(body: &[Stmt]) -> usize {
    body.iter()
        .map(|stmt| match stmt {
            Stmt::If(stmt) => {
                1 + count(&stmt.body)
                    + stmt
                        .elif_else_clauses
                        .iter()
                        .map(|clause| count(&clause.body))
                        .sum::<usize>()
            }
            Stmt::Try(stmt) => {
                let handlers = stmt
                    .handlers
                    .iter()
                    .map(|ExceptHandler::ExceptHandler(handler)| count(&handler.body));
                1 + count(&stmt.body)
                    + handlers.sum::<usize>()
                    + count(&stmt.orelse)
                    + count(&stmt.finalbody)
            }
            Stmt::With(stmt) => 1 + count(&stmt.body),
            Stmt::For(stmt) => 1 + count(&stmt.body) + count(&stmt.orelse),
            Stmt::While(stmt) => 1 + count(&stmt.body),
            Stmt::FunctionDef(stmt) => 1 + count(&stmt.body),
            Stmt::ClassDef(stmt) => 1 + count(&stmt.body),
            Stmt::Expr(stmt) if stmt.value.is_string_literal_expr() => 0,
            _ => 1,
        })
        .sum()
}
