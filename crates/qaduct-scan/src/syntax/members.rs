//! Which definition a name means in languages where functions are members of classes.
//!
//! A name alone decides nothing there: `run()` is a function of a hundred classes. It means
//! the one of the class that is named before it, of the class it stands in, of a base of that
//! class, or one that is imported.

use super::facts::{Facts, Role, UnitId};
use super::{Offer, Use};

/// Whether a use means an offer of the same last word.
pub(crate) fn means(user: &Use<'_>, offer: &Offer<'_>) -> bool {
    let unit = unit_of(offer);
    let definition = &offer.facts.units[unit.0 as usize];
    if definition.role == Role::Annotation {
        return is_imported_annotation(user, offer);
    }
    let owner = &offer.facts.units[definition.parent.0 as usize];
    let name = user.name.rsplit(['.', ':']).next().unwrap_or_default();
    let qualifier = user.name[..user.name.len() - name.len()].trim_end_matches(['.', ':']);
    let qualifier = qualifier.rsplit(['.', ':']).next().unwrap_or_default();
    let imports = |path: &str| user.facts.imports.iter().any(|it| ends_with(it, path));
    if owner.role == Role::File {
        // A function outside of classes: of this file, of this package, or imported.
        return qualifier.is_empty()
            && (user.path == offer.path
                || folder(user.path) == folder(offer.path)
                || imports(name));
    }
    // Whatever a variable holds, and however far away the base of a class is: nothing else is
    // called so. `platform.assumeNotWindows()`
    let assumes = name
        .strip_prefix("assume")
        .or_else(|| name.strip_prefix("Assume"))
        .is_some_and(|it| it.starts_with(char::is_uppercase));
    if !qualifier.is_empty() {
        let is_variable = qualifier.starts_with(char::is_lowercase);
        return qualifier == &*owner.name || (is_variable && assumes);
    }
    if assumes {
        return true;
    }
    let classes = around(user.facts, user.sighting.unit);
    let is_inside = user.path == offer.path && classes.contains(&definition.parent);
    let is_derived = user
        .facts
        .bases
        .iter()
        .any(|(suite, base)| *base == owner.name && classes.contains(suite));
    is_inside
        || is_derived
        || imports(&format!("{}.{name}", owner.name))
        || imports(&format!("{}.*", owner.name))
        // `using static` names the class alone.
        || imports(&owner.name)
}

fn unit_of(offer: &Offer<'_>) -> UnitId {
    offer.lent.sighting.unit
}

/// The units around a unit, and itself.
fn around(facts: &Facts, unit: UnitId) -> Vec<UnitId> {
    let mut units = vec![unit];
    let mut unit = unit;
    while unit != UnitId::FILE {
        unit = facts.units[unit.0 as usize].parent;
        units.push(unit);
    }
    units
}

/// An annotation that is imported comes from a file of that name; one that is not is of the
/// same package or the same file.
fn is_imported_annotation(user: &Use<'_>, offer: &Offer<'_>) -> bool {
    let name = user.name.rsplit(['.', ':']).next().unwrap_or_default();
    let file = offer.path.rsplit('/').next().unwrap_or_default();
    let file = file.split('.').next().unwrap_or_default();
    let mut imported = user
        .facts
        .imports
        .iter()
        .filter(|it| ends_with(it, name))
        .peekable();
    imported.peek().is_none()
        || imported.any(|it| {
            let (package, _) = it.rsplit_once('.').unwrap_or_default();
            it.split('.').any(|part| part == file)
                || folder(offer.path).ends_with(&package.replace('.', "/"))
        })
}

/// Whether a path of names ends with another.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end)
        .is_some_and(|it| it.is_empty() || it.ends_with(['.', ' ', ':']))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
