//! The condition under which a place in the code is reached: what decides around it
//! whether it is run, up to the function it stands in.

use tree_sitter::Node;

use super::outline::{Guard, Outline};
use super::source::line;
use crate::conditions::all_of;

/// A statement that decides what is run.
#[derive(Debug)]
pub(crate) struct Branching {
    /// Kind of its node.
    pub(crate) kind: &'static str,
    /// Field of the condition, of the value that cases are compared with, or of what is caught.
    pub(crate) condition: &'static str,
    /// Field of what is done where the condition does not hold, or where something is caught.
    pub(crate) otherwise: &'static str,
    /// Whether it asks for the contrary, as `unless` does.
    pub(crate) negated: bool,
    /// How it decides.
    shape: Shape,
}

/// How a statement decides what is run.
#[derive(Debug)]
enum Shape {
    /// `if`.
    If,
    /// `a && b`: what stands right of the sign is run where the left side says so.
    Operator,
    /// `switch`: where labels stand in a case, and whether one without statements runs on
    /// into the next.
    Switch { labels: Labels, falls: bool },
    /// `catch`, with its word.
    Caught(&'static str),
}

/// Where the labels of a case stand; what has none is what is done in all other cases.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Labels {
    /// In fields of this name.
    Field(&'static str),
    /// In nodes of this kind.
    Kind(&'static str),
    /// Before colons.
    BeforeColon,
}

impl Branching {
    /// A statement that is written as most languages write it.
    pub(crate) const fn usual(kind: &'static str) -> Self {
        Self {
            kind,
            condition: "condition",
            otherwise: "alternative",
            negated: false,
            shape: Shape::If,
        }
    }

    /// The same for one that asks for the contrary.
    pub(crate) const fn contrary(kind: &'static str) -> Self {
        Self {
            negated: true,
            ..Self::usual(kind)
        }
    }

    /// An expression whose right side is reached as its left side says: `&&`, `or`.
    pub(crate) const fn operator(kind: &'static str) -> Self {
        Self {
            condition: "left",
            otherwise: "right",
            shape: Shape::Operator,
            ..Self::usual(kind)
        }
    }

    /// A statement of many cases, and the field of the value that they are compared with.
    pub(crate) const fn switch(
        kind: &'static str,
        value: &'static str,
        labels: Labels,
        falls: bool,
    ) -> Self {
        Self {
            condition: value,
            shape: Shape::Switch { labels, falls },
            ..Self::usual(kind)
        }
    }

    /// What is run where an exception was thrown: its word, and the fields of what is caught
    /// and of what is run.
    pub(crate) const fn caught(
        kind: &'static str,
        word: &'static str,
        what: &'static str,
        run: &'static str,
    ) -> Self {
        Self {
            condition: what,
            otherwise: run,
            shape: Shape::Caught(word),
            ..Self::usual(kind)
        }
    }

    /// The conditions under which it reaches what is in it, the innermost first: `inner` is
    /// the part of it that is reached, and `below` the part of that.
    fn holds(
        &self,
        outline: &Outline<'_>,
        node: Node<'_>,
        inner: Node<'_>,
        below: Node<'_>,
    ) -> Vec<String> {
        let field = (!self.condition.is_empty()).then_some(self.condition);
        let condition = field.and_then(|it| node.child_by_field_name(it));
        if condition.is_some_and(|it| it.id() == inner.id()) {
            return Vec::new();
        }
        let text = condition.map(|it| bare(outline.text(it)));
        let run = node.child_by_field_name(self.otherwise);
        let is_run = run.is_some_and(|it| it.id() == inner.id());
        match (&self.shape, text) {
            (Shape::If, Some(text)) => self.of_branch(outline, node, inner, text),
            (Shape::Operator, Some(text)) if is_run => {
                let sign = node.child_by_field_name("operator");
                match sign.map_or("", |it| outline.text(it)) {
                    "&&" | "and" => vec![text.to_owned()],
                    "||" | "or" => vec![negated(text)],
                    "??" => vec![format!("{text} == null")],
                    _ => Vec::new(),
                }
            }
            (Shape::Switch { labels, falls }, text) => {
                let list = node.child_by_field_name("body");
                let case = match list {
                    Some(list) if list.id() == inner.id() => below,
                    _ => inner,
                };
                let cases = children(list.unwrap_or(node)).into_iter();
                let cases = cases.filter(|it| condition.is_none_or(|of| of.id() != it.id()));
                let cases: Vec<Node<'_>> = cases.collect();
                of_case(outline, &cases, case, text, (*labels, *falls))
                    .into_iter()
                    .collect()
            }
            (Shape::Caught(word), text) if is_run => {
                vec![format!("{word} {}", text.unwrap_or_default()).trim().into()]
            }
            _ => Vec::new(),
        }
    }

    fn of_branch(
        &self,
        outline: &Outline<'_>,
        node: Node<'_>,
        inner: Node<'_>,
        text: &str,
    ) -> Vec<String> {
        let mut cursor = node.walk();
        let others = node.children_by_field_name(self.otherwise, &mut cursor);
        let others: Vec<Node<'_>> = others.collect();
        let at = others.iter().position(|it| it.id() == inner.id());
        // Where the branches stand beside each other, none before this one was taken.
        let before = others[..at.unwrap_or(0)].iter().rev();
        let before = before.filter_map(|it| it.child_by_field_name(self.condition));
        let mut its: Vec<String> = before.map(|it| negated(bare(outline.text(it)))).collect();
        its.push(if at.is_some() == self.negated {
            text.to_owned()
        } else {
            negated(text)
        });
        its
    }
}

/// When one of several cases is run.
fn of_case(
    outline: &Outline<'_>,
    cases: &[Node<'_>],
    case: Node<'_>,
    value: Option<&str>,
    (labels, falls): (Labels, bool),
) -> Option<String> {
    let wanted = |cases: &[Node<'_>]| {
        let its = cases.iter().flat_map(|it| labels_of(*it, labels));
        let its = its.map(|it| match value {
            Some(value) => format!("{value} == {}", outline.text(it)),
            None => outline.text(it).to_owned(),
        });
        its.collect::<Vec<String>>().join(" || ")
    };
    let at = cases.iter().position(|it| it.id() == case.id())?;
    let is_empty = |it: &Node<'_>| children(*it).len() <= labels_of(*it, labels).len();
    let fallen = cases[..at]
        .iter()
        .rev()
        .take_while(|it| falls && is_empty(it));
    let first = at - fallen.count();
    let text = match labels_of(case, labels).is_empty() {
        true => {
            let others = [&cases[..first], &cases[at + 1..]].concat();
            Some(wanted(&others))
                .filter(|it| !it.is_empty())
                .map(|it| negated(&it))?
        }
        false => wanted(&cases[first..=at]),
    };
    (!text.is_empty()).then_some(text)
}

fn labels_of(case: Node<'_>, labels: Labels) -> Vec<Node<'_>> {
    let mut cursor = case.walk();
    match labels {
        Labels::Field(name) => {
            let its = case.children_by_field_name(name, &mut cursor);
            let its = its.filter(Node::is_named);
            its.flat_map(|it| match it.kind() {
                "match_condition_list" => children(it),
                _ => vec![it],
            })
            .collect()
        }
        Labels::Kind(kind) => {
            let its = children(case).into_iter().filter(|it| it.kind() == kind);
            its.flat_map(children).collect()
        }
        Labels::BeforeColon => {
            let all: Vec<Node<'_>> = case.children(&mut cursor).collect();
            let pairs = all.windows(2).filter(|it| it[1].kind() == ":");
            pairs.map(|it| it[0]).filter(Node::is_named).collect()
        }
    }
}

/// What stands in a node, without comments.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    let its = node.named_children(&mut cursor);
    its.filter(|it| !it.is_extra()).collect()
}

/// So many conditions around a place are told, the innermost ones: nobody wrote more by hand,
/// and each place would carry them along.
const MOST: usize = 40;

impl Guard {
    /// Conditions that all hold, the innermost first, and the line of the outermost.
    pub(crate) fn of(mut texts: Vec<String>, line: u32) -> Option<Self> {
        if texts.len() > MOST {
            texts.truncate(MOST);
            texts.push("…".to_owned());
        }
        texts.reverse();
        (!texts.is_empty()).then(|| Self {
            text: all_of(&texts),
            line,
        })
    }
}

/// The conditions around a node, up to the first node of one of the `ends`: functions.
pub(crate) fn around(
    node: Node<'_>,
    outline: &Outline<'_>,
    branchings: &[Branching],
    ends: &[&str],
) -> Option<Guard> {
    after_returns(node, outline, branchings, ends, &[])
}

/// The same; and what did not hold, or the function had returned before by one of these.
pub(crate) fn after_returns(
    node: Node<'_>,
    outline: &Outline<'_>,
    branchings: &[Branching],
    ends: &[&str],
    returns: &[&str],
) -> Option<Guard> {
    let mut texts: Vec<String> = Vec::new();
    let mut first = line(node);
    let (mut inner, mut below) = (node, node);
    for outer in outline.around(node) {
        if ends.contains(&outer.kind()) {
            break;
        }
        if let Some(branching) = branchings.iter().find(|it| it.kind == outer.kind()) {
            let its = branching.holds(outline, outer, inner, below);
            if !its.is_empty() {
                texts.extend(its);
                first = line(outer);
            }
        }
        if !returns.is_empty() && !matches!(inner.kind(), "else" | "then") {
            texts.extend(returned(outline, outer, inner, branchings, returns));
        }
        below = inner;
        inner = outer;
    }
    Guard::of(texts, first)
}

/// So many statements before a place are looked at.
const BEFORE: usize = 60;

/// What did not hold where a place is reached: each `if` before it that returns, the last first.
fn returned(
    outline: &Outline<'_>,
    block: Node<'_>,
    inner: Node<'_>,
    branchings: &[Branching],
    returns: &[&str],
) -> Vec<String> {
    let mut cursor = block.walk();
    let before = block.named_children(&mut cursor);
    let before = before.take(BEFORE).take_while(|it| it.id() != inner.id());
    let before: Vec<Node<'_>> = before.collect();
    let condition = |it: &Node<'_>| {
        let its = branchings.iter().find(|by| by.kind == it.kind())?;
        let is_if =
            matches!(its.shape, Shape::If) && it.child_by_field_name(its.otherwise).is_none();
        let run = ["consequence", "body"]
            .into_iter()
            .find_map(|name| it.child_by_field_name(name));
        let mut last = run.filter(|_| is_if)?;
        while !returns.contains(&last.kind()) && last.named_child_count() > 0 {
            let count = u32::try_from(last.named_child_count()).ok()?;
            last = last.named_child(count - 1)?;
            if branchings.iter().any(|by| by.kind == last.kind()) {
                return None;
            }
        }
        returns.contains(&last.kind()).then_some(())?;
        let text = bare(outline.text(it.child_by_field_name(its.condition)?));
        Some(if its.negated {
            text.to_owned()
        } else {
            negated(text)
        })
    };
    before.iter().rev().filter_map(condition).collect()
}

/// A condition that does not hold.
pub(crate) fn negated(text: &str) -> String {
    format!("not ({text})")
}

/// A condition without the brackets that a language asks for around it.
pub(crate) fn bare(text: &str) -> &str {
    let inner = text.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    // `(a) || (b)` begins and ends with brackets that do not belong together.
    let balanced = |it: &&str| {
        let mut depth = 0;
        it.chars().all(|char| {
            depth += i32::from(char == '(') - i32::from(char == ')');
            depth >= 0
        })
    };
    inner.filter(balanced).map_or(text, str::trim)
}
