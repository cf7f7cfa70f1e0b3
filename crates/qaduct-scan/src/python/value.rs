//! Reads expressions as texts and arguments: constants are followed, what only
//! a run can tell stays as written.

use std::rc::Rc;

use ruff_python_ast::{
    Arguments, Expr, ExprCall, ExprFString, FStringPart, InterpolatedStringElement, Operator,
};
use ruff_text_size::Ranged;

use super::facts::{Arg, Piece, Text, Value};
use super::file::File;
use super::guard::binds;
use super::scope::{Binding, Scope, dotted};

/// How many names in a row are followed.
const HOPS: u8 = 8;

impl<'a> File<'a> {
    /// The arguments of a call.
    pub(super) fn args(&self, arguments: &Arguments, scope: &Rc<Scope<'a>>) -> Vec<Arg> {
        let positional = arguments.args.iter().map(|value| match value {
            Expr::Starred(starred) => (Some("*".into()), &*starred.value),
            _ => (None, value),
        });
        let named = arguments.keywords.iter().map(|keyword| {
            let name = keyword.arg.as_ref().map_or("**", |name| name.as_str());
            (Some(name.into()), &keyword.value)
        });
        positional
            .chain(named)
            .map(|(name, value)| self.arg(name, value, scope))
            .collect()
    }

    fn arg(&self, name: Option<Box<str>>, value: &Expr, scope: &Rc<Scope<'a>>) -> Arg {
        Arg {
            name,
            source: self.written(value.range()).into(),
            binds: binds(value),
            value: match value {
                Expr::BooleanLiteral(literal) if literal.value => Value::True,
                Expr::BooleanLiteral(_) => Value::False,
                Expr::NoneLiteral(_) => Value::None,
                Expr::StringLiteral(_) => Value::Text,
                _ => Value::Other,
            },
            text: self.text_of(value, scope),
        }
    }

    /// What an expression says: its text where it is one, else as written.
    pub(super) fn text_of(&self, expr: &Expr, scope: &Rc<Scope<'a>>) -> Text {
        self.constant(expr, scope, HOPS)
            .unwrap_or_else(|| Text::words(self.written(expr.range())))
    }

    /// The text of an expression that is one.
    pub(super) fn constant(&self, expr: &Expr, scope: &Rc<Scope<'a>>, hops: u8) -> Option<Text> {
        let hops = hops.checked_sub(1)?;
        match expr {
            Expr::StringLiteral(literal) => Some(Text::words(literal.value.to_str())),
            Expr::NumberLiteral(_) => Some(Text::words(self.written(expr.range()))),
            Expr::FString(string) => Some(self.interpolated(string, scope, hops)),
            Expr::BinOp(op) if op.op == Operator::Add => {
                let (left, right) = (
                    self.constant(&op.left, scope, hops),
                    self.constant(&op.right, scope, hops),
                );
                if left.is_none() && right.is_none() {
                    return None;
                }
                let side = |text: Option<Text>, expr: &Expr| {
                    text.unwrap_or_else(|| {
                        Text::words(format!("{{{}}}", self.written(expr.range())))
                    })
                };
                let mut text = side(left, &op.left);
                text.0.extend(side(right, &op.right).0);
                Some(text)
            }
            Expr::BinOp(op) if op.op == Operator::Mod => {
                let format = self.constant(&op.left, scope, hops)?.plain()?;
                let values: Vec<&Expr> = match &*op.right {
                    Expr::Tuple(tuple) => tuple.elts.iter().collect(),
                    value => vec![value],
                };
                let values = values
                    .into_iter()
                    .map(|value| self.constant(value, scope, hops)?.plain())
                    .collect::<Option<Vec<_>>>()?;
                percent(&format, &values).map(Text::words)
            }
            Expr::Call(call) => self.call_text(call, scope, hops),
            Expr::Tuple(tuple) if !tuple.elts.is_empty() => self.joined(&tuple.elts, scope, hops),
            Expr::List(list) if !list.elts.is_empty() => self.joined(&list.elts, scope, hops),
            Expr::Named(named) => self.constant(&named.value, scope, hops),
            Expr::Name(_) | Expr::Attribute(_) => self.named_text(expr, scope, hops),
            _ => None,
        }
    }

    /// A tuple of texts: a comma too many, or a list of tickets.
    fn joined(&self, parts: &[Expr], scope: &Rc<Scope<'a>>, hops: u8) -> Option<Text> {
        let mut text = Text::default();
        for part in parts {
            if !text.0.is_empty() {
                text.0.push(Piece::Words(" ".to_owned()));
            }
            text.0.extend(self.constant(part, scope, hops)?.0);
        }
        Some(text)
    }

    fn call_text(&self, call: &ExprCall, scope: &Rc<Scope<'a>>, hops: u8) -> Option<Text> {
        match &*call.func {
            Expr::Attribute(method) if method.attr.as_str() == "format" => {
                let format = self.constant(&method.value, scope, hops)?.plain()?;
                let mut values = Vec::new();
                for value in &call.arguments.args {
                    values.push((None, self.constant(value, scope, hops)?.plain()?));
                }
                for keyword in &call.arguments.keywords {
                    let name = keyword.arg.as_ref()?.to_string();
                    values.push((
                        Some(name),
                        self.constant(&keyword.value, scope, hops)?.plain()?,
                    ));
                }
                braces(&format, &values).map(Text::words)
            }
            func => {
                let (head, attrs) = dotted(func)?;
                let name = attrs.last().copied().unwrap_or(head);
                let unchanged = ["str", "_", "gettext", "dedent", "cleandoc"].contains(&name);
                match (&*call.arguments.args, unchanged) {
                    ([text], true) if call.arguments.keywords.is_empty() => {
                        self.constant(text, scope, hops)
                    }
                    _ => None,
                }
            }
        }
    }

    fn interpolated(&self, string: &ExprFString, scope: &Rc<Scope<'a>>, hops: u8) -> Text {
        let mut text = Text::default();
        for part in &string.value {
            match part {
                FStringPart::Literal(literal) => {
                    text.0.push(Piece::Words(literal.as_str().to_owned()))
                }
                FStringPart::FString(string) => {
                    for element in &string.elements {
                        match element {
                            InterpolatedStringElement::Literal(literal) => {
                                text.0.push(Piece::Words(literal.value.to_string()));
                            }
                            InterpolatedStringElement::Interpolation(value) => {
                                let written = self.written(value.range());
                                let plain =
                                    value.format_spec.is_none() && value.debug_text.is_none();
                                let known = match &*value.expression {
                                    Expr::Name(_) | Expr::Attribute(_) if plain => {
                                        self.constant(&value.expression, scope, hops)
                                    }
                                    _ => None,
                                };
                                match known {
                                    Some(known) => {
                                        text.0.extend(known.0.into_iter().map(|piece| {
                                            // What stays unknown stays in its braces.
                                            match piece {
                                                Piece::Words(words) => Piece::Words(words),
                                                Piece::Constant { path, .. } => Piece::Constant {
                                                    path,
                                                    written: written.clone(),
                                                },
                                                Piece::Param { name, .. } => Piece::Param {
                                                    name,
                                                    written: written.clone(),
                                                },
                                            }
                                        }))
                                    }
                                    None => text.0.push(Piece::Words(written)),
                                }
                            }
                        }
                    }
                }
            }
        }
        text
    }

    fn named_text(&self, expr: &Expr, scope: &Rc<Scope<'a>>, hops: u8) -> Option<Text> {
        let (head, attrs) = dotted(expr)?;
        let (bindings, home) = scope.find(head)?;
        let written = self.written(expr.range());
        match (bindings, attrs.as_slice()) {
            ([Binding::Value(value, _)], []) => self.constant(value, home, hops),
            ([Binding::Param], []) => Some(Text(vec![Piece::Param {
                name: head.to_owned(),
                written,
            }])),
            ([Binding::Import(path)], attrs) => {
                let path = attrs
                    .iter()
                    .fold(path.to_string(), |path, attr| path + "." + attr);
                Some(Text(vec![Piece::Constant { path, written }]))
            }
            ([Binding::Class(class)], [attr]) => {
                let inner = Scope::class(class, home);
                match inner.find(attr) {
                    Some(([Binding::Value(value, _)], found)) if Rc::ptr_eq(found, &inner) => {
                        self.constant(value, &inner, hops)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// `"%s and %d" % values`, as far as it is that simple.
fn percent(format: &str, values: &[String]) -> Option<String> {
    let mut out = String::new();
    let mut values = values.iter();
    let mut chars = format.chars();
    while let Some(each) = chars.next() {
        if each != '%' {
            out.push(each);
            continue;
        }
        match chars.next()? {
            '%' => out.push('%'),
            's' | 'd' | 'i' => out.push_str(values.next()?),
            _ => return None,
        }
    }
    values.next().is_none().then_some(out)
}

/// `"{} and {name}".format(values)`, as far as it is that simple.
fn braces(format: &str, values: &[(Option<String>, String)]) -> Option<String> {
    let mut out = String::new();
    let mut next = 0;
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        let (field, after) = rest.split_once('}').filter(|_| brace == "{")?;
        rest = after;
        let value = if field.is_empty() {
            next += 1;
            values.get(next - 1).filter(|(name, _)| name.is_none())
        } else if let Ok(position) = field.parse::<usize>() {
            values.get(position).filter(|(name, _)| name.is_none())
        } else {
            values
                .iter()
                .find(|(name, _)| name.as_deref() == Some(field))
        };
        out.push_str(&value?.1);
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_constants_are_filled_in() {
        let values = |list: &[&str]| {
            list.iter()
                .map(|value| (*value).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            percent("a %s, %d%%", &values(&["x", "1"])).unwrap(),
            "a x, 1%"
        );
        assert_eq!(percent("a %r", &values(&["x"])), None);
        assert_eq!(percent("a", &values(&["x"])), None);
        let named = [
            (None, "x".to_owned()),
            (Some("n".to_owned()), "y".to_owned()),
        ];
        assert_eq!(braces("{} {0} {n} {{}}", &named).unwrap(), "x x y {}");
        assert_eq!(braces("{:>3}", &named), None);
        assert_eq!(braces("}", &named), None);
    }
}
