//! What mutes while a test or what sets it up runs: `this.skip()`, `t.skip("why")`,
//! `pending("why")`, `test.skip(condition, "why")` of Playwright.

use tree_sitter::Node;

use super::base;
use super::declare::{is_lent, is_title, values};
use super::options;
use super::walk::{FUNCTIONS, Walk, is_imported};
use crate::syntax::facts::{Arg, ArgValue, Role, Seen, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::guard::{self, Branching, Labels};
use crate::syntax::outline::{Guard, Outline, Place};
use crate::syntax::source::one_line;

const BRANCHINGS: &[Branching] = &[
    Branching::usual("if_statement"),
    Branching::usual("ternary_expression"),
    Branching::operator("binary_expression"),
    Branching::switch("switch_statement", "value", Labels::Field("value"), true),
    Branching::caught("catch_clause", "catch", "", "body"),
];

/// The condition around a node.
pub(super) fn guard(node: Node<'_>, outline: &Outline<'_>) -> Option<Guard> {
    guard::after_returns(node, outline, BRANCHINGS, FUNCTIONS, &["return_statement"])
}

/// The arguments of a call.
pub(super) fn arguments(outline: &Outline<'_>, args: Node<'_>) -> Vec<Arg> {
    values(args).into_iter().map(|it| outline.arg(it)).collect()
}

impl<'a, 't> Walk<'a, 't> {
    /// Notes what a call mutes while it runs. Whether it may.
    pub(super) fn in_body(
        &mut self,
        outline: &mut Outline<'a>,
        node: Node<'t>,
        function: Node<'t>,
        args: Node<'t>,
    ) -> bool {
        match function.kind() {
            "identifier" => self.plain(outline, node, function, args),
            "member_expression" => self.member(outline, node, function, args),
            _ => false,
        }
    }

    /// `pending("why")`, `skip("why")` of what a test is given, a helper of another file.
    fn plain(
        &mut self,
        outline: &mut Outline<'a>,
        node: Node<'t>,
        word: Node<'t>,
        args: Node<'t>,
    ) -> bool {
        let name = outline.text(word);
        let is_given = self
            .frames
            .iter()
            .any(|it| it.of_unit && it.parts.contains(&name));
        let name = match name {
            "skip" if is_given => "t.skip",
            "pending" if outline.is_in(Role::Test) || outline.is_in(Role::Setup) => "pending",
            "skipOn" | "onlyOn" => name,
            "skip" | "pending" | "test" | "it" | "describe" | "expect" => return false,
            // What a function is called before it has a test around it says nothing.
            _ if outline.here() == UnitId::FILE
                || self.is_declaring(outline, word)
                || is_lent(outline, word, args) =>
            {
                return false;
            }
            _ => name,
        };
        let its = match name {
            "t.skip" => asked_and_said(outline, args),
            _ => arguments(outline, args),
        };
        noted(outline, name, node, word, its)
    }

    fn is_declaring(&self, outline: &Outline<'a>, word: Node<'t>) -> bool {
        base::of(word, outline, &self.aliases).is_some()
    }

    fn member(
        &mut self,
        outline: &mut Outline<'a>,
        node: Node<'t>,
        function: Node<'t>,
        args: Node<'t>,
    ) -> bool {
        let object = function.child_by_field_name("object");
        let word = function.child_by_field_name("property");
        let (Some(object), Some(word)) = (object, word) else {
            return false;
        };
        let name = outline.text(word);
        if !matches!(
            name,
            "skip"
                | "todo"
                | "fixme"
                | "fail"
                | "retries"
                | "retryTimes"
                | "configure"
                | "skipOn"
                | "onlyOn"
        ) {
            return false;
        }
        let receiver = outline.text(object);
        let path = match (object.kind(), name) {
            ("this", "skip" | "retries") if self.has_tests_this() => format!("this.{name}"),
            ("member_expression", "skip")
                if matches!(receiver, "this.test" | "this.currentTest")
                    && self.has_tests_this() =>
            {
                "this.skip".to_owned()
            }
            ("identifier", "skip" | "retries") if self.is_this(receiver) => format!("this.{name}"),
            ("identifier", "retryTimes") if receiver == "jest" => "jest.retryTimes".to_owned(),
            ("identifier", "skipOn" | "onlyOn") if receiver == "cy" => name.to_owned(),
            (_, "configure") => return self.configured(outline, node, object, word, args),
            ("identifier", "skip" | "todo" | "fixme" | "fail" | "retries")
                if self.is_given(receiver) && !self.is_shaped(args) =>
            {
                format!("t.{name}")
            }
            // t.is.skip(…)
            ("member_expression", "skip")
                if object
                    .child_by_field_name("object")
                    .is_some_and(|it| self.is_given(outline.text(it))) =>
            {
                "t.assertion.skip".to_owned()
            }
            ("identifier" | "member_expression", "skip" | "fixme" | "fail") => {
                return self.of_playwright(outline, node, object, word, args);
            }
            _ => return false,
        };
        let its = match &*path {
            "t.skip" => asked_and_said(outline, args),
            _ => arguments(outline, args),
        };
        if matches!(&*path, "this.retries" | "jest.retryTimes" | "t.retries")
            && its.first().is_some_and(|it| it.value.as_str() == "0")
        {
            return false;
        }
        noted(outline, &path, node, word, its)
    }

    /// Whether `this` is that of a test, of what sets it up, or of a helper that skips.
    pub(super) fn has_tests_this(&self) -> bool {
        let its = self.frames.iter().rev().find(|it| it.has_this);
        let Some(its) = its else { return false };
        let name = its.name.to_lowercase();
        its.of_unit
            || ["skip", "require", "only", "unless", "pending", "ifno"]
                .iter()
                .any(|it| name.contains(it))
    }

    /// Whether a name stands for the `this` of a test.
    fn is_this(&self, name: &str) -> bool {
        self.frames.iter().any(|it| it.selves.contains(&name))
    }

    /// Whether a name is what a test is given: its first parameter, or its second.
    fn is_given(&self, name: &str) -> bool {
        self.frames.iter().rev().any(|frame| {
            let at = frame.params.iter().position(|it| *it == name);
            match at {
                Some(0 | 1) if frame.of_unit => true,
                Some(_) => {
                    matches!(name, "t" | "ctx" | "context" | "testInfo" | "testContext")
                        && !frame.name.is_empty()
                }
                None => false,
            }
        })
    }

    /// Whether the arguments are those of a declaration: a title and a function.
    fn is_shaped(&self, args: Node<'t>) -> bool {
        let values = values(args);
        is_title(args, 0)
            && values
                .iter()
                .skip(1)
                .any(|it| FUNCTIONS.contains(&it.kind()))
    }

    /// `test.skip()`, `test.fixme(condition, "why")`, `test.fail(() => …, "why")`.
    fn of_playwright(
        &mut self,
        outline: &mut Outline<'a>,
        node: Node<'t>,
        object: Node<'t>,
        word: Node<'t>,
        args: Node<'t>,
    ) -> bool {
        let Some(base) = base::of(object, outline, &self.aliases) else {
            return false;
        };
        let is_test = base.role == Role::Test
            && base.mods.is_empty()
            && (base.known || self.frames.iter().any(|it| it.of_unit))
            && !self.is_of_another(outline, outline.text(object));
        let values = values(args);
        let with_body = values.len() > 1
            && values
                .last()
                .is_some_and(|it| FUNCTIONS.contains(&it.kind()));
        // What a wrapper was given is handed on: a declaration.
        let handed_on = values
            .first()
            .is_some_and(|it| it.kind() == "spread_element");
        let is_declared = is_title(args, 0) || with_body || handed_on;
        if !is_test || is_declared || args.kind() != "arguments" {
            return false;
        }
        let path = format!("{}()", base.form(outline.text(word)));
        let Some(form) = outline.forms.find(Usage::Call, &path, outline.imports()) else {
            return false;
        };
        let mut its = Vec::new();
        let mut ineffective = None;
        for (at, value) in values.iter().enumerate() {
            match (at, value.kind()) {
                (0, "true") => {}
                (0, "false") => ineffective = Some("its condition never holds"),
                (0, _) => {
                    let asked = match value.child_by_field_name("body") {
                        Some(body) if FUNCTIONS.contains(&value.kind()) => asked(body),
                        _ => *value,
                    };
                    its.push(Arg {
                        name: "condition".into(),
                        value: ArgValue::Code(one_line(outline.text(asked)).into()),
                    });
                }
                _ => its.push(Arg {
                    name: "reason".into(),
                    value: outline.value(*value),
                }),
            }
        }
        let guard = guard(node, outline);
        let place = Place::new(Usage::Call, path, node, word)
            .args(its)
            .guard(guard);
        let mut sighting = outline.sighting(Seen::Form(form), place);
        sighting.alias = None;
        sighting.ineffective = ineffective.map(Into::into);
        outline.add(sighting);
        true
    }

    /// Whether a name is a word that other frameworks have and Playwright has not, unless a file
    /// gives it: `import { test as it }`, `import { it } from "./fixtures"`.
    fn is_of_another(&self, outline: &Outline<'a>, name: &str) -> bool {
        matches!(name, "it" | "specify" | "t")
            && !self.aliases.contains_key(name)
            && !is_imported(outline.imports(), name)
    }

    /// `test.describe.configure({ retries: 3 })`.
    fn configured(
        &mut self,
        outline: &mut Outline<'a>,
        _: Node<'t>,
        object: Node<'t>,
        _: Node<'t>,
        args: Node<'t>,
    ) -> bool {
        let base = base::of(object, outline, &self.aliases);
        base.is_some_and(|base| {
            base.role == Role::Suite && options::options(outline, args, outline.here(), &[])
        })
    }
}

/// Notes a call that mutes; whether it may.
fn noted<'t>(
    outline: &mut Outline<'_>,
    name: &str,
    node: Node<'t>,
    word: Node<'t>,
    mut args: Vec<Arg>,
) -> bool {
    let form = outline.forms.find(Usage::Call, name, outline.imports());
    if form.is_none() && !outline.is_thorough() {
        return false;
    }
    let is = |text: &str| {
        args.iter()
            .any(|it| &*it.name == "condition" && it.value.as_str() == text)
    };
    let (always, never) = (is("true"), is("false"));
    if always {
        args.retain(|it| &*it.name != "condition");
    }
    let place = Place::new(Usage::Call, name, node, word)
        .args(args)
        .guard(guard(node, outline));
    match form {
        Some(form) if never => {
            let mut sighting = outline.sighting(Seen::Form(form), place);
            sighting.ineffective = Some("its condition never holds".into());
            outline.add(sighting);
            true
        }
        _ => outline.place(place),
    }
}

/// The arguments of a `skip` that may ask for a condition first: `skip(condition, "why")`.
fn asked_and_said(outline: &Outline<'_>, args: Node<'_>) -> Vec<Arg> {
    let mut its = arguments(outline, args);
    let says = |it: &Node<'_>| {
        matches!(
            it.kind(),
            "string" | "template_string" | "binary_expression" | "true"
        )
    };
    let first = values(args).first().is_some_and(says);
    match &mut *its {
        [condition, reason] => {
            condition.name = "condition".into();
            reason.name = "reason".into();
        }
        [condition] if !first => condition.name = "condition".into(),
        _ => {}
    }
    its
}

/// What a function that asks for a condition gives back.
fn asked(body: Node<'_>) -> Node<'_> {
    if body.kind() != "statement_block" {
        return body;
    }
    let only = body
        .named_child(0)
        .filter(|_| body.named_child_count() == 1);
    only.filter(|it| it.kind() == "return_statement")
        .and_then(|it| it.named_child(0))
        .unwrap_or(body)
}
