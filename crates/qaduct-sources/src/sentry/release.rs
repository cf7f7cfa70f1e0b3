//! Names of releases: `org.mozilla.firefox@142.0.1+2016110943` is a package, a version and
//! a build. A name may be anything else as well, a commit for instance.

use qaduct_records::Value;
use serde_json::Value as Json;

/// The parts of a name.
#[derive(Debug, PartialEq, Eq)]
struct Name<'n> {
    package: &'n str,
    version: &'n str,
    build: Option<&'n str>,
}

/// `None` where a name has no package.
fn read(name: &str) -> Option<Name<'_>> {
    let (package, rest) = name.rsplit_once('@')?;
    let (version, build) = match rest.split_once('+') {
        Some((version, build)) => (version, Some(build)),
        None => (rest, None),
    };
    let is_whole = !package.is_empty() && !version.is_empty();
    is_whole.then_some(Name {
        package,
        version,
        build,
    })
}

fn of<'j>(json: &'j Json) -> Option<Name<'j>> {
    read(json.as_str()?)
}

fn text(found: Option<&str>) -> Result<Value, String> {
    Ok(found.map_or(Value::Null, Value::from))
}

/// The package.
pub(super) fn package(json: &Json) -> Result<Value, String> {
    text(of(json).map(|it| it.package))
}

/// The version, without the build.
pub(super) fn version(json: &Json) -> Result<Value, String> {
    text(of(json).map(|it| it.version))
}

/// The first number of the version.
pub(super) fn major(json: &Json) -> Result<Value, String> {
    let found = of(json).and_then(|it| {
        let digits = it.version.split(|it: char| !it.is_ascii_digit()).next()?;
        digits.parse().ok()
    });
    Ok(found.map_or(Value::Null, Value::Int))
}

/// The build.
pub(super) fn build(json: &Json) -> Result<Value, String> {
    text(of(json).and_then(|it| it.build))
}

/// The build, where it is a number.
pub(super) fn build_number(json: &Json) -> Result<Value, String> {
    let number = of(json).and_then(|it| it.build?.parse().ok());
    Ok(number.map_or(Value::Null, Value::Int))
}

/// Whether builds of its kind are shipped: `odd`, `even` or `none`; all where it says
/// anything else. The view of live releases says the same.
pub(super) fn is_shipped(json: &Json, builds: &str) -> bool {
    let build = of(json).and_then(|it| it.build);
    let number: Option<i64> = build.and_then(|it| it.parse().ok());
    match builds {
        "odd" => number.is_some_and(|it| it % 2 == 1),
        "even" => number.is_some_and(|it| it % 2 == 0),
        "none" => build.is_none(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_package_a_version_and_perhaps_a_build() {
        let parts = |name: &str| {
            let json = Json::from(name);
            let all = [package, version, major, build, build_number];
            all.map(|it| it(&json).unwrap().to_string()).join(" | ")
        };
        for (name, expected) in [
            (
                "org.mozilla.firefox@142.0.1+2016110943",
                "org.mozilla.firefox | 142.0.1 | 142 | 2016110943 | 2016110943",
            ),
            (
                "org.mozilla.ios.Firefox@142.0",
                "org.mozilla.ios.Firefox | 142.0 | 142 |  | ",
            ),
            ("@scope/name@1.2+abc", "@scope/name | 1.2 | 1 | abc | "),
            ("app@nightly+1", "app | nightly |  | 1 | 1"),
            ("17642328ead24b518671", " |  |  |  | "),
            ("@1.0", " |  |  |  | "),
            ("", " |  |  |  | "),
        ] {
            assert_eq!(parts(name), expected, "{name}");
        }
        assert_eq!(package(&Json::Null), Ok(Value::Null));
    }
}
