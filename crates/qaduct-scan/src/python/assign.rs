//! Assignments that mute: `pytestmark`, `collect_ignore`, `__test__`, and the
//! attributes of Twisted's trial.

use std::rc::Rc;

use qaduct_records::Kind;
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::facts::{Arg, Binds, Mark, Owner, Role, Site, Target, Text, Value};
use super::guard::truth;
use super::scope::dotted;
use super::walk::{Place, Walker};

impl<'a> Walker<'_, 'a> {
    /// Looks at a statement of a module or class.
    pub(super) fn assignment(&mut self, stmt: &'a Stmt, place: &Place<'a>) {
        match stmt {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assigned(target, &assign.value, stmt.range(), place);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assigned(&assign.target, value, stmt.range(), place);
                }
            }
            Stmt::AugAssign(assign) => {
                self.assigned(&assign.target, &assign.value, stmt.range(), place)
            }
            Stmt::Expr(expr) => {
                if let Expr::Call(call) = &*expr.value {
                    self.added(call, stmt.range(), place);
                }
            }
            _ => {}
        }
    }

    /// `pytestmark.append(mark)`, `collect_ignore.extend([...])`.
    fn added(&mut self, call: &'a ExprCall, range: TextRange, place: &Place<'a>) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        if matches!(method.attr.as_str(), "append" | "extend" | "insert")
            && let Some(value) = call.arguments.args.last()
            && method.value.is_name_expr()
        {
            self.assigned(&method.value, value, range, place);
        }
    }

    fn assigned(&mut self, target: &'a Expr, value: &'a Expr, range: TextRange, place: &Place<'a>) {
        match target {
            Expr::Name(name) => match name.id.as_str() {
                "pytestmark" => self.marked(value, range, place),
                "collect_ignore" => self.ignored("collect_ignore", value, place),
                "collect_ignore_glob" => self.ignored("collect_ignore_glob", value, place),
                "__test__" if truth(value) == Some(false) => {
                    self.flagged("__test__", value, range, place)
                }
                "skip" | "todo" if place.owner.role == Role::Class && self.file.uses_trial() => {
                    self.flagged(
                        if name.id.as_str() == "skip" {
                            "skip"
                        } else {
                            "todo"
                        },
                        value,
                        range,
                        place,
                    );
                }
                "skip" | "todo" if place.owner.role == Role::Module && self.file.uses_trial() => {
                    self.flagged(
                        if name.id.as_str() == "skip" {
                            "skip"
                        } else {
                            "todo"
                        },
                        value,
                        range,
                        place,
                    );
                }
                _ => self.applied(target, value, range, place),
            },
            Expr::Attribute(attribute) => {
                let Some(owner) = self.named(&attribute.value, place) else {
                    return;
                };
                let inner = Place {
                    owner: Rc::new(owner),
                    ..place.clone()
                };
                match attribute.attr.as_str() {
                    "pytestmark" => self.marked(value, range, &inner),
                    "__test__" if truth(value) == Some(false) => {
                        self.flagged("__test__", value, range, &inner)
                    }
                    "skip" if self.file.uses_trial() => self.flagged("skip", value, range, &inner),
                    "todo" if self.file.uses_trial() => self.flagged("todo", value, range, &inner),
                    _ => self.applied(target, value, range, place),
                }
            }
            _ => {}
        }
    }

    /// The class or function of this file that an expression names.
    fn named(&self, expr: &Expr, place: &Place<'a>) -> Option<Owner> {
        let (head, mut names) = dotted(expr)?;
        names.insert(0, head);
        let test = |name: &str| {
            name.starts_with("test")
                || name.starts_with("Test")
                || name.ends_with("Test")
                || name.ends_with("Tests")
                || name.ends_with("TestCase")
        };
        if !names.iter().any(|name| test(name)) {
            return None;
        }
        let last = names.pop()?;
        let function = last.starts_with(|first: char| first.is_lowercase() || first == '_');
        if !function {
            names.push(last);
        }
        let mut container: Vec<&str> = Vec::new();
        if !place.owner.container.is_empty() {
            container.push(&place.owner.container);
        }
        container.extend(names);
        Some(Owner {
            container: container.join("::").into(),
            name: if function { last.into() } else { "".into() },
            role: if function {
                Role::Function
            } else {
                Role::Class
            },
            inside: place.owner.inside.clone(),
        })
    }

    /// `test_x = unittest.skip("why")(test_x)`.
    fn applied(&mut self, target: &'a Expr, value: &'a Expr, range: TextRange, place: &Place<'a>) {
        let Expr::Call(call) = value else { return };
        let ([applied], []) = (&*call.arguments.args, &*call.arguments.keywords) else {
            return;
        };
        if dotted(applied).is_none() {
            return;
        }
        let Some(owner) = self.named(target, place) else {
            return;
        };
        let marks = self.file.marks(&call.func, &place.scope);
        let inner = Place {
            owner: Rc::new(owner),
            docstring: None,
            ..place.clone()
        };
        for mark in marks {
            let alias = self.file.alias(&call.func, mark.known(), mark.followed);
            let mut sighting = self.sighting(Site::Decorator, mark, range, &inner);
            sighting.alias = alias;
            self.sightings.push(sighting);
        }
    }

    /// `pytestmark = ...`: every mark of it.
    fn marked(&mut self, value: &'a Expr, range: TextRange, place: &Place<'a>) {
        let mut elements = Vec::new();
        flatten(value, &mut elements);
        let single = elements.len() == 1;
        for element in elements {
            // What it held before has been seen where it was put there.
            if matches!(element, Expr::Name(name) if name.id.as_str() == "pytestmark") {
                continue;
            }
            if self.params(element, place) {
                continue;
            }
            let range = if single { range } else { element.range() };
            for mark in self.file.marks(element, &place.scope) {
                let alias = self.file.alias(element, mark.known(), mark.followed);
                let mut sighting = self.sighting(Site::Marks, mark, range, place);
                sighting.alias = alias;
                self.sightings.push(sighting);
            }
        }
    }

    /// `collect_ignore = [...]`: every path of it.
    fn ignored(&mut self, name: &'static str, value: &'a Expr, place: &Place<'a>) {
        if place.owner.role != Role::Module {
            return;
        }
        let mut elements = Vec::new();
        flatten(value, &mut elements);
        for element in elements {
            let (pattern, dynamic) = match self.file.constant(element, &place.scope, 4) {
                Some(text) => (text.render(&|_| None), false),
                None if matches!(element, Expr::Name(own) if own.id.as_str() == name) => continue,
                None => (self.file.written(element.range()), true),
            };
            let mark = Mark {
                target: Target::Named("".into()),
                args: Vec::new(),
                guard: None,
                followed: false,
                guessed: false,
            };
            let mut sighting = self.sighting(
                Site::Excluded(name, pattern.into()),
                mark,
                element.range(),
                place,
            );
            sighting.dynamic = dynamic;
            self.sightings.push(sighting);
        }
    }

    /// An attribute that mutes, with its reason.
    fn flagged(
        &mut self,
        name: &'static str,
        value: &'a Expr,
        range: TextRange,
        place: &Place<'a>,
    ) {
        let (form, kind, framework) = match name {
            "skip" => ("trial.skip", Kind::Skip, "trial"),
            "todo" => ("trial.todo", Kind::XfailStrict, "trial"),
            _ => ("__test__ = False", Kind::ExcludedByConfig, "pytest"),
        };
        // `skip = None` is how trial is told not to skip.
        if framework == "trial" && (value.is_none_literal_expr() || truth(value) == Some(false)) {
            return;
        }
        let text: Text = self.file.text_of(value, &place.scope);
        let arg = Arg {
            name: None,
            source: "".into(),
            binds: Binds::Tight,
            value: Value::Text,
            text,
        };
        let mark = Mark {
            target: Target::Named("".into()),
            args: if framework == "trial" {
                vec![arg]
            } else {
                Vec::new()
            },
            guard: None,
            followed: false,
            guessed: false,
        };
        let sighting = self.sighting(Site::Attribute(form, kind, framework), mark, range, place);
        self.sightings.push(sighting);
    }
}

/// The elements of lists, and of lists that are put together.
fn flatten<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::List(list) => list.elts.iter().for_each(|each| flatten(each, out)),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|each| flatten(each, out)),
        Expr::Set(set) => set.elts.iter().for_each(|each| flatten(each, out)),
        Expr::BinOp(op) => {
            flatten(&op.left, out);
            flatten(&op.right, out);
        }
        Expr::Starred(starred) => flatten(&starred.value, out),
        _ => out.push(expr),
    }
}
