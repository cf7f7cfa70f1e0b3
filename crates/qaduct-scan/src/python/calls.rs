//! Code that mutes while it runs: `pytest.skip()`, `self.skipTest()`,
//! `raise SkipTest`, `item.add_marker()`, and calls of functions that do so.

use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{BoolOp, Expr, ExprCall, Stmt, StmtRaise};
use ruff_text_size::{Ranged, TextRange};

use super::facts::{Mark, Owner, Role, Site, Target};
use super::guard::Around;
use super::scope::{Block, Scope, dotted};
use super::walk::{Place, Walker};
use super::wrappers::means_to_skip;
use crate::marks::{FormId, Usage};

/// Looks at every expression of a statement.
pub(super) struct Calls<'w, 'f, 'a> {
    pub(super) walker: &'w mut Walker<'f, 'a>,
    pub(super) place: &'w Place<'a>,
}

impl<'a> Visitor<'a> for Calls<'_, '_, 'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Raise(raise) if self.raise(raise) => {}
            Stmt::Expr(expr) if self.given(&expr.value) => {}
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if !self.walker.file.touched(expr.range()) {
            return;
        }
        match expr {
            Expr::If(test) => {
                self.visit_expr(&test.test);
                self.under(&test.body, &test.test, true);
                self.under(&test.orelse, &test.test, false);
            }
            Expr::BoolOp(op) => {
                let mut place = self.place.clone();
                for value in &op.values {
                    Calls {
                        walker: &mut *self.walker,
                        place: &place,
                    }
                    .visit_expr(value);
                    place.around = Some(Around::test(value, op.op == BoolOp::And, place.around));
                }
            }
            Expr::Lambda(lambda) => {
                let scope = Scope::lambda(lambda.parameters.as_deref(), &self.place.scope);
                let place = Place {
                    scope,
                    deep: true,
                    ..self.place.clone()
                };
                Calls {
                    walker: &mut *self.walker,
                    place: &place,
                }
                .visit_expr(&lambda.body);
            }
            Expr::Call(call) => {
                if !self.call(call) {
                    walk_expr(self, expr);
                }
            }
            _ => walk_expr(self, expr),
        }
    }
}

impl<'a> Calls<'_, '_, 'a> {
    fn under(&mut self, expr: &'a Expr, test: &'a Expr, holds: bool) {
        let around = Around::test(test, holds, self.place.around.clone());
        let place = Place {
            around: Some(around),
            ..self.place.clone()
        };
        Calls {
            walker: &mut *self.walker,
            place: &place,
        }
        .visit_expr(expr);
    }

    /// Notes an exception that skips; whether it was one.
    fn raise(&mut self, raise: &'a StmtRaise) -> bool {
        let Some(raised) = raise.exc.as_deref() else {
            return false;
        };
        let file = self.walker.file;
        let (kind, args) = match raised {
            Expr::Call(call) => (&*call.func, file.args(&call.arguments, &self.place.scope)),
            kind => (kind, Vec::new()),
        };
        // As with `skipTest`: the attribute of a test case is telling enough.
        let own = match kind {
            Expr::Attribute(attribute) if attribute.attr.as_str() == "skipException" => {
                file.forms.find("testtools.TestCase.skipException")
            }
            _ => None,
        };
        let known = || file.form(kind, &self.place.scope, Usage::Raise);
        let Some(form) = own.or_else(known) else {
            return false;
        };
        let mark = Mark {
            args,
            ..Mark::form(form)
        };
        self.note(mark, kind, raise.range);
        true
    }

    /// Notes a mark that is given to something by a call: `mark(...)(made)`.
    fn given(&mut self, expr: &'a Expr) -> bool {
        let Expr::Call(call) = expr else { return false };
        if !call.func.is_call_expr() || call.arguments.args.len() != 1 {
            return false;
        }
        let marks = self.walker.file.marks(&call.func, &self.place.scope);
        let mut found = false;
        for mark in marks.into_iter().filter(|mark| mark.known().is_some()) {
            found = true;
            let alias = self
                .walker
                .file
                .alias(&call.func, mark.known(), mark.followed);
            self.mark(Site::Add, mark, alias, call.range());
        }
        found
    }

    /// Notes a call that mutes; whether nothing more is to be seen in it.
    fn call(&mut self, call: &'a ExprCall) -> bool {
        let file = self.walker.file;
        let scope = &self.place.scope;
        if let Expr::Attribute(method) = &*call.func {
            match method.attr.as_str() {
                // The name is telling enough, whatever the test case is called.
                "skipTest" if method.value.is_name_expr() || method.value.is_call_expr() => {
                    if let Some(form) = file.forms.find("unittest.TestCase.skipTest") {
                        let args = file.args(&call.arguments, scope);
                        self.note(
                            Mark {
                                args,
                                ..Mark::form(form)
                            },
                            &call.func,
                            call.range(),
                        );
                        return true;
                    }
                }
                "add_marker" | "applymarker" => {
                    self.add(call);
                    return true;
                }
                _ => {}
            }
        }
        if let Some(form) = file.form(&call.func, scope, Usage::Call) {
            let args = file.args(&call.arguments, scope);
            self.note(
                Mark {
                    args,
                    ..Mark::form(form)
                },
                &call.func,
                call.range(),
            );
            return true;
        }
        if file.is(&call.func, scope, "pytest.param") {
            self.walker.param(call, None, self.place);
            return true;
        }
        self.wrapped(call);
        false
    }

    /// Notes the call of a function that skips its caller.
    fn wrapped(&mut self, call: &'a ExprCall) {
        let file = self.walker.file;
        let place = self.place;
        let found = self
            .method(&call.func)
            .or_else(|| file.function(&call.func, &place.scope));
        if let Some((function, home)) = found {
            let wrapper = file.wrapper(function, &home);
            if wrapper.calls.is_empty() {
                return;
            }
            let args = file.args(&call.arguments, &place.scope);
            for mark in wrapper.apply(&wrapper.calls, &args) {
                self.note(mark, &call.func, call.range());
            }
            return;
        }
        let Some(path) = file.import_path(&call.func, &place.scope) else {
            return;
        };
        if means_to_skip(crate::marks::last(&path))
            && let Some(mut mark) = file.path_mark(&path)
            && mark.known().is_none()
        {
            mark.args = file.args(&call.arguments, &place.scope);
            self.note(mark, &call.func, call.range());
        }
    }

    /// The method of the class around, or of one of its bases in this file.
    fn method(
        &self,
        callee: &Expr,
    ) -> Option<(&'a ruff_python_ast::StmtFunctionDef, Rc<Scope<'a>>)> {
        let class = self.place.class.as_ref()?;
        let (head, attrs) = dotted(callee)?;
        let [name] = attrs.as_slice() else {
            return None;
        };
        if !matches!(head, "self" | "cls") {
            return None;
        }
        let (bindings, home) = class.find(name)?;
        if home.block != Block::Class {
            return None;
        }
        bindings.iter().find_map(|binding| match binding {
            super::scope::Binding::Function(function) => Some((*function, Rc::clone(home))),
            _ => None,
        })
    }

    /// Notes what `add_marker` or `applymarker` adds.
    fn add(&mut self, call: &'a ExprCall) {
        let file = self.walker.file;
        let marker = call.arguments.args.first().or_else(|| {
            let named = call.arguments.keywords.iter();
            named
                .filter(|keyword| keyword.arg.is_some())
                .map(|keyword| &keyword.value)
                .next()
        });
        let Some(marker) = marker else { return };
        if let Expr::StringLiteral(name) = marker {
            let path = format!("pytest.mark.{}", name.value.to_str());
            if let Some(form) = file.forms.find(&path) {
                self.mark(Site::Add, Mark::form(form), None, call.range());
            }
            return;
        }
        for mark in file.marks(marker, &self.place.scope) {
            // A mark that a local name stands for is written out all the same.
            let local = matches!(marker, Expr::Name(name) if self.place.scope.find(name.id.as_str())
                .is_some_and(|(_, home)| home.block == Block::Function));
            let alias = if local {
                None
            } else {
                file.alias(marker, mark.known(), mark.followed)
            };
            let mark = Mark {
                followed: mark.followed && !local,
                ..mark
            };
            self.mark(Site::Add, mark, alias, call.range());
        }
    }

    fn note(&mut self, mark: Mark, callee: &'a Expr, range: TextRange) {
        let known = mark.known();
        let own_method = |id: FormId| {
            self.walker.file.forms.form(id).name == "unittest.TestCase.skipTest" && !mark.followed
        };
        let alias = match known {
            Some(id) if own_method(id) => None,
            _ => self.walker.file.alias(callee, known, mark.followed),
        };
        self.mark(Site::Code, mark, alias, range);
    }

    fn mark(&mut self, site: Site, mark: Mark, alias: Option<Box<str>>, range: TextRange) {
        if self.place.muffled {
            return;
        }
        let mut sighting = self.walker.sighting(site, mark, range, self.place);
        sighting.alias = alias;
        sighting.dynamic = sighting.site == Site::Add;
        // What the body of a class does, it does when the module is loaded.
        if sighting.owner.role == Role::Class && sighting.site == Site::Code {
            let inside = sighting.owner.inside.take();
            sighting.owner = Owner {
                container: "".into(),
                name: "".into(),
                role: Role::Module,
                inside,
            };
        }
        debug_assert!(!matches!(&sighting.mark.target, Target::Named(path) if path.is_empty()));
        self.walker.sightings.push(sighting);
    }
}
