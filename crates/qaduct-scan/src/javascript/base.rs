//! Which word declares what: `it`, `describe.skip`, `(cond ? it : it.skip)`, an alias of one.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use crate::syntax::facts::Role;
use crate::syntax::guard::negated;
use crate::syntax::outline::Outline;
use crate::syntax::parameters::replaced;

/// Chains that are longer are none of tests.
const LONGEST: u32 = 24;

/// A word that declares, and what changes it.
#[derive(Debug, Clone)]
pub(super) struct Base<'a, 't> {
    /// Suite, test, or what runs before and after.
    pub(super) role: Role,
    /// What changes it, in order.
    pub(super) mods: Vec<Mod<'a, 't>>,
    /// Whether it is known to declare, or only looks so.
    pub(super) known: bool,
    /// Whether it declares one test for each row of a table.
    pub(super) each: bool,
    /// The parameter of the function that gives it back, where an alias has to be called first.
    pub(super) asks: Option<&'a str>,
}

/// What changes a declaration: `.skip`, the `x` of `xit`, `.skipIf(condition)`.
#[derive(Debug, Clone)]
pub(super) struct Mod<'a, 't> {
    /// Its name: `skip`.
    pub(super) name: &'a str,
    /// Where it is written.
    pub(super) word: Node<'t>,
    /// What it is called with.
    pub(super) args: Option<Node<'t>>,
    /// The condition under which it holds.
    pub(super) condition: Option<String>,
}

/// The names of a file that stand for a word which declares.
pub(super) type Aliases<'a, 't> = FxHashMap<&'a str, Base<'a, 't>>;

impl<'a, 't> Base<'a, 't> {
    fn of(role: Role) -> Self {
        Self {
            role,
            mods: Vec::new(),
            known: true,
            each: false,
            asks: None,
        }
    }

    fn with(mut self, name: &'a str, word: Node<'t>) -> Self {
        self.mods.push(Mod {
            name,
            word,
            args: None,
            condition: None,
        });
        self
    }

    /// The form that its role gives to a word: `describe.skip`, `test.skip`.
    pub(super) fn form(&self, name: &str) -> String {
        let base = match self.role {
            Role::Suite => "describe",
            _ => "test",
        };
        format!("{base}.{name}")
    }
}

/// What a global word declares.
fn global<'a, 't>(name: &str, word: Node<'t>) -> Option<Base<'a, 't>> {
    let base = match name {
        "it" | "test" | "specify" => Base::of(Role::Test),
        "xit" | "xtest" | "xspecify" => Base::of(Role::Test).with("skip", word),
        "fit" | "ftest" | "fspecify" => Base::of(Role::Test).with("only", word),
        "describe" | "context" | "suite" => Base::of(Role::Suite),
        "xdescribe" | "xcontext" | "xsuite" => Base::of(Role::Suite).with("skip", word),
        "fdescribe" | "fcontext" | "fsuite" => Base::of(Role::Suite).with("only", word),
        "before" | "after" | "beforeEach" | "afterEach" | "beforeAll" | "afterAll" | "setup"
        | "teardown" | "suiteSetup" | "suiteTeardown" => Base::of(Role::Setup),
        "fixture" => Base::of(Role::Suite),
        _ => return None,
    };
    Some(base)
}

/// What a name looks as if it declared: `itIfLinux`, `sentryTest`, `describeEach`.
fn by_look<'a, 't>(name: &str) -> Option<Base<'a, 't>> {
    let begins = |with: &str| {
        let rest = name.strip_prefix(with)?;
        rest.starts_with(|it: char| it.is_ascii_uppercase() || it == '_')
            .then_some(())
    };
    let role = if ["describe", "xdescribe", "suite", "context"]
        .iter()
        .any(|it| begins(it).is_some())
        || name.ends_with("Describe")
        || name.ends_with("Suite")
    {
        Role::Suite
    } else if ["it", "test", "xit"].iter().any(|it| begins(it).is_some())
        || name.ends_with("Test")
        || name.ends_with("It")
        || name.ends_with("_test")
        || name.ends_with("_it")
    {
        Role::Test
    } else {
        return None;
    };
    Some(Base {
        known: false,
        ..Base::of(role)
    })
}

/// What an expression declares when it is called.
pub(super) fn of<'a, 't>(
    node: Node<'t>,
    outline: &Outline<'a>,
    aliases: &Aliases<'a, 't>,
) -> Option<Base<'a, 't>> {
    resolve(node, outline, aliases, 0)
}

fn resolve<'a, 't>(
    node: Node<'t>,
    outline: &Outline<'a>,
    aliases: &Aliases<'a, 't>,
    depth: u32,
) -> Option<Base<'a, 't>> {
    if depth > LONGEST {
        return None;
    }
    let next = |node| resolve(node, outline, aliases, depth + 1);
    match node.kind() {
        "identifier" => named(outline.text(node), node, aliases),
        "parenthesized_expression"
        | "as_expression"
        | "satisfies_expression"
        | "non_null_expression"
        | "await_expression" => next(node.named_child(0)?),
        "member_expression" => {
            let property = node.child_by_field_name("property")?;
            let name = outline.text(property);
            let object = node.child_by_field_name("object")?;
            let base = match next(object) {
                Some(base) => base,
                None => member_of_unknown(object, name, outline)?,
            };
            Some(changed(base, name, property))
        }
        "call_expression" => {
            let function = node.child_by_field_name("function")?;
            if outline.text(function) == "require" {
                return required(node, outline);
            }
            let mut base = next(function)?;
            let args = node.child_by_field_name("arguments");
            if function.kind() == "identifier" {
                if let Some(parameter) = base.asks.take() {
                    let given = args.and_then(|it| it.named_child(0));
                    let given = given.map_or("", |it| outline.text(it));
                    for it in &mut base.mods {
                        let condition = it.condition.take();
                        it.condition = condition.map(|it| replaced(&it, parameter, given));
                    }
                    return Some(base);
                }
                // `describeIf(condition)("title", …)` of another file.
                return (!base.known && base.mods.is_empty()).then_some(base);
            }
            let last = match function.kind() {
                "member_expression" => function.child_by_field_name("property"),
                _ => None,
            };
            let last = last.map_or("", |it| outline.text(it));
            match last {
                "each" | "for" => base.each = true,
                "bind" | "extend" | "override" | "scoped" | "configure" | "extended" => {}
                "page" | "meta" | "before" | "after" | "httpAuth" | "beforeEach" | "afterEach"
                | "requestHooks" | "timeouts" | "disablePageReloads" => {}
                _ => {
                    // What is called declares; only `.skipIf(…)` and its like give back a word.
                    let of = base.mods.last_mut()?;
                    if !matches!(of.name, "skipIf" | "runIf" | "when") || of.args.is_some() {
                        return None;
                    }
                    of.args = args;
                }
            }
            Some(base)
        }
        "ternary_expression" => {
            let condition = node.child_by_field_name("condition")?;
            let condition = outline.text(unwrapped(condition)).to_owned();
            let then = next(node.child_by_field_name("consequence")?);
            let otherwise = next(node.child_by_field_name("alternative")?);
            let (mut base, other, condition) = match (then, otherwise) {
                (Some(then), Some(otherwise)) => {
                    if then.mods.len() >= otherwise.mods.len() {
                        let common = otherwise.mods.len();
                        (then, common, condition)
                    } else {
                        let common = then.mods.len();
                        (otherwise, common, negated(&condition))
                    }
                }
                (Some(then), None) => (then, 0, condition),
                (None, Some(otherwise)) => (otherwise, 0, negated(&condition)),
                (None, None) => return None,
            };
            for it in base.mods.iter_mut().skip(other) {
                it.condition = Some(match it.condition.take() {
                    Some(inner) => format!("{condition} and {inner}"),
                    None => condition.clone(),
                });
            }
            Some(base)
        }
        _ => None,
    }
}

/// What a name declares: an alias of the file, a global, or what its look says.
fn named<'a, 't>(name: &'a str, node: Node<'t>, aliases: &Aliases<'a, 't>) -> Option<Base<'a, 't>> {
    if let Some(alias) = aliases.get(name) {
        let mut base = alias.clone();
        for it in &mut base.mods {
            it.word = node;
        }
        return Some(base);
    }
    global(name, node).or_else(|| by_look(name))
}

/// `QUnit.module`, `t.test`, `lab.experiment`: a word of an object that is not known.
fn member_of_unknown<'a, 't>(
    object: Node<'t>,
    name: &str,
    outline: &Outline<'a>,
) -> Option<Base<'a, 't>> {
    let object_name = outline.text(object);
    let role = match name {
        "module" if object_name == "QUnit" => Role::Suite,
        "test" | "it" => Role::Test,
        "describe" | "suite" | "context" => Role::Suite,
        "skip" | "only" | "todo" | "failing" | "fails" | "fixme" | "skipIf" | "runIf" => Role::Test,
        _ => return None,
    };
    let is_plain = matches!(object.kind(), "identifier" | "member_expression");
    is_plain.then(|| Base {
        known: matches!(object_name, "QUnit" | "tap" | "tape" | "lab" | "ava"),
        ..Base::of(role)
    })
}

/// A base with one more word behind it.
fn changed<'a, 't>(mut base: Base<'a, 't>, name: &'a str, word: Node<'t>) -> Base<'a, 't> {
    match name {
        "describe" | "suite" | "context" | "module" => base.role = Role::Suite,
        "it" | "test" => base.role = Role::Test,
        "before" | "after" | "beforeEach" | "afterEach" | "beforeAll" | "afterAll" | "always"
            if base.role != Role::Setup =>
        {
            base.role = Role::Setup;
        }
        "each" | "for" | "bind" | "extend" | "concurrent" | "serial" | "parallel"
        | "sequential" | "shuffle" | "cb" | "default" | "override" | "scoped" | "meta" | "page"
        | "call" | "apply" => {}
        _ => {
            base.mods.push(Mod {
                name,
                word,
                args: None,
                condition: None,
            });
        }
    }
    base
}

/// `require("ava")`: the word that a package is.
fn required<'a, 't>(call: Node<'t>, outline: &Outline<'a>) -> Option<Base<'a, 't>> {
    let args = call.child_by_field_name("arguments")?;
    let package = outline.text(args.named_child(0)?);
    let package = package.trim_matches(['"', '\'', '`']);
    matches!(package, "ava" | "tape" | "tap" | "node:test" | "test").then(|| Base::of(Role::Test))
}

/// What an import gives under its name: the word of a package.
pub(super) fn imported<'a, 't>(package: &str, name: &str, word: Node<'t>) -> Option<Base<'a, 't>> {
    let is_qunit = matches!(package, "qunit" | "ember-qunit");
    match name {
        "default" if matches!(package, "ava" | "tape" | "tap" | "node:test") => {
            Some(Base::of(Role::Test))
        }
        "default" => None,
        "module" if is_qunit => Some(Base::of(Role::Suite)),
        "skip" | "todo" | "only"
            if is_qunit || matches!(package, "node:test" | "@playwright/test") =>
        {
            let name = ["skip", "todo", "only"]
                .into_iter()
                .find(|it| *it == name)?;
            Some(Base::of(Role::Test).with(name, word))
        }
        _ => global(name, word),
    }
}

/// Whether a word such as `skip` is known only by its import.
pub(super) fn is_no_global(name: &str) -> bool {
    matches!(name, "default" | "module" | "skip" | "todo" | "only")
}

/// Whether a word of a chain may mute.
pub(super) fn is_mute(name: &str) -> bool {
    matches!(
        name,
        "skip"
            | "only"
            | "todo"
            | "fails"
            | "failing"
            | "fixme"
            | "fail"
            | "skipIf"
            | "runIf"
            | "if"
            | "when"
    )
}

/// An expression without the brackets around it.
pub(super) fn unwrapped(node: Node<'_>) -> Node<'_> {
    match node.kind() {
        "parenthesized_expression" => node.named_child(0).map_or(node, unwrapped),
        _ => node,
    }
}
