//! Names and what they are bound to, scope by scope, within one file.

use std::rc::Rc;

use ruff_python_ast::{ExceptHandler, Expr, Parameters, Stmt, StmtClassDef, StmtFunctionDef};
use rustc_hash::FxHashMap;

use super::guard::Around;
use super::imports;

/// What a name is bound to, by one of the statements that bind it.
#[derive(Clone)]
pub(super) enum Binding<'a> {
    /// Something of another file: its dotted path.
    Import(Rc<str>),
    /// The value of an assignment, and the conditions around it.
    Value(&'a Expr, Option<Rc<Around<'a>>>),
    /// What is added to a list of that name.
    Added(&'a Expr),
    /// The part of that number of a value that is taken apart.
    Part(&'a Expr, usize),
    Function(&'a StmtFunctionDef),
    Class(&'a StmtClassDef),
    /// A parameter of a function.
    Param,
    /// A loop variable or another thing that only a run can tell.
    Opaque,
}

/// What kind of block a scope belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Module,
    Class,
    Function,
}

/// The names of a block, and the scope around it.
pub(super) struct Scope<'a> {
    pub(super) block: Block,
    names: FxHashMap<&'a str, Vec<Binding<'a>>>,
    /// Modules of which all names are imported.
    pub(super) stars: Vec<Rc<str>>,
    pub(super) parent: Option<Rc<Self>>,
}

impl<'a> Scope<'a> {
    pub(super) fn module(body: &'a [Stmt]) -> Rc<Self> {
        Self::build(Block::Module, body, None, None)
    }

    pub(super) fn class(class: &'a StmtClassDef, parent: &Rc<Self>) -> Rc<Self> {
        Self::build(Block::Class, &class.body, None, Some(Rc::clone(parent)))
    }

    pub(super) fn function(function: &'a StmtFunctionDef, parent: &Rc<Self>) -> Rc<Self> {
        Self::build(
            Block::Function,
            &function.body,
            Some(&function.parameters),
            Some(Rc::clone(parent)),
        )
    }

    /// The scope of a lambda: its parameters.
    pub(super) fn lambda(params: Option<&'a Parameters>, parent: &Rc<Self>) -> Rc<Self> {
        Self::build(Block::Function, &[], params, Some(Rc::clone(parent)))
    }

    fn build(
        block: Block,
        body: &'a [Stmt],
        params: Option<&'a Parameters>,
        parent: Option<Rc<Self>>,
    ) -> Rc<Self> {
        let mut scope = Self {
            block,
            names: FxHashMap::default(),
            stars: Vec::new(),
            parent,
        };
        for param in params.into_iter().flat_map(|params| params.iter()) {
            scope.bind(param.name(), Binding::Param);
        }
        scope.body(body, None);
        Rc::new(scope)
    }

    fn bind(&mut self, name: &'a str, binding: Binding<'a>) {
        self.names.entry(name).or_default().push(binding);
    }

    fn body(&mut self, body: &'a [Stmt], around: Option<&Rc<Around<'a>>>) {
        for stmt in body {
            self.statement(stmt, around);
        }
    }

    fn statement(&mut self, stmt: &'a Stmt, around: Option<&Rc<Around<'a>>>) {
        match stmt {
            Stmt::Import(import) => {
                for (alias, (bound, path)) in import.names.iter().zip(imports::of_import(import)) {
                    let name = alias
                        .asname
                        .as_ref()
                        .map_or(&alias.name, |name| name)
                        .as_str();
                    // `import a.b` binds `a`.
                    let name = name.get(..bound.len()).unwrap_or(name);
                    self.bind(name, Binding::Import(path.into()));
                }
            }
            Stmt::ImportFrom(import) => {
                for (alias, (bound, path)) in import.names.iter().zip(imports::of_from(import)) {
                    if bound == "*" {
                        self.stars.push(path.into());
                    } else {
                        let name = alias
                            .asname
                            .as_ref()
                            .map_or(&alias.name, |name| name)
                            .as_str();
                        self.bind(name, Binding::Import(path.into()));
                    }
                }
            }
            Stmt::FunctionDef(function) => self.bind(&function.name, Binding::Function(function)),
            Stmt::ClassDef(class) => self.bind(&class.name, Binding::Class(class)),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.target(target, Some(&assign.value), around);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.target(&assign.target, Some(value), around);
                }
            }
            Stmt::AugAssign(assign) => self.target(&assign.target, Some(&assign.value), around),
            Stmt::If(stmt) => {
                let mut earlier = around.cloned();
                let inside = Around::test(&stmt.test, true, earlier.clone());
                self.body(&stmt.body, Some(&inside));
                earlier = Some(Around::test(&stmt.test, false, earlier));
                for clause in &stmt.elif_else_clauses {
                    let inside = match &clause.test {
                        Some(test) => Some(Around::test(test, true, earlier.clone())),
                        None => earlier.clone(),
                    };
                    self.body(&clause.body, inside.as_ref());
                    if let Some(test) = &clause.test {
                        earlier = Some(Around::test(test, false, earlier));
                    }
                }
            }
            Stmt::Expr(stmt) => {
                if let Expr::Call(call) = &*stmt.value
                    && let Expr::Attribute(method) = &*call.func
                    && let Expr::Name(list) = &*method.value
                    && matches!(method.attr.as_str(), "append" | "extend" | "insert")
                    && let Some(value) = call.arguments.args.last()
                    // Only where the list is this scope's own.
                    && self.names.contains_key(list.id.as_str())
                {
                    self.bind(list.id.as_str(), Binding::Added(value));
                }
            }
            Stmt::For(stmt) => {
                self.target(&stmt.target, None, around);
                self.body(&stmt.body, around);
                self.body(&stmt.orelse, around);
            }
            Stmt::While(stmt) => {
                self.body(&stmt.body, around);
                self.body(&stmt.orelse, around);
            }
            Stmt::With(stmt) => {
                for target in stmt
                    .items
                    .iter()
                    .filter_map(|item| item.optional_vars.as_deref())
                {
                    self.target(target, None, around);
                }
                self.body(&stmt.body, around);
            }
            Stmt::Try(stmt) => {
                self.body(&stmt.body, around);
                for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                    if let Some(name) = &handler.name {
                        self.bind(name, Binding::Opaque);
                    }
                    let inside = Around::except(handler, around.cloned());
                    self.body(&handler.body, Some(&inside));
                }
                self.body(&stmt.orelse, around);
                self.body(&stmt.finalbody, around);
            }
            Stmt::Match(stmt) => {
                for case in &stmt.cases {
                    self.body(&case.body, around);
                }
            }
            _ => {}
        }
    }

    fn target(
        &mut self,
        target: &'a Expr,
        value: Option<&'a Expr>,
        around: Option<&Rc<Around<'a>>>,
    ) {
        match target {
            Expr::Name(name) => {
                let binding = match value {
                    Some(value) => Binding::Value(value, around.cloned()),
                    None => Binding::Opaque,
                };
                self.bind(name.id.as_str(), binding);
            }
            Expr::Tuple(tuple) => {
                let values = match value {
                    Some(Expr::Tuple(values)) if values.elts.len() == tuple.elts.len() => {
                        Some(&values.elts)
                    }
                    _ => None,
                };
                for (n, each) in tuple.elts.iter().enumerate() {
                    match (values, value, each) {
                        (None, Some(value @ Expr::Call(_)), Expr::Name(name)) => {
                            self.bind(name.id.as_str(), Binding::Part(value, n));
                        }
                        _ => self.target(each, values.map(|values| &values[n]), around),
                    }
                }
            }
            Expr::List(list) => list
                .elts
                .iter()
                .for_each(|each| self.target(each, None, around)),
            Expr::Starred(starred) => self.target(&starred.value, None, around),
            _ => {}
        }
    }

    /// What a name is bound to where it is used in this scope, and the scope
    /// that binds it. A class's names are not seen from the functions in it.
    pub(super) fn find<'s>(
        self: &'s Rc<Self>,
        name: &str,
    ) -> Option<(&'s [Binding<'a>], &'s Rc<Self>)> {
        let mut scope = self;
        loop {
            if let Some(bindings) = scope.names.get(name) {
                return Some((bindings, scope));
            }
            scope = scope.parent.as_ref()?;
            while scope.block == Block::Class {
                scope = scope.parent.as_ref()?;
            }
        }
    }

    /// The names that this scope itself binds.
    pub(super) fn names(&self) -> impl Iterator<Item = (&'a str, &[Binding<'a>])> {
        self.names
            .iter()
            .map(|(name, bindings)| (*name, bindings.as_slice()))
    }

    /// The modules that names of nowhere may come from.
    pub(super) fn all_stars(&self) -> Vec<Rc<str>> {
        let mut stars = self.stars.clone();
        let mut scope = self.parent.as_ref();
        while let Some(around) = scope {
            stars.extend(around.stars.iter().cloned());
            scope = around.parent.as_ref();
        }
        stars
    }
}

/// The parts of a dotted name: `a.b.c` is `a` and `["b", "c"]`.
pub(super) fn dotted(expr: &Expr) -> Option<(&str, Vec<&str>)> {
    let mut parts = Vec::new();
    let mut expr = expr;
    loop {
        match expr {
            Expr::Attribute(attribute) => {
                parts.push(attribute.attr.as_str());
                expr = &attribute.value;
            }
            Expr::Name(name) => {
                parts.reverse();
                return Some((name.id.as_str(), parts));
            }
            _ => return None,
        }
    }
}
