//! The condition under which a place in the code is reached: the `if`s around it, up to the
//! function it stands in.

use tree_sitter::Node;

use super::outline::{Guard, Outline};
use super::source::line;

/// A statement that asks a condition.
#[derive(Debug)]
pub(crate) struct Branching {
    /// Kind of its node.
    pub(crate) kind: &'static str,
    /// Field of the condition.
    pub(crate) condition: &'static str,
    /// Field of what is done where the condition does not hold.
    pub(crate) otherwise: &'static str,
    /// Whether it asks for the contrary, as `unless` does.
    pub(crate) negated: bool,
}

impl Branching {
    /// A statement that is written as most languages write it.
    pub(crate) const fn usual(kind: &'static str) -> Self {
        Self {
            kind,
            condition: "condition",
            otherwise: "alternative",
            negated: false,
        }
    }
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
            text: texts.join(" and "),
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
    let mut texts: Vec<String> = Vec::new();
    let mut first = line(node);
    let mut inner = node;
    for outer in outline.around(node) {
        if ends.contains(&outer.kind()) {
            break;
        }
        if let Some(branching) = branchings.iter().find(|it| it.kind == outer.kind())
            && let Some(condition) = outer.child_by_field_name(branching.condition)
            && condition.id() != inner.id()
        {
            let otherwise = outer
                .children_by_field_name(branching.otherwise, &mut outer.walk())
                .any(|it| it.id() == inner.id());
            let text = bare(outline.text(condition));
            texts.push(if otherwise == branching.negated {
                text.to_owned()
            } else {
                negated(text)
            });
            first = line(outer);
        }
        inner = outer;
    }
    Guard::of(texts, first)
}

/// A condition that does not hold.
pub(crate) fn negated(text: &str) -> String {
    format!("not ({text})")
}

/// A condition without the brackets that a language asks for around it.
fn bare(text: &str) -> &str {
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
