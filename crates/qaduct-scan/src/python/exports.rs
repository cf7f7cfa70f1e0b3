//! What a file lends to others: marks, functions that make marks or skip, and
//! texts.

use std::rc::Rc;

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::facts::{Export, Mark, Sighting};
use super::file::File;
use super::scope::{Binding, Scope};
use super::walk::Walker;
use super::wrappers::means_to_skip;
use crate::marks::last;

/// Longest text that is lent.
const LONGEST: u32 = 4096;

impl<'a> File<'a> {
    /// What others may use, in order of name.
    pub(super) fn exports(&self) -> Vec<(Box<str>, Export)> {
        let mut found: Vec<(Box<str>, Export)> = Vec::new();
        let module = Rc::clone(&self.module);
        for (name, bindings) in module.names() {
            if let Some(export) = self.export(name, bindings, &module) {
                found.push((name.into(), export));
            }
            for binding in bindings {
                let Binding::Class(class) = binding else {
                    continue;
                };
                if !self.touched(class.range()) {
                    continue;
                }
                let inner = Scope::class(class, &module);
                for (attr, bindings) in inner.names() {
                    let values: Vec<Binding<'a>> = bindings
                        .iter()
                        .filter(|binding| matches!(binding, Binding::Value(..)))
                        .cloned()
                        .collect();
                    if let Some(export) = self.export(attr, &values, &inner) {
                        found.push((format!("{name}.{attr}").into(), export));
                    }
                }
            }
        }
        found.sort_by(|(one, _), (two, _)| one.cmp(two));
        found.dedup_by(|(one, _), (two, _)| one == two);
        found
    }

    fn export(
        &self,
        name: &str,
        bindings: &[Binding<'a>],
        scope: &Rc<Scope<'a>>,
    ) -> Option<Export> {
        if name == "pytestmark" && bindings.len() > 8 {
            return None;
        }
        let mut marks: Vec<Mark> = Vec::new();
        for binding in bindings {
            match binding {
                Binding::Function(function) => {
                    if !self.touched(function.range()) {
                        continue;
                    }
                    let wrapper = self.wrapper(function, scope);
                    if !wrapper.decorates.is_empty() || !wrapper.calls.is_empty() {
                        return Some(Export::Wrapper((*wrapper).clone()));
                    }
                }
                Binding::Part(Expr::Call(call), part)
                    if means_to_skip(name) || self.touched(call.range()) =>
                {
                    marks.extend(self.part(call, *part, scope));
                }
                Binding::Value(value, around) => {
                    if let Some(path) = self.import_path(value, scope) {
                        return Some(Export::Path(path.into()));
                    }
                    let worth = self.touched(value.range()) || means_to_skip(name);
                    let shape = matches!(
                        value,
                        Expr::Call(_)
                            | Expr::If(_)
                            | Expr::BoolOp(_)
                            | Expr::List(_)
                            | Expr::Tuple(_)
                            | Expr::Lambda(_)
                            | Expr::Name(_)
                    );
                    if worth && shape {
                        let guard = self.guard(around.as_ref());
                        marks.extend(self.marks(value, scope).into_iter().map(|mut mark| {
                            mark.guard = super::facts::Guard::and(guard.clone(), mark.guard);
                            mark
                        }));
                    }
                }
                _ => {}
            }
        }
        let useful = |mark: &Mark| match &mark.target {
            super::facts::Target::Form(_) => true,
            super::facts::Target::Named(path) => means_to_skip(name) || means_to_skip(last(path)),
        };
        marks.retain(useful);
        let marks = super::markers::alternatives(marks);
        if !marks.is_empty() {
            return Some(Export::Marks(marks));
        }
        let cases: Vec<Sighting> = bindings
            .iter()
            .filter_map(|binding| match binding {
                Binding::Value(value, _) if self.touched(value.range()) => Some(*value),
                _ => None,
            })
            .flat_map(|value| Walker::lent_cases(self, value, scope))
            .collect();
        if !cases.is_empty() {
            return Some(Export::Cases(cases));
        }
        match bindings {
            [
                Binding::Value(
                    value @ (Expr::StringLiteral(_) | Expr::FString(_) | Expr::BinOp(_)),
                    _,
                ),
            ] if u32::from(value.range().len()) < LONGEST => {
                self.constant(value, scope, 4).map(Export::Text)
            }
            _ => None,
        }
    }
}
