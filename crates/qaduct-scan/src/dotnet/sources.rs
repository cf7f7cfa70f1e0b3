//! Sources of test cases: `new TestCaseData(2).Ignore("why")` mutes one case of the test that
//! names the property or method it stands in, `[TestCaseSource(nameof(Cases))]`.

use tree_sitter::Node;

use crate::syntax::facts::{Arg, Role, UnitId};
use crate::syntax::outline::{Outline, each};

/// The test of the same class that names the member around a place as its source.
pub(super) fn test_of<'t>(outline: &mut Outline<'_>, node: Node<'t>) -> Option<UnitId> {
    let members = [
        "property_declaration",
        "method_declaration",
        "field_declaration",
    ];
    let around = |node: Node<'t>| std::iter::successors(node.parent(), Node::parent);
    let member = around(node).find(|it| members.contains(&it.kind()))?;
    let name = name_of(outline, member)?;
    let class = around(member).find(|it| it.kind() == "declaration_list")?;
    let mut cursor = class.walk();
    let mut methods = class.named_children(&mut cursor);
    let test = methods.find(|it| it.kind() == "method_declaration" && names(outline, *it, name))?;
    let title = outline.text(test.child_by_field_name("name")?);
    let mut suite = outline.here();
    while outline.unit(suite).role != Role::Suite {
        if suite == UnitId::FILE {
            return None;
        }
        suite = outline.unit(suite).parent;
    }
    Some(
        outline.within(suite, |outline| match outline.inside(title) {
            Some(known) => known,
            None => outline.open(Role::Test, title, test),
        }),
    )
}

/// The name of a member; of a field that of its first variable.
fn name_of<'a>(outline: &Outline<'a>, member: Node<'_>) -> Option<&'a str> {
    let mut name = member.child_by_field_name("name");
    if member.kind() == "field_declaration" {
        each(&mut member.walk(), |it| {
            if it.kind() == "variable_declarator" {
                name = name.or(it.child_by_field_name("name"));
            }
            name.is_none()
        });
    }
    name.map(|it| outline.text(it))
}

/// Whether an attribute of a method names a source of test cases.
fn names(outline: &Outline<'_>, method: Node<'_>, source: &str) -> bool {
    let mut cursor = method.walk();
    let mut lists = method.children(&mut cursor);
    lists.any(|it| {
        let text = outline.text(it);
        let named = [format!("nameof({source})"), format!("\"{source}\"")];
        it.kind() == "attribute_list"
            && text.contains("TestCaseSource")
            && named.iter().any(|it| text.contains(it))
    })
}

/// What a case is made of: the arguments of `new TestCaseData(…)`.
pub(super) fn case(outline: &Outline<'_>, node: Node<'_>) -> Option<String> {
    let text = outline.text(node);
    let (_, rest) = text.split_once("TestCaseData(")?;
    let mut depth = 1;
    let end = rest.find(|it| {
        depth += i32::from(it == '(') - i32::from(it == ')');
        depth == 0
    })?;
    Some(rest[..end].trim().to_owned()).filter(|it| !it.is_empty())
}

/// The day of `.Until(new DateTimeOffset(4242, 01, 01, …))` behind a place.
pub(super) fn until(outline: &Outline<'_>, node: Node<'_>) -> Option<Arg> {
    let access = node.parent()?;
    let name = access.child_by_field_name("name")?;
    let call = access.parent()?;
    let args = call.child_by_field_name("arguments")?;
    if outline.text(name) != "Until" {
        return None;
    }
    let text = outline.text(args);
    let numbers = text.split(|it: char| !it.is_ascii_digit());
    let numbers: Vec<&str> = numbers.filter(|it| !it.is_empty()).take(3).collect();
    let day = match numbers[..] {
        [year, month, day] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => return None,
    };
    Some(outline.text_arg("until", &day))
}
