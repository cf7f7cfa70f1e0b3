//! On what a method is called: `t.Skip()` skips a test where `t` is one of package `testing`,
//! and something else on a reader of bytes.

use tree_sitter::Node;

use super::imports;
use crate::syntax::outline::Outline;

/// Whose method a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Receiver {
    /// A test of package `testing`, or what looks like one from outside.
    Testing,
    /// The input of a fuzz test, which a skip passes over.
    FuzzInput,
    /// A test of gocheck.
    Check,
    /// Something that may be one, by its name alone.
    Perhaps,
}

/// The type of the only parameter of a function, if it is one of a test: `testing.T`.
pub(super) fn only_parameter(outline: &Outline<'_>, function: Node<'_>) -> Option<&'static str> {
    let list = function.child_by_field_name("parameters")?;
    if parameters(function) != 1 {
        return None;
    }
    let mut cursor = list.walk();
    let only = list
        .named_children(&mut cursor)
        .find(|it| it.kind() == "parameter_declaration")?;
    let its = bare(outline.text(only.child_by_field_name("type")?));
    let known = ["testing.T", "testing.B", "testing.F", "testing.TB"];
    let known = known.into_iter().find(|it| *it == its);
    // gocheck, with and without its package in front.
    let is_other = is_check(outline, its) || is_quicktest(outline, its, "C");
    known.or_else(|| is_other.then_some("check.C"))
}

/// How many parameters a function takes.
pub(super) fn parameters(function: Node<'_>) -> usize {
    let Some(list) = function.child_by_field_name("parameters") else {
        return 0;
    };
    let mut cursor = list.walk();
    let each = list.named_children(&mut cursor).filter(|it| !it.is_extra());
    each.map(|it| {
        let names = it.children_by_field_name("name", &mut it.walk()).count();
        names.max(1)
    })
    .sum()
}

/// The name of the type of which a function is a method.
pub(super) fn of_method<'a>(outline: &Outline<'a>, method: Node<'_>) -> Option<&'a str> {
    let list = method.child_by_field_name("receiver")?;
    let only = list.named_child(0)?;
    let name = bare(outline.text(only.child_by_field_name("type")?));
    Some(name.split('[').next().unwrap_or(name))
}

/// A type without the signs of a pointer or a variadic parameter.
fn bare(name: &str) -> &str {
    name.trim_start_matches(['*', '.', ' ', '('])
}

fn is_check(outline: &Outline<'_>, name: &str) -> bool {
    let imports = |path: &str| outline.imports().iter().any(|it| it.contains(path));
    match name {
        "check.C" | "gc.C" | "gocheck.C" | "C" | "chk.C" => imports("check"),
        _ => false,
    }
}

/// Whether a path is this name of quicktest, whose `C` has all methods of a test of `testing`.
fn is_quicktest(outline: &Outline<'_>, path: &str, name: &str) -> bool {
    match path.rsplit_once('.') {
        Some((package, last)) => {
            last == name && imports::canonical(outline.imports(), package) == Some("quicktest")
        }
        None => {
            let mut dotted = imports::dotted(outline.imports());
            path == name && dotted.any(|it| it.ends_with("/quicktest"))
        }
    }
}

/// Whose method is called on `operand`; `None` where that is no test.
pub(super) fn of(outline: &Outline<'_>, operand: Node<'_>) -> Option<Receiver> {
    match operand.kind() {
        "identifier" => variable(outline, operand),
        "call_expression" => {
            let callee = operand.child_by_field_name("function")?;
            let name = outline.text(callee);
            if is_quicktest(outline, name, "New") {
                return Some(Receiver::Testing);
            }
            let last = name.rsplit('.').next().unwrap_or(name);
            matches!(last, "T" | "TB" | "GinkgoT" | "GinkgoTB").then_some(Receiver::Testing)
        }
        "selector_expression" => {
            let field = operand.child_by_field_name("field")?;
            match outline.text(field) {
                "T" | "TB" | "t" | "tb" | "TestingT" | "testingT" => Some(Receiver::Testing),
                "B" | "b" | "F" | "f" | "C" | "c" | "testing" | "Testing" => {
                    Some(Receiver::Perhaps)
                }
                _ => None,
            }
        }
        "parenthesized_expression" => of(outline, operand.named_child(0)?),
        "unary_expression" => of(outline, operand.child_by_field_name("operand")?),
        // `&check{t, name}`: what is made of a test and bears its methods.
        "composite_literal" => {
            let body = operand.child_by_field_name("body")?;
            let mut cursor = body.walk();
            let mut each = body.named_children(&mut cursor);
            let holds = each.any(|it| holds_test(outline, it));
            holds.then_some(Receiver::Perhaps)
        }
        _ => None,
    }
}

/// Whether an element of a literal is a test that lends its methods: `t`, `T: t`.
fn holds_test(outline: &Outline<'_>, element: Node<'_>) -> bool {
    let value = match element.kind() {
        "keyed_element" => {
            let key = element.named_child(0);
            let lends = key.is_some_and(|it| matches!(outline.text(it), "T" | "TB" | "B" | "F"));
            element.named_child(1).filter(|_| lends)
        }
        _ => Some(element),
    };
    let value = value.and_then(|it| it.named_child(0));
    value.is_some_and(|it| it.kind() == "identifier" && of(outline, it) == Some(Receiver::Testing))
}

/// What a name stands for where it is used.
fn variable(outline: &Outline<'_>, used: Node<'_>) -> Option<Receiver> {
    let name = outline.text(used);
    let mut inner = used;
    for outer in outline.around(used) {
        match outer.kind() {
            "function_declaration" | "method_declaration" | "func_literal" => {
                let lists = ["parameters", "receiver"];
                let lists = lists.iter().filter_map(|it| outer.child_by_field_name(it));
                for list in lists {
                    if let Some(its) = parameter(outline, list, name) {
                        return of_type(outline, its, outer);
                    }
                }
            }
            "block" | "statement_list" => {
                if let Some(value) = assigned(outline, outer, inner, name) {
                    return of(outline, value);
                }
            }
            _ => {}
        }
        inner = outer;
    }
    None
}

/// The type of a parameter of this name.
fn parameter<'t>(outline: &Outline<'_>, list: Node<'t>, name: &str) -> Option<Node<'t>> {
    let mut cursor = list.walk();
    let mut each = list.named_children(&mut cursor);
    let its = each.find(|it| {
        let mut cursor = it.walk();
        it.children_by_field_name("name", &mut cursor)
            .any(|it| outline.text(it) == name)
    });
    its?.child_by_field_name("type")
}

/// What was assigned to a name in the statements before this one.
fn assigned<'t>(
    outline: &Outline<'_>,
    block: Node<'t>,
    before: Node<'t>,
    name: &str,
) -> Option<Node<'t>> {
    let mut cursor = block.walk();
    let each = block.named_children(&mut cursor);
    let mut each = each.take_while(|it| it.start_byte() < before.start_byte());
    let its = each.find(|it| {
        it.kind() == "short_var_declaration"
            && it
                .child_by_field_name("left")
                .is_some_and(|left| outline.text(left) == name)
    })?;
    its.child_by_field_name("right")?.named_child(0)
}

fn of_type(outline: &Outline<'_>, its: Node<'_>, function: Node<'_>) -> Option<Receiver> {
    let name = bare(outline.text(its));
    if is_check(outline, name) {
        return Some(Receiver::Check);
    }
    if is_quicktest(outline, name, "C") {
        return Some(Receiver::Testing);
    }
    match name {
        "testing.T" if is_fuzz(outline, function) => return Some(Receiver::FuzzInput),
        "testing.T" | "testing.B" | "testing.F" | "testing.TB" => return Some(Receiver::Testing),
        _ => {}
    }
    if its.kind() == "interface_type" {
        return name.contains("Skip").then_some(Receiver::Testing);
    }
    let last = name.rsplit('.').next().unwrap_or(name);
    let last = last.split('[').next().unwrap_or(last);
    match last {
        "T" | "TB" | "B" | "F" | "TestingT" | "TestingTB" | "GinkgoTInterface" | "TestingB" => {
            Some(Receiver::Testing)
        }
        _ => {
            let lower = last.to_ascii_lowercase();
            let is_alike = ["test", "suite", "bench", "check", "tcontext"]
                .iter()
                .any(|it| lower.contains(it));
            (is_alike || last == "C" || last == "TC").then_some(Receiver::Perhaps)
        }
    }
}

/// Whether a function is the one that a fuzz test calls with each input.
fn is_fuzz(outline: &Outline<'_>, function: Node<'_>) -> bool {
    let call = function.parent().and_then(|it| it.parent());
    let callee = call.and_then(|it| it.child_by_field_name("function"));
    let field = callee.and_then(|it| it.child_by_field_name("field"));
    function.kind() == "func_literal" && field.is_some_and(|it| outline.text(it) == "Fuzz")
}
