//! Conditions around a place in the code: ifs, else branches, except clauses.

use std::rc::Rc;

use ruff_python_ast::{BoolOp, ExceptHandlerExceptHandler, Expr, Operator, Pattern, UnaryOp};
use ruff_text_size::Ranged;

use super::facts::{Binds, Guard};
use super::file::File;

/// One condition, and those further out.
pub(super) struct Around<'a> {
    link: Link<'a>,
    outer: Option<Rc<Self>>,
}

enum Link<'a> {
    /// A test that holds, or does not.
    Test(&'a Expr, bool),
    Except(&'a ExceptHandlerExceptHandler),
    Case(&'a Expr, &'a Pattern),
}

impl<'a> Around<'a> {
    pub(super) fn test(test: &'a Expr, holds: bool, outer: Option<Rc<Self>>) -> Rc<Self> {
        Rc::new(Self {
            link: Link::Test(test, holds),
            outer,
        })
    }

    pub(super) fn except(
        handler: &'a ExceptHandlerExceptHandler,
        outer: Option<Rc<Self>>,
    ) -> Rc<Self> {
        Rc::new(Self {
            link: Link::Except(handler),
            outer,
        })
    }

    pub(super) fn case(
        subject: &'a Expr,
        pattern: &'a Pattern,
        outer: Option<Rc<Self>>,
    ) -> Rc<Self> {
        Rc::new(Self {
            link: Link::Case(subject, pattern),
            outer,
        })
    }
}

impl File<'_> {
    /// The condition of an expression, as written.
    pub(super) fn guard_of(&self, expr: &Expr) -> Guard {
        let mut guard = Guard::new(self.written(expr.range()), binds(expr));
        guard.always = truth(expr);
        guard
    }

    /// All conditions, outermost first.
    pub(super) fn guard(&self, around: Option<&Rc<Around<'_>>>) -> Option<Guard> {
        let around = around?;
        let inner = match &around.link {
            Link::Test(test, true) => self.guard_of(test),
            Link::Test(test, false) => self.guard_of(test).negate(),
            Link::Except(handler) => {
                let text = match &handler.type_ {
                    Some(kind) => format!("except {}", self.written(kind.range())),
                    None => "except".to_owned(),
                };
                Guard::new(text, Binds::Compare)
            }
            Link::Case(subject, pattern) => Guard::new(
                format!(
                    "match {}: case {}",
                    self.written(subject.range()),
                    self.written(pattern.range())
                ),
                Binds::Loose,
            ),
        };
        Guard::and(self.guard(around.outer.as_ref()), Some(inner))
    }
}

/// How tightly an expression binds.
pub(super) fn binds(expr: &Expr) -> Binds {
    match expr {
        Expr::If(_)
        | Expr::Lambda(_)
        | Expr::Named(_)
        | Expr::Yield(_)
        | Expr::YieldFrom(_)
        | Expr::Starred(_) => Binds::Loose,
        Expr::Tuple(tuple) if !tuple.parenthesized => Binds::Loose,
        Expr::BoolOp(op) => match op.op {
            BoolOp::Or => Binds::Or,
            BoolOp::And => Binds::And,
        },
        Expr::UnaryOp(op) if op.op == UnaryOp::Not => Binds::Not,
        Expr::Compare(_) => Binds::Compare,
        Expr::BinOp(op) if op.op != Operator::Pow => Binds::Compare,
        _ => Binds::Tight,
    }
}

/// The truth of an expression that is written out.
pub(super) fn truth(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::BooleanLiteral(literal) => Some(literal.value),
        Expr::NumberLiteral(literal) => match &literal.value {
            ruff_python_ast::Number::Int(int) => int.as_i64().map(|int| int != 0),
            _ => None,
        },
        Expr::NoneLiteral(_) => Some(false),
        Expr::UnaryOp(op) if op.op == UnaryOp::Not => truth(&op.operand).map(|value| !value),
        _ => None,
    }
}
