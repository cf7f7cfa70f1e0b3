//! What macros of test frameworks declare, by their names.

/// What a macro with a body declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declares {
    /// A test of a suite: `TEST_F(Suite, Name)`.
    Member,
    /// A test with a title: `TEST_CASE("title", "[tags]")`.
    Titled,
    /// A test with a title behind a class: `TEST_CASE_METHOD(Class, "title", "[tags]")`.
    TitledMember,
    /// A part of a test with a title: `SECTION("title")`.
    Section,
    /// A test with a name: `BOOST_AUTO_TEST_CASE(name)`.
    Named,
}

/// Macros that make a test of a function that stands elsewhere.
pub(super) const REGISTERS: &[&str] = &[
    "METHOD_AS_TEST_CASE",
    "REGISTER_TEST_CASE",
    "CATCH_METHOD_AS_TEST_CASE",
    "CATCH_REGISTER_TEST_CASE",
];

/// Where a macro disables a test, if its name says so: `TEST_F_DISABLED_ON_WINDOWS`.
pub(super) fn disabled_on(name: &str) -> Option<String> {
    let (_, rest) = name.split_once("DISABLED_")?;
    let mut words = ["ON_", "IF_", "FOR_", "WHEN_", "IN_", "WITH_"].iter();
    let rest = words.find_map(|it| rest.strip_prefix(it))?;
    Some(rest.to_ascii_lowercase()).filter(|it| !it.is_empty())
}

/// What a macro declares that stands before a `{`.
pub(super) fn declares(name: &str, args: usize, is_text: bool) -> Option<Declares> {
    let its = match name {
        "TEST_CASE"
        | "SCENARIO"
        | "TEMPLATE_TEST_CASE"
        | "TEMPLATE_PRODUCT_TEST_CASE"
        | "TEMPLATE_LIST_TEST_CASE"
        | "TEMPLATE_TEST_CASE_SIG"
        | "CATCH_TEST_CASE"
        | "TEST_CASE_TEMPLATE"
        | "CATCH_SCENARIO" => Declares::Titled,
        "TEST_CASE_METHOD"
        | "SCENARIO_METHOD"
        | "TEST_CASE_FIXTURE"
        | "TEMPLATE_TEST_CASE_METHOD"
        | "SCENARIO_TEMPLATE"
        | "TEST_CASE_PERSISTENT_FIXTURE" => Declares::TitledMember,
        "SECTION" | "SUBCASE" | "GIVEN" | "WHEN" | "THEN" | "AND_WHEN" | "AND_THEN"
        | "AND_GIVEN" | "DYNAMIC_SECTION" | "TEST_SUITE" => Declares::Section,
        "Test" | "ParameterizedTest" | "Theory" if args >= 2 => Declares::Member,
        _ if name.starts_with("BOOST_") && name.contains("_TEST_CASE") => Declares::Named,
        _ if is_macro(name) && name.contains("TEST_CASE") && is_text => Declares::Titled,
        _ if is_macro(name) && name.contains("TEST") && args >= 2 => Declares::Member,
        _ => return None,
    };
    Some(its)
}

/// Whether a name is written like that of a macro.
pub(super) fn is_macro(name: &str) -> bool {
    name.len() > 1 && !name.bytes().any(|it| it.is_ascii_lowercase())
}

/// Whether a function of this name runs before or after each of the tests of its class.
pub(super) fn is_setup(name: &str) -> bool {
    matches!(
        name,
        "SetUp"
            | "TearDown"
            | "SetUpTestSuite"
            | "SetUpTestCase"
            | "setUp"
            | "tearDown"
            | "init"
            | "initTestCase"
            | "cleanup"
            | "cleanupTestCase"
            | "setup"
            | "teardown"
    )
}

/// Whether a function of this name is a test where tests are plain functions.
pub(super) fn is_test(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("test") || name.ends_with("test") || name.starts_with("tst_")
}
