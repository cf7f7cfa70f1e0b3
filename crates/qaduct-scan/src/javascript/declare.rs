//! Calls that declare suites and tests, and what about them mutes.

use tree_sitter::Node;

use super::base::{self, Base};
use super::walk::{FUNCTIONS, Walk, frame, is_imported};
use super::{body, options};
use crate::syntax::facts::{Arg, ArgValue, Role, Seen, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Guard, Outline, Place};

/// The title of a declaration.
#[derive(Debug)]
struct Title<'t> {
    text: String,
    dynamic: bool,
    /// The parameter of a function around that it is.
    parameter: Option<Node<'t>>,
}

impl<'a, 't> Walk<'a, 't> {
    /// A call: a declaration, what mutes while a test runs, or any other.
    pub(super) fn call(&mut self, outline: &mut Outline<'a>, node: Node<'t>) {
        let function = node.child_by_field_name("function");
        let args = node.child_by_field_name("arguments");
        let (Some(function), Some(args)) = (function, args) else {
            return self.inside(outline, node);
        };
        if self.in_body(outline, node, function, args) {
            return self.inside(outline, node);
        }
        let base = base::of(function, outline, &self.aliases);
        match base {
            Some(base) if self.declares(outline, node, function, args, &base) => {
                self.declaration(outline, node, function, args, base);
            }
            None if is_lent(outline, function, args) => self.lent(outline, node, function, args),
            _ => self.inside(outline, node),
        }
    }

    /// Whether a call of such a word has the shape of a declaration.
    fn declares(
        &self,
        outline: &Outline<'a>,
        node: Node<'t>,
        function: Node<'t>,
        args: Node<'t>,
        base: &Base<'a, 't>,
    ) -> bool {
        if base.role == Role::Setup {
            return values(args).iter().any(|it| FUNCTIONS.contains(&it.kind()));
        }
        if args.kind() == "template_string" {
            // fixture`title`
            return outline.text(function).starts_with("fixture");
        }
        // `.each(table)` and `.skipIf(condition)` are words of a longer chain.
        let of_chain = node.parent().is_some_and(|it| {
            it.child_by_field_name("function") == Some(node) && it.kind() == "call_expression"
        });
        if function.kind() == "member_expression" {
            let last = function.child_by_field_name("property");
            let last = last.map_or("", |it| outline.text(it));
            if matches!(
                last,
                "each" | "for" | "skipIf" | "runIf" | "extend" | "bind" | "if"
            ) && (last != "if" || !is_title(args, 0))
            {
                return false;
            }
            if outline.text(function).starts_with("fixture") {
                return is_title(args, 0);
            }
        }
        if of_chain {
            return false;
        }
        let values = values(args);
        let Some(first) = values.first() else {
            return false;
        };
        let has_body = values.iter().any(|it| FUNCTIONS.contains(&it.kind()));
        let is_muted = base.mods.iter().any(|it| base::is_mute(it.name));
        let titled = is_title(args, 0);
        let is_strange = |it: &base::Mod<'_, '_>| !base::is_mute(it.name);
        if base
            .mods
            .iter()
            .any(|it| matches!(it.name, "step" | "use" | "info" | "expect"))
        {
            return false;
        }
        if !base.known || base.mods.iter().any(is_strange) {
            // `items.skip("a", b)` and `$.only("x", done => …)` of whatever it is.
            return titled && has_body;
        }
        match first.kind() {
            _ if titled => has_body || values.len() <= 3,
            "identifier"
            | "member_expression"
            | "call_expression"
            | "binary_expression"
            | "spread_element"
            | "subscript_expression"
            | "ternary_expression" => {
                has_body || (is_muted && (values.len() > 1 || first.kind() == "spread_element"))
            }
            // A test may go without a title.
            "arrow_function" | "function_expression" => values.len() == 1 || is_muted,
            "object" => has_body,
            _ => false,
        }
    }

    fn declaration(
        &mut self,
        outline: &mut Outline<'a>,
        node: Node<'t>,
        function: Node<'t>,
        args: Node<'t>,
        base: Base<'a, 't>,
    ) {
        let values = values(args);
        let title = self.title(outline, args, &values, base.each);
        let parent = self.parent(outline, base.role);
        let unit = outline.within(parent, |outline| {
            outline.open_dynamic(base.role, &title.text, title.dynamic, node)
        });
        if outline.text(function).starts_with("fixture") {
            self.fixture = Some(unit);
        }
        if base.role != Role::Setup {
            self.mutes(outline, function, args, &base, unit, &title);
        }
        outline.within(unit, |outline| {
            for value in &values {
                if FUNCTIONS.contains(&value.kind()) {
                    let frame = frame(outline, *value, "", true);
                    self.frames.push(frame);
                    self.inside(outline, *value);
                    self.frames.pop();
                } else if value.kind() == "object" {
                    self.details(outline, *value);
                } else {
                    self.visit(outline, *value);
                }
            }
        });
    }

    /// A test, if another file lends a word that declares it: `flaky("title", () => …)`. What
    /// stands in it is walked as if nobody did, so that nothing is named by a guess.
    fn lent(
        &mut self,
        outline: &mut Outline<'a>,
        node: Node<'t>,
        function: Node<'t>,
        args: Node<'t>,
    ) {
        let title = self.title(outline, args, &values(args), false);
        let parent = self.parent(outline, Role::Test);
        let unit = outline.within(parent, |outline| {
            outline.open_dynamic(Role::Test, &title.text, title.dynamic, node)
        });
        let place = Place::new(Usage::Call, outline.text(function), function, function);
        outline.place(place.on(unit));
        self.inside(outline, node);
    }

    /// An object behind a title: in some projects the body of the test stands in it.
    fn details(&mut self, outline: &mut Outline<'a>, object: Node<'t>) {
        for pair in options::children(object) {
            match options::pair_of(outline, pair) {
                Some((key, value))
                    if matches!(&*key, "test" | "fn") && FUNCTIONS.contains(&value.kind()) =>
                {
                    let frame = frame(outline, value, "", true);
                    self.frames.push(frame);
                    self.inside(outline, value);
                    self.frames.pop();
                }
                _ => self.visit(outline, pair),
            }
        }
    }

    /// What a declaration stands in: functions are no part of its name.
    fn parent(&self, outline: &Outline<'a>, role: Role) -> UnitId {
        let mut unit = outline.here();
        while unit != UnitId::FILE
            && matches!(outline.unit(unit).role, Role::Function | Role::Setup)
        {
            unit = outline.unit(unit).parent;
        }
        match self.fixture {
            Some(fixture) if unit == UnitId::FILE && role == Role::Test => fixture,
            _ => unit,
        }
    }

    fn title(
        &self,
        outline: &Outline<'a>,
        args: Node<'t>,
        values: &[Node<'t>],
        each: bool,
    ) -> Title<'t> {
        if args.kind() == "template_string" {
            return Title {
                text: outline.value(args).as_str().to_owned(),
                dynamic: has_substitution(args),
                parameter: None,
            };
        }
        let Some(&first) = values.first() else {
            return Title {
                text: String::new(),
                dynamic: false,
                parameter: None,
            };
        };
        if FUNCTIONS.contains(&first.kind()) || first.kind() == "object" {
            let name = first.child_by_field_name("name");
            return Title {
                text: name.map_or("", |it| outline.text(it)).to_owned(),
                dynamic: false,
                parameter: None,
            };
        }
        let value = outline.value(first);
        let dynamic = match (&value, first.kind()) {
            (_, "template_string") => has_substitution(first),
            (ArgValue::Text(text), _) => each && (text.contains('%') || text.contains('$')),
            (ArgValue::Code(_), _) => true,
        };
        let named = match first.kind() {
            "spread_element" => first.named_child(0),
            _ => Some(first),
        };
        let parameter = named.filter(|it| {
            it.kind() == "identifier"
                && self.frames.last().is_some_and(|frame| {
                    !frame.of_unit && frame.params.contains(&outline.text(*it))
                })
        });
        Title {
            text: value.as_str().to_owned(),
            dynamic,
            parameter,
        }
    }

    /// What about a declaration mutes it.
    fn mutes(
        &mut self,
        outline: &mut Outline<'a>,
        function: Node<'t>,
        args: Node<'t>,
        base: &Base<'a, 't>,
        unit: UnitId,
        title: &Title<'t>,
    ) {
        let around = body::guard(function, outline);
        // A function that declares what it is given mutes whoever calls it.
        let wrapper = self.frames.iter().rev().find(|it| !it.name.is_empty());
        let wrapper = wrapper
            .filter(|it| !it.of_unit && title.parameter.is_some())
            .map(|it| it.name);
        let issues = options::issues(outline, args);
        let mut muted = false;
        for it in &base.mods {
            let given = it.args.or((it.name == "if").then_some(args));
            let mut its = given
                .map(|it| body::arguments(outline, it))
                .unwrap_or_default();
            its.extend(issues.iter().cloned());
            let name = base.form(it.name);
            let guard = both(around.clone(), it.condition.as_deref(), function);
            let place = Place::new(Usage::Modifier, name, function, it.word)
                .args(its)
                .guard(guard)
                .on(unit);
            if let Some(wrapper) = wrapper {
                muted |= outline.lend(wrapper, place);
                continue;
            }
            let Some(form) = outline
                .forms
                .find(Usage::Modifier, &place.name, outline.imports())
            else {
                continue;
            };
            let ineffective = it.args.and_then(|args| never(outline, args, it.name));
            let mut sighting = outline.sighting(Seen::Form(form), place);
            sighting.heuristic = !base.known;
            sighting.ineffective = ineffective.map(Into::into);
            outline.add(sighting);
            muted = true;
        }
        if wrapper.is_some() {
            return;
        }
        muted |= options::options(outline, args, unit, &issues);
        let values = values(args);
        let is_alone = values.len() == 1
            && is_title(args, 0)
            && args.kind() == "arguments"
            && is_statement(function);
        if base.known && !muted && is_alone && base.role == Role::Test && base.mods.is_empty() {
            let place = Place::new(Usage::Modifier, "test.pending", function, function).on(unit);
            muted = outline.place(place);
        }
        // A name that another file lends.
        if !muted && !base.known && base.mods.is_empty() {
            let word = match function.kind() {
                "call_expression" => function.child_by_field_name("function"),
                _ => Some(function),
            };
            if let Some(word) = word.filter(|it| it.kind() == "identifier") {
                let place = Place::new(Usage::Call, outline.text(word), function, word);
                outline.place(place.on(unit));
            }
        }
    }
}

/// Whether nothing is done with what a call gives: a declaration is for its effect, while a
/// function that has the short name of one gives something back.
fn is_statement(function: Node<'_>) -> bool {
    let call = function.parent();
    let around = call.and_then(|it| it.parent());
    around.is_some_and(|it| matches!(it.kind(), "expression_statement" | "arrow_function"))
}

/// Whether a call has the shape of a declaration by a word that another file may lend.
pub(super) fn is_lent(outline: &Outline<'_>, function: Node<'_>, args: Node<'_>) -> bool {
    let first = match function.kind() {
        "member_expression" => function
            .child_by_field_name("object")
            .filter(|it| it.kind() == "identifier"),
        "identifier" => Some(function),
        _ => None,
    };
    outline.is_thorough()
        && first.is_some_and(|it| is_imported(outline.imports(), outline.text(it)))
        && is_title(args, 0)
        && values(args).iter().any(|it| FUNCTIONS.contains(&it.kind()))
}

/// The arguments of a call, without comments.
pub(super) fn values(args: Node<'_>) -> Vec<Node<'_>> {
    if args.kind() != "arguments" {
        return Vec::new();
    }
    let mut cursor = args.walk();
    let each = args.named_children(&mut cursor);
    each.filter(|it| !it.is_extra()).collect()
}

/// Whether an argument is a text, as titles are.
pub(super) fn is_title(args: Node<'_>, at: usize) -> bool {
    let values = values(args);
    let Some(value) = values.get(at) else {
        return false;
    };
    is_text(*value)
}

fn is_text(value: Node<'_>) -> bool {
    match value.kind() {
        "string" | "template_string" => true,
        "binary_expression" if has_sign(value, "+") => {
            let side = |field| value.child_by_field_name(field).is_some_and(is_text);
            side("left") || side("right")
        }
        "parenthesized_expression" | "as_expression" => value.named_child(0).is_some_and(is_text),
        _ => false,
    }
}

fn has_sign(expression: Node<'_>, sign: &str) -> bool {
    let operator = expression.child_by_field_name("operator");
    operator.is_some_and(|it| it.kind() == sign)
}

fn has_substitution(template: Node<'_>) -> bool {
    let mut cursor = template.walk();
    template
        .named_children(&mut cursor)
        .any(|it| it.kind() == "template_substitution")
}

/// The conditions around a declaration and of its word together.
fn both(around: Option<Guard>, own: Option<&str>, function: Node<'_>) -> Option<Guard> {
    match (around, own) {
        (Some(around), Some(own)) => Some(Guard {
            text: format!("{} and {own}", around.text),
            ..around
        }),
        (around, None) => around,
        (None, Some(own)) => Some(Guard {
            text: own.to_owned(),
            line: crate::syntax::source::line(function),
        }),
    }
}

/// Why `.skipIf(false)` and `.runIf(true)` mute nothing.
fn never(outline: &Outline<'_>, args: Node<'_>, name: &str) -> Option<&'static str> {
    let value = values(args);
    let value = outline.text(*value.first()?);
    match (name, value) {
        ("skipIf", "false") | ("runIf", "true") => Some("its condition never holds"),
        _ => None,
    }
}

/// An argument with a name and a text.
pub(super) fn text_arg(name: &str, text: &str) -> Arg {
    Arg {
        name: name.into(),
        value: ArgValue::Text(text.into()),
    }
}
