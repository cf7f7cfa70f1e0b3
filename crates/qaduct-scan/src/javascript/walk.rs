//! The way through a file: aliases before their use, calls, functions and what they hold.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::base::{self, Aliases, Base};
use super::{body, exports};
use crate::syntax::facts::{Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Guard, Outline, Place};

/// Kinds of nodes that are functions.
pub(super) const FUNCTIONS: &[&str] = &[
    "arrow_function",
    "function_declaration",
    "function_expression",
    "generator_function",
    "generator_function_declaration",
    "method_definition",
];

/// What stands before the names that a file imports, among its imports.
pub(super) const NAME: &str = "name ";

/// What a walk knows beside the outline.
#[derive(Default)]
pub(super) struct Walk<'a, 't> {
    /// Names that declare.
    pub(super) aliases: Aliases<'a, 't>,
    /// The functions around, the outer first.
    pub(super) frames: Vec<Frame<'a>>,
    /// The fixture of `TestCafe` that stands above: its tests follow it.
    pub(super) fixture: Option<UnitId>,
    /// Names of the file, and those by which others get them.
    exports: FxHashMap<&'a str, &'a str>,
}

/// A function around the place.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// Whether a test or what sets it up has this function as its body.
    pub(super) of_unit: bool,
    /// Whether `this` is its own.
    pub(super) has_this: bool,
    /// Its name, where it has one.
    pub(super) name: &'a str,
    /// The names of its parameters; those that take a parameter apart are in `parts`.
    pub(super) params: Vec<&'a str>,
    /// The names that it takes out of its first parameter.
    pub(super) parts: Vec<&'a str>,
    /// The names under which it keeps its `this`.
    pub(super) selves: Vec<&'a str>,
}

impl<'a, 't> Walk<'a, 't> {
    /// Walks a file.
    pub(super) fn file(mut self, outline: &mut Outline<'a>, root: Node<'t>) {
        self.exports = exports::of(root, outline);
        outline.children(root, |outline, node| self.visit(outline, node));
    }

    /// Walks what is in a node.
    pub(super) fn inside(&mut self, outline: &mut Outline<'a>, node: Node<'t>) {
        outline.children(node, |outline, child| self.visit(outline, child));
    }

    pub(super) fn visit(&mut self, outline: &mut Outline<'a>, node: Node<'t>) {
        if !node.is_named() {
            return;
        }
        match node.kind() {
            "import_statement" => self.import(outline, node),
            "variable_declarator" => self.variable(outline, node),
            "assignment_expression" => self.assignment(outline, node),
            "call_expression" => self.call(outline, node),
            "comment" | "string" | "regex" => {}
            kind if FUNCTIONS.contains(&kind) => self.function(outline, node, ""),
            _ => self.inside(outline, node),
        }
    }

    fn import(&mut self, outline: &mut Outline<'a>, node: Node<'t>) {
        let Some(source) = node.child_by_field_name("source") else {
            return;
        };
        let package = outline.text(source).trim_matches(['"', '\'']);
        let mut cursor = node.walk();
        let Some(clause) = node
            .named_children(&mut cursor)
            .find(|it| it.kind() == "import_clause")
        else {
            return;
        };
        let mut cursor = clause.walk();
        for part in clause.named_children(&mut cursor) {
            match part.kind() {
                "identifier" => self.imported(outline, package, "default", part),
                "namespace_import" => {
                    if let Some(local) = part.named_child(0) {
                        outline.import(&format!("{NAME}{}", outline.text(local)));
                    }
                }
                "named_imports" => {
                    let mut cursor = part.walk();
                    for each in part.named_children(&mut cursor) {
                        let Some(name) = each.child_by_field_name("name") else {
                            continue;
                        };
                        let alias = each.child_by_field_name("alias").unwrap_or(name);
                        self.imported(outline, package, outline.text(name), alias);
                    }
                }
                _ => {}
            }
        }
    }

    fn imported(&mut self, outline: &mut Outline<'a>, package: &str, name: &str, local: Node<'t>) {
        let written = outline.text(local);
        outline.import(&format!("{NAME}{written}"));
        // What keeps its name is known by it.
        if let Some(base) = base::imported(package, name, local)
            && (name != written || base::is_no_global(name))
        {
            self.aliases.insert(written, base);
        }
    }

    /// `const itIf = cond ? it : it.skip`, `const { skip } = require("qunit")`.
    fn variable(&mut self, outline: &mut Outline<'a>, node: Node<'t>) {
        let name = node.child_by_field_name("name");
        let value = node.child_by_field_name("value");
        let (Some(name), Some(value)) = (name, value) else {
            return self.inside(outline, node);
        };
        match (name.kind(), value.kind()) {
            ("identifier", kind) if FUNCTIONS.contains(&kind) => {
                let text = outline.text(name);
                if let Some(given) = given_back(value) {
                    self.alias(outline, name, given, node);
                    let parameter = frame(outline, value, text, false).params;
                    if let Some(alias) = self.aliases.get_mut(text) {
                        alias.asks = Some(parameter.first().copied().unwrap_or_default());
                    }
                }
                self.function(outline, value, text);
            }
            ("identifier", "this") => {
                if self.has_tests_this()
                    && let Some(frame) = self.frames.last_mut()
                {
                    frame.selves.push(outline.text(name));
                }
            }
            ("identifier", _) => {
                if is_require(outline, value) {
                    outline.import(&format!("{NAME}{}", outline.text(name)));
                }
                self.alias(outline, name, value, node);
                self.visit(outline, value);
            }
            ("object_pattern", "call_expression") => {
                self.taken_apart(outline, name, value);
                self.inside(outline, node);
            }
            _ => self.inside(outline, node),
        }
    }

    /// `const { test: it, skip } = require("node:test")`.
    fn taken_apart(&mut self, outline: &mut Outline<'a>, pattern: Node<'t>, call: Node<'t>) {
        if !is_require(outline, call) {
            return;
        }
        let args = call.child_by_field_name("arguments");
        let Some(package) = args.and_then(|it| it.named_child(0)) else {
            return;
        };
        let package = outline.text(package).trim_matches(['"', '\'']);
        let mut cursor = pattern.walk();
        for part in pattern.named_children(&mut cursor) {
            match part.kind() {
                "shorthand_property_identifier_pattern" => {
                    self.imported(outline, package, outline.text(part), part);
                }
                "pair_pattern" => {
                    let key = part.child_by_field_name("key");
                    let value = part.child_by_field_name("value");
                    if let (Some(key), Some(value)) = (key, value) {
                        self.imported(outline, package, outline.text(key), value);
                    }
                }
                _ => {}
            }
        }
    }

    /// `let its = it; if (cond) its = it.skip;`.
    fn assignment(&mut self, outline: &mut Outline<'a>, node: Node<'t>) {
        let left = node.child_by_field_name("left");
        let right = node.child_by_field_name("right");
        let (Some(left), Some(right)) = (left, right) else {
            return;
        };
        if let Some((theirs, value)) = exports::assigned(node, outline) {
            let given = match (theirs, value.kind()) {
                (Some(theirs), _) => vec![(theirs, value)],
                (None, "object") => exports::pairs(value, outline),
                _ => Vec::new(),
            };
            for (theirs, value) in given.into_iter().filter(|it| it.1.kind() != "identifier") {
                if let Some(base) = base::of(value, outline, &self.aliases) {
                    lend(outline, theirs, &base, value, value);
                }
            }
        }
        // it.skip("title", …).skipReason = "why"
        if left.kind() == "member_expression" {
            self.inside(outline, left);
        }
        if FUNCTIONS.contains(&right.kind()) {
            let name = match left.kind() {
                "member_expression" => left.child_by_field_name("property").unwrap_or(left),
                _ => left,
            };
            return self.function(outline, right, outline.text(name));
        }
        if left.kind() == "identifier"
            && let Some(mut base) = base::of(right, outline, &self.aliases)
            && base.mods.iter().any(|it| base::is_mute(it.name))
        {
            let guard = body::guard(node, outline);
            for it in &mut base.mods {
                it.condition = it
                    .condition
                    .take()
                    .or_else(|| guard.as_ref().map(|it| it.text.clone()));
            }
            self.aliases.insert(outline.text(left), base);
        }
        self.visit(outline, right);
    }

    /// Notes what a name stands for, and lends it where the file exports it.
    fn alias(
        &mut self,
        outline: &mut Outline<'a>,
        name: Node<'t>,
        value: Node<'t>,
        declarator: Node<'t>,
    ) {
        let Some(base) = base::of(value, outline, &self.aliases) else {
            return;
        };
        // A plain name by look says nothing that the name itself does not.
        if !base.known && base.mods.is_empty() {
            return;
        }
        let written = outline.text(name);
        let mut around = std::iter::successors(declarator.parent(), Node::parent).take(2);
        let is_exported = around.clone().any(|it| it.kind() == "export_statement");
        let is_outermost = around.any(|it| it.kind() == "program");
        let theirs = match self.exports.get(written) {
            _ if is_exported => Some(written),
            theirs => theirs.copied().filter(|_| is_outermost),
        };
        if let Some(theirs) = theirs {
            lend(outline, theirs, &base, value, name);
        }
        self.aliases.insert(written, base);
    }

    /// A function that is no body of a test: whoever calls it does what it does.
    pub(super) fn function(&mut self, outline: &mut Outline<'a>, node: Node<'t>, name: &'a str) {
        let own = node.child_by_field_name("name");
        let name = own.map_or(name, |it| outline.text(it));
        if node.kind() == "function_declaration"
            && let Some(own) = own
            && let Some(given) = given_back(node)
        {
            self.alias(outline, own, given, own);
            let parameter = frame(outline, node, name, false).params;
            if let Some(alias) = self.aliases.get_mut(name) {
                alias.asks = Some(parameter.first().copied().unwrap_or_default());
            }
        }
        let is_helper = !name.is_empty() && node.kind() != "method_definition";
        let frame = frame(outline, node, name, false);
        self.frames.push(frame);
        if is_helper && self.frames.iter().all(|it| !it.of_unit) {
            let unit = outline.open(Role::Function, name, node);
            outline.within(unit, |outline| self.inside(outline, node));
        } else {
            self.inside(outline, node);
        }
        self.frames.pop();
    }
}

/// Notes that others get what declares and mutes under this name.
fn lend<'t>(
    outline: &mut Outline<'_>,
    theirs: &str,
    base: &Base<'_, 't>,
    value: Node<'t>,
    word: Node<'t>,
) {
    for it in base.mods.iter().filter(|_| base.known) {
        let args = it.args.map(|it| body::arguments(outline, it));
        let place = Place::new(Usage::Modifier, base.form(it.name), value, word)
            .args(args.unwrap_or_default())
            .guard(it.condition.clone().map(|text| Guard {
                text,
                line: crate::syntax::source::line(word),
            }));
        outline.lend(theirs, place);
    }
}

/// Whether a file imports something under this name.
pub(super) fn is_imported(imports: &[Box<str>], name: &str) -> bool {
    let mut names = imports.iter().filter_map(|it| it.strip_prefix(NAME));
    names.any(|it| it == name)
}

/// Whether a value is what a module gives: `require("./helpers")`.
fn is_require(outline: &Outline<'_>, value: Node<'_>) -> bool {
    let function = value.child_by_field_name("function");
    function.is_some_and(|it| outline.text(it) == "require")
}

/// What a function gives back, where that is all it does: `c => c ? it : it.skip`.
fn given_back(function: Node<'_>) -> Option<Node<'_>> {
    let body = function.child_by_field_name("body")?;
    if body.kind() != "statement_block" {
        return (base::unwrapped(body).kind() == "ternary_expression").then_some(body);
    }
    let only = body
        .named_child(0)
        .filter(|_| body.named_child_count() == 1)?;
    let value = only.named_child(0)?;
    (only.kind() == "return_statement" && base::unwrapped(value).kind() == "ternary_expression")
        .then_some(value)
}

/// What is known of a function.
pub(super) fn frame<'a, 't>(
    outline: &Outline<'a>,
    node: Node<'t>,
    name: &'a str,
    of_unit: bool,
) -> Frame<'a> {
    let mut frame = Frame {
        of_unit,
        has_this: node.kind() != "arrow_function",
        name,
        params: Vec::new(),
        parts: Vec::new(),
        selves: Vec::new(),
    };
    if let Some(only) = node.child_by_field_name("parameter") {
        frame.params.push(outline.text(only));
    }
    let Some(list) = node.child_by_field_name("parameters") else {
        return frame;
    };
    let mut cursor = list.walk();
    let each = list.named_children(&mut cursor).filter(|it| !it.is_extra());
    for (number, param) in each.enumerate() {
        let pattern = param.child_by_field_name("pattern").unwrap_or(param);
        match pattern.kind() {
            "identifier" => frame.params.push(outline.text(pattern)),
            "rest_pattern" => {
                let name = pattern.named_child(0);
                frame.params.push(name.map_or("", |it| outline.text(it)));
            }
            "assignment_pattern" => {
                let name = pattern.child_by_field_name("left");
                frame.params.push(name.map_or("", |it| outline.text(it)));
            }
            "object_pattern" => {
                frame.params.push("");
                if number == 0 {
                    let mut cursor = pattern.walk();
                    for part in pattern.named_children(&mut cursor) {
                        if part.kind() == "shorthand_property_identifier_pattern" {
                            frame.parts.push(outline.text(part));
                        }
                    }
                }
            }
            _ => frame.params.push(""),
        }
    }
    frame
}
