//! Walks the statements of a file and notes everything that mutes.
//!
//! Owns the order of things: which class and function a statement belongs to,
//! which conditions stand around it. What an expression means is decided in
//! [`super::markers`] and [`super::calls`].

use std::rc::Rc;

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{
    ExceptHandler, Expr, Stmt, StmtClassDef, StmtFunctionDef, StmtTry, StmtWith,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashSet;

use super::calls::Calls;
use super::facts::{Base, Class, Guard, Mark, Owner, Role, Sighting, Site};
use super::file::{File, docstring};
use super::guard::Around;
use super::scope::{Block, Scope, dotted};
use super::wrappers::leaves;
use crate::marks::Usage;

/// Collects what a file holds.
pub(super) struct Walker<'f, 'a> {
    pub(super) file: &'f File<'a>,
    pub(super) sightings: Vec<Sighting>,
    pub(super) classes: Vec<Class>,
    /// Parameters that a decorator has accounted for, by where they stand.
    pub(super) claimed: FxHashSet<u32>,
    /// Parameters that nobody has accounted for yet.
    pub(super) unclaimed: Vec<(u32, Sighting)>,
}

/// Where the walk is.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub(super) scope: Rc<Scope<'a>>,
    pub(super) owner: Rc<Owner>,
    pub(super) around: Option<Rc<Around<'a>>>,
    /// The scope of the innermost class around.
    pub(super) class: Option<Rc<Scope<'a>>>,
    /// The statement that this block hangs on, while at its first statement.
    pub(super) head: Option<TextSize>,
    /// Whether this is a function within the owner.
    pub(super) deep: bool,
    /// Whether a skip is expected here and goes no further.
    pub(super) muffled: bool,
    /// Documentation of the owner.
    pub(super) docstring: Option<Rc<str>>,
    /// The name that a value is assigned to.
    pub(super) holder: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn module(file: &File<'a>) -> Self {
        let owner = Owner {
            container: "".into(),
            name: "".into(),
            role: Role::Module,
            inside: None,
        };
        Self {
            scope: Rc::clone(&file.module),
            owner: Rc::new(owner),
            around: None,
            class: None,
            head: None,
            deep: false,
            muffled: false,
            docstring: None,
            holder: None,
        }
    }

    pub(super) fn in_function(&self) -> bool {
        self.scope.block == Block::Function
    }

    pub(super) fn under(&self, around: Rc<Around<'a>>, head: TextSize) -> Self {
        Self {
            around: Some(around),
            head: Some(head),
            ..self.clone()
        }
    }
}

impl<'f, 'a> Walker<'f, 'a> {
    fn new(file: &'f File<'a>) -> Self {
        Self {
            file,
            sightings: Vec::new(),
            classes: Vec::new(),
            claimed: FxHashSet::default(),
            unclaimed: Vec::new(),
        }
    }

    /// All that a file holds.
    pub(super) fn file(file: &'f File<'a>, body: &'a [Stmt]) -> Self {
        let mut walker = Self::new(file);
        walker.body(body, &Place::module(file));
        let claimed = &walker.claimed;
        let left = walker
            .unclaimed
            .drain(..)
            .filter(|(at, _)| !claimed.contains(at));
        walker.sightings.extend(left.map(|(_, sighting)| sighting));
        walker
    }

    /// The muted parameters of a list that other files may use.
    pub(super) fn lent_cases(
        file: &'f File<'a>,
        list: &'a Expr,
        scope: &Rc<Scope<'a>>,
    ) -> Vec<Sighting> {
        let mut walker = Self::new(file);
        walker.all_cases(
            list,
            &Place {
                scope: Rc::clone(scope),
                ..Place::module(file)
            },
        );
        walker.sightings
    }

    /// What the body of one function does.
    pub(super) fn summary(
        file: &'f File<'a>,
        function: &'a StmtFunctionDef,
        scope: &Rc<Scope<'a>>,
    ) -> Vec<Sighting> {
        let mut walker = Self::new(file);
        let owner = Owner {
            container: "".into(),
            name: function.name.as_str().into(),
            role: Role::Function,
            inside: None,
        };
        let class = scope
            .parent
            .as_ref()
            .filter(|parent| parent.block == Block::Class);
        let place = Place {
            scope: Rc::clone(scope),
            owner: Rc::new(owner),
            class: class.cloned(),
            ..Place::module(file)
        };
        walker.body(&function.body, &place);
        walker.sightings
    }

    fn body(&mut self, body: &'a [Stmt], place: &Place<'a>) {
        let mut place = place.clone();
        for stmt in body {
            self.statement(stmt, &place);
            // A head is above its first statement only.
            place.head = None;
            if let Stmt::If(test) = stmt
                && place.in_function()
                && test.elif_else_clauses.is_empty()
                && leaves(&test.body)
            {
                place.around = Some(Around::test(&test.test, false, place.around.take()));
            }
        }
    }

    fn statement(&mut self, stmt: &'a Stmt, place: &Place<'a>) {
        // Within functions only what can mute is of interest; elsewhere any
        // decorator may be one that mutes under another name.
        let touched = self.file.touched(stmt.range());
        if !touched && (place.in_function() || !is_compound(stmt)) {
            return;
        }
        match stmt {
            Stmt::FunctionDef(function) => self.function(function, place),
            Stmt::ClassDef(class) => self.class(class, place),
            Stmt::If(stmt) => {
                if is_main(&stmt.test) {
                    return;
                }
                self.expr(&stmt.test, place);
                let head = stmt.start();
                let inside = Around::test(&stmt.test, true, place.around.clone());
                self.body(&stmt.body, &place.under(inside, head));
                let mut earlier = Around::test(&stmt.test, false, place.around.clone());
                for clause in &stmt.elif_else_clauses {
                    let (inside, next) = match &clause.test {
                        Some(test) => {
                            self.expr(test, place);
                            let not = Around::test(test, false, Some(Rc::clone(&earlier)));
                            (Around::test(test, true, Some(earlier)), not)
                        }
                        None => (Rc::clone(&earlier), earlier),
                    };
                    self.body(&clause.body, &place.under(inside, clause.start()));
                    earlier = next;
                }
            }
            Stmt::For(stmt) => {
                self.expr(&stmt.iter, place);
                self.body(&stmt.body, place);
                self.body(&stmt.orelse, place);
            }
            Stmt::While(stmt) => {
                self.expr(&stmt.test, place);
                self.body(&stmt.body, place);
                self.body(&stmt.orelse, place);
            }
            Stmt::With(stmt) => self.with(stmt, place),
            Stmt::Try(stmt) => self.attempt(stmt, place),
            Stmt::Match(stmt) => {
                for case in &stmt.cases {
                    let inside = Around::case(&stmt.subject, &case.pattern, place.around.clone());
                    self.body(&case.body, &place.under(inside, case.start()));
                }
            }
            _ => {
                let mut place = place.clone();
                if !place.in_function() {
                    self.assignment(stmt, &place);
                    place.holder = holder(stmt);
                }
                Calls {
                    walker: self,
                    place: &place,
                }
                .visit_stmt(stmt);
            }
        }
    }

    /// Looks for calls in an expression.
    pub(super) fn expr(&mut self, expr: &'a Expr, place: &Place<'a>) {
        if self.file.touched(expr.range()) {
            Calls {
                walker: self,
                place,
            }
            .visit_expr(expr);
        }
    }

    fn with(&mut self, stmt: &'a StmtWith, place: &Place<'a>) {
        let mut place = place.clone();
        for item in &stmt.items {
            self.expr(&item.context_expr, &place);
            if let Expr::Call(call) = &item.context_expr {
                let expects = call
                    .arguments
                    .args
                    .iter()
                    .chain(call.arguments.keywords.iter().map(|keyword| &keyword.value))
                    .any(|kind| self.is_skip(kind, &place.scope));
                place.muffled |= expects;
            }
        }
        self.body(&stmt.body, &place);
    }

    fn attempt(&mut self, stmt: &'a StmtTry, place: &Place<'a>) {
        let mut inner = place.clone();
        inner.muffled |= stmt
            .handlers
            .iter()
            .any(|ExceptHandler::ExceptHandler(handler)| {
                let caught = handler
                    .type_
                    .as_ref()
                    .is_some_and(|kind| self.is_skip(kind, &place.scope));
                caught
                    && !handler
                        .body
                        .iter()
                        .any(|stmt| matches!(stmt, Stmt::Raise(_)))
            });
        self.body(&stmt.body, &inner);
        for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
            let inside = Around::except(handler, place.around.clone());
            self.body(&handler.body, &place.under(inside, handler.start()));
        }
        self.body(&stmt.orelse, place);
        self.body(&stmt.finalbody, place);
    }

    /// Whether an exception, or one of several, is one that skips.
    fn is_skip(&self, kind: &Expr, scope: &Rc<Scope<'a>>) -> bool {
        match kind {
            Expr::Tuple(kinds) => kinds.elts.iter().any(|kind| self.is_skip(kind, scope)),
            _ => self.file.form(kind, scope, Usage::Raise).is_some(),
        }
    }

    fn function(&mut self, function: &'a StmtFunctionDef, place: &Place<'a>) {
        let file = self.file;
        let own = Rc::new(Owner {
            container: nested(&place.owner, place.in_function()),
            name: function.name.as_str().into(),
            role: self.role(function, place),
            inside: inside(place),
        });
        let mut outside = place.clone();
        outside.docstring = docstring(&function.body).map(Into::into);
        self.decorators(
            function
                .decorator_list
                .iter()
                .map(|each| (&each.expression, each.range)),
            &own,
            &outside,
        );
        let Some(first) = function.body.first() else {
            return;
        };
        if !file.touched(TextRange::new(first.start(), function.end())) {
            return;
        }
        let deep = place.in_function();
        let inner = Place {
            scope: Scope::function(function, &place.scope),
            owner: if deep { Rc::clone(&place.owner) } else { own },
            around: None,
            head: None,
            deep,
            docstring: if deep {
                place.docstring.clone()
            } else {
                outside.docstring
            },
            ..place.clone()
        };
        self.body(&function.body, &inner);
    }

    fn role(&self, function: &StmtFunctionDef, place: &Place<'a>) -> Role {
        let fixture = function.decorator_list.iter().any(|decorator| {
            let callee = match &decorator.expression {
                Expr::Call(call) => &*call.func,
                other => other,
            };
            dotted(callee).is_some_and(|(head, attrs)| {
                matches!(
                    attrs.last().copied().unwrap_or(head),
                    "fixture" | "yield_fixture"
                )
            }) || self.file.is(callee, &place.scope, "pytest.fixture")
        });
        let name = function.name.as_str();
        match (place.scope.block, name) {
            _ if fixture => Role::Fixture,
            (Block::Module | Block::Class, _) if name.starts_with("pytest_") => Role::Hook,
            (
                Block::Class,
                "setUp" | "asyncSetUp" | "setUpClass" | "setup" | "setup_method" | "setup_class"
                | "setUpTestData" | "tearDown" | "asyncTearDown" | "tearDownClass" | "teardown"
                | "teardown_method" | "teardown_class",
            ) => Role::ClassSetup,
            (
                Block::Module,
                "setUpModule" | "setup_module" | "setup" | "setup_function" | "tearDownModule"
                | "teardown_module" | "teardown_function",
            ) => Role::ModuleSetup,
            _ => Role::Function,
        }
    }

    fn class(&mut self, class: &'a StmtClassDef, place: &Place<'a>) {
        let outer = nested(&place.owner, place.in_function());
        let path = if outer.is_empty() {
            class.name.as_str().into()
        } else {
            format!("{outer}::{}", class.name).into_boxed_str()
        };
        let own = Rc::new(Owner {
            container: path.clone(),
            name: "".into(),
            role: Role::Class,
            inside: inside(place),
        });
        let mut outside = place.clone();
        outside.docstring = docstring(&class.body).map(Into::into);
        self.decorators(
            class
                .decorator_list
                .iter()
                .map(|each| (&each.expression, each.range)),
            &own,
            &outside,
        );
        let scope = Scope::class(class, &place.scope);
        let binds = |name| {
            scope
                .find(name)
                .is_some_and(|(_, home)| Rc::ptr_eq(home, &scope))
        };
        self.classes.push(Class {
            path,
            bases: class
                .bases()
                .iter()
                .map(|base| self.base(base, &place.scope))
                .collect(),
            init: binds("__init__") || binds("__new__"),
            test: class.body.iter().rev().find_map(test_flag),
        });
        let inner = Place {
            class: Some(Rc::clone(&scope)),
            scope,
            owner: own,
            around: None,
            head: None,
            deep: false,
            docstring: outside.docstring,
            ..place.clone()
        };
        self.body(&class.body, &inner);
    }

    fn base(&self, base: &Expr, scope: &Rc<Scope<'a>>) -> Base {
        let base = match base {
            Expr::Subscript(generic) => &generic.value,
            other => other,
        };
        if let Some(path) = self.file.import_path(base, scope) {
            return Base::Imported(self.file.forms.renamed(&path).unwrap_or(path).into());
        }
        match dotted(base) {
            Some((head, attrs)) if scope.find(head).is_some() => Base::Local(
                attrs
                    .iter()
                    .fold(head.to_owned(), |path, attr| path + "::" + attr)
                    .into(),
            ),
            Some(("object", _)) => Base::Local("object".into()),
            Some((head, _)) if !scope.all_stars().is_empty() => {
                Base::Imported(format!("*{head}").into())
            }
            _ => Base::Unknown,
        }
    }

    fn decorators(
        &mut self,
        decorators: impl Iterator<Item = (&'a Expr, TextRange)>,
        owner: &Rc<Owner>,
        place: &Place<'a>,
    ) {
        let owned = Place {
            owner: Rc::clone(owner),
            around: None,
            head: None,
            ..place.clone()
        };
        // A comment above all decorators belongs to the first one that mutes.
        let mut top = None;
        let mut first = true;
        for (expr, range) in decorators {
            let top = *top.get_or_insert(range);
            if !self.params(expr, &owned) {
                for mark in self.file.marks(expr, &place.scope) {
                    let alias = self.file.alias(expr, mark.known(), mark.followed);
                    let mut sighting = self.sighting(Site::Decorator, mark, range, &owned);
                    sighting.alias = alias;
                    if first && sighting.comments.above.is_none() {
                        sighting.comments.above = self.file.above(self.file.lines(top).0);
                    }
                    first &= sighting.mark.known().is_none();
                    self.sightings.push(sighting);
                }
            }
            // Arguments are evaluated where the function is defined.
            if let Expr::Call(call) = expr {
                for arg in &call.arguments.args {
                    self.expr(arg, place);
                }
            }
        }
    }

    /// Notes a mute of the owner of a place.
    pub(super) fn sighting(
        &self,
        site: Site,
        mark: Mark,
        range: TextRange,
        place: &Place<'a>,
    ) -> Sighting {
        let mut comments = self.file.comments(range, place.head);
        if !place.deep {
            comments.docstring = place.docstring.as_deref().map(Into::into);
        }
        Sighting {
            owner: (*place.owner).clone(),
            site,
            mark,
            alias: None,
            lines: self.file.lines(range),
            guard: self.conditions(place),
            dynamic: false,
            deep: place.deep,
            comments,
        }
    }

    fn conditions(&self, place: &Place<'a>) -> Option<Guard> {
        self.file.guard(place.around.as_ref())
    }
}

/// The name that a statement assigns to.
fn holder(stmt: &Stmt) -> Option<&str> {
    let target = match stmt {
        Stmt::Assign(assign) => assign.targets.first()?,
        Stmt::AnnAssign(assign) => &assign.target,
        Stmt::AugAssign(assign) => &assign.target,
        _ => return None,
    };
    Some(target.as_name_expr()?.id.as_str())
}

fn is_compound(stmt: &Stmt) -> bool {
    matches!(
        stmt,
        Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::If(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::With(_)
            | Stmt::Try(_)
            | Stmt::Match(_)
    )
}

/// `__name__ == "__main__"`: what is under it does not run when tests do.
fn is_main(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else {
        return false;
    };
    matches!(&*compare.left, Expr::Name(name) if name.id.as_str() == "__name__")
}

/// What the statement says about `__test__`.
fn test_flag(stmt: &Stmt) -> Option<bool> {
    let (target, value) = match stmt {
        Stmt::Assign(assign) => (assign.targets.first()?, &*assign.value),
        Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()?),
        _ => return None,
    };
    match target {
        Expr::Name(name) if name.id.as_str() == "__test__" => super::guard::truth(value),
        _ => None,
    }
}

/// The container of what stands within an owner.
fn nested(owner: &Owner, in_function: bool) -> Box<str> {
    match (in_function, owner.container.is_empty()) {
        (false, _) => owner.container.clone(),
        (true, true) => owner.name.clone(),
        (true, false) => format!("{}::{}", owner.container, owner.name).into(),
    }
}

/// The outermost function around what stands at a place.
fn inside(place: &Place<'_>) -> Option<Box<str>> {
    match &place.owner.inside {
        Some(outermost) => Some(outermost.clone()),
        None if place.in_function() => Some(place.owner.name.clone()),
        None => None,
    }
}
